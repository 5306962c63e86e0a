#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Sets one key of build/synth.json, one line per key:  put.sh KEY OBJECT      all others stay as they are.
set -eu
cd "$(dirname "$0")/.."
file=build/synth.json
mkdir -p build
touch $file
awk -v key="  \"$1\": " -v object="$2" '
  /^  "/ { sub(/,$/, ""); if (index($0, key) != 1) line[n++] = $0 }
  END {
    line[n++] = key object
    print "{"
    for (i = 0; i < n; i++) print line[i] (i < n - 1 ? "," : "")
    print "}"
  }' $file >$file.new
mv $file.new $file
