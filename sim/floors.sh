#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Says whether random runs were lively enough:  floors.sh RUN.json...
# The runs are of one configuration, usually one per seed. Sums each key of floors.tbl over them, prints what stayed below its
# floor, and ends with status 1 if anything did.
exec awk '
  FNR == 1 { file++ }
  file == 1 { sub(/#.*/, ""); if (NF) { keys++; key[keys] = $1; floor[keys] = $2; $1 = $2 = ""; only[keys] = $0 " " } next }
  { gsub(/[",:]/, " ") }
  $1 == "config" { config = $2 }
  { sum[$1] += $2 }
  END {
    for (i = 1; i <= keys; i++) {
      if (only[i] ~ /[a-z]/ && index(only[i], " " config " ") == 0) continue
      checked++
      if (sum[key[i]] + 0 >= floor[i]) continue
      printf "too tame: %s was seen %d times, the floor is %d\n", key[i], sum[key[i]], floor[i]
      missed++
    }
    printf "%d of %d floors met\n", checked - missed, checked
    exit missed > 0
  }' "$(dirname "$0")/floors.tbl" "$@"
