#!/usr/bin/env bash
# A sweep over N roles of the sandbox's AWS account, of which somebody has changed M by hand.   bench/sweep.sh [N] [M]
set -euo pipefail
cd "$(dirname "$0")"
dotnet build NhiGrains.Bench -c Release -v quiet -nologo
dotnet NhiGrains.Bench/bin/Release/net10.0/NhiGrains.Bench.dll sweep "${1:-100000}" "${2:-50}"
