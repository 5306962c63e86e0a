// SPDX-License-Identifier: Apache-2.0
//
// Bitwise OR of words: a balanced tree for each bit. Combinational.
//
// N: number of words, 1 or more; word i is data_i[i*Width +: Width]. Width: bits of a word.
module or_words #(
  parameter int N = 2,
  parameter int Width = 8
) (
  input  logic [N*Width-1:0] data_i,
  output logic [Width-1:0]   data_o
);
  for (genvar b = 0; b < Width; b++) begin : gen_bit
    logic [N-1:0] column;
    for (genvar i = 0; i < N; i++) begin : gen_word
      assign column[i] = data_i[i*Width + b];
    end
    assign data_o[b] = |column;
  end
endmodule
