#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Shows that the checks can fail: each patch of this folder puts one designer's error into a copy of the tree, and something must
# catch it. rtl/*.patch break the RTL alone; common/*.patch break RTL and model alike, so that the lockstep stays green.
#   run.sh [-m] [NAME...]   folders (rtl, common), patches (rtl/tlb_pv_ignored); none: all. JOBS= of make, WORK= keeps the copies
#   -m: only those of common/, with the model alone: seconds each, but it does not show that RTL and model break alike
#
# A patch begins with comments: "# CONFIG: what is wrong", and "# try: ARGUMENTS" lines: runs to try after the first usual one,
# each the simulator's arguments, or "unit NAME" for tests/unit/NAME.c. A run counts only if the unbroken tree passes it.
# CONFIG is one of sim/configs, or small: full with two ports, few walkers and small caches; it builds faster and forgets sooner.
# Prints one row of a table per break, in the order of their names; status 0 only if all were caught.
set -u
cd "$(dirname "$0")/../.."
root=$PWD
jobs=${JOBS:-$(nproc)}
unset MAKEFLAGS MAKEOVERRIDES MAKELEVEL
# Built once, run for seconds.
export VERILATED_OPT="${VERILATED_OPT:-VM_PARALLEL_BUILDS=0 OPT_FAST=-O1 OPT_SLOW=-O0 OPT_GLOBAL=-O1}"
program=portcullis_sim alone=
if [ "${1:-}" = -m ]; then
  program=portcullis_model alone=--twin-only
  shift
  [ $# -gt 0 ] || set -- common
fi
work=${WORK:-$(mktemp -d "${TMPDIR:-/tmp}/portcullis-breaks.XXXXXX")}
mkdir -p "$work"
[ -n "${WORK:-}" ] || trap 'rm -rf "$work"' EXIT
tree=$work/tree broken=$work/broken log=$work/log

# The usual runs: random ones of all profiles, the scenarios, then longer random ones.
usual_runs() {
  local seed profile scenario
  for seed in 1 2; do
    for profile in mixed rogue gpu nic nvme; do echo "--profile $profile --seed $seed --cycles 200000"; done
  done
  for scenario in tests/scenarios/*.c; do echo "--scenario $(basename "$scenario" .c)"; done
  for seed in 3 5; do echo "--profile mixed --seed $seed --cycles 1000000"; done
  for seed in 4 6; do echo "--profile rogue --seed $seed --cycles 1000000"; done
}

# $1: tree, $2: configuration, $3: a program of build/CONFIG
build() { make -C "$1" -j"$jobs" CONFIG="$2" "build/$2/$3" >"$log" 2>&1; }

# $1: tree, $2: configuration, $3: run. Status: 0 passed, 1 failed (its text is in $log.run), 2 neither.
run() {
  local status
  if [ "${3%% *}" = unit ]; then
    build "$1" "$2" "unit/${3#unit }" || return 2
    (cd "$1" && ulimit -t 600 && "build/$2/unit/${3#unit }") >"$log.run" 2>&1
  else
    (cd "$1" && ulimit -t 600 && "build/$2/$program" $alone $3 $([[ $3 == *--scenario* ]] || echo --quiet)) >"$log.run" 2>&1
  fi
  status=$?
  [ $status = 77 ] && return 0  # a scenario that is not for this configuration
  [ $status -le 1 ] && return $status
  [ "${3%% *}" = unit ] && [ $status -lt 124 ] && return 1
  return 2
}

# What caught it, and the clock, from $log.run: "who | clock".
catcher() {
  awk '
    /^FAIL in clock/ { clock = $4; sub(":", "", clock); sub(/^FAIL in clock [0-9]+: /, ""); text = $0; exit }
    /\[  FAILED  \].*test_|\[  ERROR   \]/ && !text { clock = "-"; text = "unit test: " $0 }
    END {
      if (!text) { text = "no message"; clock = "-" }
      sub(/^pin /, "lockstep, pin ", text)
      sub(/^security monitor: (monitor: )?clock [0-9]+: /, "monitor: ", text)
      if (text ~ /not so: /) text = "scenario, " text
      gsub(/\|/, "\\|", text)
      print text " | " clock
    }' "$log.run"
}

patches=()
for name in "${@:-rtl common}"; do
  for part in $name; do
    [ -z "$alone" ] || [[ $part == common* ]] || { echo "-m is for patches of common/, not for '$part'" >&2; exit 2; }
    found=(tests/breaks/$part.patch tests/breaks/$part/*.patch)
    before=${#patches[@]}
    for file in "${found[@]}"; do [ -e "$file" ] && patches+=("${file#tests/breaks/}"); done
    [ ${#patches[@]} -gt "$before" ] || { echo "no break '$part' in tests/breaks" >&2; exit 2; }
  done
done

mkdir -p "$tree"
cp -a Makefile rtl cmodel tb sw sim tests "$tree"
small='NumPorts=2 PortEntries=4 PortMisses=4 L2Entries=64 L2Ways=2 DcEntries=4 PcEntries=4 NlEntries=4 GEntries=4 Walkers=4'
sim/configs/variant.sh full $small >"$tree/sim/configs/small.cfg"
declare -A built passes
prepare() {
  [ -z "${built[$1]:-}" ] || return 0
  mkdir -p "$tree/build"
  [ -d "build/$1" ] && cp -a "build/$1" "$tree/build/"
  build "$tree" "$1" "$program" || { tail -n 20 "$log" >&2; echo "the unbroken tree does not build for $1" >&2; exit 1; }
  built[$1]=1
}

# $1: patch. Prints its row.
try_break() {
  local patch=$root/tests/breaks/$1 name=${1%.patch} header config what start=$SECONDS line
  header=$(grep -m 1 -E '^# (mini|base|full|small): ' "$patch") ||
    { echo "$name: no line '# CONFIG: what is wrong'" >&2; return 1; }
  config=${header#\# } what=${header#*: }
  config=${config%%:*}
  prepare "$config"
  rm -rf "$broken"
  cp -a "$tree" "$broken"
  if ! patch -d "$broken" -p1 -F0 -s --no-backup-if-mismatch <"$patch" >"$log" 2>&1; then
    echo "| $name | $what | | **the patch no longer applies** | |"
    sed 's/^/  /' "$log" >&2
    return 1
  fi
  if ! build "$broken" "$config" "$program"; then
    echo "| $name | $what | $config | **does not build** | |"
    tail -n 10 "$log" >&2
    return 1
  fi
  while read -r line; do
    run "$broken" "$config" "$line"
    case $? in
      0) continue ;;
      2) echo "| $name | $what | $config $line | **crash or no end** | |"; return 1 ;;
    esac
    row="| $name | $what | $config $line | $(catcher) |"
    if [[ $1 == common/* && $row == *'| lockstep, '* ]]; then
      echo "| $name | $what | $config $line | **RTL and model are broken differently** | |"
      sed 's/^/  /' "$log.run" >&2
      return 1
    fi
    if [ -z "${passes[$config $line]:-}" ]; then
      run "$tree" "$config" "$line" || { echo "$name: the unbroken tree fails $config $line too" >&2; continue; }
      passes[$config $line]=1
    fi
    echo "$row"
    [ -t 1 ] || echo "$name: $((SECONDS - start)) s" >&2
    return 0
  done < <(usual_runs | head -n 1; sed -n 's/^# try: //p' "$patch"; usual_runs | tail -n +2)
  echo "| $name | $what | $config, all runs | **not caught** | |"
  return 1
}

status=0 caught=0
echo '| break | what is wrong | run | caught by | clock |'
echo '| --- | --- | --- | --- | --- |'
for patch in "${patches[@]}"; do
  if try_break "$patch"; then caught=$((caught + 1)); else status=1; fi
done
echo
echo "$caught of ${#patches[@]} caught"
exit $status
