// SPDX-License-Identifier: Apache-2.0
//
// Multiplexer with a binary index. Combinational; a tree in which a 6-input LUT chooses among four words.
//
// N: number of words, a power of two, 2..64; word i is data_i[i*Width +: Width]. Width: bits of a word.
module index_mux #(
  parameter int N = 4,
  parameter int Width = 8
) (
  input  logic [$clog2(N)-1:0] idx_i,
  input  logic [N*Width-1:0]   data_i,
  output logic [Width-1:0]     data_o
);
  if (N < 2 || N > 64 || N != 2 ** $clog2(N)) $error("index_mux: N must be a power of two in 2..64");

  logic [N*Width-1:0] word;
  always_comb begin
    word = data_i;
    for (int k = 0; k < $clog2(N); k++) begin
      for (int i = 0; i < N; i = i + 2 ** (k + 1)) begin
        if (idx_i[k]) word[i*Width +: Width] = word[(i + 2 ** k)*Width +: Width];
      end
    end
  end
  assign data_o = word[Width-1:0];
endmodule
