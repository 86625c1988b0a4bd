#!/usr/bin/env bash
# Grants and revocations on a bad day of one platform of the sandbox, through the real grains; usual: with the usual budget of calls.   bench/storm.sh aws|gcp|k8s [GRANTS] [IDENTITIES] [usual]
set -euo pipefail
cd "$(dirname "$0")"
dotnet build NhiGrains.Bench -c Release -v quiet -nologo
dotnet NhiGrains.Bench/bin/Release/net10.0/NhiGrains.Bench.dll storm "${1:?aws, gcp or k8s}" "${2:-1000}" "${3:-50}" "${4:-}"
