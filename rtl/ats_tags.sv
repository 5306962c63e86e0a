// SPDX-License-Identifier: Apache-2.0
//
// The 32 ITags of Invalidation Requests, and whom each waits for. docs/microarchitecture.md section 5.10.
//
// A request takes the lowest ITag that is free. Its device answers with as many completions as each of them says (Completion
// Count, 0 means 8), each naming one or more of its ITags; the last one frees them. One that is busy at two ticks is given up.
// Invariant: old is 0 when a request takes an ITag.
module ats_tags (
  input  logic        clk_i,
  input  logic        rst_ni,
  input  logic        tick_i,
  // A request is sent; only with room_o.
  input  logic        new_i,
  input  logic [24:0] new_id_i,  // dsv, segment, rid
  output logic [4:0]  new_tag_o,
  output logic        room_o,
  // A completion.
  input  logic        done_i,
  input  logic [24:0] done_id_i,
  input  logic [2:0]  done_count_i,
  input  logic [31:0] done_tags_i,
  output logic        busy_o,  // some ITag is
  output logic        late_o  // one is given up in this clock
);
  logic [31:0] busy, take, late;
  lowest_one #(.N(32)) u_free (.req_i(~busy), .grant_o(take));
  first_index #(.N(32)) u_tag (.sel_i(~busy), .idx_o(new_tag_o));
  assign room_o = !(&busy);
  assign busy_o = |busy;
  assign late_o = |late;

  for (genvar i = 0; i < 32; i++) begin : gen_tag
    logic        busy_q, old_q, named, complete;
    logic [2:0]  got_q;
    logic [3:0]  got;
    logic [24:0] id_q;
    assign busy[i] = busy_q;
    assign named = done_i && done_tags_i[i] && busy_q && id_q == done_id_i;
    assign got = {1'b0, got_q} + 4'd1;
    assign complete = named && got >= {done_count_i == 3'd0, done_count_i};
    assign late[i] = tick_i && busy_q && old_q && !complete;
    always_ff @(posedge clk_i) begin
      if (!rst_ni) busy_q <= 1'b0;
      else busy_q <= (new_i && take[i]) || (busy_q && !complete && !late[i]);
      if (new_i && take[i]) begin
        old_q <= 1'b0;
        got_q <= 3'd0;
        id_q <= new_id_i;
      end else begin
        if (tick_i) old_q <= 1'b1;
        if (named) got_q <= got[2:0];
      end
    end
  end
endmodule
