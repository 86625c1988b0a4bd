#!/usr/bin/env bash
# Sets up the real targets, builds, and runs every test, fast ones first.
# Ends with a line 'N passed, N failed, N skipped'; exits non-zero when anything failed or nothing ran.
set -euo pipefail
cd "$(dirname "$0")"

say() { printf '\n== %s\n' "$*"; }

say "Targets"
NHIGRAINS_KUBERNETES=$(deploy/dev/kube-apiserver.sh)
NHIGRAINS_POSTGRES=$(deploy/dev/postgres.sh)
NHIGRAINS_MOTO=$(deploy/dev/moto.sh)
NHIGRAINS_GOOGLE_DISCOVERY=$(deploy/dev/google-discovery.sh)
export NHIGRAINS_KUBERNETES NHIGRAINS_POSTGRES NHIGRAINS_MOTO NHIGRAINS_GOOGLE_DISCOVERY
deploy/dev/redis.sh
if [[ -f tests/npm/package-lock.json ]]; then (cd tests/npm && npm ci --no-audit --no-fund --silent); fi

say "Build"
dotnet restore --locked-mode -v quiet
dotnet build --no-restore -v quiet -nologo

# What would eat the whole machine ends with a stack trace instead of a kill: no suite needs a quarter of this (8 GiB).
export DOTNET_GCHeapHardLimit=0x200000000

results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT
failed_projects=0
total_passed=0 total_failed=0 total_skipped=0

# A name for the results, the suite, and which of its tests when not all.
run() {
  local name=$1 suite=$2 status=0
  shift 2
  dotnet "tests/NhiGrains.$suite.Tests/bin/Debug/net10.0/NhiGrains.$suite.Tests.dll" -noColor -longRunning 90 "$@" >"$results/$name.log" 2>&1 || status=$?
  printf '%s' "$status" >"$results/$name.status"
}

# Prints what a suite said, and adds it up.
add() {
  local name=$1 status total failed skipped passed
  say "NhiGrains.Tests: $name"
  cat "$results/$name.log"
  status=$(cat "$results/$name.status")
  count() { sed -nE "s/^ .*[ ,]$1: ([0-9]+).*/\1/p" "$results/$name.log" | tail -n 1; }
  total=$(count Total) failed=$(count Failed) skipped=$(count Skipped)
  passed=$((${total:-0} - ${failed:-0} - ${skipped:-0}))
  total_passed=$((total_passed + passed))
  total_failed=$((total_failed + ${failed:-0}))
  total_skipped=$((total_skipped + ${skipped:-0}))
  # A runner that died, or ran nothing, has failed even when it counted no failure.
  if [[ $status != 0 && ${failed:-0} == 0 ]] || [[ $passed == 0 ]]; then
    printf '%s ended with exit code %s and %s passed tests.\n' "$name" "$status" "$passed"
    if [[ $status == 137 ]]; then dmesg 2>/dev/null | grep -iE 'out of memory|oom-kill' | tail -n 3 || true; fi
    failed_projects=$((failed_projects + 1))
  fi
}

# Two at a time, since each waits a lot: fast ones first, then the long ones, so that the last two end together. The end-to-end
# tests, which hold the program to seconds, alone: but for the one in which minutes pass and nothing is computed.
declare -A running=()
asleep='*ZombieTests'
ended() {
  local pid
  wait -n -p pid "${!running[@]}" || true
  add "${running[$pid]}"
  unset "running[$pid]"
}
for name in Domain Platforms Cel GraphQL Sandbox Evidence Grains Platforms.Kubernetes Platforms.Postgres Platforms.Gcp Platforms.Aws Storage; do
  if ((${#running[@]} == 2)); then ended; fi
  if [[ $name == Grains ]]; then run Host.Asleep Host -class "$asleep" & sleeper=$!; fi
  run "$name" "$name" & running[$!]=$name
done
while ((${#running[@]} > 0)); do ended; done
run Host Host -class- "$asleep"
add Host
wait "$sleeper"
add Host.Asleep

# Each once more with what it said, so that whoever reads the end alone knows; a test's own lines are indented by more than its name.
if [[ $total_failed != 0 ]]; then
  say "Failed"
  awk '/^    [^ ]/ { shown = /\[FAIL\]$/ ? 40 : 0 } /^ ? ?[^ ]/ { shown = 0 } shown-- > 0 { print substr($0, 1, 600) }' "$results"/*.log
fi

printf '\n%d passed, %d failed, %d skipped\n' "$total_passed" "$((total_failed + failed_projects))" "$total_skipped"
[[ $total_failed == 0 && $failed_projects == 0 && $total_passed -gt 0 ]]
