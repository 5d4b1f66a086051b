#!/usr/bin/env bash
# Makes the pictures of the README from a running demo (BASE, by default http://127.0.0.1:8000).
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
scripts/setup.sh dev
exec "$PY" scripts/screenshots.py "${BASE:-http://127.0.0.1:8000}" "$@"
