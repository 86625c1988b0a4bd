#!/usr/bin/env bash
# Grants and revocations on a bad day of one platform of the sandbox, or of a real PostgreSQL behind a faulty proxy, through the real grains.
#   bench/storm.sh aws|gcp|k8s|pg [GRANTS] [IDENTITIES] [usual]     usual: with the budget of calls that connectors have by default
set -euo pipefail
cd "$(dirname "$0")"
dotnet build NhiGrains.Bench -c Release -v quiet -nologo
dotnet NhiGrains.Bench/bin/Release/net10.0/NhiGrains.Bench.dll storm "${1:?aws, gcp, k8s or pg}" "${2:-1000}" "${3:-50}" "${4:-}"
