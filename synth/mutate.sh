#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# How good the checks are: Yosys puts N random faults into the netlist of a configuration, all in one netlist with an input that
# switches one of them on; each runs as the device under test of the testbench until something catches it.
#   mutate.sh CONFIG N SEED
# First the netlist without a fault must pass what the mutants are run with. Prints one line per mutant that survives, what the
# fault changes and where it stands in the RTL, and a closing count; build/CONFIG/mutants/result.tsv holds them all: number,
# "caught", "survived" or "dead" (the fault is in logic without effect, which Yosys removed), the run, what caught it, the clock,
# the fault. Status 0 unless the flow itself fails.
set -u
cd "$(dirname "$0")/.."
config=$1 count=$2 seed=$3
jobs=${JOBS:-$(nproc)}
unset MAKEFLAGS MAKEOVERRIDES MAKELEVEL
dir=build/$config/mutants sim=build/$config/mutants/portcullis_sim
mkdir -p "$dir"

runs() {
  local seed profile scenario
  for profile in mixed rogue gpu nic nvme; do echo "--profile $profile --seed 1 --cycles 100000 --quiet"; done
  for scenario in tests/scenarios/*.c; do echo "--scenario $(basename "$scenario" .c)"; done
  for seed in 2 3; do
    for profile in mixed rogue gpu nic nvme; do echo "--profile $profile --seed $seed --cycles 400000 --quiet"; done
  done
}

width=1
while [ $((1 << width)) -le "$count" ]; do width=$((width + 1)); done
files=$(grep -v '^//' rtl/portcullis.f | tr '\n' ' ')
yosys -q -l "$dir/yosys.log" -p "
  read_verilog -sv $files
  script build/$config/chparam.ys
  hierarchy -check -top portcullis
  proc
  flatten
  opt -full
  memory
  opt -full
  opt_clean -purge
  mutate -list $count -seed $seed -ctrl mut_sel $width 1 -o $dir/list.ys
  script $dir/list.ys
  opt_clean
  write_verilog -noattr $dir/netlist.new" >/dev/null 2>&1 || { tail -n 5 "$dir/yosys.log" >&2; exit 1; }
cmp -s "$dir/netlist.new" "$dir/netlist.v" && rm "$dir/netlist.new" || mv "$dir/netlist.new" "$dir/netlist.v"
make -j"$jobs" CONFIG="$config" "$sim" || exit 1

# $1: mutant, 0 none; $2: run
run() { (ulimit -t 300 && PCL_MUTANT=$1 exec "$sim" $2) >"$dir/log" 2>&1; }

# Scenarios that are not for this configuration (status 77) are left out.
all=()
while read -r line; do
  run 0 "$line"
  case $? in
    0) all+=("$line") ;;
    77) ;;
    *) echo "the netlist without a fault fails: $line" >&2; head -n 3 "$dir/log" >&2; exit 1 ;;
  esac
done < <(runs)

: >"$dir/result.tsv"
caught=0 dead=0
for ((mutant = 1; mutant <= count; mutant++)); do
  # What and where: mode, wire or cell with its bit, the line of the RTL named last but the instances.
  fault=$(sed -n "${mutant}p" "$dir/list.ys" | awk '{
    for (i = 1; i < NF; i++) {
      if ($i == "-mode") mode = $(i + 1)
      if ($i == "-wire") wire = $(i + 1)
      if ($i == "-wirebit") bit = $(i + 1)
      if ($i == "-ctrlbit") control = " by bit " $(i + 1)
      if ($i == "-port") port = $(i + 1)
      if ($i == "-portbit") portbit = $(i + 1)
      if ($i == "-cell") cell = $(i + 1)
    }
    gsub(/\\|\$flatten/, "", cell); sub(/\$[0-9]+$/, "", cell)
    print mode control " " (wire == "" ? "" : "of " wire "[" bit "] ") "at " cell " " port "[" portbit "]"
  }')
  if ! grep -q "mut_sel == $width'h0*$(printf %x $mutant)\b" "$dir/netlist.v"; then
    dead=$((dead + 1))
    printf '%d\tdead\t\t\t\t%s\n' $mutant "$fault" >>"$dir/result.tsv"
    continue
  fi
  result=survived
  for line in "${all[@]}"; do
    run $mutant "$line" && continue
    result=caught
    break
  done
  if [ $result = caught ]; then
    caught=$((caught + 1))
    by=$(sed -n 's/^FAIL in clock \([0-9]*\): \(.*\)/\2\t\1/p' "$dir/log" | head -n 1)
    [ -n "$by" ] || by=$(printf '%s\t-' "$(tail -n 1 "$dir/log")")
    printf '%d\tcaught\t%s\t%s\t%s\n' $mutant "${line% --quiet}" "$by" "$fault" >>"$dir/result.tsv"
  else
    printf '%d\tsurvived\t\t\t\t%s\n' $mutant "$fault" >>"$dir/result.tsv"
    echo "survived $mutant: $fault"
  fi
  [ ! -t 1 ] || printf '\r%d of %d ' $mutant "$count"
done
echo "$caught of $count mutants caught, $dead without effect by construction; all: $dir/result.tsv"
