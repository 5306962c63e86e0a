// SPDX-License-Identifier: Apache-2.0
//
// Multiplexer with a one-hot select. With no bit set data_o is not specified: it may be any word, or 0. Combinational.
//
// Up to four words the select is encoded first, so that a bit costs one 6-input LUT. With more words it is an AND-OR tree: a LUT
// takes three words, the next one six of those.
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
  if (N == 1) begin : gen_one
    logic unused;
    assign unused = sel_i;
    assign data_o = data_i;
  end else if (N <= 4) begin : gen_encoded
    logic [4*Width-1:0] word;
    logic [3:0]         sel;
    logic [1:0]         idx;
    logic               unused;
    assign word = (4*Width)'(data_i);
    assign sel = 4'(sel_i);
    assign idx = {sel[3] || sel[2], sel[3] || sel[1]};
    assign data_o = idx[1] ? (idx[0] ? word[3*Width +: Width] : word[2*Width +: Width])
                           : (idx[0] ? word[1*Width +: Width] : word[0*Width +: Width]);
    assign unused = sel[0];
  end else begin : gen_and_or
    localparam int Groups = (N + 2) / 3;
    logic [Groups*Width-1:0] group;
    always_comb begin
      group = '0;
      for (int i = 0; i < N; i++) begin
        group[(i/3)*Width +: Width] = group[(i/3)*Width +: Width] | (data_i[i*Width +: Width] & {Width{sel_i[i]}});
      end
    end
    or_words #(.N(Groups), .Width(Width)) u_or (.data_i(group), .data_o);
  end
endmodule
