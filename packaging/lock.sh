#!/usr/bin/env bash
# Writes the two lock files from pyproject.toml, for Python 3.11 to 3.13 and every system: bash packaging/lock.sh
#
# requirements.lock       what the product needs, and what builds it
# requirements-test.lock  the same versions, with what the tests and benchmarks need
#
# Run it after a change of pyproject.toml. Extra arguments go to uv: `--upgrade-package NAME` takes a newer release of
# one package, `--upgrade` of all; without them every version that still fits stays as it is.
set -euo pipefail
cd "$(dirname "$0")/.."
uv=$(command -v .venv/bin/uv || command -v uv) || { echo "uv is missing: python3 -m pip install uv" >&2; exit 1; }

# The build back end is locked too, so that installing the package itself fetches nothing more; hatchling asks for
# `editables` by itself when it installs in place.
builder=$(mktemp --suffix .in)
trap 'rm -f "$builder"' EXIT
sed -n 's/^requires = \["\(.*\)"\]$/\1/p' pyproject.toml >"$builder"
[ -s "$builder" ] || { echo "pyproject.toml: no line 'requires = [\"...\"]'" >&2; exit 1; }
echo "editables>=0.5,<1" >>"$builder"

compile() {
    "$uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
        --no-annotate --custom-compile-command "bash packaging/lock.sh" "$@"
}
compile --extra test --extra bench "$@" -o requirements-test.lock pyproject.toml "$builder"
compile --constraint requirements-test.lock -o requirements.lock pyproject.toml "$builder"
