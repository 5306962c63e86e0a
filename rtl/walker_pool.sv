// SPDX-License-Identifier: Apache-2.0
//
// The walkers, the units they share, and the choice among them. docs/microarchitecture.md sections 5.1 and 5.3.
//
// A request from stage B is merged into a walk of the same page, or begins in the lowest walker that is idle or answers in this
// clock; there always is one (miss_pipe counts). One walker in RESP, the lowest, is on the response bus. Which fault record is
// taken, which read and which write, is decided outside. One second-stage lookup is granted in a clock, round robin.
//
// Everything that leaves depends on registers only, but the fills, which come from the beat, the answer and the lookup of this
// clock.
module walker_pool #(
  parameter int NumPorts = 2,
  parameter int PortMisses = 16,
  parameter int Walkers = 8,
  parameter int VaW = 48,
  parameter int GpaW = 50,
  parameter bit TwoStage = 1'b0,
  parameter bit Pdt = 1'b0,
  parameter int AmoHwad = 0,
  parameter int MsiFlat = 0,
  parameter int MsiMrif = 0,
  parameter int Sv32 = 0,
  parameter int Extra = 0,  // requesters above the ports
  parameter int Hpm = 0,
  parameter int End = 0,
  parameter int Qosid = 0,
  parameter int Ats = 0,
  parameter int T2gpa = 0,
  localparam int IdxW = $clog2(Walkers),
  localparam int MaskW = 2 * NumPorts * PortMisses + Extra
) (
  input  logic                             clk_i,
  input  logic                             rst_ni,
  input  logic                             ext_i,  // device contexts have the extended format
  input  logic [63:0]                      caps_i,
  input  logic                             gxl_i,
  input  logic                             be_i,  // fctl.BE
  input  logic [23:0]                      qosid_i,  // {mcid, rcid} of the IOMMU's own accesses
  input  logic [3:0]                       ddtp_mode_i,
  input  logic [43:0]                      ddtp_ppn_i,
  input  logic [portcullis_pkg::InvW-1:0]  inv_i,
  // Stage B.
  input  logic                             new_valid_i,
  input  logic [walk_pkg::NewW-1:0]        new_i,
  input  logic [MaskW-1:0]                 new_bit_i,
  output logic                             merged_o,
  // Response bus; answer_port_o: the port of the requester that started the walk shown.
  output logic                             resp_valid_o,
  output logic                             resp_more_o,  // another response waits
  output logic [portcullis_pkg::RespW-1:0] resp_o,
  output logic [MaskW-1:0]                 resp_mask_o,
  output logic                             resp_covered_o,
  output logic [NumPorts-1:0]              answer_port_o,
  output logic [2:0]                       resp_way_o,  // of the IOTLB
  output logic                             resp_msi_o,  // the device has MSI pages
  output logic [3:0]                       resp_raw_o,  // r, w, x, u of both stages, whoever asks
  output logic                             resp_l2_o,  // belongs into the IOTLB
  output logic [portcullis_pkg::AtsRespW-1:0] ats_resp_o,
  // Reads, exclusive with lock; address and length are of the walker in ar_idx_i, which ar_sel_i names if it is one. A beat comes
  // with its walker in r_valid_i, r_idx_i. event_o tells in the next clock of a read that was taken.
  output logic [Walkers-1:0]               ar_valid_o,
  output logic [Walkers-1:0]               ar_lock_o,
  input  logic [Walkers-1:0]               ar_sel_i,
  input  logic [IdxW-1:0]                  ar_idx_i,
  output logic [55:0]                      ar_addr_o,
  output logic [2:0]                       ar_len_o,
  output logic [Walkers*24-1:0]            ar_qos_o,  // {mcid, rcid}; also of the exclusive write
  output logic [portcullis_pkg::EvWalkW-1:0] event_o,
  input  logic [Walkers-1:0]               ar_taken_i,
  input  logic [Walkers-1:0]               r_valid_i,
  input  logic [IdxW-1:0]                  r_idx_i,
  input  logic [63:0]                      r_data_i,
  input  logic [1:0]                       r_resp_i,
  input  logic                             r_poison_i,
  // Exclusive writes; half: of 4 bytes, the upper ones, else 8 or the lower ones. xw_idx_i: the one that may be taken;
  // xw_addr_o, xw_data_o: its 8 bytes.
  output logic [Walkers-1:0]               xw_valid_o,
  output logic [Walkers-1:0]               xw_half_o,
  output logic [Walkers-1:0]               xw_short_o,  // 4 bytes
  input  logic [Walkers-1:0]               xw_taken_i,
  input  logic [IdxW-1:0]                  xw_idx_i,
  output logic [55:0]                      xw_addr_o,
  output logic [63:0]                      xw_data_o,
  input  logic [Walkers-1:0]               b_valid_i,
  input  logic [IdxW-1:0]                  b_idx_i,
  input  logic [1:0]                       b_resp_i,
  input  logic                             fence_start_i,
  output logic                             upd_drained_o,
  // Fault records.
  output logic [Walkers-1:0]               fault_valid_o,
  input  logic [Walkers-1:0]               fault_taken_i,
  input  logic [Walkers-1:0]               fault_grant_i,
  output logic [portcullis_pkg::FaultW-1:0] fault_o,
  // Second-stage cache: lookup and answer.
  output logic [46:0]                      g_gpn_o,
  output logic [15:0]                      g_gscid_o,
  output logic [2:0]                       g_need_o,
  input  logic                             g_leaf_hit_i,
  input  logic [walk_pkg::LeafW-1:0]       g_leaf_i,
  input  logic                             g_hit_i,
  input  logic [2:0]                       g_level_i,
  input  logic [43:0]                      g_ppn_i,
  // Fills.
  output logic                             dc_fill_o,
  output logic [23:0]                      dc_fill_id_o,
  output logic [walk_pkg::DcW-1:0]         dc_fill_dc_o,
  output logic                             pc_fill_o,
  output logic [44:0]                      pc_fill_key_o,
  output logic [walk_pkg::PcW-1:0]         pc_fill_pc_o,
  output logic [walk_pkg::NlFills-1:0]     nl_fill_o,
  output logic [walk_pkg::NlFills*walk_pkg::NlFillW-1:0] nl_fills_o,
  output logic [walk_pkg::GFills-1:0]      g_fill_o,
  output logic [walk_pkg::GFills*walk_pkg::GFillW-1:0] g_fills_o
);
  localparam int GpnW = GpaW - 12;
  localparam bit Hwad = AmoHwad != 0;

  logic [Walkers-1:0]                 match, merge, idle, resp, shown, covered, free, alloc, beat_ok, fill_ok, own;
  logic [Walkers-1:0]                 gl_valid, gl_grant, gl_ok, xb, xb_ok, in_g, xw_store, turn;
  logic [63:0]                        data;  // of the beat, its bytes in order
  logic [Walkers*walk_pkg::CtxW-1:0]  ctx_all;
  logic [Walkers*walk_pkg::InfoW-1:0] info_all;
  logic [Walkers*walk_pkg::ReadW-1:0] read_all;
  logic [Walkers*3-1:0]               port_all;
  logic [Walkers*walk_pkg::RecW-1:0]  rec_all;
  logic [Walkers*walk_pkg::ViewW-1:0] view_all;
  logic [walk_pkg::CtxW-1:0]          ctx_vec;
  logic [walk_pkg::DecW-1:0]          dec_vec;
  logic [walk_pkg::GlW-1:0]           gl_vec;
  logic [walk_pkg::ViewW-1:0]         gl_view_vec, gd_view_vec, b_view_vec;
  logic [walk_pkg::InfoW-1:0]         info_vec;
  logic [walk_pkg::KeyW-1:0]          key_vec, ar_key;
  logic [walk_pkg::ReadW-1:0]         read_vec;
  logic [walk_pkg::RecW-1:0]          rec_vec;
  logic [43:0]                        upd_pos;

  // Merge, or the lowest walker that is free now or at the end of this clock.
  lowest_one #(.N(Walkers)) u_merge (.req_i(match), .grant_o(merge));
  lowest_one #(.N(Walkers)) u_shown (.req_i(resp), .grant_o(shown));
  lowest_one #(.N(Walkers)) u_free (.req_i(idle | shown), .grant_o(free));
  assign merged_o = |match;
  assign alloc = free & {Walkers{new_valid_i && !merged_o}};

  for (genvar i = 0; i < Walkers; i++) begin : gen_walker
    walker #(
      .VaW(VaW), .TwoStage(TwoStage), .Pdt(Pdt), .AmoHwad(AmoHwad), .MsiFlat(MsiFlat), .Sv32(Sv32),
      .DebugQ((MsiMrif != 0 && Extra != 0) ? 2 * NumPorts : 0),
      .Hpm(Hpm), .End(End), .Qosid(Qosid), .Ats(Ats)
    ) u_walker (
      .clk_i, .rst_ni, .ddtp_mode_i, .ddtp_ppn_i, .ext_i, .gxl_i, .be_i, .qosid_i, .inv_i,
      .new_i, .alloc_i(alloc[i]), .match_o(match[i]), .idle_o(idle[i]),
      .ar_valid_o(ar_valid_o[i]), .ar_lock_o(ar_lock_o[i]), .read_o(read_all[i*walk_pkg::ReadW +: walk_pkg::ReadW]),
      .ar_qos_o(ar_qos_o[i*24 +: 24]), .ar_taken_i(ar_taken_i[i]), .turn_o(turn[i]),
      .beat_i(r_valid_i[i]), .data_i(data), .dec_i(dec_vec), .ctx_o(ctx_all[i*walk_pkg::CtxW +: walk_pkg::CtxW]),
      .beat_ok_o(beat_ok[i]), .fill_ok_o(fill_ok[i]),
      .gl_valid_o(gl_valid[i]), .gl_grant_i(gl_grant[i]), .gl_i(gl_vec), .gl_ok_o(gl_ok[i]),
      .view_o(view_all[i*walk_pkg::ViewW +: walk_pkg::ViewW]),
      .xw_valid_o(xw_valid_o[i]), .xw_taken_i(xw_taken_i[i]), .xb_o(xb[i]), .b_i(b_valid_i[i]), .b_resp_i,
      .upd_pos_i(upd_pos), .xb_ok_o(xb_ok[i]), .in_g_o(in_g[i]), .store_o(xw_store[i]),
      .short_o(xw_short_o[i]), .half_o(xw_half_o[i]),
      .fault_o(fault_valid_o[i]), .fault_taken_i(fault_taken_i[i]), .resp_o(resp[i]), .covered_o(covered[i]),
      .shown_i(shown[i]),
      .info_o(info_all[i*walk_pkg::InfoW +: walk_pkg::InfoW]), .rec_o(rec_all[i*walk_pkg::RecW +: walk_pkg::RecW]),
      .own_o(own[i]), .port_o(port_all[i*3 +: 3])
    );
  end

  // What is kept for the shared units.
  logic                      beat_mrif;
  walk_pkg::new_t            nw;
  logic [IdxW-1:0]           merge_idx, alloc_idx, gl_idx, rec_idx;
  logic [walk_pkg::HgW-1:0]  beat_hg, gl_hg;
  logic [walk_pkg::MsiW-1:0] beat_msi, gl_msi;
  logic [46:0]               beat_gpn, b_gpn, rec_gpn;
  logic [63:0]               beat_entry, b_entry, xw_entry, pte;
  logic [43:0]               page;
  assign nw = new_i;
  onehot_index #(.N(Walkers)) u_merge_idx (.sel_i(merge), .idx_o(merge_idx));
  onehot_index #(.N(Walkers)) u_alloc_idx (.sel_i(free), .idx_o(alloc_idx));
  onehot_index #(.N(Walkers)) u_rec_idx (.sel_i(fault_grant_i), .idx_o(rec_idx));

  // The requests. The lookup decides in the clock after its grant.
  logic [IdxW-1:0]                     shown_idx, gd_idx_q;
  logic [51:0]                         b_vpn, gd_vpn;
  logic [portcullis_pkg::MissReqW-1:0] shown_req, rec_req;
  logic [3:0]                          shown_q;
  first_index #(.N(2 ** IdxW)) u_shown_idx (.sel_i((2 ** IdxW)'(resp)), .idx_o(shown_idx));
  always_ff @(posedge clk_i) gd_idx_q <= gl_idx;
  walk_requests #(.Walkers(Walkers)) u_requests (
    .clk_i, .we_i(|alloc), .idx_i(alloc_idx), .new_i, .beat_idx_i(r_idx_i), .beat_key_o(key_vec), .b_idx_i, .b_vpn_o(b_vpn),
    .gd_idx_i(gd_idx_q), .gd_vpn_o(gd_vpn), .ar_idx_i, .ar_key_o(ar_key), .shown_idx_i(shown_idx), .shown_req_o(shown_req),
    .shown_q_o(shown_q), .shown_way_o(resp_way_o), .rec_idx_i(rec_idx), .rec_req_o(rec_req)
  );

  walk_pkg::ctx_t  ctx;
  walk_pkg::view_t gl_view, b_view;
  assign ctx = ctx_vec;
  assign gl_view = gl_view_vec;
  assign b_view = b_view_vec;
  if (TwoStage || Hwad) begin : gen_store
    walk_store #(.Walkers(Walkers), .GpnW(GpnW), .AmoHwad(AmoHwad), .MsiFlat(MsiFlat)) u_store (
      .clk_i, .ext_i, .own_i(own),
      .new_we_i(new_valid_i && !merged_o), .new_idx_i(alloc_idx), .new_hg_i(nw.hg), .new_msi_i(nw.msi),
      .beat_we_i(|beat_ok), .beat_idx_i(r_idx_i), .beat_in_g_i(ctx.in_g), .data_i(data), .pte_i(pte), .dec_i(dec_vec),
      .page_i(page), .beat_hg_o(beat_hg), .beat_msi_o(beat_msi), .beat_gpn_o(beat_gpn), .beat_entry_o(beat_entry),
      .gl_we_i(|gl_grant), .gl_idx_i(gl_idx), .gl_gpn_i(gl_view.gpn[46:0]), .gl_hg_o(gl_hg), .gl_msi_o(gl_msi),
      .b_idx_i, .b_in_g_i(b_view.in_g), .b_pos_o(upd_pos), .b_entry_o(b_entry), .b_gpn_o(b_gpn),
      .xw_idx_i, .xw_in_g_i(in_g[xw_idx_i]), .xw_entry_o(xw_entry), .xw_addr_o(xw_addr_o[55:3]),
      .xar_we_i(|(ar_taken_i & ar_lock_o)), .xar_idx_i(ar_idx_i), .xar_addr_i(ar_addr_o[55:3]), .rec_idx_i(rec_idx),
      .rec_gpn_o(rec_gpn)
    );
  end else begin : gen_no_store
    assign {beat_hg, beat_msi, beat_gpn, beat_entry, gl_hg, gl_msi, upd_pos, b_entry, b_gpn, xw_entry, rec_gpn} = '0;
    assign xw_addr_o[55:3] = '0;
    logic unused;
    assign unused = ^{own, in_g, alloc_idx, rec_idx, gl_idx, r_idx_i, b_idx_i, xw_idx_i, pte, page, nw, beat_ok};
  end

  // Bits of an MSI address mask or pattern beyond the guest physical addresses (IOMMU spec 3.1.3). caps_i changes in reset only.
  logic [5:0]  width;
  logic [51:0] beyond_q;
  always_comb begin
    if (TwoStage && caps_i[19]) width = 6'd47;
    else if (TwoStage && caps_i[18]) width = 6'd38;
    else if (TwoStage && caps_i[17]) width = 6'd29;
    else if (TwoStage && caps_i[16]) width = 6'd22;
    else width = caps_i[37:32] - 6'd12;
  end
  always_ff @(posedge clk_i) beyond_q <= 52'hf_ffff_ffff_ffff << width;

  // The beat of this clock.
  assign data = (End != 0 && ctx.turn) ? portcullis_pkg::bytes_turned(r_data_i) : r_data_i;
  walk_pkg::dec_t dec;
  walk_pkg::key_t key;
  onehot_mux #(.N(Walkers), .Width(walk_pkg::CtxW)) u_ctx (.sel_i(r_valid_i), .data_i(ctx_all), .data_o(ctx_vec));
  walk_decide #(
    .TwoStage(TwoStage), .Pdt(Pdt), .AmoHwad(AmoHwad), .MsiFlat(MsiFlat), .MsiMrif(MsiMrif), .Sv32(Sv32), .End(End),
    .Qosid(Qosid), .Ats(Ats), .T2gpa(T2gpa)
  ) u_decide (
    .ext_i, .caps_i, .beyond_i(beyond_q), .gxl_i, .ctx_i(ctx_vec), .key_i(key_vec), .gpn_i(beat_gpn), .entry_i(beat_entry),
    .mrif_i(beat_mrif), .data_i(data), .resp_i(r_resp_i), .poison_i(r_poison_i), .pte_o(pte), .page_o(page), .dec_o(dec_vec)
  );
  assign dec = dec_vec;
  assign key = key_vec;

  // The second-stage lookup of this clock, and what that of the clock before decides.
  if (TwoStage) begin : gen_gl
    logic any;
    rr_arb #(.N(Walkers)) u_arb (
      .clk_i, .rst_ni, .req_i(gl_valid), .use_i(1'b1), .grant_o(gl_grant), .idx_o(gl_idx), .any_o(any)
    );
    onehot_mux #(.N(Walkers), .Width(walk_pkg::ViewW)) u_view (.sel_i(gl_grant), .data_i(view_all), .data_o(gl_view_vec));
    walk_gl #(.GpnW(GpnW), .MsiFlat(MsiFlat), .Sv32(Sv32)) u_gl (
      .clk_i, .gxl_i, .view_i(gl_view_vec), .hg_i(gl_hg), .msi_i(gl_msi), .leaf_hit_i(g_leaf_hit_i), .leaf_i(g_leaf_i),
      .hit_i(g_hit_i), .level_i(g_level_i), .ppn_i(g_ppn_i), .view_o(gd_view_vec), .gl_o(gl_vec)
    );
    logic store, fetch;
    assign store = gl_view.upd || (gl_view.acc && gl_view.write);
    assign fetch = gl_view.acc && gl_view.exec && !gl_view.write;
    assign g_need_o = {!store && !fetch, store, fetch} | {3{Ats != 0 && gl_view.any && gl_view.acc}};
    logic unused;
    assign unused = any;
  end else begin : gen_no_gl
    assign {gl_grant, gl_idx, gl_view_vec, gd_view_vec, gl_vec, g_need_o} = '0;
    logic unused;
    assign unused = ^{gl_valid, gl_hg, gl_msi, g_leaf_hit_i, g_leaf_i, g_hit_i, g_level_i, g_ppn_i, gl_idx};
  end
  assign g_gpn_o = gl_view.gpn[46:0];
  assign g_gscid_o = gl_view.gscid;

  // Updates: the answer of this clock, the data under way, and for fences those whose answer is awaited.
  if (Hwad) begin : gen_update
    logic [Walkers-1:0] pend, pend_q;
    logic               fence_q;
    onehot_mux #(.N(Walkers), .Width(walk_pkg::ViewW)) u_view (.sel_i(b_valid_i), .data_i(view_all), .data_o(b_view_vec));
    always_comb begin
      xw_data_o = xw_entry;
      xw_data_o[6] = 1'b1;
      xw_data_o[7] = xw_entry[7] || (xw_store[xw_idx_i] && (Ats == 0 || xw_entry[2]));
      if (xw_short_o[xw_idx_i]) xw_data_o[63:32] = xw_data_o[31:0];
      if (End != 0 && turn[xw_idx_i]) xw_data_o = portcullis_pkg::bytes_turned(xw_data_o);
    end
    assign pend = fence_q ? xb : pend_q & xb;
    assign upd_drained_o = pend == '0;
    always_ff @(posedge clk_i) begin
      if (!rst_ni) {fence_q, pend_q} <= '0;
      else {fence_q, pend_q} <= {fence_start_i, pend};
    end
  end else begin : gen_no_update
    assign {b_view_vec, xw_data_o} = '0;
    assign upd_drained_o = 1'b1;
    logic unused;
    assign unused = ^{xb, xw_entry, fence_start_i, b_entry, xw_store};
  end

  // The read of this clock: its address, and what the counters want to know. An Sv32 entry that is read exclusively is half of
  // the 8 bytes.
  walk_pkg::read_t rd;
  walk_pkg::key_t  rd_key;
  logic [55:0]     addr;
  onehot_mux #(.N(Walkers), .Width(walk_pkg::ReadW)) u_read (.sel_i(ar_sel_i), .data_i(read_all), .data_o(read_vec));
  assign rd = read_vec;
  assign rd_key = ar_key;
  walk_addr #(.VaW(VaW), .TwoStage(TwoStage), .Pdt(Pdt), .MsiFlat(MsiFlat), .Sv32(Sv32)) u_addr (
    .dc_known_i(rd.dc_known), .pdt_i(rd.pdt), .g_i(rd.in_g), .msi_i(rd.msi), .sxl_i(rd.sxl), .level_i(rd.level),
    .table_i(rd.ppn), .g_index_i(rd.g_index), .vpn_i(rd_key.vpn[VaW-13:0]), .device_id_i(rd_key.device_id),
    .process_id_i(rd_key.process_id), .ext_i, .addr_o(addr), .len_o(ar_len_o)
  );
  assign ar_addr_o = {addr[55:3], |(ar_sel_i & ar_lock_o & xw_half_o), 2'd0};
  assign xw_addr_o[2:0] = 3'd0;
  if (Hpm != 0) begin : gen_event
    walk_event u_event (
      .clk_i, .rst_ni, .taken_i(|ar_taken_i), .lock_i(|(ar_sel_i & ar_lock_o)), .read_i(read_vec), .key_i(ar_key), .event_o
    );
  end else begin : gen_no_event
    assign event_o = '0;
  end

  // The response shown. A page larger than 4 KiB takes the low bits of its page number from the IOVA.
  walk_pkg::info_t           info;
  portcullis_pkg::miss_req_t req;
  logic [43:0]               low;
  logic                      s1, gv, rw_ok, x_ok, mrif, mrif_dtf, nofill;
  logic [46:0]               file;
  logic [10:0]               nid;
  onehot_mux #(.N(Walkers), .Width(walk_pkg::InfoW)) u_info (.sel_i(shown), .data_i(info_all), .data_o(info_vec));
  walk_waiters #(.Walkers(Walkers), .MaskW(MaskW)) u_waiters (
    .clk_i, .rst_ni, .join_i(new_valid_i), .join_idx_i(merged_o ? merge_idx : alloc_idx), .join_bit_i(new_bit_i),
    .shown_i(|resp), .shown_idx_i(shown_idx), .mask_o(resp_mask_o)
  );
  assign info = info_vec;
  assign req = shown_req;
  assign low = portcullis_pkg::lowmask(info.size);
  assign resp_valid_o = |resp;
  assign resp_more_o = |(resp & ~shown);
  assign resp_covered_o = |(shown & covered);
  for (genvar p = 0; p < NumPorts; p++) begin : gen_answer
    logic [Walkers-1:0] from;
    for (genvar i = 0; i < Walkers; i++) begin : gen_from
      assign from[i] = shown[i] && port_all[i*3 +: 3] == 3'(p);
    end
    assign answer_port_o[p] = |from;
  end
  if (MsiMrif != 0) begin : gen_mrif
    walk_mrif #(.Walkers(Walkers)) u_mrif (
      .clk_i, .beat_we_i(|beat_ok && ctx.dc_known && ctx.msi), .beat_first_i(ctx.beat == 3'd0), .beat_idx_i(r_idx_i),
      .data_i(data), .dtf_i(ctx.dtf), .beat_mrif_o(beat_mrif), .shown_i(shown), .page_i(info.ok && info.msi),
      .mrif_o(mrif), .file_o(file), .nid_o(nid), .dtf_o(mrif_dtf)
    );
  end else begin : gen_no_mrif
    assign {beat_mrif, mrif, file, nid, mrif_dtf} = '0;
  end
  assign s1 = info.s1 && info.size != portcullis_pkg::SizeIdentity;
  assign gv = TwoStage && info.gv && info.size != portcullis_pkg::SizeIdentity;
  assign rw_ok = !Pdt || !s1 || info.rw_ok;
  assign x_ok = !Pdt || !s1 || info.raw[0] != req.priv;
  assign resp_o = {1'b1, shown_q, req.slot, info.ok, req.device_id, req.pv, req.process_id, req.priv, req.iova[63:12], info.size,
                   (TwoStage && !s1) ? info.size : info.s1_size, (info.ppn & ~low) | (req.iova[55:12] & low),
                   info.raw[3] && rw_ok, info.raw[2] && rw_ok, info.raw[1] && x_ok, info.pbmt & {2{!mrif}}, info.g, gv,
                   info.gscid & {16{gv}}, s1, info.pscid & {20{s1}}, info.qos[11:0], info.qos[23:12], info.bare, mrif, file, nid,
                   mrif_dtf, nofill};
  assign nofill = Ats != 0 && (req.translated || req.ats || req.pri);
  assign resp_msi_o = info.msi_on;
  assign resp_raw_o = info.raw;
  assign resp_l2_o = (|resp) && info.ok && info.size == portcullis_pkg::Size4K && !(MsiFlat != 0 && info.msi) && !nofill;

  // What goes with a response to ATS or PRI: they have one walk at most.
  if (Ats != 0) begin : gen_ats
    walk_ats #(.T2gpa(T2gpa)) u_ats (
      .clk_i, .gl_we_i(|gl_grant), .gl_view_i(gl_view_vec), .info_i(info_vec), .ats_resp_o
    );
  end else begin : gen_no_ats
    assign ats_resp_o = '0;
  end

  onehot_mux #(.N(Walkers), .Width(walk_pkg::RecW)) u_rec (.sel_i(fault_grant_i), .data_i(rec_all), .data_o(rec_vec));
  walk_record #(.VaW(VaW), .TwoStage(TwoStage), .Pdt(Pdt), .Sv32(Sv32), .Ats(Ats)) u_record (
    .granted_i(|fault_grant_i), .rec_i(rec_vec), .req_i(rec_req), .gpn_i(rec_gpn), .fault_o
  );

  // Fills of contexts.
  assign dc_fill_o = (|fill_ok) && dec.dc_fill;
  assign dc_fill_id_o = key.device_id;
  assign dc_fill_dc_o = {ctx.dtf, ctx.sade, ctx.gade, ctx.dpe, ctx.sbe, ctx.sxl, ctx.pdtv, dec.dc_mode,
                         (ctx.beat == 3'd3 || MsiFlat == 0) ? data[43:0] : ctx.ppn, ctx.pscid, ctx.gscid, beat_hg, beat_msi,
                         ctx.qos, ctx.en_ats, ctx.en_pri, ctx.t2gpa, ctx.prpr};
  assign pc_fill_o = (|fill_ok) && dec.pc_fill;
  assign pc_fill_key_o = {key.device_id, key.pv, key.process_id};
  assign pc_fill_pc_o = {ctx.gv, ctx.gscid, ctx.ens, ctx.sum, dec.mode, data[43:0], ctx.pscid};

  // Fills of tables.
  walk_table_fill #(.TwoStage(TwoStage), .AmoHwad(AmoHwad), .Sv32(Sv32)) u_fill (
    .beat_ok_i(|fill_ok), .dec_i(dec_vec), .ctx_i(ctx_vec), .key_i(key_vec), .beat_ppn_i(data[53:10]), .beat_gpn_i(beat_gpn),
    .b_ok_i(|xb_ok), .b_view_i(b_view_vec), .b_vpn_i(b_vpn), .b_gpn_i(b_gpn), .b_pos_i(upd_pos), .b_entry_i(b_entry),
    .gl_ok_i(|gl_ok), .gl_view_i(gd_view_vec), .gl_vpn_i(gd_vpn), .gl_i(gl_vec),
    .nl_fill_o, .nl_fills_o, .g_fill_o, .g_fills_o
  );

  logic unused;
  assign unused = ^{nw, addr[2:0], rd, rd_key, view_all, turn, in_g, dec, ctx, info, req, gl_view, b_view, key, b_entry, b_gpn,
                    upd_pos,
                    xb_ok, gl_ok, fence_start_i, b_valid_i, xw_entry};
endmodule
