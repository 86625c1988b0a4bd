#!/usr/bin/env bash
# Starts a PostgreSQL on a free loopback port for the demo, with a database 'shop' and three tables.
#   deploy/demo/postgres.sh BINARIES FOLDER
# Prints 'ready' when it answers; FOLDER/connection then says how the control plane logs in. Runs until its standard input closes
# or it is told to stop, and takes the server along.
set -euo pipefail
umask 077
exec 3<&0 </dev/null

binaries=$1 folder=$2
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
server='' watcher=''

# PostgreSQL refuses to run as root, and then its files belong to the user that its package made. They cannot be under a folder that
# only root can enter, so they are elsewhere.
as=() place=$folder
if [[ $(id -u) == 0 ]]; then
  id postgres >/dev/null 2>&1 || { echo "There is no user 'postgres' to run PostgreSQL as." >&2; exit 1; }
  as=(setpriv --reuid=postgres --regid=postgres --init-groups)
  place=$(mktemp -d)
  chown postgres:postgres "$place"
fi

stop() {
  trap - EXIT TERM INT
  [[ -z $watcher ]] || kill "$watcher" 2>/dev/null || true
  if [[ -n $server ]]; then
    kill -INT "$server" 2>/dev/null || true # Ends sessions and itself.
    wait "$server" 2>/dev/null || true
  fi
  [[ $place == "$folder" ]] || rm -rf "$place"
}
trap stop EXIT
trap 'exit 0' TERM INT

# A port that is free now. Somebody else could take it before it is used; then the start fails, and says so.
port=$((20000 + RANDOM % 12000))
while (exec 4<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do port=$((20000 + RANDOM % 12000)); done

password=$(head -c 24 /dev/urandom | od -An -tx1 | tr -d ' \n')
printf '%s' "$password" >"$place/password"
[[ $place == "$folder" ]] || chown postgres:postgres "$place/password"
"${as[@]}" "$binaries/initdb" -D "$place/data" -U postgres -A scram-sha-256 --pwfile "$place/password" -E UTF8 --locale=C >"$folder/initdb.log" 2>&1
rm "$place/password"
"${as[@]}" "$binaries/postgres" -D "$place/data" -p "$port" -c listen_addresses=127.0.0.1 -c "unix_socket_directories=" \
  3<&- >"$folder/postgres.log" 2>&1 &
server=$!

psql() { PGPASSWORD=$password "$binaries/psql" -qAt -h 127.0.0.1 -p "$port" -U postgres -v ON_ERROR_STOP=1 "$@"; }
deadline=$((SECONDS + 60))
until psql -d postgres -c 'SELECT 1' >/dev/null 2>&1; do
  kill -0 "$server" 2>/dev/null || { echo "The demo's PostgreSQL ended; see $folder/postgres.log." >&2; exit 1; }
  ((SECONDS < deadline)) || { echo "The demo's PostgreSQL is not ready after 60 s; see $folder/postgres.log." >&2; exit 1; }
  sleep 0.2
done
psql -d postgres -c 'CREATE DATABASE shop'
psql -d shop -c 'REVOKE CONNECT ON DATABASE shop FROM PUBLIC; CREATE TABLE orders (id int); CREATE TABLE stock (id int); CREATE TABLE salaries (id int)'
printf 'Host=127.0.0.1;Port=%s;Username=postgres;Password=%s;Database=shop' "$port" "$password" >"$folder/connection"

echo ready
{ read -r _ <&3 || true; kill -TERM $$ 2>/dev/null || kill -INT "$server" 2>/dev/null; } &
watcher=$!
wait "$server" || true
echo "The demo's PostgreSQL ended; see $folder/postgres.log." >&2
exit 1
