// SPDX-License-Identifier: Apache-2.0
//
// A count plus 0 or 1, in few levels of logic however wide it is: groups of 6 bits that are all ones pass the carry on.
// Combinational.
//
// Width: bits of the count, 6 or more.
module count_up #(
  parameter int Width = 64
) (
  input  logic [Width-1:0] count_i,
  input  logic             inc_i,
  output logic [Width-1:0] next_o,
  output logic             carry_o  // out of the highest bit
);
  localparam int Groups = (Width + 5) / 6;

  logic [6*Groups-1:0] count, next;
  logic [Groups-1:0]   ones, pass;  // a group is all ones; so are those below it, and inc_i is 1
  logic [5:0]          group;
  always_comb begin
    count = '1;
    count[Width-1:0] = count_i;
    for (int g = 0; g < Groups; g++) ones[g] = &count[6*g +: 6];
    for (int g = 0; g < Groups; g++) begin
      pass[g] = inc_i && &(ones | ({Groups{1'b1}} << g));
      group = count[6*g +: 6];
      for (int i = 0; i < 6; i++) next[6*g+i] = group[i] ^ (pass[g] && &(group | (6'h3f << i)));
    end
  end
  assign next_o = next[Width-1:0];
  assign carry_o = inc_i && &ones;
  if (6 * Groups > Width) begin : gen_unused
    logic unused;
    assign unused = ^next[6*Groups-1:Width];
  end
endmodule
