#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# One seed gives one run, whatever the registers without reset hold: the same counts twice; and another seed gives another run.
set -u
work=build/test/same_seed
mkdir -p $work
make -s -j"${JOBS:-$(nproc)}" CONFIG=base sim || exit 1

# $1: seed, $2: name; the counts of a short run without its speed
counts() {
  build/base/portcullis_sim --quiet --seed "$1" --cycles 20000 --json $work/"$2".json || exit 1
  grep -v -e cycles_per_second -e '"seed"' $work/"$2".json >$work/"$2"
}
counts 7 first
counts 7 again
counts 8 other
diff $work/first $work/again || exit 1
if cmp -s $work/first $work/other; then echo "seeds 7 and 8 give the same run"; exit 1; fi
