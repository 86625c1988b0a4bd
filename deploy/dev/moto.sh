#!/usr/bin/env bash
# Installs moto (an emulation of AWS's APIs, in Python) for the tests, and prints the program that starts it.
#
# Debian 13 packages it (python3-moto 5.1.1) and Debian 12 does not, so it gets a Debian 13 of its own in a folder, and a
# small program beside it that starts moto_server in there. Two minutes and 600 MB, once, outside the checkout:
#   ${NHIGRAINS_TARGETS:-$HOME/.cache/nhigrains/targets}/moto-5.1/{moto_server,root/}
# Where that cannot be done, a moto_server on the path (pip install 'moto[server]') is used as it is.
set -euo pipefail

cache=${NHIGRAINS_TARGETS:-${XDG_CACHE_HOME:-$HOME/.cache}/nhigrains/targets}
target=$cache/moto-5.1

say() { printf '%s\n' "$*" >&2; }

installed() {
  [[ -x $target/moto_server && $(id -u) == 0 ]] && printf '%s\n' "$target/moto_server"
}

installed && exit 0

if [[ $(id -u) != 0 ]] || ! command -v apt-get >/dev/null; then
  command -v moto_server && exit 0
  say "moto: cannot be installed here (this needs root on Debian or Ubuntu)."
  say "Install it with pip install 'moto[server]>=5.1' so that moto_server is on the path, and run this again."
  exit 1
fi

mkdir -p "$cache"
exec 9>"$cache/.lock-moto"
flock 9
installed && exit 0

export DEBIAN_FRONTEND=noninteractive
if ! command -v debootstrap >/dev/null; then
  say "moto: installing debootstrap with apt-get ..."
  apt-get update -qq >&2
  apt-get install -y -qq --no-install-recommends debootstrap >&2
fi

# From the same mirror as this machine's own packages, where it says one.
mirror=$(sed -nE 's/^(URIs:|deb (\[[^]]*\] )?) ?(https?:[^ ]*\/debian)\/?( .*)?$/\3/p' \
  /etc/apt/sources.list.d/debian.sources /etc/apt/sources.list 2>/dev/null | head -n 1 || true)

# What an interrupted run left; nothing is mounted in there.
new=$target.new
rm -rf --one-file-system "$new"
mkdir -p "$new"
log=$cache/moto-install.log
say "moto: installing Debian 13 and python3-moto into $target (about 2 minutes, once) ..."
{
  debootstrap --variant=minbase trixie "$new/root" "${mirror:-http://deb.debian.org/debian}" &&
    chroot "$new/root" apt-get install -y -qq --no-install-recommends \
      python3-moto python3-flask python3-flask-cors python3-joserfc &&
    chroot "$new/root" apt-get clean &&
    chroot "$new/root" moto_server --help
} >"$log" 2>&1 || {
  say "moto: the installation failed, see $log"
  tail -n 20 "$log" >&2
  exit 1
}

cat >"$new/moto_server" <<'PROGRAM'
#!/bin/sh
exec chroot "$(dirname "$(readlink -f "$0")")/root" moto_server "$@"
PROGRAM
chmod +x "$new/moto_server"
rm -rf --one-file-system "$target"
mv "$new" "$target"
installed
