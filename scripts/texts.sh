#!/usr/bin/env bash
# Collects the texts of code and templates into messages.pot and merges them into each language's catalogue.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
mkdir -p var
printf '[python: **.py]\n[jinja2: templates/**.html]\n' >var/babel.cfg
"$VENV/bin/pybabel" -q extract -F var/babel.cfg -k _l -k _ --no-location --sort-output -o var/messages.pot mobility
"$VENV/bin/pybabel" -q update -i var/messages.pot -d mobility/translations --no-fuzzy-matching --ignore-obsolete
