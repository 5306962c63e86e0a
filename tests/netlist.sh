#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The synthesised netlist behaves as the C model at every pin and clock, and so as the RTL does: mini as LUTs and flip-flops,
# verilated in place of the RTL, in the same testbench; what has no reset starts random.
set -eu
config=mini
sim=build/$config/netlist/portcullis_sim
make -s -j"${JOBS:-2}" CONFIG=$config $sim
for profile in mixed rogue; do
  echo "$profile:"
  $sim --profile $profile --seed 1 --cycles 200000 --quiet
done
