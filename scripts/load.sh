#!/usr/bin/env bash
# Fifty people write while server and database are killed, ten times each, in an installation of its own.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
scripts/setup.sh dev
export PATH="$VENV/bin:$PATH"
pytest -q tests/load -m load
