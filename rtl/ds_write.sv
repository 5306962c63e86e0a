// SPDX-License-Identifier: Apache-2.0
//
// AW, W and B of the data-structure port. docs/microarchitecture.md section 5.4.
//
// Clients in the order of the arbiter, with their AXI IDs:
//   fault queue  Walkers+1  4 beats of 8 bytes; keeps its data, selected by fq_beat_o, from `taken` until `done`
//   cmd_queue    Walkers    4 bytes; keeps its data until its B
//   walkers      index      AmoHwad: one exclusive beat of 8 or 4 bytes, data selected by walk_idx_o and captured when taken
//   irq          Walkers+2  IgsMsi: 4 bytes, captured when taken
//   ats          Walkers+3  Ats: 2 beats of 8 bytes; keeps its data, selected by pq_beat_o, until its B
//   mrif         Walkers+4  MsiMrif: 8 bytes exclusive (update) or 4, captured when taken
// One write is under way until its AW and last W have been taken; the B comes any time later. With End all data but those of
// walkers and mrif are turned around when fctl.BE was 1 as the write was taken. With Qosid walkers' writes and mrif's updates
// have their own IDs, all others iommu_qosid.
module ds_write #(
  parameter int Walkers = 8,
  parameter int IdW = 4,
  parameter int AmoHwad = 0,
  parameter int IgsMsi = 0,
  parameter int Ats = 0,
  parameter int MsiMrif = 0,
  parameter int End = 0,
  parameter int Qosid = 0,
  localparam int IdxW = $clog2(Walkers)
) (
  input  logic                  clk_i,
  input  logic                  rst_ni,
  input  logic                  be_i,  // fctl.BE
  input  logic [23:0]           qosid_i,  // mcid, rcid
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
  input  logic [Walkers-1:0]    walk_short_i,  // 4 bytes:
  input  logic [Walkers-1:0]    walk_half_i,  // the upper ones
  input  logic [Walkers*24-1:0] walk_qosid_i,
  output logic [Walkers-1:0]    walk_taken_o,
  output logic [IdxW-1:0]       walk_idx_o,  // the walker that may be taken
  input  logic [55:0]           walk_addr_i,  // its 8 bytes
  input  logic [63:0]           walk_data_i,
  output logic [Walkers-1:0]    walk_b_valid_o,
  // Interrupt messages.
  input  logic                  irq_valid_i,
  input  logic [55:0]           irq_addr_i,
  output logic                  irq_taken_o,
  input  logic [31:0]           irq_data_i,
  output logic                  irq_b_valid_o,
  // Page-request queue.
  input  logic                  pq_valid_i,
  input  logic [55:0]           pq_addr_i,
  output logic                  pq_taken_o,
  input  logic [63:0]           pq_data_i,
  output logic                  pq_beat_o,
  output logic                  pq_b_valid_o,
  // Interrupt files in memory, and their notices.
  input  logic                  mrif_valid_i,
  input  logic                  mrif_update_i,
  input  logic [55:0]           mrif_addr_i,
  input  logic [63:0]           mrif_data_i,
  input  logic [23:0]           mrif_qosid_i,
  output logic                  mrif_taken_o,
  output logic                  mrif_b_valid_o,
  // Pins.
  output logic                  ds_aw_valid_o,
  input  logic                  ds_aw_ready_i,
  output logic [IdW-1:0]        ds_aw_id_o,
  output logic [55:0]           ds_aw_addr_o,
  output logic [7:0]            ds_aw_len_o,
  output logic [2:0]            ds_aw_size_o,
  output logic                  ds_aw_lock_o,
  output logic [11:0]           ds_aw_rcid_o,
  output logic [11:0]           ds_aw_mcid_o,
  output logic                  ds_w_valid_o,
  input  logic                  ds_w_ready_i,
  output logic [63:0]           ds_w_data_o,
  output logic [7:0]            ds_w_strb_o,
  output logic                  ds_w_last_o,
  input  logic                  ds_b_valid_i,
  input  logic [IdW-1:0]        ds_b_id_i,
  input  logic [1:0]            ds_b_resp_i
);
  localparam int WalkN = (AmoHwad != 0) ? Walkers : 0;
  localparam int IrqN = (IgsMsi != 0) ? 1 : 0;
  localparam int PqN = (Ats != 0) ? 1 : 0;
  localparam int N = WalkN + 2 + IrqN + PqN + ((MsiMrif != 0) ? 1 : 0);

  logic                 aw_q, w_q;  // AW, W still to be taken
  logic                 single_q, short_q;  // the write has one beat, 4 bytes
  logic                 walk_q, irq_q, pq_q, mrif_q, lock_q;  // it is a walker's, of irq, of ats, of mrif, exclusive
  logic [55:0]          addr_q;
  logic [63:0]          data_q;  // of a walker, of irq, of mrif
  logic [IdxW-1:0]      walk_idx_q;
  logic [1:0]           beat_q;
  logic                 idle, any, last, w_taken;
  logic [N-1:0]         req, grant;
  logic [$clog2(N)-1:0] unused_idx;

  assign idle = !aw_q && !w_q;
  assign req[1:0] = {cq_valid_i, fq_valid_i};
  rr_arb #(.N(N)) u_arb (.clk_i, .rst_ni, .req_i(req), .use_i(idle), .grant_o(grant), .idx_o(unused_idx), .any_o(any));
  assign fq_taken_o = idle && grant[0];
  assign cq_taken_o = idle && grant[1];

  // What the grant chooses among the walkers, irq, ats and mrif.
  logic [Walkers-1:0] walk_sel;
  logic [55:0]        walk_addr;
  logic               walk_short, irq_sel, pq_sel, mrif_sel, update_sel;
  if (AmoHwad != 0) begin : gen_walkers
    assign req[2 +: Walkers] = walk_valid_i;
    assign walk_sel = grant[2 +: Walkers];
    assign walk_addr = walk_addr_i;
    for (genvar i = 0; i < Walkers; i++) begin : gen_b
      assign walk_b_valid_o[i] = ds_b_valid_i && ds_b_id_i == IdW'(i);
    end
  end else begin : gen_no_walkers
    assign {walk_sel, walk_addr, walk_b_valid_o} = '0;
    logic unused;
    assign unused = ^{walk_valid_i, walk_addr_i};
  end
  if (IgsMsi != 0) begin : gen_irq
    assign req[2 + WalkN] = irq_valid_i;
    assign irq_sel = grant[2 + WalkN];
    assign irq_b_valid_o = ds_b_valid_i && ds_b_id_i == IdW'(Walkers + 2);
  end else begin : gen_no_irq
    assign {irq_sel, irq_b_valid_o} = '0;
    logic unused;
    assign unused = irq_valid_i;
  end
  if (Ats != 0) begin : gen_pq
    assign req[2 + WalkN + IrqN] = pq_valid_i;
    assign pq_sel = grant[2 + WalkN + IrqN];
    assign pq_b_valid_o = ds_b_valid_i && ds_b_id_i == IdW'(Walkers + 3);
  end else begin : gen_no_pq
    assign {pq_sel, pq_b_valid_o} = '0;
    logic unused;
    assign unused = pq_valid_i;
  end
  if (MsiMrif != 0) begin : gen_mrif
    assign req[N-1] = mrif_valid_i;
    assign mrif_sel = grant[N-1];
    assign update_sel = mrif_sel && mrif_update_i;
    assign mrif_b_valid_o = ds_b_valid_i && ds_b_id_i == IdW'(Walkers + 4);
    assign lock_q = walk_q || (mrif_q && !short_q);
  end else begin : gen_no_mrif
    assign {mrif_sel, update_sel, mrif_b_valid_o} = '0;
    assign lock_q = walk_q;
    logic unused;
    assign unused = ^{mrif_valid_i, mrif_update_i};
  end
  assign walk_short = |(walk_sel & walk_short_i);
  assign walk_taken_o = walk_sel & {Walkers{idle}};
  assign irq_taken_o = irq_sel && idle;
  assign pq_taken_o = pq_sel && idle;
  assign pq_beat_o = beat_q[0];
  assign mrif_taken_o = mrif_sel && idle;
  onehot_index #(.N(Walkers)) u_idx (.sel_i(walk_sel), .idx_o(walk_idx_o));

  assign last = single_q || (pq_q && beat_q[0]) || beat_q == 2'd3;
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
    if (idle) begin
      single_q <= !grant[0] && !pq_sel;
      short_q <= !grant[0] && !pq_sel && (walk_short || !(|walk_sel || update_sel));
      walk_q <= |walk_sel;
      irq_q <= irq_sel;
      pq_q <= pq_sel;
      mrif_q <= mrif_sel;
      walk_idx_q <= walk_idx_o;
      data_q <= mrif_sel ? mrif_data_i : irq_sel ? {irq_data_i, irq_data_i} : walk_data_i;
      addr_q <= (|walk_sel) ? {walk_addr[55:3], |(walk_sel & walk_short_i & walk_half_i), 2'd0} :
                mrif_sel ? mrif_addr_i : irq_sel ? irq_addr_i : pq_sel ? pq_addr_i : grant[1] ? cq_addr_i : fq_addr_i;
    end
  end

  logic [63:0] data;
  assign data = (walk_q || irq_q || mrif_q) ? data_q : single_q ? {cq_data_i, cq_data_i} :
                pq_q ? pq_data_i : fq_data_i;
  if (End != 0) begin : gen_end
    logic turn_q;
    always_ff @(posedge clk_i) if (idle) turn_q <= be_i && !(|walk_sel) && !mrif_sel;
    assign ds_w_data_o = turn_q ? portcullis_pkg::bytes_turned(data) : data;
  end else begin : gen_no_end
    assign ds_w_data_o = data;
    logic unused;
    assign unused = be_i;
  end
  if (Qosid != 0) begin : gen_qosid
    logic [23:0] walk_qosid;
    onehot_mux #(.N(Walkers), .Width(24)) u_qosid (.sel_i(walk_sel), .data_i(walk_qosid_i), .data_o(walk_qosid));
    always_ff @(posedge clk_i) if (idle)
      {ds_aw_mcid_o, ds_aw_rcid_o} <= (|walk_sel) ? walk_qosid : update_sel ? mrif_qosid_i : qosid_i;
  end else begin : gen_no_qosid
    assign {ds_aw_mcid_o, ds_aw_rcid_o} = '0;
    logic unused;
    assign unused = ^{qosid_i, walk_qosid_i, mrif_qosid_i};
  end

  assign ds_aw_valid_o = aw_q;
  assign ds_aw_id_o = walk_q ? IdW'(walk_idx_q) : mrif_q ? IdW'(Walkers + 4) : irq_q ? IdW'(Walkers + 2) :
                      pq_q ? IdW'(Walkers + 3) : single_q ? IdW'(Walkers) : IdW'(Walkers + 1);
  assign ds_aw_addr_o = addr_q;
  assign ds_aw_len_o = single_q ? 8'd0 : pq_q ? 8'd1 : 8'd3;
  assign ds_aw_size_o = short_q ? 3'd2 : 3'd3;
  assign ds_aw_lock_o = lock_q;
  assign ds_w_valid_o = w_q;
  assign ds_w_strb_o = !short_q ? 8'hff : addr_q[2] ? 8'hf0 : 8'h0f;
  assign ds_w_last_o = last;
  assign fq_beat_o = beat_q;
  assign fq_done_o = w_taken && last && !single_q && !pq_q;

  assign fq_b_valid_o = ds_b_valid_i && ds_b_id_i == IdW'(Walkers + 1);
  assign cq_b_valid_o = ds_b_valid_i && ds_b_id_i == IdW'(Walkers);
  assign b_err_o = ds_b_resp_i[1];
  logic unused;
  assign unused = ^{ds_b_resp_i[0], walk_addr, unused_idx};
endmodule
