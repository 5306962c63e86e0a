// SPDX-License-Identifier: Apache-2.0
//
// The messages that go out, one at a time: answers and commands in turns, when the out register is empty.
// docs/microarchitecture.md section 5.10.
//
// A message that is not taken at the second tick is stuck, until it is taken. Then commands vanish, so that the command queue
// does not hang behind a dead message port. An Invalidation Request needs an ITag.
module ats_out (
  input  logic        clk_i,
  input  logic        rst_ni,
  input  logic        tick_i,
  // Answer to a message.
  input  logic        answer_valid_i,
  input  logic [3:0]  answer_kind_i,
  input  logic [24:0] answer_id_i,  // dsv, segment, rid
  input  logic        answer_pv_i,
  input  logic [19:0] answer_pasid_i,
  input  logic [9:0]  answer_tag_i,
  input  logic [63:0] answer_payload_i,
  input  logic [2:0]  answer_status_i,
  input  logic        answer_mine_i,  // the message was refused
  output logic        answer_ready_o,
  // Command: ATS.INVAL, else ATS.PRGR.
  input  logic        cmd_valid_i,
  input  logic        cmd_inval_i,
  input  logic        cmd_room_i,  // an ITag is free:
  input  logic [4:0]  cmd_itag_i,
  input  logic [24:0] cmd_id_i,
  input  logic        cmd_pv_i,
  input  logic [19:0] cmd_pasid_i,
  input  logic [63:0] cmd_payload_i,
  output logic        cmd_ready_o,
  output logic        cmd_sent_o,  // it has not vanished
  output logic        stuck_o,
  output logic        owed_o,  // a message waits that is no answer to a refused one
  // Message.
  output logic        msg_out_valid_o,
  input  logic        msg_out_ready_i,
  output logic [3:0]  msg_out_kind_o,
  output logic        msg_out_dsv_o,
  output logic [7:0]  msg_out_segment_o,
  output logic [15:0] msg_out_rid_o,
  output logic        msg_out_pv_o,
  output logic [19:0] msg_out_pasid_o,
  output logic [9:0]  msg_out_tag_o,
  output logic [63:0] msg_out_payload_o,
  output logic [2:0]  msg_out_status_o
);
  localparam logic [3:0] InvalRequest = 4'd1;
  localparam logic [3:0] GroupResponse = 4'd5;

  logic [1:0] grant;
  logic       any, load, valid_q, mine_q, old_q, stuck_q, unused_idx;
  rr_arb #(.N(2)) u_arb (
    .clk_i, .rst_ni, .req_i({cmd_valid_i && (!cmd_inval_i || cmd_room_i), answer_valid_i}), .use_i(!valid_q), .grant_o(grant),
    .idx_o(unused_idx), .any_o(any)
  );
  assign load = !valid_q && any;
  assign answer_ready_o = load && grant[0];
  assign cmd_sent_o = load && grant[1];
  assign cmd_ready_o = stuck_q || cmd_sent_o;
  assign stuck_o = stuck_q;
  assign owed_o = valid_q && !mine_q;

  logic waits;
  assign waits = valid_q && !msg_out_ready_i;
  always_ff @(posedge clk_i) begin
    if (!rst_ni) {valid_q, old_q, stuck_q} <= 3'd0;
    else begin
      valid_q <= load || waits;
      old_q <= waits && (old_q || tick_i);
      stuck_q <= waits && (stuck_q || (tick_i && old_q));
    end
  end

  always_ff @(posedge clk_i) begin
    if (load) begin
      if (grant[1]) begin
        mine_q <= 1'b0;
        msg_out_kind_o <= cmd_inval_i ? InvalRequest : GroupResponse;
        {msg_out_dsv_o, msg_out_segment_o, msg_out_rid_o} <= cmd_id_i;
        {msg_out_pv_o, msg_out_pasid_o} <= {cmd_pv_i, cmd_pasid_i & {20{cmd_pv_i}}};
        msg_out_tag_o <= {5'd0, cmd_itag_i & {5{cmd_inval_i}}};
        msg_out_payload_o <= cmd_payload_i;
        msg_out_status_o <= '0;
      end else begin
        mine_q <= answer_mine_i;
        msg_out_kind_o <= answer_kind_i;
        {msg_out_dsv_o, msg_out_segment_o, msg_out_rid_o} <= answer_id_i;
        {msg_out_pv_o, msg_out_pasid_o} <= {answer_pv_i, answer_pasid_i & {20{answer_pv_i}}};
        msg_out_tag_o <= answer_tag_i;
        msg_out_payload_o <= answer_payload_i;
        msg_out_status_o <= answer_status_i;
      end
    end
  end
  assign msg_out_valid_o = valid_q;
endmodule
