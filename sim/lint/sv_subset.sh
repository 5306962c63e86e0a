#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Refuses SystemVerilog that Verilator and Yosys do not read the same way:  sv_subset.sh FILE.sv...
# One sentence per finding, with file and line; status 1 if there is any. Limits: sees text, not meaning; a declaration must
# stand on one line, and types are told by their names (_t, _e), so it relies on the naming rules.
exec awk -f "$(dirname "$0")/sv_subset.awk" "$@" "$@"
