// SPDX-License-Identifier: Apache-2.0
//
// Multiplexer with a one-hot select. With no bit set data_o is not specified: it may be any word, or 0. Combinational.
//
// Up to four words the select is encoded first, so that a bit costs one 6-input LUT; with more words it is an AND-OR tree in
// groups of three words, one 6-input LUT each.
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
    logic [3*Groups*Width-1:0] word;
    logic [3*Groups-1:0]       sel;
    logic [Width-1:0]          group;
    assign word = (3*Groups*Width)'(data_i);
    assign sel = (3*Groups)'(sel_i);
    always_comb begin
      data_o = '0;
      group = '0;
      for (int i = 0; i < 3 * Groups; i++) begin
        group = ((i % 3 == 0) ? '0 : group) | (word[i*Width +: Width] & {Width{sel[i]}});
        if (i % 3 == 2) data_o = data_o | group;
      end
    end
  end
endmodule
