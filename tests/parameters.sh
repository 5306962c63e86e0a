#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# An illegal parameter stops the elaboration of the top with a sentence, in Verilator and in Yosys.
set -u
work=build/test/parameters
mkdir -p $work
files=$(grep -v '^//' rtl/portcullis.f | tr '\n' ' ')
status=0

# $1: the sentence; $2: tool; the rest: how the tool is called
stops() {
  sentence=$1 tool=$2
  shift 2
  if "$tool" "$@" >$work/out 2>&1; then
    echo "accepted by $tool: $*"
    status=1
  elif ! grep -qF -- "$sentence" $work/out; then
    echo "no \"$sentence\" from $tool"
    head -n 5 $work/out
    status=1
  fi
}

# $1: parameter, $2: illegal value, $3: the sentence
refused() {
  stops "$3" verilator --lint-only --top-module portcullis "-G$1=$2" -f rtl/portcullis.f
  stops "$3" yosys -q -p "read_verilog -sv $files; chparam -set $1 $2 portcullis; hierarchy -check -top portcullis"
}

refused NumPorts 3 'NumPorts must be 1, 2 or 4'
refused Walkers 1 'Walkers must be in 2..16'
refused MaxOutstanding 64 'MaxOutstanding must be one less than a power of two'
refused Sv48x4 1 'Sv48x4 = 1 needs Sv39x4 = 1'
refused Sv39x4 1 'GEntries must not be 0 when Sv39x4 = 1'
refused Pd17 1 'Pd17 = 1 needs Pd8 = 1'
refused MsiMrif 1 'MsiMrif = 1 needs MsiFlat = 1'
refused AmoMrif 1 'AmoMrif must be as MsiMrif'
refused Hpm 1 'HpmCounters must not be 0 when Hpm = 1'
refused Ats 1 'AtsTimeout must be in 2..1073741824 when Ats = 1'
refused T2gpa 1 'T2gpa = 1 needs Ats = 1'
refused Pas 57 'Pas must be in 32..56'
exit $status
