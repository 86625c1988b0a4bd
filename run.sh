#!/usr/bin/env bash
# Builds NhiGrains and runs it: one silo with the embedded store in .data, on http://127.0.0.1:5000.
#   ./run.sh                     the embedded default
#   ./run.sh --demo              and with it a real kube-apiserver on loopback, a policy set and three identities
#   ./run.sh [options of './nhigrains serve'], for example --kubernetes staging=$HOME/.kube/config
# Ctrl-C stops everything that it started.
set -euo pipefail
cd "$(dirname "$0")"

say() { printf '== %s\n' "$*"; }

# Runs a command, and says every few seconds that it still does.
patiently() {
  local what=$1 started=$SECONDS ticker status=0
  shift
  say "$what"
  (while sleep 5; do say "$what (${SECONDS} s so far)"; done) &
  ticker=$!
  "$@" || status=$?
  kill "$ticker" 2>/dev/null || true
  wait "$ticker" 2>/dev/null || true
  ((SECONDS - started < 3)) || say "$what: $((SECONDS - started)) s"
  return "$status"
}

demo=no data=.data
arguments=("$@")
for ((i = 0; i < $#; i++)); do
  case ${arguments[i]} in
    --demo) demo=yes ;;
    --data) data=${arguments[i + 1]:-$data} ;;
    --data=*) data=${arguments[i]#--data=} ;;
    --help | -h) sed -n '2,6s/^# \{0,1\}//p' "$0"; exit 0 ;;
  esac
done

host_pid='' cluster_pid='' announcer=''
stop() {
  trap - EXIT INT TERM
  # First the silo, in its own order; then the cluster that it controls.
  for child in $announcer $host_pid $cluster_pid; do
    kill -TERM "$child" 2>/dev/null || continue
    wait "$child" 2>/dev/null || true
  done
}
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

patiently "Building" dotnet build src/NhiGrains.Host -c Release -v quiet -nologo

start_cluster() {
  local binaries folder=$data/demo-cluster line
  binaries=$(deploy/dev/kube-apiserver.sh)
  mkdir -p -m 700 "$data"
  # The cluster ends when its input does: it cannot outlive this script, however this script ends.
  coproc CLUSTER { exec deploy/demo/cluster.sh "$binaries" "$folder"; }
  cluster_pid=$CLUSTER_PID
  IFS= read -r -u "${CLUSTER[0]}" line && [[ $line == ready ]] || { say "The demo's cluster did not start."; exit 1; }
  arguments+=(--kubernetes "demo=$folder/kubeconfig" --policy deploy/demo/policy.yaml)
}
if [[ $demo == yes ]]; then
  started=$SECONDS
  say "Starting a kube-apiserver on loopback (the first time it is built: 5 to 12 minutes)"
  start_cluster
  say "kube-apiserver runs ($((SECONDS - started)) s); kubeconfig: $data/demo-cluster/kubeconfig"
fi

announce() {
  local url=$1 deadline=$((SECONDS + 60)) token
  until curl -fsS -o /dev/null "$url/health/ready" 2>/dev/null; do
    ((SECONDS < deadline)) || { say "Not ready after 60 s; see the log above."; return; }
    sleep 0.3
  done
  say "Ready: GraphQL at $url/graphql, health at $url/health/ready, audit log at $url/audit/export"
  token=$(./nhigrains token --data "$data" --role admin --subject "$(id -un)") || return
  say "A token of an administrator, good for 12 hours:"
  printf '\nexport TOKEN=%s\n\n' "$token"
  [[ $demo == no ]] || deploy/demo/commands.sh "$url"
}

say "Starting"
# Its output passes through here, so that the address which it really has can be picked up.
exec 4< <(exec ./nhigrains serve "${arguments[@]}" 2>&1)
host_pid=$!
while IFS= read -r -u 4 line; do
  printf '%s\n' "$line"
  if [[ -z $announcer && $line == *'Listening on '* ]]; then
    announce "${line##*Listening on }" &
    announcer=$!
  fi
done
status=0
wait "$host_pid" || status=$?
host_pid=''
exit "$status"
