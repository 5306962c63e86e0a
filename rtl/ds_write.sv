// SPDX-License-Identifier: Apache-2.0
//
// AW, W and B of the data-structure port. docs/microarchitecture.md section 5.4.
//
// Client 0, the fault queue: 4 beats of 8 bytes, AXI ID Walkers+1. Client 1, the command queue: 4 bytes, ID Walkers. One write is
// under way until its AW and last W have been taken; the B comes any time later. A client keeps its data, selected by w_beat_o,
// from `taken` until `done` (the command queue until its B).
module ds_write #(
  parameter int Walkers = 8,
  parameter int IdW = 4
) (
  input  logic           clk_i,
  input  logic           rst_ni,
  // Fault queue.
  input  logic           fq_valid_i,
  input  logic [55:0]    fq_addr_i,
  output logic           fq_taken_o,
  input  logic [63:0]    fq_data_i,
  output logic [1:0]     fq_beat_o,
  output logic           fq_done_o,  // the last W beat is taken in this clock
  output logic           fq_b_valid_o,
  // Command queue.
  input  logic           cq_valid_i,
  input  logic [55:0]    cq_addr_i,
  output logic           cq_taken_o,
  input  logic [31:0]    cq_data_i,
  output logic           cq_b_valid_o,
  output logic           b_err_o,
  output logic           ds_aw_valid_o,
  input  logic           ds_aw_ready_i,
  output logic [IdW-1:0] ds_aw_id_o,
  output logic [55:0]    ds_aw_addr_o,
  output logic [7:0]     ds_aw_len_o,
  output logic [2:0]     ds_aw_size_o,
  output logic           ds_w_valid_o,
  input  logic           ds_w_ready_i,
  output logic [63:0]    ds_w_data_o,
  output logic [7:0]     ds_w_strb_o,
  output logic           ds_w_last_o,
  input  logic           ds_b_valid_i,
  input  logic [IdW-1:0] ds_b_id_i,
  input  logic [1:0]     ds_b_resp_i
);
  logic        aw_q, w_q;  // AW, W still to be taken
  logic        cq_q;  // the write is the command queue's
  logic [55:0] addr_q;
  logic [1:0]  beat_q;
  logic        idle, any, idx, last, w_taken;
  logic [1:0]  grant;

  assign idle = !aw_q && !w_q;
  rr_arb #(.N(2)) u_arb (
    .clk_i, .rst_ni, .req_i({cq_valid_i, fq_valid_i}), .use_i(idle), .grant_o(grant), .idx_o(idx), .any_o(any)
  );
  assign fq_taken_o = idle && grant[0];
  assign cq_taken_o = idle && grant[1];

  assign last = cq_q || beat_q == 2'd3;
  assign w_taken = w_q && ds_w_ready_i;
  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      aw_q <= 1'b0;
      w_q <= 1'b0;
    end else if (idle) begin
      aw_q <= any;
      w_q <= any;
    end else begin
      if (ds_aw_ready_i) aw_q <= 1'b0;
      if (ds_w_ready_i && last) w_q <= 1'b0;
    end
    if (idle) begin
      cq_q <= idx;
      addr_q <= idx ? cq_addr_i : fq_addr_i;
      beat_q <= 2'd0;
    end else if (w_taken) beat_q <= beat_q + 2'd1;
  end

  assign ds_aw_valid_o = aw_q;
  assign ds_aw_id_o = cq_q ? IdW'(Walkers) : IdW'(Walkers + 1);
  assign ds_aw_addr_o = addr_q;
  assign ds_aw_len_o = cq_q ? 8'd0 : 8'd3;
  assign ds_aw_size_o = cq_q ? 3'd2 : 3'd3;
  assign ds_w_valid_o = w_q;
  assign ds_w_data_o = cq_q ? {cq_data_i, cq_data_i} : fq_data_i;
  assign ds_w_strb_o = !cq_q ? 8'hff : addr_q[2] ? 8'hf0 : 8'h0f;
  assign ds_w_last_o = last;
  assign fq_beat_o = beat_q;
  assign fq_done_o = w_taken && last && !cq_q;

  assign fq_b_valid_o = ds_b_valid_i && ds_b_id_i == IdW'(Walkers + 1);
  assign cq_b_valid_o = ds_b_valid_i && ds_b_id_i == IdW'(Walkers);
  assign b_err_o = ds_b_resp_i[1];
  logic unused;
  assign unused = ds_b_resp_i[0];
endmodule
