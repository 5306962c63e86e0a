#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Configurations that nobody ships: parameters that mini, base and full never combine, and the smallest sizes. In a copy of the
# tree each runs random streams of every profile, RTL and model in lockstep, with security monitor and scoreboard.
set -u
work=$PWD/build/test/odd
rm -rf "$work" && mkdir -p "$work"
cp -a Makefile rtl cmodel tb sw sim tests "$work"
# Run for seconds only.
export VERILATED_OPT='VM_PARALLEL_BUILDS=0 OPT_FAST=-O1 OPT_SLOW=-O0 OPT_GLOBAL=-O1'

# $1: name, $2: the configuration that it begins from; the rest: Key=Value
odd() {
  name=$1 from=$2
  shift 2
  sim/configs/variant.sh "$from" "$@" >"$work/sim/configs/$name.cfg"
  make -s -C "$work" CONFIG="$name" JOBS=1 sim || return 1
  seed=0
  for profile in nic nvme gpu rogue mixed; do
    seed=$((seed + 1))
    (cd "$work" && "build/$name/portcullis_sim" --quiet --profile $profile --seed $seed --cycles 100000) ||
      { echo "$name ($from with $*) fails with profile $profile, seed $seed"; return 1; }
  done
}

# The first stage alone with Sv32, A and D, and process contexts; interrupt files and ATS without process contexts, all sizes the
# smallest.
odd one_stage mini NumPorts=2 Sv32=1 Sv48=1 Svpbmt=1 AmoHwad=1 Pd8=1 PcEntries=2 L2Entries=64 L2Ways=1 Nl=1 &
odd smallest base NumPorts=4 DataWidth=128 IdWidth=2 PortEntries=2 PortMisses=2 L2Entries=0 DcEntries=2 PcEntries=0 NlEntries=2 \
  GEntries=2 Walkers=4 CqDepth=1 FqDepth=1 MaxOutstanding=3 WFifoDepth=2 Sv32=1 Sv48x4=0 MsiMrif=1 AmoMrif=1 Pd8=0 Pd17=0 Pd20=0 \
  Nl=0 HpmCounters=1 Dbg=0 Ats=1 T2gpa=1 AtsTimeout=300
status=$?
wait $! && exit $status
