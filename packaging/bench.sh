#!/usr/bin/env bash
# Runs the benchmarks: bash packaging/bench.sh [--peers] [PYTEST OPTIONS]
#
# With --peers it first makes an environment in .peers/NAME for each line of packaging/peers.txt (a few GB, once), and the
# benchmarks that compare with another program run too. They find them by MLOPS_DESKTOP_PEERS. Run it on a quiet machine.
set -euo pipefail
cd "$(dirname "$0")/.."
. packaging/setup.sh
prepare test

if [ "${1:-}" = --peers ]; then
    shift
    export MLOPS_DESKTOP_PEERS=$PWD/.peers
    # None of them is to report from here what is run.
    export MLFLOW_DISABLE_TELEMETRY=true DO_NOT_TRACK=1 ORT_DISABLE_TELEMETRY=1
    while read -r name requirement; do
        made=.peers/$name/made-from
        if [ "$(cat "$made" 2>/dev/null)" = "$requirement" ]; then continue; fi
        say "Making the environment of the peer $requirement"
        "$python" -m venv --clear ".peers/$name"
        if ".peers/$name/bin/python" -m pip install --quiet --disable-pip-version-check "$requirement"; then
            printf '%s\n' "$requirement" >"$made"
        else
            say "$name can't be installed here; its benchmarks are skipped"
            rm -rf ".peers/$name"
        fi
    done < <(grep -v '^#' packaging/peers.txt)
fi
exec .venv/bin/python -m pytest --benchmark-disable-gc tests/benchmarks/bench_*.py "$@"
