#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Writes sim/waves/default.gtkw and, for every scenario that has a section in views.tbl, SCENARIO.gtkw; or, with --check,
# compares them, but for the times of the moments, which a recording decides.  update.sh [--check]
# Records each scenario with the tracing simulator of `base` (build/waves). Status 1 if a signal or a moment of a view does not
# exist or, with --check, if a view is not what the tables say.
set -u
cd "$(dirname "$0")/../.."
check=no
case ${1-} in
  '') ;;
  --check) check=yes ;;
  *) echo "usage: sim/waves/update.sh [--check]" >&2; exit 2 ;;
esac
work=build/waves
mkdir -p $work
status=0

# Status 77: not for base; there are the signals, but no moments.
record() {
  build/base/portcullis_sim_trace --scenario "$1" --waves "$work/$1.fst" >"$work/$1.log" 2>&1
  case $? in 0 | 77) ;; *) cat "$work/$1.log"; false ;; esac
}

untimed() { sed '/^\*/d; /^\[timestart\]/d; /^\[markername\]/d' "$1"; }

# $1: view, $2: scenario whose recording it is made for
view() {
  sim/waves/view.sh --strict "$1" "$work/$2.fst" >"$work/$1.gtkw" || return
  if [ $check = no ]; then
    cp "$work/$1.gtkw" "sim/waves/$1.gtkw"
  elif [ ! -e "sim/waves/$1.gtkw" ] || [ "$(untimed "sim/waves/$1.gtkw")" != "$(untimed "$work/$1.gtkw")" ]; then
    echo "sim/waves/$1.gtkw is not what signals.tbl and views.tbl say: sim/waves/update.sh writes it anew"
    false
  fi
}

for scenario in $(sed -n 's/^\[\([a-z0-9_]*\)\].*/\1/p' sim/waves/views.tbl); do
  sample=$scenario
  if [ "$scenario" = default ]; then sample=overrun; fi
  { record "$sample" && view "$scenario" "$sample"; } || status=1
done
exit $status
