// SPDX-License-Identifier: Apache-2.0
//
// AW, W and B of the data-structure port. docs/microarchitecture.md section 5.4.
//
// Client 0, the fault queue: 4 beats of 8 bytes, AXI ID Walkers+1. Client 1, the command queue: 4 bytes, ID Walkers. With AmoHwad
// clients 2 and up, the walkers: one exclusive beat of 8 or 4 bytes, ID of the walker. One write is under way until its AW and
// last W have been taken; the B comes any time later. The fault queue keeps its data, selected by fq_beat_o, from `taken` until
// `done`, the command queue until its B; a walker's, selected by walk_idx_o, is captured when it is taken.
module ds_write #(
  parameter int Walkers = 8,
  parameter int IdW = 4,
  parameter int AmoHwad = 0,
  localparam int IdxW = $clog2(Walkers)
) (
  input  logic                  clk_i,
  input  logic                  rst_ni,
  // Fault queue.
  input  logic                  fq_valid_i,
  input  logic [55:0]           fq_addr_i,
  output logic                  fq_taken_o,
  input  logic [63:0]           fq_data_i,
  output logic [1:0]            fq_beat_o,
  output logic                  fq_done_o,  // the last W beat is taken in this clock
  output logic                  fq_b_valid_o,
  // Command queue.
  input  logic                  cq_valid_i,
  input  logic [55:0]           cq_addr_i,
  output logic                  cq_taken_o,
  input  logic [31:0]           cq_data_i,
  output logic                  cq_b_valid_o,
  output logic                  b_err_o,
  // Walkers.
  input  logic [Walkers-1:0]    walk_valid_i,
  input  logic [Walkers*56-1:0] walk_addr_i,  // of the 8 bytes
  input  logic [Walkers-1:0]    walk_short_i,  // 4 bytes:
  input  logic [Walkers-1:0]    walk_half_i,  // the upper ones
  output logic [Walkers-1:0]    walk_taken_o,
  output logic [IdxW-1:0]       walk_idx_o,  // the walker that may be taken
  input  logic [63:0]           walk_data_i,  // of this walker
  output logic [Walkers-1:0]    walk_b_valid_o,
  output logic                  ds_aw_valid_o,
  input  logic                  ds_aw_ready_i,
  output logic [IdW-1:0]        ds_aw_id_o,
  output logic [55:0]           ds_aw_addr_o,
  output logic [7:0]            ds_aw_len_o,
  output logic [2:0]            ds_aw_size_o,
  output logic                  ds_aw_lock_o,
  output logic                  ds_w_valid_o,
  input  logic                  ds_w_ready_i,
  output logic [63:0]           ds_w_data_o,
  output logic [7:0]            ds_w_strb_o,
  output logic                  ds_w_last_o,
  input  logic                  ds_b_valid_i,
  input  logic [IdW-1:0]        ds_b_id_i,
  input  logic [1:0]            ds_b_resp_i
);
  localparam bit Hwad = AmoHwad != 0;
  localparam int N = Hwad ? Walkers + 2 : 2;

  logic                 aw_q, w_q;  // AW, W still to be taken
  logic                 single_q, short_q, walk_q;  // the write has one beat, 4 bytes, is a walker's
  logic [55:0]          addr_q;
  logic [63:0]          walk_data_q;
  logic [IdxW-1:0]      walk_idx_q;
  logic [1:0]           beat_q;
  logic                 idle, any, last, w_taken;
  logic [N-1:0]         grant;
  logic [$clog2(N)-1:0] idx;

  assign idle = !aw_q && !w_q;
  assign fq_taken_o = idle && grant[0];
  assign cq_taken_o = idle && grant[1];

  assign last = single_q || beat_q == 2'd3;
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
    if (idle) beat_q <= 2'd0;
    else if (w_taken) beat_q <= beat_q + 2'd1;
  end

  if (Hwad) begin : gen_walkers
    logic [55:0]        walk_addr;
    logic [Walkers-1:0] sel;
    logic [IdxW-1:0]    walk_idx;
    rr_arb #(.N(N)) u_arb (
      .clk_i, .rst_ni, .req_i({walk_valid_i, cq_valid_i, fq_valid_i}), .use_i(idle), .grant_o(grant), .idx_o(idx), .any_o(any)
    );
    assign sel = grant[N-1:2];
    onehot_mux #(.N(Walkers), .Width(56)) u_addr (.sel_i(sel), .data_i(walk_addr_i), .data_o(walk_addr));
    always_comb begin
      walk_idx = '0;
      for (int i = 0; i < Walkers; i++) walk_idx = walk_idx | (sel[i] ? IdxW'(i) : '0);
    end
    always_ff @(posedge clk_i) begin
      if (idle) begin
        single_q <= !grant[0];
        short_q <= grant[1] || (|(sel & walk_short_i));
        walk_q <= |sel;
        walk_idx_q <= walk_idx;
        walk_data_q <= walk_data_i;
        addr_q <= (|sel) ? {walk_addr[55:3], |(sel & walk_short_i & walk_half_i), 2'd0} : grant[1] ? cq_addr_i : fq_addr_i;
      end
    end
    assign walk_taken_o = sel & {Walkers{idle}};
    assign walk_idx_o = walk_idx;
    for (genvar i = 0; i < Walkers; i++) begin : gen_b
      assign walk_b_valid_o[i] = ds_b_valid_i && ds_b_id_i == IdW'(i);
    end
    logic unused;
    assign unused = ^{idx, walk_addr};
  end else begin : gen_no_walkers
    rr_arb #(.N(N)) u_arb (
      .clk_i, .rst_ni, .req_i({cq_valid_i, fq_valid_i}), .use_i(idle), .grant_o(grant), .idx_o(idx), .any_o(any)
    );
    always_ff @(posedge clk_i) begin
      if (idle) begin
        single_q <= idx;
        addr_q <= idx ? cq_addr_i : fq_addr_i;
      end
    end
    assign short_q = single_q;
    assign walk_q = 1'b0;
    assign {walk_taken_o, walk_idx_o, walk_idx_q, walk_data_q, walk_b_valid_o} = '0;
    logic unused;
    assign unused = ^{walk_valid_i, walk_addr_i, walk_short_i, walk_half_i, walk_data_i};
  end

  assign ds_aw_valid_o = aw_q;
  assign ds_aw_id_o = walk_q ? IdW'(walk_idx_q) : single_q ? IdW'(Walkers) : IdW'(Walkers + 1);
  assign ds_aw_addr_o = addr_q;
  assign ds_aw_len_o = single_q ? 8'd0 : 8'd3;
  assign ds_aw_size_o = short_q ? 3'd2 : 3'd3;
  assign ds_aw_lock_o = walk_q;
  assign ds_w_valid_o = w_q;
  assign ds_w_data_o = walk_q ? walk_data_q : single_q ? {cq_data_i, cq_data_i} : fq_data_i;
  assign ds_w_strb_o = !short_q ? 8'hff : addr_q[2] ? 8'hf0 : 8'h0f;
  assign ds_w_last_o = last;
  assign fq_beat_o = beat_q;
  assign fq_done_o = w_taken && last && !single_q;

  assign fq_b_valid_o = ds_b_valid_i && ds_b_id_i == IdW'(Walkers + 1);
  assign cq_b_valid_o = ds_b_valid_i && ds_b_id_i == IdW'(Walkers);
  assign b_err_o = ds_b_resp_i[1];
  logic unused;
  assign unused = ds_b_resp_i[0];
endmodule
