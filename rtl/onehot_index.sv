// SPDX-License-Identifier: Apache-2.0
//
// Number of the set bit of a one-hot vector; 0 if none is set. Combinational; a balanced tree for each bit.
//
// N: number of bits, 2 or more.
module onehot_index #(
  parameter int N = 4
) (
  input  logic [N-1:0]         sel_i,
  output logic [$clog2(N)-1:0] idx_o
);
  for (genvar k = 0; k < $clog2(N); k++) begin : gen_bit
    logic [N-1:0] member;
    for (genvar i = 0; i < N; i++) begin : gen_member
      assign member[i] = ((i >> k) % 2 == 1) ? sel_i[i] : 1'b0;
    end
    assign idx_o[k] = |member;
  end
endmodule
