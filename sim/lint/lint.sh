#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Static checks of everything:  lint.sh CONFIG...
# File style; the SystemVerilog subset; Verilator -Wall for each configuration; the same files read by Yosys; cppcheck of the C.
# Prints what it finds and ends with status 1 if that is anything.
set -u
cd "$(dirname "$0")/../.."
status=0
check() {
  echo "lint: $1"
  shift
  "$@" || status=1
}

# Files of the project's folders whose names match one of the patterns.
sources() {
  for pattern in "$@"; do find rtl tb cmodel sim synth tests sw -name "$pattern" -type f; done | sort
}
text="Makefile $(sources '*.c' '*.h' '*.cpp' '*.sv' '*.sh' '*.awk' '*.py' '*.mk' '*.rdl' '*.cfg' '*.tbl' '*.f')"
check 'file style' awk -f sim/lint/style.awk $text

modules=$(find rtl -name '*.sv' | sort)
check 'SystemVerilog subset' sim/lint/sv_subset.sh $modules

for config in "$@"; do
  make -s CONFIG="$config" "build/$config/params.vf" || status=1
  check "Verilator, $config" verilator --lint-only -Wall --top-module portcullis \
    -f "build/$config/params.vf" -f rtl/portcullis.f
done
check 'Yosys' yosys -q -p "read_verilog -sv $(grep -v '^//' rtl/portcullis.f | tr '\n' ' '); hierarchy -check -top portcullis"

c_files=$(find cmodel sw tb -name '*.c' | sort)
check 'cppcheck' cppcheck -q --std=c11 --enable=warning,performance,portability --inline-suppr \
  --suppress=missingIncludeSystem --error-exitcode=1 -Icmodel -Icmodel/arch -Icmodel/cycle -Isw/include -Itb $c_files
exit $status
