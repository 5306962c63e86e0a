#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Builds the random lockstep of one RTL block beside its C twin.
#   build.sh BLOCK CONFIG [Key=Value ...]    prints the program's name; run it with seeds: PROGRAM CLOCKS SEED...
# Parameters are those of sim/configs/CONFIG.cfg and those that the top derives from them; Key=Value replaces or adds one.
# rtl/BLOCK.sv gets those that it declares; BLOCK_lockstep.cpp sees all of them as macros P_Key. Its line `// twin: NAME...`
# lists the files of cmodel/cycle, or DIR/NAME of cmodel.
# In the environment: OPT (-O2) for the compiler, FLAGS for Verilator; with FLAGS=--trace the core's program takes WAVES=FILE and
# FROM=CLOCK.
set -euo pipefail
cd "$(dirname "$0")/../../.."
block=$1 config=$2
shift 2
bench=tests/unit/lockstep/${block}_lockstep.cpp
variant=$*
name=$(tr -c "A-Za-z0-9\n" _ <<<"$variant")
((${#name} <= 60)) || name=$(cksum <<<"$variant" | tr -dc 0-9)
out=build/lockstep/$block-$config${name:+-$name}
mkdir -p "$out"

declare -A value
while read -r key number; do value[$key]=$number; done < <(
  sed -n 's/^\([A-Z][A-Za-z0-9]*\) *= *\([0-9]*\).*/\1 \2/p' "sim/configs/$config.cfg"
)
for pair in "$@"; do value[${pair%%=*}]=${pair#*=}; done
value[VaW]=$((value[Sv57] ? 57 : value[Sv48] ? 48 : 39))
value[GpaW]=$((value[Sv57x4] ? 59 : value[Sv48x4] ? 50 : 41))
value[TwoStage]=${value[Sv39x4]}
value[Pdt]=${value[Pd8]}
value[EntryVpnW]=$(((value[TwoStage] && value[GpaW] > value[VaW] ? value[GpaW] : value[VaW]) - 12))
for pair in "$@"; do value[${pair%%=*}]=${pair#*=}; done

generics=() macros=()
for key in "${!value[@]}"; do
  macros+=("-DP_$key=${value[$key]}")
  if grep -Eq "parameter +([a-z]+ +)*$key\b" "rtl/$block.sv"; then generics+=("-G$key=${value[$key]}"); fi
done

rm -f "$out/twin.a" "$out/lockstep"  # make does not see that the twin changed
for name in $(sed -n 's/^\/\/ twin: //p' "$bench"); do
  source=cmodel/cycle/$name.c object=$out/${name//\//_}.o
  [[ $name == */* ]] && source=cmodel/$name.c
  gcc -std=c17 -Wall -Wextra -Wpedantic -Werror -O2 -Icmodel -Isw/include -c "$source" -o "$object"
  ar rcs "$out/twin.a" "$object"
done

verilator --cc --exe --build --no-timing -Wall -Wno-UNUSEDPARAM -Wno-UNUSEDSIGNAL --assert -O3 --x-assign unique \
  --x-initial unique --top-module "$block" --Mdir "$out/obj" \
  "${generics[@]}" -CFLAGS "-std=c++17 -O2 -Wall -Wextra -I$PWD/cmodel/cycle -I$PWD/cmodel -I$PWD/sw/include ${macros[*]}" \
  -MAKEFLAGS "OPT_FAST=${OPT:--O2}" ${FLAGS:-} \
  rtl/*_pkg.sv -y rtl +libext+.sv "rtl/$block.sv" "$PWD/$bench" "$PWD/$out/twin.a" -o "$PWD/$out/lockstep" \
  >"$out/build.log" 2>&1 || { cat "$out/build.log" >&2; exit 1; }
echo "$out/lockstep"
