// SPDX-License-Identifier: Apache-2.0
//
// One walk: from a request to a response or a fault record. docs/microarchitecture.md section 5.3; IOMMU spec 3.3.
//
//            fast                    read taken         last beat
//   IDLE ------------------> AR ---------------> R --------------> AR (next entry) / RESP / FAULT / START (killed)
//     \--> START --> AR / RESP / FAULT                             FAULT --record taken--> RESP --shown--> IDLE
//
// The state is one-hot: a state is one flip-flop. The entry checks are outside (walk_decide), shared by all walkers; this module
// keeps what they decide. In START the request is checked against ddtp and, if stage B knew it, the device context.
//
// Invariants: a walk that an invalidation covers starts anew before anything it read is used; dc_known_q only when the device
// context came from stage B or was read by this walk since; a response is ok only if it holds a leaf or an identity.
//
// VaW: width of IOVAs. MaskW: number of slots of all ports. MsiFlat: extended device contexts can occur (ext_i).
module walker #(
  parameter int VaW = 48,
  parameter int MaskW = 64,
  parameter int MsiFlat = 0
) (
  input  logic                               clk_i,
  input  logic                               rst_ni,
  input  logic [3:0]                         ddtp_mode_i,
  input  logic [43:0]                        ddtp_ppn_i,
  input  logic                               ext_i,
  input  logic [portcullis_pkg::InvW-1:0]    inv_i,
  // Stage B: its request may be merged (match_o, merge_i) or begin here (alloc_i; only when idle_o or shown_i).
  input  logic [walk_pkg::NewW-1:0]          new_i,
  input  logic [MaskW-1:0]                   new_bit_i,
  input  logic                               alloc_i,
  input  logic                               merge_i,
  output logic                               match_o,
  output logic                               idle_o,
  // Read.
  output logic                               ar_valid_o,
  output logic [55:0]                        ar_addr_o,
  output logic [2:0]                         ar_len_o,
  input  logic                               ar_taken_i,
  // A beat with this walker's ID, and what it decides.
  input  logic                               beat_i,
  input  logic [63:0]                        data_i,
  input  logic [walk_pkg::DecW-1:0]          dec_i,
  output logic [walk_pkg::CtxW-1:0]          ctx_o,
  output logic                               fill_ok_o,  // the decision on this last beat may fill the caches
  // Fault record, response.
  output logic                               fault_o,
  input  logic                               fault_taken_i,
  output logic                               resp_o,
  input  logic                               shown_i,
  output logic [walk_pkg::InfoW-1:0]         info_o,
  output logic [walk_pkg::RecW-1:0]          rec_o,
  output logic [walk_pkg::KeyW-1:0]          key_o,
  output logic [MaskW-1:0]                   mask_o
);
  typedef enum logic [5:0] {
    StIdle  = 6'b000001,
    StStart = 6'b000010,
    StAr    = 6'b000100,
    StRead  = 6'b001000,
    StFault = 6'b010000,
    StResp  = 6'b100000
  } state_e;
  state_e state_q, state_d;
  logic   in_start, in_ar, in_read;
  assign idle_o = state_q[0];
  assign in_start = state_q[1];
  assign in_ar = state_q[2];
  assign in_read = state_q[3];
  assign fault_o = state_q[4];
  assign resp_o = state_q[5];

  portcullis_pkg::inv_t      inv;
  walk_pkg::new_t            nw;
  walk_pkg::dc_t             nw_dc;
  portcullis_pkg::miss_req_t nw_req;
  walk_pkg::dec_t            dec;
  assign inv = inv_i;
  assign nw = new_i;
  assign nw_dc = nw.dc;
  assign nw_req = nw.req;
  assign dec = dec_i;

  // The request.
  portcullis_pkg::miss_req_t req_q;
  logic [2:0]                q_q;  // leader
  logic [MaskW-1:0]          mask_q;
  logic                      high_q;
  logic [2:0]                canon_q;
  logic [2:0]                way_q;  // of the IOTLB

  // The walk.
  logic        dc_known_q, dtf_q, pdtv_q;
  logic [1:0]  mode_q;
  logic [19:0] pscid_q;
  logic [43:0] table_q;  // table to read; with a response the leaf's page number
  logic [2:0]  level_q, beat_q;
  logic        err_q, poison_q, valid_q, bad_q;

  // The result.
  logic       ok_q, r_q, w_q, x_q, g_q;
  logic [1:0] pbmt_q;
  logic [2:0] size_q;
  logic [3:0] code_q;

  // Invalidation: of what this walk has read so far.
  logic       killed_q;
  logic [2:0] inv_size_q;  // a leaf this large or larger was invalidated; 7 none
  logic       kill_dc, kill_pscid, kill_all, kill_page;
  logic [2:0] near;
  walk_near #(.VaW(VaW)) u_near (.a_i(req_q.iova[63:12]), .b_i(inv.vpn), .size_o(near));
  assign kill_dc = inv.kill && (inv.op == portcullis_pkg::InvAll ||
                                (inv.op == portcullis_pkg::InvDdt && inv.device_id == req_q.device_id));
  assign kill_pscid = inv.kill && inv.op == portcullis_pkg::InvVma && (!inv.pscv || inv.pscid == pscid_q);
  assign kill_all = kill_dc || (kill_pscid && dc_known_q && !inv.av);
  assign kill_page = kill_pscid && dc_known_q && inv.av;

  // Last beat: what it read is void; a result that waits to be shown is void.
  logic killed, stale_leaf, covered;
  assign killed = killed_q || kill_all;
  assign stale_leaf = dec.leaf && !dec.fault && (dec.size >= inv_size_q || (kill_page && dec.size >= near));
  assign covered = ok_q && (kill_dc || (kill_pscid && size_q != portcullis_pkg::SizeIdentity &&
                                        !(inv.pscv && g_q) && (!inv.av || size_q >= near)));
  assign fill_ok_o = beat_i && in_read && dec.last && !killed;

  // START. In ddtp Bare and with a device context: the request checks. Otherwise the directory is read. (ddtp may have changed
  // since the device context was found, so that device_id has become too wide.)
  logic       off, bare, wide, check, chk_fault, chk_identity, s_fault, s_report, s_done;
  logic [3:0] chk_code, s_code;
  assign off = ddtp_mode_i == portcullis_pkg::DdtpOff;
  assign bare = ddtp_mode_i == portcullis_pkg::DdtpBare;
  assign check = bare || (dc_known_q && !wide);
  walk_request u_request (
    .illegal_i(req_q.illegal), .translated_i(req_q.translated), .pv_i(req_q.pv), .high_i(high_q), .canon_i(canon_q),
    .pdtv_i(pdtv_q || bare), .mode_i(mode_q), .fault_o(chk_fault), .code_o(chk_code), .identity_o(chk_identity)
  );
  // IOMMU spec 3.3 step 5: DDI[2] (2LVL), DDI[2] and DDI[1] (1LVL) must be 0.
  logic did15, did_mid, did_top;
  assign did15 = req_q.device_id[15];
  assign did_top = (|req_q.device_id[23:16]) || (ext_i && did15);
  assign did_mid = (|req_q.device_id[14:7]) || did15 || (ext_i && req_q.device_id[6]);
  assign wide = (ddtp_mode_i == portcullis_pkg::Ddtp1Lvl && (did_top || did_mid)) ||
                (ddtp_mode_i == portcullis_pkg::Ddtp2Lvl && did_top);
  always_comb begin
    if (off) s_code = req_q.illegal ? walk_pkg::FaultIllegal : walk_pkg::FaultOff;  // step 1
    else if (check) s_code = chk_code;  // steps 2, 7 to 17
    else s_code = req_q.illegal ? walk_pkg::FaultIllegal : walk_pkg::FaultType;  // step 5
  end
  assign s_fault = off || (check ? chk_fault : wide);
  assign s_report = off || bare || wide || !dc_known_q || !dtf_q;
  assign s_done = check && chk_identity;

  logic start_go, read_end;
  assign start_go = in_start && !kill_dc;
  assign read_end = in_read && beat_i && dec.last;

  always_comb begin
    state_d = state_q;
    if (alloc_i) state_d = nw.fast ? StAr : StStart;
    else if (start_go) begin
      if (s_fault) state_d = s_report ? StFault : StResp;
      else state_d = s_done ? StResp : StAr;
    end else if (in_ar) begin
      if (ar_taken_i) state_d = StRead;
    end else if (read_end) begin
      if (killed || stale_leaf) state_d = StStart;
      else if (dec.fault) state_d = dec.report ? StFault : StResp;
      else state_d = dec.done ? StResp : StAr;
    end else if (fault_o) begin
      if (fault_taken_i) state_d = StResp;
    end else if (resp_o) begin
      if (shown_i) state_d = StIdle;
      else if (covered) state_d = StStart;
    end
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) state_q <= StIdle;
    else state_q <= state_d;
  end

  // The request, and who waits for it.
  always_ff @(posedge clk_i) begin
    if (alloc_i) begin
      req_q <= nw.req;
      q_q <= nw.q;
      high_q <= nw.high;
      canon_q <= nw.canon;
      way_q <= nw.way;
    end
    if (alloc_i) mask_q <= new_bit_i;
    else if (merge_i) mask_q <= mask_q | new_bit_i;
  end

  // Position of the walk and the device context. The table has four sources: chosen by two bits, one LUT for a bit.
  logic        table_we;
  logic [1:0]  table_sel;
  logic [43:0] table_d;
  assign table_we = alloc_i || (in_start && !dc_known_q) || (in_read && beat_i && (!dec.is_dc || dec.fsc_we));
  assign table_sel = {alloc_i || in_start, alloc_i || (!in_start && dec.is_dc)};
  assign table_d = table_sel[1] ? (table_sel[0] ? nw_dc.ppn : ddtp_ppn_i) : (table_sel[0] ? data_i[43:0] : data_i[53:10]);

  always_ff @(posedge clk_i) begin
    if (table_we) table_q <= table_d;
    if (alloc_i) begin
      dc_known_q <= nw.dc_hit;
      dtf_q <= nw_dc.dtf;
      pdtv_q <= nw_dc.pdtv;
      mode_q <= nw_dc.mode;
      pscid_q <= nw_dc.pscid;
      level_q <= nw.level;
    end else if (in_start) begin
      if (kill_dc) dc_known_q <= 1'b0;
      level_q <= dc_known_q ? {1'b0, mode_q} + 3'd1 : {1'b0, ddtp_mode_i[2], ddtp_mode_i[0]};
    end else if (in_read && beat_i) begin
      if (dec.tc_we) {pdtv_q, dtf_q} <= data_i[5:4];
      if (dec.ta_we) pscid_q <= data_i[31:12];
      if (dec.fsc_we) mode_q <= dec.mode;
      if (dec.last) begin
        dc_known_q <= (dc_known_q || dec.dc_fill) && !killed && !stale_leaf;
        level_q <= dec.level;
      end
    end else if (resp_o && covered) dc_known_q <= 1'b0;
  end

  // Beats of the read in progress.
  always_ff @(posedge clk_i) begin
    if (in_ar) begin
      beat_q <= 3'd0;
      {err_q, poison_q, valid_q, bad_q} <= 4'd0;
    end else if (beat_i) begin
      beat_q <= dec.beat;
      {err_q, poison_q, valid_q, bad_q} <= {dec.err, dec.poison, dec.valid, dec.bad};
    end
  end

  always_ff @(posedge clk_i) begin
    if (alloc_i || in_start) killed_q <= 1'b0;
    else if (kill_all) killed_q <= 1'b1;
    if (alloc_i || in_start) inv_size_q <= 3'd7;
    else if (kill_page && near < inv_size_q) inv_size_q <= near;
  end

  // Result: identity from START, or what the last beat gives. A fault that is recorded keeps ok = 0.
  always_ff @(posedge clk_i) begin
    if (in_start) begin
      ok_q <= !s_fault;
      code_q <= s_code;
      size_q <= portcullis_pkg::SizeIdentity;
      {r_q, w_q, x_q, pbmt_q, g_q} <= 6'b111000;
    end else if (read_end) begin
      ok_q <= !dec.fault;
      code_q <= dec.code;
      size_q <= dec.size;
      {r_q, w_q, x_q, pbmt_q, g_q} <= {dec.r, dec.w, dec.x, dec.pbmt, dec.g};
    end
  end

  // Merging: the same page of the same context, before the entry that decides has arrived; solo requests never.
  assign match_o = (in_ar || in_read) && !req_q.illegal && !req_q.translated &&
                   !nw_req.illegal && !nw_req.translated && !nw_req.solo &&
                   {req_q.device_id, req_q.process_id, req_q.pv, req_q.priv, req_q.iova[63:12]} ==
                   {nw_req.device_id, nw_req.process_id, nw_req.pv, nw_req.priv, nw_req.iova[63:12]};

  walk_addr #(.VaW(VaW), .MsiFlat(MsiFlat)) u_addr (
    .dc_known_i(dc_known_q), .level_i(level_q), .table_i(table_q), .vpn_i(req_q.iova[VaW-1:12]),
    .device_id_i(req_q.device_id), .ext_i, .addr_o(ar_addr_o), .len_o(ar_len_o)
  );
  assign ar_valid_o = in_ar;

  assign ctx_o = {req_q.illegal, req_q.translated, req_q.pv, q_q[0], req_q.exec, high_q, canon_q, dc_known_q, level_q, beat_q,
                  err_q, poison_q, valid_q, bad_q, dtf_q, pdtv_q, mode_q, pscid_q, table_q};
  assign info_o = {req_q, q_q, ok_q, size_q, table_q, r_q, w_q, x_q, pbmt_q, g_q, pscid_q, way_q};
  assign rec_o = {req_q.process_id, req_q.pv, req_q.priv, req_q.translated, q_q[0], req_q.exec, code_q, req_q.device_id,
                  req_q.iova};
  assign key_o = {req_q.device_id, req_q.iova[63:12]};
  assign mask_o = mask_q;

  logic unused;
  assign unused = ^{nw_req, dec, data_i};
endmodule
