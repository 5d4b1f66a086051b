#!/usr/bin/env bash
# Everything that reads the code without running it.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
scripts/setup.sh dev
export PATH="$VENV/bin:$PATH"
printf '%s\n' "${BOLD}Reading the code${PLAIN}"
PYTHON_FILES=$(ls -d mobility tests bench migrations scripts wsgi.py 2>/dev/null)
step "Style of Python code" ruff check $PYTHON_FILES
ADVICE="Run: make format" step "Layout of Python code" ruff format --check $PYTHON_FILES
step "Types" mypy
step "Import contracts" lint-imports
step "Declared dependencies" deptry mobility
step "Templates" djlint mobility/templates --lint --quiet
step "Style sheets" npm run --silent lint:css
if [ -f tsconfig.json ]; then step "Scripts" npm run --silent lint:js; fi
step "Logic of scripts" npm run --silent test:js
