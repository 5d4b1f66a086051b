#!/usr/bin/env bash
# Everything: what the tests need, then reading the code, then running it. CI calls this too.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
scripts/lint.sh
export PATH="$VENV/bin:$PATH" HYPOTHESIS_PROFILE="${HYPOTHESIS_PROFILE:-steady}"
printf '%s\n' "${BOLD}Running the tests${PLAIN}"
pytest -q -n "${WORKERS:-2}" --dist loadgroup --ignore tests/e2e --durations 10
printf '%s\n' "${BOLD}Running the journeys in Chromium${PLAIN}"
pytest -q tests/e2e --durations 10
