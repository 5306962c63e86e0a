#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Size and logic depth of configurations, from Yosys:  synth.sh CONFIG[+Key=Value...]...      e.g. base+PortEntries=32
# Generic flow: flip-flops, 6-input LUTs, and RAMs kept as RAMs where a block RAM could hold them (mark_rams.awk). Depth is the
# longest chain of LUTs between registers, RAMs and pins. Needs build/CONFIG/chparam.ys. Prints a table, sets one key per argument
# in build/synth.json, and leaves logs and the netlist (netlist.v) in build/CONFIG/synth/, for variants in
# build/CONFIG/synth+Key=...
# Fails on latches, on undriven or multiply driven nets, and on combinational loops. The check wants flip-flops of one bit: of
# those that became the output register of a RAM, dead bits without a driver remain beside others until then.
set -u -o pipefail
cd "$(dirname "$0")/.."
files=$(grep -v '^//' rtl/portcullis.f | tr '\n' ' ')
status=0

# $1: configuration, $2: the reason, $3: log with the lines that show it
fail() {
  echo "synth $1: $2" >&2
  grep -E "$warnings|ERROR" "$3" | sort -u | head -n 20 >&2
  status=1
}
nets='Wire .* no driver|.*several drivers|.*conflicting drivers|.*logic loop|reg .* is assigned in a cont'
warnings="Warning: ($nets)|Latch inferred"

# $1: configuration, $2: +Key=Value... of the variant or nothing, $3: folder. Yosys's command for the parameters.
parameters() {
  local script pair
  script=$(cat "build/$1/chparam.ys")
  for pair in ${2//+/ }; do script=$(sed "s/-set ${pair%=*} [0-9]*/-set ${pair%=*} ${pair#*=}/" <<<"$script"); done
  echo "$script" >"$3/chparam.ys"
}

synthesize() {
  local name=$1 config=${1%%+*} variant dir
  variant=${name#"$config"}
  dir=build/$config/synth$variant
  [ -f "build/$config/chparam.ys" ] || { echo "synth $name: make build/$config/chparam.ys first" >&2; status=1; return; }
  mkdir -p "$dir"
  parameters "$config" "$variant" "$dir"
  yosys -l "$dir/coarse.log" -q -p "
    read_verilog -sv $files
    script $dir/chparam.ys
    hierarchy -check -top portcullis
    proc -noopt
    write_rtlil $dir/proc.il
    synth -top portcullis -flatten -lut 6 -run begin:fine
    select -assert-none t:\$dlatch t:\$adlatch t:\$dlatchsr
    write_rtlil $dir/coarse.il
    simplemap t:\$*ff*
    opt_clean
    check" >/dev/null 2>&1 || { fail "$name" 'Yosys stopped' "$dir/coarse.log"; return; }
  if grep -qE "$warnings" "$dir/coarse.log"; then fail "$name" 'bad nets or latches' "$dir/coarse.log"; return; fi

  awk -f synth/drivers.awk "$dir/proc.il" "$dir/proc.il" >"$dir/drivers.log" ||
    { fail "$name" 'several drivers' "$dir/drivers.log"; return; }

  awk -v list="$dir/rams.txt" -f synth/mark_rams.awk "$dir/coarse.il" >"$dir/marked.il"
  yosys -l "$dir/fine.log" -q -p "
    read_rtlil $dir/marked.il
    opt -fast -full
    memory_map t:\$mem_v2 a:block_ram %d
    opt -full
    techmap
    opt -fast
    abc -fast -lut 6
    opt -fast
    opt_clean
    check
    tee -o $dir/stat.txt stat
    tee -o $dir/ltp.txt ltp -noff t:\$lut w:* %u
    opt_clean -purge
    splitnets
    write_verilog -noattr $dir/netlist.v" >/dev/null 2>&1 || { fail "$name" 'Yosys stopped' "$dir/fine.log"; return; }
  if grep -qE "$warnings" "$dir/fine.log"; then fail "$name" 'bad nets or latches' "$dir/fine.log"; return; fi

  awk -v config="$name" -f synth/result.awk "$dir/rams.txt" "$dir/stat.txt" "$dir/ltp.txt" >"$dir/result.txt"
  awk '{ printf "%-24s %8d %8d %6d %10d\n", $1, $2, $3, $4, $5 }' "$dir/result.txt"
  synth/put.sh "$name" "$(awk '{ printf "{\"ff\": %d, \"lut6\": %d, \"depth\": %d, \"bram_bits\": %d}", $2, $3, $4, $5 }' \
    "$dir/result.txt")"
}

printf '%-24s %8s %8s %6s %10s\n' configuration ff lut6 depth bram_bits
for name in "$@"; do synthesize "$name"; done
exit $status
