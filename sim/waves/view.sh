#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The wave view of a scenario, for a recording of it, on standard output:  view.sh [--strict] SCENARIO FILE.fst
# --strict: every signal and every moment of the view must be in the recording.
set -u
strict=0
if [ "$1" = --strict ]; then strict=1; shift; fi
here=$(dirname "$0")
fst2vcd -f "$2" 2>/dev/null | awk -v view="$1" -v strict=$strict -f "$here/view.awk" "$here/signals.tbl" "$here/views.tbl" -
