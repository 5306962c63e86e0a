#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Size and logic depth of each configuration, from Yosys:  synth.sh CONFIG...
# Generic flow: flip-flops, 6-input LUTs, and RAMs kept as RAMs where a block RAM could hold them (mark_rams.awk). Depth is the
# longest chain of LUTs between registers, RAMs and pins. Writes build/synth.json, logs in build/CONFIG/synth/, prints a table.
# Fails on latches, on undriven or multiply driven nets, and on combinational loops.
set -u -o pipefail
cd "$(dirname "$0")/.."
files=$(grep -v '^//' rtl/portcullis.f | tr '\n' ' ')
status=0 results=

# $1: configuration, $2: the reason, $3: log with the lines that show it
fail() {
  echo "synth $1: $2" >&2
  grep -E "$warnings|ERROR" "$3" | sort -u | head -n 20 >&2
  status=1
}
nets='Wire .* no driver|.*several drivers|.*conflicting drivers|.*logic loop|reg .* is assigned in a cont'
warnings="Warning: ($nets)|Latch inferred"

synthesize() {
  local config=$1 dir=build/$1/synth
  mkdir -p "$dir"
  yosys -l "$dir/coarse.log" -q -p "
    read_verilog -sv $files
    script build/$config/chparam.ys
    hierarchy -check -top portcullis
    proc -noopt
    write_rtlil $dir/proc.il
    synth -top portcullis -flatten -lut 6 -run begin:fine
    select -assert-none t:\$dlatch t:\$adlatch t:\$dlatchsr
    check
    write_rtlil $dir/coarse.il" >/dev/null 2>&1 || { fail "$config" 'Yosys stopped' "$dir/coarse.log"; return; }
  if grep -qE "$warnings" "$dir/coarse.log"; then fail "$config" 'bad nets or latches' "$dir/coarse.log"; return; fi

  awk -f synth/drivers.awk "$dir/proc.il" "$dir/proc.il" >"$dir/drivers.log" ||
    { fail "$config" 'several drivers' "$dir/drivers.log"; return; }

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
    tee -o $dir/ltp.txt ltp -noff t:\$lut w:* %u" >/dev/null 2>&1 || { fail "$config" 'Yosys stopped' "$dir/fine.log"; return; }
  if grep -qE "$warnings" "$dir/fine.log"; then fail "$config" 'bad nets or latches' "$dir/fine.log"; return; fi

  results+=$(awk -v config="$config" -f synth/result.awk "$dir/rams.txt" "$dir/stat.txt" "$dir/ltp.txt")$'\n'
}

for config in "$@"; do synthesize "$config"; done
mkdir -p build
printf '%s' "$results" | awk '
  BEGIN { printf "{" > "build/synth.json"; printf "%-8s %8s %8s %6s %10s\n", "config", "ff", "lut6", "depth", "bram_bits" }
  {
    printf "%-8s %8d %8d %6d %10d\n", $1, $2, $3, $4, $5
    printf "%s\n  \"%s\": {\"ff\": %d, \"lut6\": %d, \"depth\": %d, \"bram_bits\": %d}", separator, $1, $2, $3, $4, $5 \
      > "build/synth.json"
    separator = ","
  }
  END { print "\n}" > "build/synth.json" }'
exit $status
