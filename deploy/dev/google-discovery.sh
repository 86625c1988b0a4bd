#!/usr/bin/env bash
# Gets Google's own discovery documents (what each of its APIs takes and gives, machine-readable) for the tests of the
# sandbox's Google project, and prints their folder.
#
# Debian 13 ships them inside python3-googleapi. The package is only unpacked, not installed, and the machine's own apt
# configuration stays as it is, so that this works on Debian 12 as well. It takes a few seconds, once; the documents that
# the sandbox speaks are cached outside the checkout:
#   ${NHIGRAINS_TARGETS:-$HOME/.cache/nhigrains/targets}/google-discovery/*.json
set -euo pipefail

documents='iam.v1 cloudresourcemanager.v3 iamcredentials.v1 policytroubleshooter.v1 storage.v1 pubsub.v1 secretmanager.v1 run.v1 run.v2'
cache=${NHIGRAINS_TARGETS:-${XDG_CACHE_HOME:-$HOME/.cache}/nhigrains/targets}
target=$cache/google-discovery

say() { printf '%s\n' "$*" >&2; }

if [[ -s $target/iam.v1.json ]]; then
  printf '%s\n' "$target"
  exit 0
fi

if ! command -v apt-get >/dev/null || ! command -v dpkg-deb >/dev/null || [[ ! -r /usr/share/keyrings/debian-archive-keyring.gpg ]]; then
  say "google-discovery: cannot be fetched here (this needs Debian's apt-get and its archive keyring)."
  say "Put these discovery documents of Google's ($documents; each as NAME.json) into $target,"
  say "for example from the folder googleapiclient/discovery_cache/documents of the Python package google-api-python-client."
  exit 1
fi

mkdir -p "$cache"
exec 9>"$cache/.lock-google-discovery"
flock 9
if [[ -s $target/iam.v1.json ]]; then
  printf '%s\n' "$target"
  exit 0
fi

work=$cache/google-discovery.$$
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/lists/partial" "$work/archives/partial" "$work/parts" "$work/unpacked" "$work/new"

# The mirror that this machine uses already, with the suite of Debian 13.
mirror=$(sed -nE -e 's/^URIs: *([^ ]+\/debian)\/? *$/\1/p' -e 's/^deb +(\[[^]]*\] +)?([^ ]+\/debian)\/? .*/\2/p' \
  /etc/apt/sources.list.d/debian.sources /etc/apt/sources.list 2>/dev/null | head -n 1 || true)
printf 'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] %s trixie main\n' \
  "${mirror:-http://deb.debian.org/debian}" >"$work/parts/trixie.list"

apt_own=(-o Dir::Etc::sourcelist=/dev/null -o "Dir::Etc::sourceparts=$work/parts" -o "Dir::State::lists=$work/lists"
  -o "Dir::Cache::archives=$work/archives" -o "Dir::Cache::pkgcache=" -o "Dir::Cache::srcpkgcache=" -o APT::Sandbox::User=root)
say "google-discovery: fetching python3-googleapi from Debian 13 ..."
apt-get "${apt_own[@]}" update -qq >&2
(cd "$work" && apt-get "${apt_own[@]}" download -qq python3-googleapi >&2)
dpkg-deb --fsys-tarfile "$work"/python3-googleapi_*.deb | tar -x -C "$work/unpacked" --wildcards '*/discovery_cache/documents/*'

for document in $documents; do
  found=$(find "$work/unpacked" -name "$document.json" -print -quit)
  [[ -n $found ]] || { say "google-discovery: the package has no $document.json"; exit 1; }
  cp "$found" "$work/new/"
done
rm -rf "$target"
mv "$work/new" "$target"
printf '%s\n' "$target"
