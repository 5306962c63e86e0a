#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The checkers check: sv_subset.sh refuses exactly the lines of tests/lint/subset.sv marked BAD, and synth/drivers.awk finds
# nets with several drivers that Yosys joins without a word.
set -u
work=build/test/lint
mkdir -p $work
sample=tests/lint/subset.sv
status=0

grep -n '// BAD' $sample | sed 's/:.*//' | sort -u >$work/expected
sim/lint/sv_subset.sh $sample | sed 's/^[^:]*:\([0-9]*\):.*/\1/' | sort -u >$work/found
diff $work/expected $work/found || { echo "$sample: < marked but accepted, > refused but not marked"; status=1; }

# $1: "clean" or "shorted"; $2: body of a module with inputs x, y, clk and output q
drivers() {
  echo "module sub(input logic i, output logic o); assign o = ~i; endmodule
    module top(input logic x, input logic y, input logic clk, output logic [1:0] q); $2 endmodule" >$work/top.sv
  yosys -q -p "read_verilog -sv $work/top.sv; hierarchy -check -top top; proc -noopt; write_rtlil $work/top.il" >$work/log 2>&1
  if awk -f synth/drivers.awk $work/top.il $work/top.il >>$work/log; then result=clean; else result=shorted; fi
  [ $result = "$1" ] || { echo "$result instead of $1: $2"; status=1; }
}
drivers clean 'assign q[0] = x; assign q[1] = y;'
drivers clean 'sub u(.i(x), .o(q[0])); always_ff @(posedge clk) q[1] <= y;'
drivers shorted 'assign q[0] = x; assign q[0] = y; assign q[1] = x;'
drivers shorted 'assign q = {x, y}; assign q[1] = x & y;'
drivers shorted 'assign q = 2'"'"'d0; assign q[1] = x;'
drivers shorted 'sub u(.i(x), .o(q[0])); assign q = {x, y};'
drivers shorted 'always_ff @(posedge clk) q[0] <= y; assign q = {x, y};'
exit $status
