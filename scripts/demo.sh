#!/usr/bin/env bash
# One command from a fresh clone to the running platform. PORT chooses the port (8000).
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
printf '%s\n' "${BOLD}Preparing${PLAIN}"
scripts/setup.sh runtime
exec "$VENV/bin/mobility" demo
