#!/usr/bin/env bash
# Installs PostgreSQL 15 for the tests and for `run.sh --demo`, and prints the folder of its programs (initdb, postgres).
# No cluster is made or started by it: whoever needs a server starts one of its own.
set -euo pipefail

folder=${NHIGRAINS_POSTGRES:-/usr/lib/postgresql/15/bin}
if [[ -x $folder/initdb && -x $folder/postgres ]]; then
  printf '%s\n' "$folder"
  exit 0
fi

if [[ $(id -u) != 0 ]] || ! command -v apt-get >/dev/null; then
  echo "postgres: install PostgreSQL 15 with your package manager (Debian: postgresql-15)," >&2
  echo "name the folder of initdb and postgres in NHIGRAINS_POSTGRES, and run this again." >&2
  exit 1
fi

echo "postgres: installing postgresql-15 with apt-get ..." >&2
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq >&2
# Debian's package makes and starts a cluster of its own unless it is told not to before it is installed.
apt-get install -y -qq --no-install-recommends postgresql-common >&2
sed -i 's/^#\? *create_main_cluster *=.*/create_main_cluster = false/' /etc/postgresql-common/createcluster.conf
apt-get install -y -qq --no-install-recommends postgresql-15 >&2
printf '%s\n' /usr/lib/postgresql/15/bin
