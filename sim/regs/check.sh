#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Are the committed register files what rtl/regs/portcullis.rdl generates? Status 77 (skipped) without the Python packages.
set -u
make -s build/venv/pip.stamp || { echo "no SystemRDL compiler: not checked"; exit 77; }
rm -rf build/regs
build/venv/bin/python sim/regs/gen_regs.py rtl/regs/portcullis.rdl build/regs || exit 1
status=0
for file in sw/include/pcl_regs.h rtl/portcullis_regs_pkg.sv docs/registers.md; do
  diff -u "$file" "build/regs/$file" || { echo "$file is out of date: run make regs"; status=1; }
done
exit $status
