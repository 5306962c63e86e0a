// SPDX-License-Identifier: Apache-2.0
// Sample for tests/lint.sh, not a design: every line marked BAD must be refused by sim/lint/sv_subset.sh, and no other.
package p;
  typedef struct packed { logic a; logic [3:0] b; } s_t;
  typedef struct packed {
    s_t         inner;
    logic [1:0] rest;
  } outer_t;
  typedef enum logic [1:0] { A, B } m_e;
  import q::*; // BAD
  localparam logic [31:0] Narrow = 32'd0;
  localparam logic [63:0] Wide = 64'd0; // BAD
  localparam int Arr [4] = 0; // BAD
  function automatic s_t whole(input logic [3:0] y);
    whole = {y[0], y};
  endfunction
  function automatic s_t parts(input logic [3:0] y);
    parts.a = y[0]; // BAD
  endfunction
  function automatic logic [3:0] f(input s_t x); // BAD
    logic [3:0] t;
    logic [3:0] u = 4'd0; // BAD
    outer_t o; // BAD
    for (int i = 0; i < 4; i++) t[i] = (i == 2);
    return t; // BAD
  endfunction
  function g(input logic x); // BAD
    g = x;
  endfunction
endpackage
module sample #(
  parameter type T = logic, // BAD
  parameter int W = 4
) (
  input  logic         clk_i,
  input  logic [3:0]   arr_i [0:3], // BAD
  input  logic [(W > 1 ? $clog2(W) : 1)-1:0] index_i,
  input  p::m_e        mode_i,
  output logic [W-1:0] q_o
);
  p::s_t [3:0] m; // BAD
  p::s_t st [0:3]; // BAD
  p::s_t one;
  p::m_e e;
  logic [3:0][7:0] md; // BAD
  logic [7:0] mem [0:15];
  assign md = '{default: 0}; // BAD
  assign e = p::m_e'(2'd1); // BAD
  assign q_o = W'(3) + 4'(2) + signed'(mem[0][3:0]);
  assign x = $bits(p::s_t); // BAD
  assign y = $bits(one);
  always_comb begin
    unique case (e)
      p::A: q_o = 0;
      default: q_o = 1;
    endcase
    case (e) p::A: q_o = 0; endcase // BAD
    unique casez (e) // BAD
      default: q_o = 1;
    endcase
    foreach (mem[i]) x = 0; // BAD
    while (x) x = 0; // BAD
    if (e inside {p::A}) x = 1; // BAD
    if (a ==? b) x = 1; // BAD
    break; // BAD
    x = e.next(); // BAD
    z = {<<{x}}; // BAD
  end
  cell u_cell (.last(x), .first_i(y), .*);
  initial x = 0; // BAD
  always @(posedge clk_i) x <= 1; // BAD
  assert property (@(posedge clk_i) a |-> b); // BAD
  assert property (@(posedge clk_i) a ##1 b); // BAD
  /* return in a
     block comment; break */
endmodule
