#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Takes the picture of a scenario's view: docs/images/SCENARIO.png.  picture.sh SCENARIO [FILE.png]
# Needs gtkwave, xvfb and imagemagick; runs on its own invisible screen.
set -eu
cd "$(dirname "$0")/../.."
scenario=${1:?usage: picture.sh SCENARIO [FILE.png]}
png=${2:-docs/images/$scenario.png}
sim/deps/need.sh picture
work=build/waves
mkdir -p $work
make sim-trace >$work/build.log 2>&1 || { tail -n 20 $work/build.log >&2; exit 1; }
build/base/portcullis_sim_trace --scenario "$scenario" --waves "$work/$scenario.fst"
sim/waves/view.sh "$scenario" "$work/$scenario.fst" >"$work/$scenario.gtkw"

mkfifo $work/display.$$
Xvfb -displayfd 3 -screen 0 1280x1200x24 3>$work/display.$$ >$work/xvfb.log 2>&1 &
screen=$!
trap 'kill $screen 2>/dev/null; rm -f $work/display.$$' EXIT
read -r number <$work/display.$$
DISPLAY=:$number gtkwave --rcfile=sim/waves/gtkwaverc "$work/$scenario.fst" "$work/$scenario.gtkw" >$work/gtkwave.log 2>&1 &
viewer=$!
sleep "${DELAY:-8}"
DISPLAY=:$number import -window root -crop 1264x1095+0+100 +repage "$png"  # without the title bar
kill $viewer
echo "$png"
