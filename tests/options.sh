#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Bad input to the commands stops with a sentence and a non-zero status: unknown CONFIG, PROFILE, option; broken configurations.
set -u
work=build/test/options
mkdir -p $work
status=0

# $1: text that the message must contain; then the command that must fail
refused() {
  text=$1
  shift
  if "$@" >$work/out 2>&1; then
    echo "accepted: $*"
    status=1
  elif ! grep -qF -- "$text" $work/out; then
    echo "no \"$text\" in the message of: $*"
    cat $work/out
    status=1
  fi
}

# $1: text of the message, $2: sed script that breaks base.cfg
broken() {
  sed "$2" sim/configs/base.cfg >$work/broken.cfg
  refused "$1" awk -v name=broken -v out=$work -f sim/configs/gen.awk sim/configs/keys.tbl $work/broken.cfg
}

refused 'legal: base full mini' make run CONFIG=huge
refused 'legal: base full mini' make run CONFIG='base mini'
refused 'legal: nic nvme gpu rogue mixed turn' make run PROFILE=disk
refused 'legal: CONFIG SEED' make run SEDE=3
refused "SEED 'one' is not a decimal number" make run SEED=one
refused "CYCLES '-5' is not a decimal number" make run CYCLES=-5
refused "legal: 0 1" make run WAVES=2
refused "JOBS 'many' is not a decimal number" make run JOBS=many
refused 'legal: accessed_dirty' make waves SCENARIO=nothing
refused 'make waves needs SCENARIO=NAME; legal: accessed_dirty' make waves
broken 'unknown key Ports' 's/^NumPorts/Ports   /'
broken 'NumPorts = 3 is illegal: it must be a power of two in 1..4' 's/^NumPorts .*/NumPorts = 3/'
broken 'Pas is missing' '/^Pas/d'
broken 'Pas is given twice' '/^Pas/p'
broken 'is not a decimal integer' 's/^Pas .*/Pas = large/'
broken 'Sv57 = 1 needs Sv48 = 1' 's/^Sv48 .*/Sv48 = 0/; s/^Sv57 .*/Sv57 = 1/'
broken 'Sv48x4 = 1 needs Sv39x4 = 1' 's/^Sv39x4 .*/Sv39x4 = 0/'
broken 'Sv32x4 = 1 needs Sv32 = 1' 's/^Sv32x4 .*/Sv32x4 = 1/'
broken 'MsiFlat = 1 needs Sv39x4 = 1' 's/^Sv48x4 .*/Sv48x4 = 0/; s/^Sv39x4 .*/Sv39x4 = 0/'
broken 'Pd20 = 1 needs Pd17 = 1' 's/^Pd17 .*/Pd17 = 0/'
broken 'PcEntries must not be 0' 's/^PcEntries .*/PcEntries = 0/'
broken 'GEntries must not be 0' 's/^GEntries .*/GEntries = 0/'
broken 'MsiMrif = 1 needs MsiFlat = 1' 's/^MsiMrif .*/MsiMrif = 1/; s/^AmoMrif .*/AmoMrif = 1/; s/^MsiFlat .*/MsiFlat = 0/'
broken 'AmoMrif must be as MsiMrif' 's/^AmoMrif .*/AmoMrif = 1/'
broken 'HpmCounters must not be 0' 's/^HpmCounters .*/HpmCounters = 0/'
broken 'T2gpa = 1 needs Ats = 1' 's/^T2gpa .*/T2gpa = 1/'
broken 'AtsTimeout must be at least 2' 's/^Ats .*/Ats = 1/'
broken 'MaxOutstanding = 64 is illegal' 's/^MaxOutstanding .*/MaxOutstanding = 64/'

# A missing tool names its package: a machine that has the shell only.
mkdir -p $work/bin
for tool in sh dirname; do ln -sf "$(command -v $tool)" $work/bin/; done
for tool in yosys verilator cppcheck; do
  refused "missing: Debian package $tool" env PATH=$work/bin sim/deps/need.sh lint
done

for config in sim/configs/*.cfg; do
  awk -v name=legal -v out=$work -f sim/configs/gen.awk sim/configs/keys.tbl "$config" || status=1
done
exit $status
