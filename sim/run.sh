#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# One random run of a simulator that is already built; the summary goes to build/run.json.
#   run.sh CONFIG SEED CYCLES PROFILE WAVES
# When it fails, the same run is repeated with the tracing simulator, which records the last clocks before the failure: the
# summary names the failing clock as "fail_cycle".
set -u
config=$1 seed=$2 cycles=$3 profile=$4 waves=$5
window=4000
dir=build/$config
options="--seed $seed --cycles $cycles --profile $profile"
repeat="make run CONFIG=$config SEED=$seed CYCLES=$cycles PROFILE=$profile"

if [ "$waves" = 1 ]; then
  $dir/portcullis_sim_trace $options --json build/run.json --waves $dir/run.fst
  status=$?
  echo "waveform: $dir/run.fst"
  exit $status
fi

$dir/portcullis_sim $options --json build/run.json && exit 0
status=$?
echo "reproduce: $repeat"
at=$(sed -n 's/.*"fail_cycle": *\([0-9][0-9]*\).*/\1/p' build/run.json 2>/dev/null | head -n 1)
[ -n "$at" ] || exit $status
from=$((at > window ? at - window : 0))
fst=$dir/fail_${profile}_$seed.fst
echo "recording clocks $from to $at"
make CONFIG=$config sim-trace >$dir/trace_build.log 2>&1 || { echo "see $dir/trace_build.log" >&2; exit $status; }
$dir/portcullis_sim_trace $options --waves $fst --waves-from $from >/dev/null 2>&1
[ -s "$fst" ] && echo "waveform: $fst"
exit $status
