#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Writes sim/waves/SCENARIO.gtkw anew for every scenario, from signals.tbl and views.tbl; or, with --check, compares them, but
# for the times of the moments, which a recording decides.  update.sh [--check]
# Records each scenario with the tracing simulator of `base` (build/waves). Status 1 if a signal or a moment of a view does not
# exist or, with --check, if a view is not what the tables say.
set -u
cd "$(dirname "$0")/../.."
check=no
if [ "${1:-}" = --check ]; then check=yes; fi
simulator=build/base/portcullis_sim_trace
work=build/waves
mkdir -p $work
status=0

untimed() { sed '/^\*/d; /^\[timestart\]/d; /^\[markername\]/d' "$1"; }

for file in tests/scenarios/*.c; do
  scenario=$(basename "$file" .c)
  saved=sim/waves/$scenario.gtkw
  new=$work/$scenario.gtkw
  $simulator --scenario "$scenario" --waves "$work/$scenario.fst" >"$work/$scenario.log" 2>&1 ||
    { cat "$work/$scenario.log"; status=1; continue; }
  sim/waves/view.sh --strict "$scenario" "$work/$scenario.fst" >"$new" || { status=1; continue; }
  if [ $check = no ]; then
    cp "$new" "$saved"
  elif ! [ -e "$saved" ]; then
    echo "$saved is missing: sim/waves/update.sh writes it"
    status=1
  elif [ "$(untimed "$saved")" != "$(untimed "$new")" ]; then
    echo "$saved is not what signals.tbl and views.tbl say: sim/waves/update.sh writes it anew"
    status=1
  fi
done
exit $status
