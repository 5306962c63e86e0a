#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Cells of a Lattice ECP5 that configurations need, from Yosys's synth_ecp5, and the share of an ECP5-85F:  ecp5.sh CONFIG...
# Mapped by abc9 for area, at 20 ns. A carry cell (CCU2C) counts as 2 LUT4, a distributed RAM of 16 x 4 bits as 6. Not placed or
# routed. Needs build/CONFIG/chparam.ys.
# Prints a table, sets the key "CONFIG-ecp5" in build/synth.json, log in build/CONFIG/ecp5/. Fails above 80 % of the LUTs.
set -eu -o pipefail
cd "$(dirname "$0")/.."
files=$(grep -v '^//' rtl/portcullis.f | tr '\n' ' ')
luts=83640 rams=208  # of an ECP5-85F: LUT4, block RAMs of 18 Kibit
status=0
printf '%-8s %8s %8s %8s %8s\n' config lut4 ff ebr 'lut4 %'
for config in "$@"; do
  dir=build/$config/ecp5
  mkdir -p "$dir"
  yosys -l "$dir/yosys.log" -q -p "
    read_verilog -sv $files
    script build/$config/chparam.ys
    scratchpad -set abc9.D 20000
    synth_ecp5 -abc9 -nowidelut -top portcullis -run begin:check
    tee -o $dir/stat.txt stat" >/dev/null 2>&1 || { tail -n 3 "$dir/yosys.log" >&2; exit 1; }
  read -r lut ff ebr percent < <(awk -v all=$luts '
    { n[$1] = $2 }
    END {
      lut = n["LUT4"] + 2 * n["CCU2C"] + 6 * n["TRELLIS_DPR16X4"]
      printf "%d %d %d %.1f\n", lut, n["TRELLIS_FF"], n["DP16KD"], 100 * lut / all
    }' "$dir/stat.txt")
  printf '%-8s %8d %8d %8d %8s\n' "$config" "$lut" "$ff" "$ebr" "$percent"
  synth/put.sh "$config-ecp5" "{\"lut4\": $lut, \"ff\": $ff, \"ebr\": $ebr, \"lut4_percent\": $percent}"
  if [ $((lut * 10)) -gt $((luts * 8)) ] || [ "$ebr" -gt $rams ]; then
    echo "$config does not fit an ECP5-85F below 80 %" >&2
    status=1
  fi
done
exit $status
