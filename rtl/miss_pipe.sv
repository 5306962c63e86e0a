// SPDX-License-Identifier: Apache-2.0
//
// The way of a miss into the core: stage A chooses one request, stage B answers it from the IOTLB, merges it into a walk or
// begins one. docs/microarchitecture.md section 5.1.
//
//   A: round robin over the requesters with credit; looks it up in the context caches; reads the IOTLB set
//   B: request and contexts of it | IOTLB compare | non-leaf cache lookup | merge / lowest free walker
//   H: a response from the IOTLB, shown when no walker answers
//
// Credit: cnt_q counts the walkers of a port that are not idle and, together with them, stage B; a request is taken only below
// cap, so that one port never holds all walkers and stage B always finds one free. Requesters above the ports (Extra: 1 the debug
// interface, 2 also ATS) only need a walker.
//
// Invariants: cnt_q[p] <= cap, all_q <= Walkers; B and H hold nothing while inval checks.
module miss_pipe #(
  parameter int NumPorts = 2,
  parameter int PortMisses = 16,
  parameter int Walkers = 8,
  parameter int SetW = 7,
  parameter int VaW = 48,
  parameter int GpaW = 50,
  parameter bit TwoStage = 1'b0,
  parameter bit Pdt = 1'b0,
  parameter int MsiFlat = 0,
  parameter int Sv32 = 0,
  parameter int Extra = 0,
  parameter int Hpm = 0,
  parameter int Ats = 0,
  localparam int Channels = 2 * NumPorts,
  localparam int Q = Channels + Extra,
  localparam int MaskW = Channels * PortMisses + Extra
) (
  input  logic                                  clk_i,
  input  logic                                  rst_ni,
  input  logic                                  hold_i,  // inval is active
  output logic                                  empty_o,  // nothing in B and H
  input  logic [3:0]                            ddtp_mode_i,
  input  logic                                  gxl_i,
  input  logic [Q-1:0]                          req_valid_i,
  input  logic                                  ats_count_i,  // the request of ATS counts as an event
  output logic [Q-1:0]                          req_ready_o,
  input  logic [Q*portcullis_pkg::MissReqW-1:0] req_i,
  output logic [portcullis_pkg::EvReqW-1:0]     event_o,  // a requester above the ports was taken in the clock before
  // Context caches, in stage A.
  output logic [44:0]                           ctx_key_o,  // device_id, pv, process_id
  input  logic                                  dc_hit_i,
  input  logic [walk_pkg::DcW-1:0]              dc_i,
  input  logic                                  pc_hit_i,
  input  logic [walk_pkg::PcW-1:0]              pc_i,
  // IOTLB: read in A, key and answer in B.
  output logic                                  l2_read_o,
  output logic [SetW-1:0]                       l2_set_o,
  output logic                                  l2_write_o,
  output logic                                  l2_exec_o,
  output logic                                  l2_priv_o,
  output logic                                  l2_sum_o,
  output logic                                  l2_msi_o,  // the device has MSI pages
  input  logic                                  l2_hit_i,
  input  logic [43:0]                           l2_spn_i,
  input  logic [2:0]                            l2_s1_size_i,
  input  logic [5:0]                            l2_attr_i,  // r, w, x, pbmt, g
  input  logic [2:0]                            l2_way_i,  // for a fill of the set read
  // Page and address space of stage B, to the IOTLB and the non-leaf cache, and the latter's answer.
  output logic [51:0]                           vpn_o,
  output logic [portcullis_pkg::SpaceW-1:0]     space_o,
  output logic                                  sv32_o,
  input  logic                                  nl_hit_i,
  input  logic [2:0]                            nl_level_i,
  input  logic [43:0]                           nl_ppn_i,
  // Walkers.
  output logic                                  new_valid_o,
  output logic [walk_pkg::NewW-1:0]             new_o,
  output logic [MaskW-1:0]                      new_bit_o,
  input  logic                                  merged_i,
  input  logic                                  answer_i,  // a walker's response is shown in this clock
  input  logic                                  more_i,  // another one waits
  input  logic [NumPorts-1:0]                   answer_port_i,
  // H.
  output logic                                  h_valid_o,
  output logic [portcullis_pkg::RespW-1:0]      h_resp_o,
  output logic [MaskW-1:0]                      h_mask_o
);
  localparam int Cap = (Walkers > NumPorts) ? Walkers - (NumPorts - 1) : 1;
  localparam int CntW = $clog2(Walkers + 1);

  // Stage B and H registers.
  logic                      b_valid_q;
  logic [3:0]                b_q_q;
  portcullis_pkg::miss_req_t b_req_q;
  logic                      b_dc_hit_q, b_pc_hit_q;
  walk_pkg::dc_t             b_dc_q;
  walk_pkg::pc_t             b_pc_q;
  logic                      h_valid_q;

  // Stage A.
  logic [NumPorts-1:0] credit;  // of each port
  logic [CntW-1:0]     all_q;
  logic                all_credit, b_stall, held_q, move, take;
  logic [Q-1:0]        want, grant;
  logic [((Q > 1) ? $clog2(Q) : 1)-1:0] winner;
  logic                any;
  logic [portcullis_pkg::MissReqW-1:0] a_vec;
  portcullis_pkg::miss_req_t           a_req;

  assign all_credit = all_q != CntW'(Walkers) || answer_i;
  for (genvar i = 0; i < Q; i++) begin : gen_want
    if (i < Channels) begin : gen_port
      assign want[i] = req_valid_i[i] && credit[i/2] && all_credit;
    end else begin : gen_extra
      assign want[i] = req_valid_i[i] && all_credit;
    end
  end
  rr_arb #(.N(Q)) u_arb (
    .clk_i, .rst_ni, .req_i(want), .use_i(take), .grant_o(grant), .idx_o(winner), .any_o(any)
  );
  onehot_mux #(.N(Q), .Width(portcullis_pkg::MissReqW)) u_req (.sel_i(grant), .data_i(req_i), .data_o(a_vec));
  assign a_req = a_vec;
  assign ctx_key_o = {a_req.device_id, a_req.pv, a_req.process_id};
  assign move = !hold_i && !b_stall && !held_q;
  assign take = any && move;
  assign req_ready_o = grant & {Q{move}};
  assign l2_read_o = take;
  assign l2_set_o = a_req.iova[12 +: SetW];

  // No request is taken after a response had to wait, so that none waits for ever.
  always_ff @(posedge clk_i) begin
    if (!rst_ni) held_q <= 1'b0;
    else held_q <= more_i || (h_valid_q && answer_i);
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) b_valid_q <= 1'b0;
    else if (!b_stall) b_valid_q <= take;
    if (take) begin
      b_q_q <= 4'(winner);
      b_req_q <= a_vec;
      b_dc_hit_q <= dc_hit_i;
      b_dc_q <= dc_i;
      b_pc_hit_q <= pc_hit_i;
      b_pc_q <= pc_i;
    end
  end

  if (Hpm != 0 && Extra != 0) begin : gen_event
    logic [Extra-1:0] extra;
    logic             valid_q, ats_q;
    logic [44:0]      who_q;
    assign extra = grant[Q-1:Channels];
    always_ff @(posedge clk_i) begin
      if (!rst_ni) valid_q <= 1'b0;
      else valid_q <= take && (|extra) && !(Extra == 2 && extra[Extra-1] && !ats_count_i);
      if (take) begin
        ats_q <= Extra == 2 && extra[Extra-1];
        who_q <= {a_req.device_id, a_req.pv, a_req.process_id};
      end
    end
    assign event_o = {valid_q, ats_q, who_q};
  end else begin : gen_no_event
    assign event_o = '0;
    logic unused;
    assign unused = ats_count_i;
  end

  // Stage B. High address bits, looked at once for the whole walk.
  logic       high;
  logic [3:0] canon;
  logic [1:0] wide;
  assign high = |b_req_q.iova[63:56];
  assign canon[0] = (&b_req_q.iova[63:38]) || !(|b_req_q.iova[63:38]);
  assign canon[1] = (VaW > 39) && ((&b_req_q.iova[63:47]) || !(|b_req_q.iova[63:47]));
  assign canon[2] = (VaW > 48) && ((&b_req_q.iova[63:56]) || !high);
  assign canon[3] = Sv32 != 0 && !(|b_req_q.iova[63:32]);
  assign wide = Pdt ? {|b_req_q.process_id[19:17], |b_req_q.process_id[19:8]} : 2'd0;

  // The request against the contexts known.
  walk_pkg::hg_t hg;
  logic          chk_fault, late_fault, needs_pc, pc_known, pdt, identity, access, gv, s1;
  logic [4:0]    chk_code;
  logic [1:0]    mode;
  assign hg = b_dc_q.hg;
  assign gv = TwoStage && hg.mode != 2'd0;
  // A process context counts only in the VM of the device context.
  assign pc_known = b_pc_hit_q && (!TwoStage || (b_pc_q.gv == gv && (!gv || b_pc_q.gscid == b_dc_q.gscid)));
  walk_request #(.TwoStage(TwoStage), .Pdt(Pdt), .Sv32(Sv32), .Ats(Ats)) u_request (
    .illegal_i(b_req_q.illegal), .translated_i(b_req_q.translated), .ats_i(b_req_q.ats), .pri_i(b_req_q.pri),
    .en_ats_i(b_dc_q.en_ats), .en_pri_i(b_dc_q.en_pri), .t2gpa_i(b_dc_q.t2gpa), .pv_i(b_req_q.pv),
    .priv_i(b_req_q.priv), .high_i(high), .canon_i(canon), .wide_i(wide), .pdtv_i(b_dc_q.pdtv), .dpe_i(b_dc_q.dpe),
    .sxl_i(b_dc_q.sxl), .mode_i(b_dc_q.mode), .gv_i(gv), .at_pc_i(1'b0), .pc_i(pc_known), .ens_i(b_pc_q.ens),
    .pc_mode_i(b_pc_q.mode), .fault_o(chk_fault), .late_fault_o(late_fault), .code_o(chk_code), .needs_pc_o(needs_pc),
    .pdt_o(pdt), .identity_o(identity), .access_o(access), .mode_o(mode)
  );

  // With the first stage Bare the IOVA is a guest physical address; what the second stage does not translate takes START.
  logic plain;
  if (TwoStage) begin : gen_plain
    logic too_wide, msi_hit;
    walk_gpa #(.Sv32(Sv32)) u_gpa (
      .gpn_i(b_req_q.iova[63:12]), .mode_i(hg.mode), .sxl_i(b_dc_q.sxl), .gxl_i, .too_wide_o(too_wide)
    );
    if (MsiFlat != 0) begin : gen_msi
      logic [2:0] unused_near;
      walk_msi #(.GpnW(GpaW - 12)) u_msi (
        .gpn_i(b_req_q.iova[63:12]), .msi_i(b_dc_q.msi), .hit_o(msi_hit), .near_o(unused_near)
      );
      logic unused;
      assign unused = ^unused_near;
    end else begin : gen_no_msi
      assign msi_hit = 1'b0;
    end
    assign plain = !access || (!too_wide && !msi_hit);
  end else begin : gen_no_plain
    assign plain = 1'b1;
    logic unused;
    assign unused = gxl_i;
  end

  logic        translates, special, fast, l2_hit, sum;
  logic [19:0] pscid;
  // A process context that is cached was found with a process_id that is not too wide.
  assign translates = ddtp_mode_i != portcullis_pkg::DdtpOff && ddtp_mode_i != portcullis_pkg::DdtpBare;
  assign special = Ats != 0 && (b_req_q.translated || b_req_q.ats || b_req_q.pri);
  assign fast = translates && !special && b_dc_hit_q && !late_fault && !pdt && !identity && plain;
  assign s1 = !access;
  assign pscid = needs_pc ? b_pc_q.pscid : b_dc_q.pscid;
  assign sum = needs_pc && b_pc_q.sum;
  assign vpn_o = b_req_q.iova[63:12];
  assign space_o = {gv, b_dc_q.gscid & {16{gv}}, s1, pscid & {20{s1}}};
  assign sv32_o = Sv32 != 0 && b_dc_q.sxl;
  assign l2_write_o = b_req_q.write;
  assign l2_exec_o = b_req_q.exec && !b_req_q.write;
  assign l2_priv_o = b_req_q.priv;
  assign l2_sum_o = sum;
  assign l2_msi_o = MsiFlat != 0 && b_dc_q.msi[walk_pkg::MsiW-1];
  assign l2_hit = fast && l2_hit_i;
  assign b_stall = b_valid_q && l2_hit && h_valid_q && answer_i;

  // Case 3 starts at the best non-leaf entry or at the root; with the first stage Bare at the page itself.
  logic        nl_use;
  logic [2:0]  level;
  logic [43:0] first_table;
  assign nl_use = fast && s1 && nl_hit_i;
  always_comb begin
    level = {1'b0, mode} + 3'd1;
    if (Sv32 != 0 && b_dc_q.sxl) level = 3'd1;
    if (pdt) level = {1'b0, mode} - 3'd1;
    if (nl_use) level = nl_level_i;
    first_table = (needs_pc && !pdt) ? b_pc_q.ppn : b_dc_q.ppn;
    if (access) first_table = vpn_o[43:0];
    if (nl_use) first_table = nl_ppn_i;
  end
  assign new_valid_o = b_valid_q && !l2_hit;
  assign new_o = {b_req_q, b_q_q, high, canon, wide, fast, b_dc_hit_q, !chk_fault, chk_code, pdt, access, gv && nl_use, level,
                  mode, first_table, pscid, b_dc_q.dtf, b_dc_q.sade, b_dc_q.gade, b_dc_q.sbe, b_dc_q.sxl, sum, b_dc_q.gscid,
                  b_dc_q.hg, b_dc_q.msi, l2_way_i, b_dc_q.qos, b_dc_q.t2gpa, b_dc_q.prpr};
  slot_bit #(.Channels(Channels), .PortMisses(PortMisses), .Extra(Extra)) u_b_bit (
    .q_i(b_q_q), .slot_i(b_req_q.slot), .bit_o(new_bit_o)
  );

  // H.
  logic [3:0]  h_q_q;
  logic [2:0]  h_s1_size_q;
  logic [4:0]  h_slot_q;
  logic [23:0] h_device_id_q;
  logic [21:0] h_who_q;  // pv, process_id, priv
  logic [51:0] h_vpn_q;
  logic [43:0] h_spn_q;
  logic [5:0]  h_attr_q;
  logic [portcullis_pkg::SpaceW-1:0] h_space_q;
  logic [23:0] h_qos_q;
  logic        h_load;
  assign h_load = b_valid_q && l2_hit && !b_stall;
  always_ff @(posedge clk_i) begin
    if (!rst_ni) h_valid_q <= 1'b0;
    else h_valid_q <= h_load || (h_valid_q && answer_i);
    if (h_load) begin
      h_q_q <= b_q_q;
      h_slot_q <= b_req_q.slot;
      h_device_id_q <= b_req_q.device_id;
      h_who_q <= {b_req_q.pv, b_req_q.process_id, b_req_q.priv};
      h_vpn_q <= b_req_q.iova[63:12];
      h_spn_q <= l2_spn_i;
      h_s1_size_q <= l2_s1_size_i;
      h_attr_q <= l2_attr_i;
      h_space_q <= space_o;
      h_qos_q <= b_dc_q.qos;
    end
  end
  assign h_valid_o = h_valid_q;
  assign h_resp_o = {1'b0, h_q_q, h_slot_q, 1'b1, h_device_id_q, h_who_q, h_vpn_q, portcullis_pkg::Size4K, h_s1_size_q, h_spn_q,
                     h_attr_q, h_space_q, h_qos_q[11:0], h_qos_q[23:12], 62'd0};
  slot_bit #(.Channels(Channels), .PortMisses(PortMisses), .Extra(Extra)) u_h_bit (
    .q_i(h_q_q), .slot_i(h_slot_q), .bit_o(h_mask_o)
  );
  logic unused_a;
  assign unused_a = ^{a_req, b_dc_q, b_pc_q, hg};
  assign empty_o = !b_valid_q && !h_valid_q;

  // Credit. dropped: stage B leaves without a walker of its own.
  logic dropped;
  assign dropped = b_valid_q && !b_stall && (l2_hit || merged_i);
  always_ff @(posedge clk_i) begin
    if (!rst_ni) all_q <= '0;
    else all_q <= all_q + CntW'(take) - CntW'(dropped) - CntW'(answer_i);
  end
  if (NumPorts == 1) begin : gen_one_port
    assign credit = 1'b1;
    logic unused;
    assign unused = ^answer_port_i;
  end else begin : gen_ports
    for (genvar p = 0; p < NumPorts; p++) begin : gen_port
      logic [CntW-1:0] cnt_q;
      logic            take_p, dropped_p, answer_p;
      assign take_p = take && (|grant[2*p +: 2]);
      assign dropped_p = dropped && b_q_q[3:1] == 3'(p);
      assign answer_p = answer_port_i[p];
      assign credit[p] = cnt_q != CntW'(Cap) || answer_p;
      always_ff @(posedge clk_i) begin
        if (!rst_ni) cnt_q <= '0;
        else cnt_q <= cnt_q + CntW'(take_p) - CntW'(dropped_p) - CntW'(answer_p);
      end
    end
  end
endmodule
