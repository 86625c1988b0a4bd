#!/usr/bin/env bash
# Decisions as large as they are let in, and with a directory of people that is as large as it gets.   bench/bounds.sh [DECISIONS] [MEMBERSHIPS]
set -euo pipefail
cd "$(dirname "$0")"
dotnet build NhiGrains.Bench -c Release -v quiet -nologo
bench=NhiGrains.Bench/bin/Release/net10.0/NhiGrains.Bench.dll
taskset -c "$(($(nproc) - 1))" dotnet "$bench" bounds "${1:-200}"
dotnet "$bench" directory "${2:-50000}" 2000
