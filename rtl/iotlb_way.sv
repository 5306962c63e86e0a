// SPDX-License-Identifier: Apache-2.0
//
// One way of the second-level IOTLB: a RAM with one registered read port and one write port. A read in the clock of a write to
// the same set returns the old contents. The contents are not reset: inval clears them after reset.
//
// Sets: power of two, 2 or more. Width: bits of an entry.
module iotlb_way #(
  parameter int Sets = 128,
  parameter int Width = 96
) (
  input  logic                    clk_i,
  input  logic                    read_i,
  input  logic [$clog2(Sets)-1:0] read_set_i,
  output logic [Width-1:0]        data_o,  // from the clock after read_i until the next
  input  logic                    write_i,
  input  logic [$clog2(Sets)-1:0] write_set_i,
  input  logic [Width-1:0]        data_i
);
  logic [Width-1:0] mem [0:Sets-1];
  logic [Width-1:0] data_q;

  always_ff @(posedge clk_i) begin
    if (write_i) mem[write_set_i] <= data_i;
    if (read_i) data_q <= mem[read_set_i];
  end
  assign data_o = data_q;
endmodule
