# Shared by the scripts: steps with timings, failures that say what to do, stamps. Sourced, not run.
set -euo pipefail

ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
cd "$ROOT"
VENV="$ROOT/.venv"
PY="$VENV/bin/python"
if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then BOLD=$'\e[1m'; DIM=$'\e[2m'; RED=$'\e[31m'; PLAIN=$'\e[0m'; else BOLD=; DIM=; RED=; PLAIN=; fi

# step "What happens" command …: prints the step, runs the command quietly, prints the seconds it took.
# When the command fails, its output follows, and the sentence in $ADVICE says what to do.
step() {
  local title="$1" begun log
  shift
  begun=$(date +%s%N)
  log=$(mktemp)
  printf '%s' "  $title … "
  if ! "$@" >"$log" 2>&1; then
    printf '%s\n\n' "${RED}failed${PLAIN}"
    tail -n 40 "$log" >&2
    rm -f "$log"
    die "${ADVICE:-Correct what is said above, then run the same command again.}"
  fi
  printf '%s\n' "$(awk -v a="$begun" -v b="$(date +%s%N)" 'BEGIN { printf "%.1f s", (b - a) / 1e9 }')"
  { grep '^note: ' "$log" | sed 's/^note: /    /'; } || true
  rm -f "$log"
}

skip() { printf '%s\n' "  $1 … ${DIM}ready${PLAIN}"; }

die() {
  printf '\n%s\n' "${RED}$1${PLAIN}" >&2
  exit 1
}

# digest FILE …: one hash of the contents of files and of everything in directories.
digest() {
  find "$@" -type f -print0 2>/dev/null | LC_ALL=C sort -z | xargs -0 cat -- | { sha256sum 2>/dev/null || shasum -a 256; } | cut -c1-32
}

stamped() { [ -f "$1" ] && [ "$(cat "$1")" = "$2" ]; }
