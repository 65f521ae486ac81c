# shellcheck shell=bash
# What both scripts beside this one need before they can do their work: system libraries, a Python and an environment.
# Sourced by start.sh and test.sh, which stand in the checkout's folder; it runs nothing by itself.

# Shared libraries that Qt and LightGBM load, each with the Debian and Ubuntu package that holds it.
app_libraries="
libglib-2.0.so.0 libglib2.0-0
libEGL.so.1 libegl1
libGL.so.1 libgl1
libfontconfig.so.1 libfontconfig1
libdbus-1.so.3 libdbus-1-3
libxkbcommon-x11.so.0 libxkbcommon-x11-0
libxcb-cursor.so.0 libxcb-cursor0
libxcb-icccm.so.4 libxcb-icccm4
libxcb-keysyms.so.1 libxcb-keysyms1
libxcb-shape.so.0 libxcb-shape0
libwayland-cursor.so.0 libwayland-cursor0
libgomp.so.1 libgomp1"

# Programs that only the tests call, in the same form.
test_programs="
Xvfb xvfb
xauth xauth
strace strace"

say() { printf '%s\n' "mlops-desktop: $*" >&2; }

fail() {
    say "$1"
    shift
    if [ $# -gt 0 ]; then printf '    %s\n' "$@" >&2; fi
    exit 1
}

# Sets `python` to the first Python on this machine that the package supports.
find_python() {
    local candidate
    for candidate in ${MLOPS_DESKTOP_PYTHON:-python3 python3.13 python3.12 python3.11}; do
        if "$candidate" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null; then
            python=$candidate
            return
        fi
    done
    fail "It needs Python 3.11, 3.12 or 3.13, and found none of them." \
        "Install one, or name it: MLOPS_DESKTOP_PYTHON=/path/to/python3.12 bash packaging/start.sh"
}

# Prints the names of the packages of which this machine lacks something. $1 is "app" or "test".
missing_packages() {
    local loader known name package
    if loader=$(PATH="$PATH:/sbin:/usr/sbin" command -v ldconfig); then
        known=$("$loader" -p)
        while read -r name package; do
            if [[ -n $name && $known != *"$name"* ]]; then echo "$package"; fi
        done <<<"$app_libraries"
    fi
    if [ "$1" = test ]; then
        while read -r name package; do
            if [ -n "$name" ] && ! command -v "$name" >/dev/null; then echo "$package"; fi
        done <<<"$test_programs"
    fi
    # Debian and Ubuntu keep the part of Python that makes environments in a package of its own.
    if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        "$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])'
    fi
}

# Installs packages by name where that is allowed, and says what to install where it isn't.
install_packages() {
    local command="apt-get install --no-install-recommends $*"
    if ! command -v apt-get >/dev/null; then
        fail "This machine lacks libraries that it needs. Their names on Debian and Ubuntu:" "$*" \
            "Install them with this system's own package manager, then run the same command again."
    elif [ "$(id -u)" != 0 ]; then
        fail "This machine lacks libraries that it needs. Install them, then run the same command again:" \
            "sudo apt-get update" "sudo $command"
    fi
    say "This machine lacks $# system packages. Installing them now: $command"
    export DEBIAN_FRONTEND=noninteractive
    if ! { apt-get update -qq && apt-get install -qq -y --no-install-recommends "$@" >/dev/null; }; then
        fail "The system packages could not be installed; apt-get says why above." \
            "On Ubuntu, some of them are in 'universe': add-apt-repository universe"
    fi
}

# What an environment made from lock file $1 in this folder is known by. The folder counts: the scripts in an
# environment name it, so a checkout that was moved or copied needs a new one.
made_from() { { pwd -P && cat "$1" packaging/setup.sh; } | sha256sum; }

# True where .venv works and holds all of lock file $1. The tests' environment holds the product's as well.
is_made() {
    local made
    made=$(cat .venv/made-from 2>/dev/null) || return 1
    [ "$made" = "$(made_from "$1")" ] || [ "$made" = "$(made_from requirements-test.lock)" ] || return 1
    .venv/bin/python -c '' 2>/dev/null
}

# Makes .venv from lock file $1, anew where the lock has changed, and puts the package into it, editable.
make_environment() {
    local install=(.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps)
    if ! is_made "$1"; then
        say "Making the environment .venv with $("$python" --version)"
        "$python" -m venv --clear .venv
        say "Installing the packages of $1 into it (1 GB, about a minute)"
        "${install[@]}" --only-binary :all: --require-hashes -r "$1"
        made_from "$1" >.venv/made-from
    fi
    # Its own metadata last: commands and version follow pyproject.toml.
    if [ ! -e .venv/installed ] || [ pyproject.toml -nt .venv/installed ]; then
        "${install[@]}" --no-build-isolation --editable .
        touch .venv/installed
    fi
}

# Everything above, for "app" or "test".
prepare() {
    local missing lock=requirements.lock
    if [ "$1" = test ]; then lock=requirements-test.lock; fi
    # Without a locale, Python, Qt and git would each fall back to their own idea of ASCII.
    export LANG=${LANG:-C.UTF-8}
    find_python
    mapfile -t missing < <(missing_packages "$1")
    if [ ${#missing[@]} -gt 0 ]; then install_packages "${missing[@]}"; fi
    make_environment "$lock"
}
