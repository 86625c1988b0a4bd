#!/usr/bin/env bash
# Installs redis-server for the tests that compare the embedded store with a real Redis.
set -euo pipefail
command -v redis-server >/dev/null && exit 0
if [[ $(id -u) != 0 ]] || ! command -v apt-get >/dev/null; then
  echo "redis: install redis-server (7.0 or newer) with your package manager, and run this again." >&2
  exit 1
fi
echo "redis: installing redis-server with apt-get ..." >&2
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq >&2
# The package starts a server of its own where there is an init system; the tests want only the program.
apt-get install -y -qq --no-install-recommends redis-server >&2
