#!/usr/bin/env bash
# Sets up the environment of the tests and runs them: bash packaging/test.sh [fast|slow|bare|all] [PYTEST OPTIONS]
#
#   fast  style, types and the tests that take seconds; under three minutes
#   slow  the tests that take minutes
#   bare  both commands of the README in empty Debian roots (needs root and debootstrap, else skipped)
#   all   everything above; the default, and what CI runs
#
# Goes on after a failure, so that one run shows all of them, and ends with the sums of all tiers.
set -euo pipefail
cd "$(dirname "$0")/.."
tier=all
case ${1:-} in
    fast | slow | bare | all) tier=$1 && shift ;;
    "" | -*) ;;
    *) echo "packaging/test.sh: no tier is called '$1': fast, slow, bare, all" >&2 && exit 2 ;;
esac
. packaging/setup.sh
# Only where the bare machines are asked for by name, or by CI: a reader's own run skips them rather than ask for more.
if [ "$tier" = bare ] || { [ "$tier" = all ] && [ -n "${CI:-}" ]; }; then
    test_programs+=$'\ndebootstrap debootstrap'
fi
prepare test

failures=()
reports=$(mktemp -d)
trap 'rm -rf "$reports"' EXIT
# Qt wants a folder of its own for sockets; a bare machine has none.
if [ -z "${XDG_RUNTIME_DIR:-}" ]; then
    export XDG_RUNTIME_DIR=$reports/runtime
    mkdir -m 700 "$XDG_RUNTIME_DIR"
fi

step() {
    local name=$1 began=$SECONDS
    shift
    printf '\n--- %s\n' "$name"
    "$@" || failures+=("$name")
    printf '%s took %d s\n' "--- $name" $((SECONDS - began))
}

# Runs pytest on one tier. Exit status 5 means that the tier holds no test (with these options), which is no failure.
tests() {
    local name=$1 status=0
    shift
    .venv/bin/python -m pytest --junitxml "$reports/$name.xml" "$@" || status=$?
    [ $status = 0 ] || [ $status = 5 ]
}

# Prints the sums over the tiers that ran, as one line: "N passed, N failed, N skipped".
sums() {
    { grep -ho '<testsuite [^>]*>' "$reports"/*.xml || true; } | .venv/bin/python -c '
import re, sys
counts = dict.fromkeys(("tests", "errors", "failures", "skipped"), 0)
for word, number in re.findall(r" (\w+)=\"(\d+)\"", sys.stdin.read()):
    counts[word] = counts.get(word, 0) + int(number)
failed = counts["errors"] + counts["failures"]
passed = counts["tests"] - failed - counts["skipped"]
print(passed, "passed,", failed, "failed,", counts["skipped"], "skipped")'
}

if [ "$tier" = fast ] || [ "$tier" = all ]; then
    step "ruff check" .venv/bin/ruff check --quiet .
    step "ruff format" .venv/bin/ruff format --check --quiet .
    step "pyright" .venv/bin/pyright --pythonpath .venv/bin/python
    step "fast tests" tests fast -n 2 -m "not slow and not bare" "$@"
fi
if [ "$tier" = slow ] || [ "$tier" = all ]; then
    step "slow tests" tests slow -n 2 -m "slow and not bare" "$@"
fi
if [ "$tier" = bare ] || [ "$tier" = all ]; then
    step "bare machines" tests bare -m bare "$@"
fi

printf '\n'
sums
if [ ${#failures[@]} -gt 0 ]; then
    printf 'failed: %s\n' "${failures[@]}"
    exit 1
fi
