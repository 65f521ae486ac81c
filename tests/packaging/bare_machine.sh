#!/usr/bin/env bash
# Runs a command of the README on a bare Debian, as its reader would: tests/packaging/bare_machine.sh RELEASE COMMAND...
#
#   sudo tests/packaging/bare_machine.sh bookworm bash packaging/start.sh
#   sudo tests/packaging/bare_machine.sh trixie bash packaging/test.sh fast
#
# The machine is a new folder with Debian's minimal system, git, python3 and ca-certificates and nothing else, and in it
# a clone of what is committed here. It sees of this machine only its network: names, certificates, and where apt and
# pip find their packages. Needs root and debootstrap. The folder is under TMPDIR and is gone at the end.
set -euo pipefail
release=$1
shift
checkout=$(git -C "$(dirname "$0")" rev-parse --show-toplevel)
root=$(mktemp -d --suffix ".$release")
trap 'rm -rf --one-file-system "$root"' EXIT

began=$SECONDS
# A Debian machine names its own mirror; on any other system debootstrap knows one.
# shellcheck disable=SC2016
mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Origin: Debian' 'Created-By: Packages' | head -n 1)
if ! debootstrap --variant=minbase --include=git,python3,ca-certificates "$release" "$root" ${mirror:+"$mirror"} \
    >"$root.log" 2>&1; then
    tail -n 20 "$root.log" >&2
    exit 1
fi
rm -f "$root.log"
echo "bare machine: $release made in $((SECONDS - began)) s"

cp /etc/hosts /etc/resolv.conf "$root/etc/"
apt-config dump | grep -E '^Acquire::(https?|Check-)' >"$root/etc/apt/apt.conf.d/90network" || true
find /usr/local/share/ca-certificates -name '*.crt' -exec cp {} "$root/usr/local/share/ca-certificates/" \;
chroot "$root" update-ca-certificates >/dev/null 2>&1
chmod 755 "$root"

# Only what says where the network is: a proxy, and the index that pip is set up with.
network=()
while IFS='=' read -r name value; do network+=("$name=$value"); done < <(env | grep -iE '^(https?|no)_proxy=' || true)
for setting in index-url proxy trusted-host timeout; do
    name=PIP_$(tr 'a-z-' 'A-Z_' <<<"$setting")
    if value=$(python3 -m pip config get "global.$setting" 2>/dev/null); then network+=("$name=$value"); fi
done

git clone --quiet --no-hardlinks "file://$checkout" "$root/root/mlops-desktop"
began=$SECONDS
# In namespaces of its own: its mounts and whatever it leaves running end with it.
status=0
# shellcheck disable=SC2016
unshare --mount --pid --fork --kill-child bash -c '
    root=$1
    shift
    mount -t proc proc "$root/proc"
    mount -t tmpfs -o mode=1777 shm "$root/dev/shm"
    mount -t devpts devpts "$root/dev/pts" -o newinstance,ptmxmode=0666
    cd "$root/root/mlops-desktop"
    exec chroot "$root" env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin TERM=dumb "${@}"' \
    bare "$root" "${network[@]}" sh -c 'cd /root/mlops-desktop && exec "$@"' sh "$@" </dev/null || status=$?
echo "bare machine: $release: '$*' ended with status $status after $((SECONDS - began)) s"
exit $status
