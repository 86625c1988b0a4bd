#!/usr/bin/env bash
# Installs a real etcd and kube-apiserver for the tests and for `run.sh --demo`, and prints their folder.
#
# Debian 12 packages no kube-apiserver binary, but it packages the source (1.20.2). As packaged that source
# crashes on ordinary JSON requests when it is built with Go 1.19, because the vendored reflect2 and json-iterator
# reach into runtime internals that changed; Debian's own newer copies of the two libraries cure it.
#
# The build takes 5 to 12 minutes on two cores, once. The result is cached outside the checkout:
#   ${NHIGRAINS_TARGETS:-$HOME/.cache/nhigrains/targets}/kubernetes-<version>/{etcd,kube-apiserver,kubectl}
set -euo pipefail

version='1.20.5+really1.20.2-1.1+deb12u1'
cache=${NHIGRAINS_TARGETS:-${XDG_CACHE_HOME:-$HOME/.cache}/nhigrains/targets}
target=$cache/kubernetes-1.20.2

say() { printf '%s\n' "$*" >&2; }

if [[ -x $target/kube-apiserver && -x $target/kubectl && -x $target/etcd ]]; then
  printf '%s\n' "$target"
  exit 0
fi

if [[ $(id -u) != 0 ]] || ! command -v apt-get >/dev/null || ! grep -q 'VERSION_ID="12"' /etc/os-release; then
  say "kube-apiserver: cannot be built here (this needs root on Debian 12)."
  say "Put the binaries etcd, kube-apiserver and kubectl (any version from 1.20 on) into $target,"
  say "for example from the 'envtest' archive of the Kubernetes project, and run this again."
  exit 1
fi

mkdir -p "$cache"
exec 9>"$cache/.lock"
flock 9
if [[ -x $target/kube-apiserver && -x $target/kubectl && -x $target/etcd ]]; then
  printf '%s\n' "$target"
  exit 0
fi

work=$cache/build.$$
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/lists/partial" "$work/sources" "$work/go/src/k8s.io"

say "kube-apiserver: installing Go, etcd and two libraries with apt-get ..."
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq >&2
apt-get install -y -qq --no-install-recommends \
  golang-go rsync jq make gcc libc6-dev dpkg-dev patch etcd-server \
  golang-github-modern-go-reflect2-dev golang-github-json-iterator-go-dev >&2

# A source list of our own, made from the machine's binary one: the machine's configuration stays as it is.
say "kube-apiserver: fetching the source package kubernetes $version ..."
for list in /etc/apt/sources.list.d/debian.sources /etc/apt/sources.list; do
  [[ -s $list ]] || continue
  sed -E -e 's/^Types:.*/Types: deb-src/' -e 's/^deb /deb-src /' "$list" >"$work/sources/src.${list##*.}"
done
apt_own=(-o Dir::Etc::sourcelist=/dev/null -o "Dir::Etc::sourceparts=$work/sources" -o "Dir::State::lists=$work/lists")
apt-get "${apt_own[@]}" update -qq >&2
(cd "$work" && apt-get "${apt_own[@]}" source -qq --download-only "kubernetes=$version" >&2)
dpkg-source --no-check -x "$work"/kubernetes_*.dsc "$work/go/src/k8s.io/kubernetes" >&2

say "kube-apiserver: building (5 to 12 minutes on two cores, once) ..."
cd "$work/go/src/k8s.io/kubernetes"
for library in github.com/modern-go/reflect2 github.com/json-iterator/go; do
  rm -rf "vendor/$library"
  cp -a "/usr/share/gocode/src/$library" "vendor/$library"
done
export GOPATH=$work/go GO111MODULE=off CGO_ENABLED=0 GOCACHE=$work/gocache GOFLAGS=
while sleep 30; do say "kube-apiserver: still building (${SECONDS} s) ..."; done &
ticker=$!
trap 'kill $ticker 2>/dev/null || true; rm -rf "$work"' EXIT
make WHAT='cmd/kube-apiserver cmd/kubectl' KUBE_GIT_VERSION=v1.20.2 >"$cache/kube-apiserver-build.log" 2>&1 || {
  say "kube-apiserver: the build failed, see $cache/kube-apiserver-build.log"
  tail -n 20 "$cache/kube-apiserver-build.log" >&2
  exit 1
}
kill "$ticker" 2>/dev/null || true

mkdir -p "$target.new"
cp _output/bin/kube-apiserver _output/bin/kubectl "$target.new/"
cp "$(command -v etcd)" "$target.new/etcd"
rm -rf "$target"
mv "$target.new" "$target"
printf '%s\n' "$target"
