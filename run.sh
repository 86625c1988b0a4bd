#!/usr/bin/env bash
# Builds NhiGrains and runs it: one silo with the embedded store in .data, on http://127.0.0.1:5000.
#   ./run.sh                     the embedded default
#   ./run.sh --demo              and with it a fake cloud on loopback (AWS, Google, Kubernetes), a policy set and four identities; a
#                                PostgreSQL and a kube-apiserver that are there are used for real (also those that NHIGRAINS_POSTGRES
#                                and NHIGRAINS_KUBERNETES name the folders of). It starts anew each time
#   ./run.sh [options of './nhigrains serve'], for example --kubernetes staging=$HOME/.kube/config
# Ctrl-C stops everything that it started, and so does the end of this script, whatever ends it.
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
    --help | -h) sed -n '2,8s/^# \{0,1\}//p' "$0"; exit 0 ;;
  esac
done

host_pid='' cluster_pid='' sandbox_pid='' postgres_pid='' announcer='' watcher=''
stop() {
  trap - EXIT INT TERM
  # First the silo, in its own order; then the platforms that it controls.
  [[ -z $watcher ]] || kill -TERM "$watcher" 2>/dev/null || true
  for child in $announcer $host_pid $sandbox_pid $cluster_pid $postgres_pid; do
    kill -TERM "$child" 2>/dev/null || continue
    wait "$child" 2>/dev/null || true
  done
}
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

patiently "Building" dotnet build src/NhiGrains.Host -c Release -v quiet -nologo

# Starts a program whose input stays open for as long as this script lives, and waits until it prints 'ready'. It ends when its input
# does, so it cannot outlive this script, however this script ends; hence nobody else may hold that input.
holds=()
alone() {
  local hold
  for hold in "${holds[@]}"; do exec {hold}>&-; done
  exec "$@"
}
tethered() {
  local name=$1 line hold
  shift
  mkfifo "$data/$name.in" "$data/$name.out"
  (alone "$@") <"$data/$name.in" >"$data/$name.out" &
  tethered_pid=$!
  exec {hold}>"$data/$name.in"
  holds+=("$hold")
  IFS= read -r line <"$data/$name.out" && [[ $line == ready ]]
}

start_cloud() {
  tethered cloud dotnet src/NhiGrains.Sandbox/bin/Release/net10.0/nhigrains-sandbox.dll "$data/cloud" "$@" || { say "The demo's cloud did not start."; exit 1; }
  sandbox_pid=$tethered_pid
  arguments+=(--config "$data/cloud/settings.json")
}

if [[ $demo == yes ]]; then
  patiently "Building the demo's cloud" dotnet build src/NhiGrains.Sandbox -c Release -v quiet -nologo
  # The cloud is kept nowhere, so what was known of it is of no use.
  data=$data/demo
  rm -rf "$data"
  mkdir -p -m 700 "$data"
  for ((i = 0; i < ${#arguments[@]}; i++)); do
    case ${arguments[i]} in
      --data) unset 'arguments[i]' 'arguments[i+1]' ;;
      --data=*) unset 'arguments[i]' ;;
    esac
  done
  arguments+=(--data "$data" --policy deploy/demo/policy.yaml)
  apiserver=${NHIGRAINS_KUBERNETES:-${NHIGRAINS_TARGETS:-${XDG_CACHE_HOME:-$HOME/.cache}/nhigrains/targets}/kubernetes-1.20.2}
  postgres=${NHIGRAINS_POSTGRES:-$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1 || true)}
  [[ -n $postgres ]] || postgres=$(dirname "$(command -v initdb || true)")
  if [[ -x $apiserver/kube-apiserver ]]; then
    start_cloud --without-cluster
    tethered cluster deploy/demo/cluster.sh "$apiserver" "$data/cluster" || { say "The demo's cluster did not start."; exit 1; }
    cluster_pid=$tethered_pid
    arguments+=(--kubernetes "demo=$data/cluster/kubeconfig")
    say "aws:demo and gcp:demo are fakes, k8s:demo is a real kube-apiserver; kubeconfig: $data/cluster/kubeconfig"
  else
    start_cloud
    say "aws:demo, gcp:demo and k8s:demo are fakes; kubeconfig: $data/cloud/kubeconfig"
  fi
  without="there is no PostgreSQL here (initdb, postgres and psql; Debian: postgresql-15)"
  if [[ -x $postgres/initdb && -x $postgres/postgres && -x $postgres/psql ]]; then
    if tethered postgres deploy/demo/postgres.sh "$postgres" "$data/postgres"; then
      postgres_pid=$tethered_pid without=''
      export NHIGRAINS_POSTGRES__DEMO__CONNECTIONFILE=$data/postgres/connection NHIGRAINS_POSTGRES__DEMO__DATABASES=shop
      say "pg:demo is a real PostgreSQL; connection: $data/postgres/connection"
    else
      without="the PostgreSQL in $postgres did not start"
    fi
  fi
  [[ -z $without ]] || say "The demo goes without pg:demo, on three platforms: $without."
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
  [[ $demo == no ]] || deploy/demo/commands.sh "$url" "${postgres_pid:+pg:demo}"
}

say "Starting"
# The silo has no input to end with, as the others do; so somebody is told which it is, waits for the end of this script, and ends it.
exec {leash}> >(alone sh -c 'read -r silo; read -r _; kill -TERM "$silo" 2>/dev/null')
watcher=$!
holds+=("$leash")
# Its output passes through here, so that the address which it really has can be picked up.
exec 4< <(alone ./nhigrains serve "${arguments[@]}" 2>&1)
host_pid=$!
echo "$host_pid" >&"$leash"
while IFS= read -r -u 4 line; do
  printf '%s\n' "$line"
  if [[ -z $announcer && $line == *'Listening on '* ]]; then
    announce "${line##*Listening on }" {leash}>&- &
    announcer=$!
  fi
done
status=0
wait "$host_pid" || status=$?
host_pid=''
exit "$status"
