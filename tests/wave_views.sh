#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Every scenario has a wave view, and each signal and each moment of it exists in a recording of that scenario. Skipped (status
# 77) without GTKWave, whose fst2vcd reads the recordings.
set -u
for scenario in tests/scenarios/*.c; do
  name=$(basename "$scenario" .c)
  grep -q "^\[$name\]" sim/waves/views.tbl || { echo "scenario $name has no section in sim/waves/views.tbl"; exit 1; }
done
command -v fst2vcd >/dev/null 2>&1 || { echo "skipped: needs Debian package gtkwave"; exit 77; }
make -s -j"${JOBS:-$(nproc)}" CONFIG=base sim-trace && sim/waves/update.sh --check
