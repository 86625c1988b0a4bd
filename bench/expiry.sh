#!/usr/bin/env bash
# N identities whose grants end within one second, and then at one instant: on the embedded store, on a Redis, and beside them
# BullMQ with as many delayed jobs, due in the same two ways, on the same Redis.   bench/expiry.sh [COUNT] [LEAD-SECONDS]
set -euo pipefail
cd "$(dirname "$0")"
count=${1:-10000} lead=${2:-30}

../deploy/dev/redis.sh
# Not npm ci: it wants the optional packages of other platforms in the lock file, which not every registry has.
(cd npm && npm install --silent --no-save --omit=optional --ignore-scripts)
dotnet build NhiGrains.Bench -c Release -v quiet -nologo

folder=$(mktemp -d)
port=$((20000 + RANDOM % 12000))
redis-server --port "$port" --bind 127.0.0.1 --dir "$folder" --appendonly yes --appendfsync everysec --save '' --maxmemory-policy noeviction >"$folder/log" &
redis=$!
trap 'kill "$redis" 2>/dev/null || true; wait "$redis" 2>/dev/null || true; rm -rf "$folder"' EXIT
until redis-cli -p "$port" ping >/dev/null 2>&1; do sleep 0.1; done

dotnet NhiGrains.Bench/bin/Release/net10.0/NhiGrains.Bench.dll "$count" "$lead"
dotnet NhiGrains.Bench/bin/Release/net10.0/NhiGrains.Bench.dll "$count" "$lead" "redis://127.0.0.1:$port"
for spread in 1000 0; do node npm/bullmq.mjs "$port" "$count" 20 "$spread"; done
