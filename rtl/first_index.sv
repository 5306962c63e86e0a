// SPDX-License-Identifier: Apache-2.0
//
// Number of the lowest set bit of a vector. Combinational; a binary tree, depth log(N). Has no meaning when no bit is set.
//
// N: number of bits, a power of two, 2..64.
module first_index #(
  parameter int N = 4
) (
  input  logic [N-1:0]         sel_i,
  output logic [$clog2(N)-1:0] idx_o
);
  localparam int IdxW = $clog2(N);

  if (N < 2 || N > 64 || N != 2 ** IdxW) $error("first_index: N must be a power of two in 2..64");

  // The node at i of level k covers the bits i to i + 2^(k+1) - 1; its number is kept at i*IdxW.
  logic [N-1:0]      any;
  logic [N*IdxW-1:0] number;
  always_comb begin
    any = sel_i;
    number = '0;
    for (int k = 0; k < IdxW; k++) begin
      for (int i = 0; i < N; i = i + 2 ** (k + 1)) begin
        if (!any[i]) begin
          number[i*IdxW +: IdxW] = number[(i + 2 ** k)*IdxW +: IdxW];
          number[i*IdxW + k] = 1'b1;
        end
        any[i] = any[i] || any[i + 2 ** k];
      end
    end
  end
  assign idx_o = number[IdxW-1:0];
endmodule
