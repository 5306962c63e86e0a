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

# $1: make goal and program of one test file, $2: configuration
program() { make -s -j"$jobs" CONFIG="$2" "build/$2/$1" && "build/$2/$1"; }
scenario() { make -s -j"$jobs" CONFIG=base sim && build/base/portcullis_sim --scenario "$1"; }

step lint make lint
step registers make regs-check
for script in tests/*.sh; do [ -e "$script" ] && step "$(basename "$script" .sh)" sh "$script"; done
for file in tests/unit/*_test.c; do [ -e "$file" ] && step "unit/$(basename "$file" .c)" program "unit/$(basename "$file" .c)" base; done
for file in tests/block/*_tb.cpp; do [ -e "$file" ] && step "block/$(basename "$file" .cpp)" program "block/$(basename "$file" .cpp)" base; done
for file in tests/scenarios/*.c; do [ -e "$file" ] && step "scenario/$(basename "$file" .c)" scenario "$(basename "$file" .c)"; done
if [ -e rtl/portcullis.f ]; then
  step run/mini make run CONFIG=mini CYCLES=200000
  step run/base make run CONFIG=base CYCLES=200000
  step synth/mini make synth CONFIG=mini
fi

printf '%d passed, %d failed' $passed $failed
[ $skipped = 0 ] || printf ', %d skipped' $skipped
printf '\n'
[ $failed = 0 ]
