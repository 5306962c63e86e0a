#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# How the logic depth of base grows with the caches: a port's from 8 to 32 entries, the second-level IOTLB's from 256 to 2048.
# Prints synth.sh's table of these variants and fails if a step adds more than 2 levels.
set -eu
cd "$(dirname "$0")/.."
synth/synth.sh base+PortEntries=8 base+PortEntries=32 base+L2Entries=256 base+L2Entries=2048

depth() { awk '{ print $4 }' "build/base/synth+$1/result.txt"; }
status=0
grows() {
  local more=$(($(depth "$2") - $(depth "$1")))
  echo "from $1 to $2: $more more levels"
  [ $more -le 2 ] || { echo "more than 2 levels" >&2; status=1; }
}
grows PortEntries=8 PortEntries=32
grows L2Entries=256 L2Entries=2048
exit $status
