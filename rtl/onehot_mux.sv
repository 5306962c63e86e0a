// SPDX-License-Identifier: Apache-2.0
//
// AND-OR multiplexer: data_o is the OR of the words whose select bit is 1. With a one-hot select that is the selected word; with
// no bit set it is 0. Combinational.
//
// N: number of words, 1 or more; word i is data_i[i*Width +: Width]. Width: bits of a word.
module onehot_mux #(
  parameter int N = 2,
  parameter int Width = 8
) (
  input  logic [N-1:0]       sel_i,
  input  logic [N*Width-1:0] data_i,
  output logic [Width-1:0]   data_o
);
  always_comb begin
    data_o = '0;
    for (int i = 0; i < N; i++) data_o = data_o | (data_i[i*Width +: Width] & {Width{sel_i[i]}});
  end
endmodule
