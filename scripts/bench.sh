#!/usr/bin/env bash
# Every claim about speed and size, measured here and now against its peer.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
scripts/setup.sh dev
exec "$PY" -m bench "$@"
