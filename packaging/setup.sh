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
    if [ ! -x .venv/bin/python ] && ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
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

# Makes .venv from a lock file and puts the package into it, editable. Does nothing where that was done already.
make_environment() {
    local lock=$1 made=.venv/made-from wanted
    wanted=$(cat "$lock" pyproject.toml packaging/setup.sh | sha256sum)
    if [ -x .venv/bin/mlops-desktop ] && [ "$(cat "$made" 2>/dev/null)" = "$wanted" ]; then return; fi
    # A .venv whose Python has gone (an upgrade, a moved folder) is made anew; any other is brought up to date.
    if ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
        say "Making the environment .venv with $("$python" --version)"
        "$python" -m venv --clear .venv
    fi
    say "Installing the packages of $lock (about 1 GB, a minute)"
    rm -f "$made"
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --only-binary :all: \
        --require-hashes -r "$lock"
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
    printf '%s\n' "$wanted" >"$made"
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
