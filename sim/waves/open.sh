#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Records a scenario and opens it in GTKWave:  open.sh SIMULATOR SCENARIO
# The view is made for this recording, so that it fits the configuration and its markers stand at the moments. Without a screen
# it says how to open it elsewhere.
set -eu
simulator=$1 scenario=$2
work=build/waves
mkdir -p $work
$simulator --scenario "$scenario" --waves $work/"$scenario".fst || echo "the scenario failed: the recording ends there" >&2
"$(dirname "$0")"/view.sh "$scenario" $work/"$scenario".fst >$work/"$scenario".gtkw
if [ -z "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
  echo "no screen here; where there is one: gtkwave $work/$scenario.fst $work/$scenario.gtkw" >&2
  exit 1
fi
exec gtkwave $work/"$scenario".fst $work/"$scenario".gtkw
