#!/usr/bin/env bash
# One decision against N rules, by the engine, by the same rules as ifs in C#, and by Cedar in Node; and conditions in CEL beside
# npm @bufbuild/cel. Each on one core, one after the other.   bench/policy.sh [RULES] [DECISIONS]
set -euo pipefail
cd "$(dirname "$0")"
rules=${1:-1000} decisions=${2:-50000}

# Not npm ci: it wants the optional packages of other platforms in the lock file, which not every registry has.
(cd npm && npm install --silent --no-save --omit=optional --ignore-scripts)
dotnet build NhiGrains.Bench -c Release -v quiet -nologo
bench=$PWD/NhiGrains.Bench/bin/Release/net10.0

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
core=(taskset -c "$(($(nproc) - 1))")
"${core[@]}" dotnet "$bench/NhiGrains.Bench.dll" policy write "$folder" "$rules"
cat >"$folder/IfChain.csproj" <<PROJECT
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup><TargetFramework>net10.0</TargetFramework><NuGetAudit>false</NuGetAudit></PropertyGroup>
  <ItemGroup><Reference Include="$bench/NhiGrains.Domain.dll" Private="false" /></ItemGroup>
</Project>
PROJECT
dotnet build "$folder/IfChain.csproj" -c Release -v quiet -nologo -o "$folder/chain"

"${core[@]}" node npm/cedar.mjs "$folder" "$decisions"
"${core[@]}" node npm/cel.mjs "$folder"
"${core[@]}" dotnet "$bench/NhiGrains.Bench.dll" policy run "$folder" "$rules" "$decisions"
