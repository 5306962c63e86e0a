#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Everything that must pass, step by step: `make test`. Each step is a name and a command; its output goes to
# build/test/NAME.log and is shown when it fails. Status 77 of a command means skipped. The closing line counts.
#   test.sh [TEXT]   runs only the steps whose name contains TEXT
set -u
cd "$(dirname "$0")/.."
filter=${1:-}
jobs=${JOBS:-$(nproc)}
unset MAKEFLAGS MAKEOVERRIDES MAKELEVEL
mkdir -p build/test
passed=0 failed=0 skipped=0
trap 'echo interrupted; exit 130' INT TERM

step() {
  local name=$1 log=build/test/${1//\//_}.log start status word
  shift
  [[ $name == *"$filter"* ]] || return 0
  start=$(date +%s.%N)
  "$@" >"$log" 2>&1 </dev/null
  status=$?
  case $status in
    0) word=pass; passed=$((passed + 1)) ;;
    77) word=skip; skipped=$((skipped + 1)) ;;
    *) word=FAIL; failed=$((failed + 1)) ;;
  esac
  printf '%-4s %7.1f s  %s\n' $word "$(echo "$(date +%s.%N) $start" | awk '{ print $1 - $2 }')" "$name"
  [ $word = pass ] || tail -n 30 "$log" | sed 's/^/    | /'
}

# $1: kind of step, then files; one step per existing file, named by its kind and its path below tests/KIND.
each() {
  local kind=$1 file name
  shift
  for file in "$@"; do
    [ -e "$file" ] || continue
    name=${file#tests/}
    name=${name#"$kind/"}
    name=${name#"${kind}s/"}
    step "$kind/${name%.*}" "$kind" "${name%.*}"
  done
}
script() { sh "tests/$1.sh"; }
program() { make -s -j"$jobs" CONFIG=base "build/base/$1" && "build/base/$1"; }
unit() { program "unit/$1"; }
# Random lockstep of one block beside its twin: $1 block, $2 configuration, then Key=Value.
lockstep() {
  local program
  program=$(tests/unit/lockstep/build.sh "$@" | tail -n 1) && "$program" 200000 1 2
}
# On every configuration that has what the scenario needs (status 77: this one has not); skipped if none has. The RTL of full is
# slow: of what base has run beside its own, full runs what takes more than 50,000 clocks with the model alone.
declare -A built
scenario() {
  local config text status=77 alone=
  for config in mini base full; do
    [ -n "${built[$config]:-}" ] || make -s -j"$jobs" CONFIG=$config sim || return 1
    built[$config]=1
    text=$(build/$config/portcullis_sim --scenario "$1" $alone)
    case $? in
      0) status=0 ;;
      77) ;;
      *) echo "$config: $text"; return 1 ;;
    esac
    echo "$config: $text"
    if [ $config = base ] && [[ $text =~ \(([0-9]+)\ clocks\) ]] && [ "${BASH_REMATCH[1]}" -gt 50000 ]; then alone=--twin-only; fi
  done
  return $status
}

# The traces are not part of the project: those of ORACLE, or of a folder beside the project.
oracle() {
  local folder=${ORACLE:-../shared/oracle}
  if [ -z "${ORACLE:-}" ] && [ ! -d "$folder" ]; then
    echo 'oracle traces skipped: there are none here; ORACLE=FOLDER names a folder that has them'
    return 77
  fi
  make -s -j"$jobs" ORACLE="$folder" oracle
}

step lint make lint
step registers sim/regs/check.sh
step synth/mini make synth CONFIG=mini
each script tests/*.sh
step oracle oracle
each unit tests/unit/{*_test,test_*,*/*_test,*/test_*}.c
step lockstep/port lockstep port mini
step lockstep/port-full lockstep port full PortEntries=4 PortMisses=4
step lockstep/core lockstep core mini
step lockstep/core-full lockstep core full NumPorts=1 Walkers=4 L2Entries=64 L2Ways=2 DcEntries=2 PcEntries=4 NlEntries=4 \
  GEntries=4 PortMisses=4 CqDepth=2 FqDepth=1 AtsTimeout=200
step lockstep/regs lockstep regs full
each scenario tests/scenarios/*.c
step run/mini make run CONFIG=mini CYCLES=200000
step run/base make run CONFIG=base CYCLES=200000
step run/full make run CONFIG=full CYCLES=30000

printf '%d passed, %d failed' $passed $failed
[ $skipped = 0 ] || printf ', %d skipped' $skipped
printf '\n'
[ $failed = 0 ]
