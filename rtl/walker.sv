// SPDX-License-Identifier: Apache-2.0
//
// One walk: from a request to a response or a fault record. docs/microarchitecture.md section 5.3; IOMMU spec 3.3.
//
//   request --> START --> AR --> R --> ... --> RESP, with GL, GD, XAR to XB and FAULT on the way: walk_next
//
// The state is one-hot: a state is one flip-flop. The entry checks (walk_decide) and second-stage lookups (walk_gl) are outside,
// shared by all walkers, as is what only they need (walk_store); this module keeps what they decide. What stage B found out
// from known contexts comes with the new request, so START (walk_start) only looks at ddtp. walk_result gathers the translation.
//
// table_q: table to read; in GL and GD the guest page to translate; after the walk the page found. Outer position: dc_known_q,
// pdt_q, level_q; acc_q: it is done. in_g_q: the read is of the second stage (or, with msi_q, of the MSI page table).
//
// Invariants: a walk that an invalidation covers starts anew before anything it read is used; dc_known_q only when the device
// context came from stage B or was read by this walk since; a START with a known context meets no invalidation (inval waits
// until stage B is empty); a response is ok only if it holds a translation.
//
// VaW: width of IOVAs. TwoStage, Pdt, AmoHwad, MsiFlat, Sv32, Hpm, End, Qosid, Ats: 0 leaves
// the feature out. DebugQ: requester that is refused interrupt files in memory; 0: none.
module walker #(
  parameter int VaW = 48,
  parameter bit TwoStage = 1'b0,
  parameter bit Pdt = 1'b0,
  parameter int AmoHwad = 0,
  parameter int MsiFlat = 0,
  parameter int Sv32 = 0,
  parameter int Hpm = 0,
  parameter int End = 0,
  parameter int Qosid = 0,
  parameter int Ats = 0,
  parameter int DebugQ = 0
) (
  input  logic                               clk_i,
  input  logic                               rst_ni,
  input  logic [3:0]                         ddtp_mode_i,
  input  logic [43:0]                        ddtp_ppn_i,
  input  logic                               ext_i,
  input  logic                               gxl_i,
  input  logic                               be_i,  // fctl.BE
  input  logic [23:0]                        qosid_i,  // {mcid, rcid} of the IOMMU's own accesses
  input  logic [portcullis_pkg::InvW-1:0]    inv_i,
  // Stage B: its request may be merged (match_o) or begin here (alloc_i; only when idle_o or shown_i).
  input  logic [walk_pkg::NewW-1:0]          new_i,
  input  logic                               alloc_i,
  output logic                               match_o,
  output logic                               idle_o,
  // Read; lock: exclusive.
  output logic                               ar_valid_o,
  output logic                               ar_lock_o,
  output logic [walk_pkg::ReadW-1:0]         read_o,
  output logic [23:0]                        ar_qos_o,  // {mcid, rcid}
  input  logic                               ar_taken_i,
  // A beat with this walker's ID, its bytes in order (turn_o: they are to be turned around), and what it decides.
  output logic                               turn_o,
  input  logic                               beat_i,
  input  logic [63:0]                        data_i,
  input  logic [walk_pkg::DecW-1:0]          dec_i,
  output logic [walk_pkg::CtxW-1:0]          ctx_o,
  output logic                               beat_ok_o,  // the beat is expected
  output logic                               fill_ok_o,  // the decision on this last beat may fill the caches
  // Second-stage lookup, and what it decides in the clock after the grant.
  output logic                               gl_valid_o,
  input  logic                               gl_grant_i,
  input  logic [walk_pkg::GlW-1:0]           gl_i,
  output logic                               gl_ok_o,  // it may fill the caches
  output logic [walk_pkg::ViewW-1:0]         view_o,
  // Exclusive write, and its answer; upd_pos_i: the page that the updated entry gives.
  output logic                               xw_valid_o,
  input  logic                               xw_taken_i,
  output logic                               xb_o,
  input  logic                               b_i,
  input  logic [1:0]                         b_resp_i,
  input  logic [43:0]                        upd_pos_i,
  output logic                               xb_ok_o,  // it may fill the caches
  output logic                               in_g_o,  // the entry updated is of the second stage
  output logic                               store_o,  // D is set too
  output logic                               short_o,  // it has 4 bytes:
  output logic                               half_o,  // the upper ones of the 8 bytes around it
  // Fault record, response.
  output logic                               fault_o,
  input  logic                               fault_taken_i,
  output logic                               resp_o,
  output logic [2:0]                         port_o,  // of its leader
  output logic                               covered_o,  // the response, by the invalidation of this clock
  input  logic                               shown_i,
  output logic [walk_pkg::InfoW-1:0]         info_o,
  output logic [walk_pkg::RecW-1:0]          rec_o,
  output logic                               own_o  // the device context was read by this walk
);
  localparam bit Hwad = AmoHwad != 0;
  logic [11:0]     state_q, state_d;  // walk_pkg::walk_e
  logic            in_start, in_ar, in_read, in_gl, in_gd, in_xar, in_xr, in_xw, in_xb;
  assign {resp_o, fault_o, in_read, in_ar, in_start, idle_o} = state_q[5:0];
  assign {in_gd, in_gl} = {state_q[11], state_q[6]} & {2{TwoStage}};
  assign {in_xb, in_xw, in_xr, in_xar} = state_q[10:7] & {4{Hwad}};

  walk_pkg::new_t            nw;
  portcullis_pkg::miss_req_t nw_req;
  walk_pkg::dec_t            dec;
  walk_pkg::gl_t             gl;
  assign nw = new_i;
  assign nw_req = nw.req;
  assign dec = dec_i;
  assign gl = gl_i;

  // The request.
  portcullis_pkg::miss_req_t req_q;
  logic [3:0]                q_q;  // leader
  logic                      high_q;
  logic [3:0]                canon_q;
  logic [1:0]                wide_q;

  // The walk.
  logic        dc_known_q, pdt_q, acc_q, upd_q, in_g_q, msi_q, direct_q, own_q, g_short_q;
  logic        dtf_q, sade_q, gade_q, dpe_q, sbe_q, sxl_q, pdtv_q, ens_q, sum_q, gv_q;
  logic [1:0]  mode_q;
  logic [15:0] gscid_q;
  logic [19:0] pscid_q;
  logic [43:0] table_q;
  logic [2:0]  level_q, g_level_q, beat_q;
  logic [11:0] g_index_q;
  logic        err_q, poison_q, valid_q, bad_q;

  // The result.
  logic       ok_q, rw_ok, g, s1_leaf;
  logic [3:0] raw;
  logic [1:0] pbmt;
  logic [2:0] size, s1_size;
  logic [4:0] code_q;
  logic [5:0] retries_q;

  logic        s1;  // counts with dc_known_q and no identity
  logic [23:0] qos;
  logic        in_bare, msi_on;
  assign s1 = (!TwoStage && !Pdt) || (!pdt_q && mode_q != portcullis_pkg::FscBare);

  // ATS and PRI: an Execute Requested says nothing about the walk; D is set where there is W.
  logic ats, no_write, pri, write, exec, en_ats, en_pri, t2gpa, prpr;
  if (Ats != 0) begin : gen_ats
    logic [3:0] tc_q;  // en_ats, en_pri, t2gpa, prpr
    always_ff @(posedge clk_i) begin
      if (alloc_i) tc_q <= {2'b00, nw.t2gpa, nw.prpr};
      else if (in_read && beat_i && dec.tc_we) tc_q <= {data_i[1], data_i[2], data_i[3], data_i[6]};
    end
    assign {ats, no_write, pri} = {req_q.ats, req_q.nw, req_q.pri};
    assign {en_ats, en_pri, t2gpa, prpr} = tc_q;
  end else begin : gen_no_ats
    assign {ats, no_write, pri, en_ats, en_pri, t2gpa, prpr} = '0;
  end
  assign write = req_q.write || (ats && !no_write);
  assign exec = req_q.exec && !ats && !pri;

  // Invalidation of what this walk has read so far.
  logic kill_dc, kill_pdt, covered, stale, stale_now, new_stale, nothing_known;
  assign nothing_known = in_start && !dc_known_q;
  walk_kill #(.VaW(VaW), .TwoStage(TwoStage), .Pdt(Pdt), .Early(TwoStage || Hwad)) u_kill (
    .clk_i, .inv_i, .clear_i(alloc_i || in_start), .device_id_i(req_q.device_id), .process_id_i(req_q.process_id),
    .vpn_i(req_q.iova[63:12]), .known_i(dc_known_q), .gv_i(gv_q), .gscid_i(gscid_q), .s1_i(s1), .pscid_i(pscid_q), .g_i(g),
    .identity_i(size == portcullis_pkg::SizeIdentity), .leaf_i(s1_leaf), .size_i(s1_size), .new_size_i(dec.s1_size),
    .kill_dc_o(kill_dc), .kill_pdt_o(kill_pdt), .covered_o(covered), .stale_q_o(stale), .stale_o(stale_now),
    .new_stale_o(new_stale)
  );
  logic read_stale;  // what the last beat brought is void
  assign read_stale = stale_now || (dec.s1_leaf && new_stale);

  // START.
  logic       bare, s_fault, s_report, s_done;
  logic [4:0] s_code;
  walk_start u_start (
    .ddtp_mode_i, .ext_i, .device_id_i(req_q.device_id), .illegal_i(req_q.illegal),
    .translated_i(req_q.translated || ats || pri), .high_i(high_q), .dc_known_i(dc_known_q),
    .quiet_i(dtf_q || (ats && walk_pkg::fault_class(code_q) == portcullis_pkg::ClassNone)), .ok_i(ok_q), .code_i(code_q),
    .walks_i(pdt_q || acc_q || mode_q != portcullis_pkg::FscBare), .bare_o(bare), .fault_o(s_fault), .report_o(s_report),
    .code_o(s_code), .done_o(s_done)
  );

  // Lost exclusive writes and changed entries have 64 tries together. A lost write has the answer OKAY.
  logic worn, b_won, b_lost, b_fault;
  assign worn = retries_q == 6'd63;
  assign b_won = b_resp_i == 2'd1;
  assign b_lost = b_resp_i == 2'd0 && !worn;
  assign b_fault = !b_won && !b_lost;

  // What happens in this clock.
  logic start_go, read_end, gl_end, xr_end, xb_end;
  assign start_go = in_start && !kill_dc && !kill_pdt;
  assign read_end = in_read && beat_i && dec.last;
  assign gl_end = in_gd;
  assign xr_end = in_xr && beat_i;
  assign xb_end = in_xb && b_i;
  assign beat_ok_o = beat_i && in_read;
  assign fill_ok_o = read_end && !stale_now;  // a leaf of the first stage fills nothing
  assign gl_ok_o = gl_end && !stale_now;
  assign xb_ok_o = xb_end && !stale_now && b_won;

  logic restart;
  walk_next #(.TwoStage(TwoStage), .AmoHwad(AmoHwad)) u_next (
    .state_i(state_q), .alloc_i, .new_i, .dc_known_i(dc_known_q), .gv_i(gv_q), .dtf_i(dtf_q), .ats_i(ats), .acc_i(acc_q),
    .upd_i(upd_q), .in_g_i(in_g_q), .stale_q_i(stale), .stale_i(stale_now), .start_go_i(start_go), .s_fault_i(s_fault),
    .s_report_i(s_report), .s_done_i(s_done), .ar_taken_i, .read_end_i(read_end), .read_stale_i(read_stale), .xr_end_i(xr_end),
    .dec_i, .gl_grant_i, .gl_end_i(gl_end), .gl_i, .xw_taken_i, .xb_end_i(xb_end), .b_lost_i(b_lost), .b_fault_i(b_fault),
    .fault_taken_i, .shown_i, .covered_i(covered_o), .state_o(state_d), .restart_o(restart)
  );

  always_ff @(posedge clk_i) begin
    if (!rst_ni) state_q <= walk_pkg::StIdle;
    else state_q <= state_d;
  end

  // The request, and who waits for it.
  always_ff @(posedge clk_i) begin
    if (alloc_i) {req_q, q_q, high_q, canon_q, wide_q} <= {nw.req, nw.q, nw.high, nw.canon, nw.wide};
  end

  // Where the walk stands, and what its contexts tell. With one stage only the table has four sources: chosen by two bits, one
  // LUT for a bit.
  logic        table_we;
  logic [43:0] table_d;
  assign table_we = alloc_i || nothing_known || (in_read && beat_i && dec.pos_we) || gl_end || (xb_end && b_won);
  if (!TwoStage && !Pdt && !Hwad && Sv32 == 0) begin : gen_one_stage
    logic [1:0] table_sel;
    assign table_sel = {alloc_i || in_start, alloc_i || (!in_start && dec.root)};
    assign table_d = table_sel[1] ? (table_sel[0] ? nw.ppn : ddtp_ppn_i) : (table_sel[0] ? data_i[43:0] : data_i[53:10]);
    logic unused;
    assign unused = ^upd_pos_i;
  end else begin : gen_stages
    always_comb begin
      if (alloc_i) table_d = nw.ppn;
      else if (in_start) table_d = ddtp_ppn_i;
      else if (TwoStage && in_gd) table_d = gl.pos;
      else if (Hwad && in_xb) table_d = upd_pos_i;
      else table_d = dec.pos;
    end
  end

  always_ff @(posedge clk_i) begin
    if (table_we) table_q <= table_d;
    if (alloc_i) begin
      dc_known_q <= nw.dc_hit;
      dtf_q <= nw.dtf;
      mode_q <= nw.mode;
      pscid_q <= nw.pscid;
      level_q <= nw.level;
    end else if (in_start) begin
      if (kill_dc) dc_known_q <= 1'b0;
      if (!dc_known_q) level_q <= {1'b0, ddtp_mode_i[2], ddtp_mode_i[0]};
    end else if (restart) dc_known_q <= 1'b0;
    else if (in_read && beat_i) begin
      if (dec.tc_we) {pdtv_q, dtf_q} <= data_i[5:4];
      if (dec.ta_we) pscid_q <= data_i[31:12];
      if (dec.mode_we) mode_q <= dec.mode;
      if (dec.last) begin
        if (dec.dc_fill) dc_known_q <= 1'b1;
        level_q <= dec.level;
      end
    end
  end

  // The same for a second stage, process contexts and updates.
  always_ff @(posedge clk_i) begin
    if (alloc_i) begin
      {pdt_q, acc_q, upd_q, direct_q} <= {nw.pdt, nw.acc, 1'b0, nw.direct};
      {in_g_q, msi_q, own_q} <= 3'd0;
      {sade_q, gade_q, sbe_q, sxl_q, sum_q} <= {nw.sade, nw.gade, nw.sbe, nw.sxl, nw.sum};
      {gv_q, gscid_q} <= {TwoStage && nw.hg[45:44] != 2'd0, nw.gscid};
    end else if (nothing_known) begin
      {pdt_q, acc_q, upd_q, direct_q, in_g_q, msi_q} <= 6'd0;
    end else if (in_read && beat_i) begin
      if (dec.tc_we) {sxl_q, sbe_q, dpe_q, sade_q, gade_q} <= data_i[11:7];
      if (dec.hg_we) {own_q, gv_q, gscid_q} <= {1'b1, TwoStage && dec.g_mode != 2'd0, data_i[59:44]};
      if (dec.pc_we) {sum_q, ens_q} <= data_i[2:1];
      if (dec.last) begin
        {pdt_q, acc_q, upd_q, in_g_q} <= {dec.pdt, dec.acc, dec.upd, dec.in_g};
        if (!in_g_q && !msi_q) direct_q <= 1'b0;
        if (dec.g_fill && !dec.g_leaf) {g_level_q, g_index_q} <= {dec.g_level, dec.g_index};
      end
    end else if (gl_end) begin
      {in_g_q, msi_q} <= {!gl.leaf || gl.msi, gl.msi};
      {g_level_q, g_index_q} <= {gl.g_level, gl.g_index};
      g_short_q <= gxl_i;
    end else if (xb_end && b_won) begin
      if (!in_g_q) {acc_q, upd_q} <= {gv_q, 1'b0};
      in_g_q <= 1'b0;
    end
    if (alloc_i) retries_q <= 6'd0;
    else if ((xb_end && b_lost) || (xr_end && dec.again)) retries_q <= retries_q + 6'd1;
  end

  // Beats of the read in progress.
  always_ff @(posedge clk_i) begin
    if (in_ar || in_xar) begin
      beat_q <= 3'd0;
      {err_q, poison_q, valid_q, bad_q} <= 4'd0;
    end else if (beat_i) begin
      beat_q <= dec.beat;
      {err_q, poison_q, valid_q, bad_q} <= {dec.err, dec.poison, dec.valid, dec.bad};
    end
  end

  // The result. A fault that is recorded keeps ok = 0.
  always_ff @(posedge clk_i) begin
    if (alloc_i) {ok_q, code_q} <= {nw.ok, nw.code};
    else if (in_start) {ok_q, code_q} <= {!s_fault, s_code};
    else if (read_end || xr_end) {ok_q, code_q} <= {!dec.fault, dec.code};
    else if (gl_end) {ok_q, code_q} <= {!gl.fault, walk_pkg::FaultGuest};
    else if (xb_end) {ok_q, code_q} <= {!b_fault, (in_g_q && pdt_q) ? walk_pkg::FaultPdtAccess : walk_pkg::FaultAccess};
  end
  walk_result #(.TwoStage(TwoStage), .Sv32(Sv32)) u_result (
    .clk_i, .clear_i(alloc_i || in_start), .read_end_i(read_end), .dec_i, .msi_i(msi_q), .in_gd_i(in_gd),
    .gl_i, .acc_i(acc_q), .size_o(size), .s1_size_o(s1_size), .s1_leaf_o(s1_leaf), .raw_o(raw), .rw_ok_o(rw_ok), .pbmt_o(pbmt),
    .g_o(g)
  );

  // The QoS IDs of the device context, or in ddtp Bare those of the IOMMU; its walk of the device directory has the latter.
  if (Qosid != 0) begin : gen_qos
    logic [23:0] qos_q;
    logic        bare_q;
    always_ff @(posedge clk_i) begin
      if (alloc_i) bare_q <= 1'b0;
      else if (in_start) bare_q <= bare;
      if (alloc_i) qos_q <= nw.qos;
      else if (in_start && bare) qos_q <= qosid_i;
      else if (in_read && beat_i && dec.ta_we && !dc_known_q) qos_q <= data_i[63:40];
    end
    assign {qos, in_bare} = {qos_q, bare_q};
    assign ar_qos_o = dc_known_q ? qos_q : qosid_i;
  end else begin : gen_no_qos
    assign {qos, in_bare, ar_qos_o} = '0;
    logic unused;
    assign unused = ^{qosid_i, bare};
  end

  // msiptp of the device context, for the IOTLB: mode Off as long as none is known; the base format has none.
  if (MsiFlat != 0) begin : gen_msi_on
    logic msi_on_q;
    always_ff @(posedge clk_i) begin
      if (alloc_i) msi_on_q <= nw.msi[walk_pkg::MsiW-1];
      else if (nothing_known) msi_on_q <= 1'b0;
      else if (in_read && beat_i && dec.msi_we[0]) msi_on_q <= data_i[60];
    end
    assign msi_on = msi_on_q;
  end else begin : gen_no_msi_on
    assign msi_on = 1'b0;
  end

  // Byte order (IOMMU spec 3.9): tc.SBE rules process directory and first stage, fctl.BE the rest.
  assign turn_o = End != 0 && ((dc_known_q && !in_g_q) ? sbe_q : be_i);

  // For the counters: the page tables were read for this request.
  logic missed;
  if (Hpm != 0) begin : gen_missed
    logic missed_q;
    always_ff @(posedge clk_i) begin
      if (alloc_i) missed_q <= 1'b0;
      else if (in_ar && ar_taken_i && dc_known_q && !pdt_q && !msi_q) missed_q <= 1'b1;
    end
    assign missed = missed_q;
  end else begin : gen_no_missed
    assign missed = 1'b0;
  end

  // Merging: the same page of the same context, before the entry that decides has arrived. A solo request never joins.
  logic walking;
  assign walking = in_ar || in_read || in_gl || in_gd || in_xar || in_xr || in_xw || in_xb;
  assign match_o = walking && !req_q.illegal && !req_q.translated && !ats && !pri &&
                   !nw_req.illegal && !nw_req.translated && !nw_req.solo &&
                   {req_q.device_id, req_q.process_id, req_q.pv, req_q.priv, req_q.iova[63:12]} ==
                   {nw_req.device_id, nw_req.process_id, nw_req.pv, nw_req.priv, nw_req.iova[63:12]};

  // The exclusive read of an Sv32 entry is of its 4 bytes.
  assign half_o = Sv32 != 0 && (in_g_q ? g_index_q[0] : sxl_q && (level_q[0] ? req_q.iova[22] : req_q.iova[12]));
  assign read_o = {dc_known_q, pdt_q, in_g_q, msi_q, sxl_q, level_q, table_q, g_index_q[11:1], gv_q, gscid_q, s1, pscid_q,
                   missed};
  assign ar_valid_o = in_ar || in_xar;
  assign ar_lock_o = in_xar;
  assign gl_valid_o = in_gl;
  assign xw_valid_o = in_xw && !stale;
  assign xb_o = in_xb;
  assign {own_o, in_g_o} = {own_q, in_g_q};
  assign store_o = in_g_q ? upd_q || (acc_q && write) : write;
  assign short_o = Sv32 != 0 && (in_g_q ? g_short_q : sxl_q);

  assign ctx_o = {req_q.illegal, req_q.translated, req_q.pv, req_q.priv, req_q.write, exec, high_q, canon_q, wide_q, in_xr,
                  worn, dc_known_q, pdt_q, acc_q, upd_q, in_g_q && !msi_q, msi_q, direct_q, level_q, g_level_q, turn_o, half_o,
                  beat_q, err_q, poison_q, valid_q, bad_q, dtf_q, sade_q, gade_q, dpe_q, sbe_q, sxl_q, pdtv_q, ens_q, sum_q, gv_q,
                  gscid_q, mode_q, pscid_q, table_q, qos, ats, no_write, pri, en_ats, en_pri, t2gpa, prpr,
                  DebugQ != 0 && q_q == 4'(DebugQ)};
  assign view_o = {write, exec, pdt_q, acc_q, upd_q, in_g_q, sxl_q, level_q, g_level_q,
                   req_q.iova[63:56] & {8{acc_q && !s1}}, table_q, gscid_q, pscid_q, ats, ats && no_write};
  assign info_o = {ok_q, size, s1_size, table_q, raw, rw_ok, pbmt, g, gv_q, gscid_q, s1, pscid_q, msi_q, qos, code_q, t2gpa,
                   prpr, msi_on, in_bare};
  assign rec_o = {exec, code_q, pdt_q, acc_q, upd_q, s1, sxl_q, level_q, ats, pri};
  assign covered_o = ok_q && covered;
  assign port_o = q_q[3:1];

  logic unused;
  assign unused = ^{req_q, gxl_i, nw, nw_req, dec, gl, data_i};
endmodule
