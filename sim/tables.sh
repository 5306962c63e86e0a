#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Writes the measured tables of README.md anew, between their markers, from build/bench.json (`make bench`) and build/synth.json
# (`make synth`). A table without its file stays as it is. Peer and promise are constants of this file (sim/tables.awk).
set -eu
cd "$(dirname "$0")/.."
awk -f sim/tables.awk $(ls build/bench.json build/synth.json 2>/dev/null) README.md >build/README.md
cp build/README.md README.md
