#!/usr/bin/env bash
# Starts an etcd and a kube-apiserver on free loopback ports for the demo, with a namespace 'shop' and two configmaps.
#   deploy/demo/cluster.sh BINARIES FOLDER
# Prints 'ready' when the API answers; FOLDER/kubeconfig then leads to it. Data stays in FOLDER, so that a second start
# finds it. Runs until its standard input closes or it is told to stop, and takes both programs along: whoever started
# it holds the other end of its input, so the cluster cannot outlive them.
set -euo pipefail
umask 077
exec 3<&0 </dev/null

binaries=$1 folder=$2
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
children=() watcher=

stop() {
  trap - EXIT TERM INT
  [[ -z $watcher ]] || kill "$watcher" 2>/dev/null || true
  for child in "${children[@]}"; do kill -TERM "$child" 2>/dev/null || true; done
  for child in "${children[@]}"; do wait "$child" 2>/dev/null || true; done
}
trap stop EXIT
trap 'exit 0' TERM INT

# A port that is free now. Somebody else could take it before it is used; then the start fails, and says so.
free_port() {
  local port
  while :; do
    port=$((20000 + RANDOM % 12000))
    (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || { printf '%s\n' "$port"; return; }
  done
}
clients=$(free_port) peers=$(free_port) secure=$(free_port)

[[ -f $folder/token ]] || head -c 32 /dev/urandom | od -An -tx1 | tr -d ' \n' >"$folder/token"
[[ -f $folder/sa.key ]] || openssl genrsa -out "$folder/sa.key" 2048 2>/dev/null
token=$(cat "$folder/token")
printf '%s,admin,1,"system:masters"\n' "$token" >"$folder/tokens.csv"

"$binaries/etcd" --data-dir "$folder/etcd" \
  --listen-client-urls "http://127.0.0.1:$clients" --advertise-client-urls "http://127.0.0.1:$clients" \
  --listen-peer-urls "http://127.0.0.1:$peers" --initial-advertise-peer-urls "http://127.0.0.1:$peers" \
  --initial-cluster "default=http://127.0.0.1:$peers" 3<&- >"$folder/etcd.log" 2>&1 &
children+=($!)
"$binaries/kube-apiserver" "--etcd-servers=http://127.0.0.1:$clients" \
  --bind-address=127.0.0.1 --advertise-address=127.0.0.1 "--secure-port=$secure" "--cert-dir=$folder/certificates" \
  --authorization-mode=RBAC --anonymous-auth=false "--token-auth-file=$folder/tokens.csv" \
  --service-account-issuer=https://k8s.demo "--service-account-signing-key-file=$folder/sa.key" \
  "--service-account-key-file=$folder/sa.key" --service-cluster-ip-range=10.0.0.0/24 \
  --disable-admission-plugins=ServiceAccount --endpoint-reconciler-type=none \
  3<&- >"$folder/kube-apiserver.log" 2>&1 &
children+=($!)

write_kubeconfig() {
  cat >"$folder/kubeconfig.new" <<EOF
apiVersion: v1
kind: Config
current-context: demo
clusters:
- {name: demo, cluster: {server: "https://127.0.0.1:$secure", certificate-authority-data: $(base64 -w 0 <"$folder/certificates/apiserver.crt")}}
users:
- {name: admin, user: {token: $token}}
contexts:
- {name: demo, context: {cluster: demo, user: admin}}
EOF
  mv "$folder/kubeconfig.new" "$folder/kubeconfig"
}

kubectl() { "$binaries/kubectl" --kubeconfig "$folder/kubeconfig" "$@"; }

deadline=$((SECONDS + 90))
until [[ -f $folder/certificates/apiserver.crt ]] && write_kubeconfig && kubectl get --raw /readyz >/dev/null 2>&1; do
  for child in "${children[@]}"; do
    kill -0 "$child" 2>/dev/null || { echo "A program of the demo's cluster ended; see the logs in $folder:" >&2; tail -n 5 "$folder"/*.log >&2; exit 1; }
  done
  ((SECONDS < deadline)) || { echo "The demo's cluster is not ready after 90 s; see the logs in $folder." >&2; exit 1; }
  sleep 0.2
done

kubectl get namespace shop >/dev/null 2>&1 || kubectl create namespace shop >/dev/null
for name in prices opening-hours; do
  kubectl -n shop get configmap "$name" >/dev/null 2>&1 || kubectl -n shop create configmap "$name" --from-literal=note="of the demo" >/dev/null
done

echo ready
# Waits for the end of the input without a busy loop; ends as well when a program does.
# (A background command would get /dev/null as its input; hence the other descriptor. The second kill is for the case
# that this script itself was killed.)
{ read -r _ <&3 || true; kill -TERM $$ 2>/dev/null || kill -TERM "${children[@]}" 2>/dev/null; } &
watcher=$!
wait -n "${children[@]}" || true
echo "A program of the demo's cluster ended; see the logs in $folder." >&2
exit 1
