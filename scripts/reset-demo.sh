#!/usr/bin/env bash
# Removes the demo's database. Asks first, unless YES=1 or nobody is there to answer.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
[ -x "$VENV/bin/mobility" ] || die "There is no demo in this clone yet. Run: make demo"
if [ -t 0 ] && [ "${YES:-}" != 1 ]; then
  read -r -p "All comments, votes and accounts of the demo will be lost. Continue? [y/N] " answer
  [ "$answer" = y ] || [ "$answer" = Y ] || die "Nothing was changed."
fi
"$VENV/bin/mobility" db remove --yes
