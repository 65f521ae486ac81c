#!/usr/bin/env bash
# From a fresh checkout to the window on the sample project: bash packaging/start.sh [PROJECT]
#
# Installs what this machine lacks (and says so first), makes the environment in .venv, makes the sample project
# where it isn't there yet (bikes.mlops in the checkout, or PROJECT) and opens the window on it. Without a display the
# same loop runs in the terminal. Run again, it goes straight to the window.
set -euo pipefail
project=$(realpath -m "${1:-$(dirname "$0")/../bikes.mlops}")
cd "$(dirname "$0")/.."
. packaging/setup.sh
prepare app

# A sample that was interrupted half-way is no project to open: the note tells it from one that people work in.
unfinished=.venv/unfinished-sample
if [ -e "$project" ] && [ "$(cat $unfinished 2>/dev/null)" = "$project" ]; then
    say "The sample project was not finished last time. It is made anew."
    .venv/bin/mlops-desktop --project "$project" stop || say "No service of it was running."
    rm -rf "$project"
fi
if [ ! -e "$project" ]; then
    say "Making the sample project $project: imports, trains, compares, promotes, exports"
    printf '%s\n' "$project" >$unfinished
    .venv/bin/mlops-desktop sample "$project"
    rm $unfinished
fi
if [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
    exec .venv/bin/mlops-desktop "$project"
fi
.venv/bin/mlops-desktop --project "$project" runs list
cat >&2 <<END
mlops-desktop: The sample project is ready. This machine has no display, so its window can't open here.
    To see the window: run 'bash packaging/start.sh' from a desktop session on this machine, or come in by 'ssh -X'.
    From the terminal: .venv/bin/mlops-desktop --help
                       .venv/bin/mlops-desktop --project '$project' models list
END
