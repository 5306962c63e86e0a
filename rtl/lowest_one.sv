// SPDX-License-Identifier: Apache-2.0
//
// Keeps the lowest set bit of a vector: one-hot, or 0 if none is set. Combinational; a prefix tree, depth log(N).
//
// N: number of bits, 1 or more.
module lowest_one #(
  parameter int N = 2
) (
  input  logic [N-1:0] req_i,
  output logic [N-1:0] grant_o
);
  logic [N-1:0] below;  // a bit below is set
  always_comb begin
    below = req_i << 1;
    for (int d = 1; d < N; d = d * 2) below = below | (below << d);
  end
  assign grant_o = req_i & ~below;
endmodule
