#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The reader of oracle traces refuses what is damaged and names the line; a replay names the record that differs with both values;
# a folder without traces is an error.
set -u
make -s CONFIG=base build/base/oracle/oracle_model || exit 1
oracle=$PWD/build/base/oracle/oracle_model
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
status=0

# Two requests while ddtp is Off, recorded in a fault queue of four entries.
cat >"$folder/good" <<'END'
# comment
V 1
C caps 0000003840018e10
C fctl 00000000
C pas 56
C num_event_counters 3 width 64
C num_vectors 16
M 8000 0123456789abcdef
W 28 8 2001
W 4c 4 1
E 0 10001 0 0 0 0 0
Q 0 000005 0 00000 0 0 0 0 0000000012345678 1
P 1 c256
F 0 0000050c00000100 0000000000000000 0000000012345678 0000000000000000
E 1 10001 0 0 0 0 0
R 34 4 1 ffffffff
Z
END

# $1: what it shows; $2: text that the output must hold, $3: expected status; the rest edits the good trace (sed).
expect() {
  what=$1 text=$2 wanted=$3
  shift 3
  rm -rf "$folder/t"
  mkdir "$folder/t"
  sed "$@" "$folder/good" >"$folder/t/a.txt"
  output=$($oracle "$folder/t" 2>&1)
  got=$?
  if [ $got = "$wanted" ] && printf '%s\n' "$output" | grep -qF "$text"; then return; fi
  echo "$what: status $got, output: $output; wanted status $wanted and: $text"
  status=1
}
expect 'a good trace passes' '1 passed, 0 failed' 0 -e ''
expect 'no end' 'line 17 is missing: the trace ends without its last record (Z)' 1 -e '/^Z/d'
expect 'a record behind the end' 'line 18 stands behind the end (Z)' 1 -e '$a S 0 0'
expect 'a damaged number' 'line 9 holds something else where a number belongs' 1 -e 's/^W 28 8 2001/W 28 8 2o01/'
expect 'a number too wide' 'line 12 holds a number that is too wide' 1 -e 's/^Q 0 000005/Q 0 1000005/'
expect 'a field missing' 'line 14 has too few or too many fields' 1 -e 's/^\(F .*\) 0*$/\1/'
expect 'an unknown record' 'line 9 is of unknown kind' 1 -e 's/^W 28/H 28/'
expect 'an unknown setting' 'line 4 names an unknown setting' 1 -e 's/fctl/fktl/'
expect 'another version' 'line 2 is of another version than 1' 1 -e 's/^V 1/V 2/'
expect 'a response missing' 'line 15 follows a request whose response (P) is missing' 1 -e '/^P/d'
expect 'memory behind a stimulus' 'line 10 belongs before the first stimulus' 1 -e 's/^W 4c 4 1/M 10 1/'
expect 'another status' 'line 13: expected P 0 ' 1 -e 's/^P 1 c256/P 0 12345678 1000 0 0 0 c0/'
expect 'another record' 'line 14: expected F 0 50c00000101 0 12345678 0, got F 0 50c00000100 0 12345678 0' 1 \
  -e 's/c00000100/c00000101/'
expect 'a record that does not come' 'line 15: expected I 4000 5, got nothing' 1 -e '/^F/aI 4000 5'
expect 'a record that nobody expects' 'line 12: expected nothing, got F 0 50c00000100 0 12345678 0' 1 -e '/^F/d'
expect 'another register' 'line 16: register 34 holds 1, expected 2' 1 -e 's/^R 34 4 1/R 34 4 2/'
expect 'another state' 'line 12: fqt is 1 after it, expected 2 (E of line 15)' 1 -e 's/^E 1/E 2/'

mkdir "$folder/gz" "$folder/empty"
gzip -c "$folder/good" | head -c 150 >"$folder/gz/cut.txt.gz"
gzip -c "$folder/good" >"$folder/gz/whole.txt.gz"
output=$($oracle "$folder/gz")
[ $? = 1 ] && printf '%s\n' "$output" | grep -q 'cut.txt.gz: line [0-9]* cannot be read: the compressed file is damaged' &&
  printf '%s\n' "$output" | grep -qx '1 passed, 1 failed' || { echo "a truncated compressed trace: $output"; status=1; }
output=$($oracle "$folder/empty" 2>&1)
[ $? = 2 ] && printf '%s\n' "$output" | grep -q 'holds no oracle traces' || { echo "an empty folder: $output"; status=1; }
exit $status
