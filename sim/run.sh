#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The main job: random runs of a simulator that is already built, one per seed, several at a time.
#   run.sh CONFIG "SEED..." CYCLES PROFILE WAVES JOBS
# PROFILE "turn" deals the profiles in turn: seed 1 nic, 2 nvme, 3 gpu, 4 rogue, 5 mixed, 6 nic ... The sums over all seeds go to
# build/run.json, each seed's own summary and output to build/CONFIG/run/. Runs of 20,000,000 clocks together, or more, fail when
# they were too tame (floors.sh); shorter ones only say so. A run that fails is repeated with the tracing simulator, which
# records the last clocks before the failure ("fail_cycle" of the summary).
set -u
config=$1 seeds=$2 cycles=$3 profile=$4 waves=$5 jobs=$6
window=4000
dir=build/$config
out=$dir/run
profiles=(nic nvme gpu rogue mixed)
rm -rf "$out"
mkdir -p "$out"

profile_of() { if [ "$profile" = turn ]; then echo "${profiles[($1 - 1) % 5]}"; else echo "$profile"; fi; }
options() { echo "--seed $1 --cycles $cycles --profile $(profile_of "$1")"; }

# Records the last clocks before the failure of seed $1.
record_failure() {
  local at from fst=$dir/fail_$(profile_of "$1")_$1.fst
  at=$(sed -n 's/.*"fail_cycle": *\([0-9][0-9]*\).*/\1/p' "$out/$1.json" 2>/dev/null | head -n 1)
  [ -n "$at" ] || return
  from=$((at > window ? at - window : 0))
  echo "recording clocks $from to $at"
  make CONFIG="$config" sim-trace >"$dir/trace_build.log" 2>&1 || { echo "see $dir/trace_build.log" >&2; return; }
  "$dir/portcullis_sim_trace" $(options "$1") --waves "$fst" --waves-from "$from" >/dev/null 2>&1
  [ -s "$fst" ] && echo "waveform: $fst"
}

# Sums of what the seeds counted, as one flat object.
sum_up() {
  awk -v config="$config" -v seeds="$(echo $seeds | wc -w)" -v passed="$1" '
    { gsub(/[",:{}]/, " ") }
    NF == 2 && $2 ~ /^[0-9.]+$/ && $1 != "seed" && $1 != "fail_cycle" {
      if (!($1 in sum)) key[++keys] = $1
      sum[$1] += $2
    }
    END {
      printf "{\n  \"config\": \"%s\",\n  \"seeds\": %d", config, seeds
      if (NR) sum["cycles_per_second"] /= seeds  # of one run: the mean
      for (i = 1; i <= keys; i++) printf ",\n  \"%s\": %.0f", key[i], sum[key[i]]
      printf ",\n  \"passed\": %s\n}\n", passed
    }' $(for seed in $seeds; do [ -s "$out/$seed.json" ] && echo "$out/$seed.json"; done) >build/run.json
}

# Of the seeds together; status 1 if they were too tame and long enough to be held to the floors.
check_floors() {
  sim/floors.sh $(for seed in $seeds; do echo "$out/$seed.json"; done) && return
  if [ $(($(echo $seeds | wc -w) * cycles)) -ge 20000000 ]; then
    echo "FAILED: too tame"
    return 1
  fi
  echo "(a short run: the floors hold for 20,000,000 clocks together)"
}

if [ "$waves" = 1 ]; then
  "$dir/portcullis_sim_trace" $(options "${seeds%% *}") --json build/run.json --waves "$dir/run.fst"
  status=$?
  echo "waveform: $dir/run.fst"
  exit $status
fi

# One seed shows its own progress and summary.
if [ "$(echo $seeds | wc -w)" = 1 ]; then
  "$dir/portcullis_sim" $(options "$seeds") --json "$out/$seeds.json"
  status=$?
  cp "$out/$seeds.json" build/run.json 2>/dev/null
  [ $status = 0 ] || { record_failure "$seeds"; exit $status; }
  check_floors
  exit
fi

declare -A running=()
interrupted=0 failed=() began=$SECONDS
trap 'interrupted=1; kill -INT "${!running[@]}" 2>/dev/null' INT TERM

# What all seeds have done so far, from their last lines: in place on a terminal, else a line every half minute.
shown=0
progress() {
  local log pid
  [ -t 1 ] || { [ $((SECONDS - shown)) -ge 30 ] && shown=$SECONDS; } || return
  for log in "$out"/*.log; do tr '\r' '\n' <"$log" | grep ' cycles/s, ' | tail -n 1; done 2>/dev/null |
    awk -v all="$(($(echo $seeds | wc -w) * cycles))" -v seconds="$((SECONDS - began))" -v running="${running[*]}" '
      { cycles += $1; beats += $5; faults += $7 }
      END {
        speed = seconds ? cycles / seconds : 0
        printf "%d of %d cycles, %d beats, %d faults, %d cycles/s, %d s left (seeds %s)\n", cycles, all, beats, faults, speed,
               speed ? (all - cycles) / speed : 0, running
      }' | if [ -t 1 ]; then
    read -r line
    printf '\r\033[K%s' "${line:0:$(($(tput cols 2>/dev/null || echo 100) - 1))}"
  else
    cat
  fi
}

# Takes the runs that have ended.
collect() {
  local pid seed status word
  for pid in "${!running[@]}"; do
    kill -0 "$pid" 2>/dev/null && continue
    wait "$pid"
    status=$?
    seed=${running[$pid]}
    unset "running[$pid]"
    [ -t 1 ] && printf '\r\033[K'
    case $status in 0) word=passed ;; 130) word=interrupted interrupted=1 ;; *) word=FAILED ;; esac
    printf 'seed %-4s %-6s %s  %s\n' "$seed" "$(profile_of "$seed")" $word \
      "$(awk '{ gsub(/[",:]/, " ") } $1 == "cycles_compared" { c = $2 } $1 == "dma_beats" { b = $2 } $1 == "faults" { f = $2 }
        $1 == "cycles_per_second" { s = $2 } END { printf "%d cycles, %d beats, %d faults, %d cycles/s", c, b, f, s }' \
        "$out/$seed.json" 2>/dev/null)"
    [ $word = FAILED ] || continue
    failed+=("$seed")
    grep -A 30 '^FAIL' "$out/$seed.log" | head -n 30
    grep '^reproduce' "$out/$seed.log"
  done
}

echo "configuration $config: seeds $seeds, $cycles cycles each, $jobs at a time"
for seed in $seeds; do
  while [ ${#running[@]} -ge "$jobs" ]; do sleep 1; progress; collect; done
  [ $interrupted = 0 ] && [ ${#failed[@]} = 0 ] || break
  "$dir/portcullis_sim" $(options "$seed") --json "$out/$seed.json" >"$out/$seed.log" 2>&1 &
  running[$!]=$seed
done
while [ ${#running[@]} -gt 0 ]; do sleep 1; progress; collect; done

[ ${#failed[@]} = 0 ] && [ $interrupted = 0 ] && passed=true || passed=false
sum_up $passed
sed -n 's/^  "\([a-z0-9_]*\)": \([0-9]*\),*$/\1 \2/p' build/run.json |
  awk '$1 != "cycles_per_second" && $2 != 0 { printf "  %-28s %14s\n", $1, $2 }'
for seed in "${failed[@]}"; do record_failure "$seed"; done
[ ${#failed[@]} = 0 ] || { echo FAILED; exit 1; }
[ $interrupted = 0 ] || { echo interrupted; exit 130; }
check_floors || exit 1
echo passed
