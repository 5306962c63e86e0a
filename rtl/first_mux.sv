// SPDX-License-Identifier: Apache-2.0
//
// The word of the lowest requester: of the inputs whose sel bit is 1 the one with the lowest index goes to data_o. Combinational.
// With a one-hot select this is a plain multiplexer. data_o has no meaning when no bit is set.
//
// A tree of nodes that choose among four: log4(N) levels, in which the choices of the upper ones settle while data passes the
// lower ones, and about a third of a 6-input LUT per word and bit.
//
// N: number of words, 1..256; word i is data_i[i*Width +: Width]. Width: bits of a word.
module first_mux #(
  parameter int N = 4,
  parameter int Width = 8
) (
  input  logic [N-1:0]       sel_i,
  input  logic [N*Width-1:0] data_i,
  output logic [Width-1:0]   data_o
);
  localparam int Padded = (N <= 4) ? 4 : (N <= 16) ? 16 : (N <= 64) ? 64 : 256;

  if (N < 1 || N > 256) $error("first_mux: N must be in 1..256");

  // The node at i of a level takes the children i, i + step, i + 2*step, i + 3*step and leaves its result at i.
  logic [Padded-1:0]       any;
  logic [Padded*Width-1:0] word;
  logic                    first, second;  // the choice: of the upper pair, of the upper one in the pair
  always_comb begin
    any = '0;
    word = '0;
    any[N-1:0] = sel_i;
    word[N*Width-1:0] = data_i;
    first = 1'b0;
    second = 1'b0;
    for (int step = 1; step < N; step = step * 4) begin
      for (int i = 0; i < N; i = i + 4*step) begin
        first = (i + 2*step < N) && !any[i] && !any[i + step];
        second = !any[i] && (any[i + step] || !any[i + 2*step]);
        word[i*Width +: Width] =
          first ? (second ? word[(i + 3*step)*Width +: Width] : word[(i + 2*step)*Width +: Width])
                : (second ? word[(i + step)*Width +: Width] : word[i*Width +: Width]);
        any[i] = any[i] || any[i + step] || any[i + 2*step] || any[i + 3*step];
      end
    end
  end
  assign data_o = word[Width-1:0];
endmodule
