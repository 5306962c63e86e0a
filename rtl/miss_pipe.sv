// SPDX-License-Identifier: Apache-2.0
//
// The way of a miss into the core: stage A chooses one request, stage B answers it from the IOTLB, merges it into a walk or
// begins one. docs/microarchitecture.md section 5.1.
//
//   A: round robin over 2P requesters with credit ; compares all device_ids with the DC cache; reads the IOTLB set
//   B: request and DC of it | IOTLB compare | non-leaf cache lookup | merge / lowest free walker
//   H: a response from the IOTLB, shown when no walker answers
//
// Credit: cnt_q counts the walkers of a port that are not idle and, together with them, stage B; a request is taken only below
// cap, so that one port never holds all walkers and stage B always finds one free.
//
// Invariants: cnt_q[p] <= cap, all_q <= Walkers; B and H hold nothing while inval checks.
module miss_pipe #(
  parameter int NumPorts = 2,
  parameter int PortMisses = 16,
  parameter int Walkers = 8,
  parameter int SetW = 7,
  parameter int VaW = 48,
  localparam int Q = 2 * NumPorts,
  localparam int MaskW = Q * PortMisses
) (
  input  logic                                  clk_i,
  input  logic                                  rst_ni,
  input  logic                                  hold_i,  // inval is active
  output logic                                  empty_o,  // nothing in B and H
  input  logic [3:0]                            ddtp_mode_i,
  input  logic [Q-1:0]                          req_valid_i,
  output logic [Q-1:0]                          req_ready_o,
  input  logic [Q*portcullis_pkg::MissReqW-1:0] req_i,
  // DC cache, in stage A.
  output logic [Q*24-1:0]                       dc_id_o,
  output logic [Q-1:0]                          dc_sel_o,
  input  logic                                  dc_hit_i,
  input  logic [walk_pkg::DcW-1:0]              dc_i,
  // IOTLB: read in A, key and answer in B.
  output logic                                  l2_read_o,
  output logic [SetW-1:0]                       l2_set_o,
  output logic                                  l2_write_o,
  output logic                                  l2_exec_o,
  input  logic                                  l2_hit_i,
  input  logic [43:0]                           l2_spn_i,
  input  logic [5:0]                            l2_attr_i,  // r, w, x, pbmt, g
  input  logic [2:0]                            l2_way_i,  // for a fill of the set read
  // Page of stage B, to the IOTLB and the non-leaf cache, and the latter's answer.
  output logic [51:0]                           vpn_o,
  output logic [19:0]                           pscid_o,
  input  logic                                  nl_hit_i,
  input  logic [2:0]                            nl_level_i,
  input  logic [43:0]                           nl_ppn_i,
  // Walkers.
  output logic                                  new_valid_o,
  output logic [walk_pkg::NewW-1:0]             new_o,
  output logic [MaskW-1:0]                      new_bit_o,
  input  logic                                  merged_i,
  input  logic                                  answer_i,  // a walker's response is shown in this clock
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
  logic [2:0]                b_q_q;
  portcullis_pkg::miss_req_t b_req_q;
  logic                      b_dc_hit_q;
  walk_pkg::dc_t             b_dc_q;
  logic                      h_valid_q;

  // Stage A.
  logic [NumPorts-1:0] credit;
  logic [CntW-1:0]     all_q;
  logic                all_credit, b_stall, move, take;
  logic [Q-1:0]        want, grant;
  logic [((Q > 1) ? $clog2(Q) : 1)-1:0] winner;
  logic                any;
  logic [portcullis_pkg::MissReqW-1:0] a_vec;
  portcullis_pkg::miss_req_t           a_req;

  assign all_credit = all_q != CntW'(Walkers) || answer_i;
  for (genvar i = 0; i < Q; i++) begin : gen_want
    assign dc_id_o[i*24 +: 24] = req_i[i*portcullis_pkg::MissReqW + walk_pkg::ReqDeviceIdLsb +: 24];
    assign want[i] = req_valid_i[i] && credit[i/2] && all_credit;
  end
  rr_arb #(.N(Q)) u_arb (
    .clk_i, .rst_ni, .req_i(want), .use_i(take), .grant_o(grant), .idx_o(winner), .any_o(any)
  );
  onehot_mux #(.N(Q), .Width(portcullis_pkg::MissReqW)) u_req (.sel_i(grant), .data_i(req_i), .data_o(a_vec));
  assign a_req = a_vec;
  assign dc_sel_o = grant;
  assign move = !hold_i && !b_stall;
  assign take = any && move;
  assign req_ready_o = grant & {Q{move}};
  assign l2_read_o = take;
  assign l2_set_o = a_req.iova[12 +: SetW];

  always_ff @(posedge clk_i) begin
    if (!rst_ni) b_valid_q <= 1'b0;
    else if (!b_stall) b_valid_q <= take;
    if (take) begin
      b_q_q <= 3'(winner);
      b_req_q <= a_vec;
      b_dc_hit_q <= dc_hit_i;
      b_dc_q <= dc_i;
    end
  end

  // Stage B. High address bits, looked at once for the whole walk.
  logic       high, fast, translates, canonical, l2_hit;
  logic [2:0] canon;
  assign high = |b_req_q.iova[63:56];
  assign canon[0] = (&b_req_q.iova[63:38]) || !(|b_req_q.iova[63:38]);
  assign canon[1] = (VaW > 39) && ((&b_req_q.iova[63:47]) || !(|b_req_q.iova[63:47]));
  assign canon[2] = (VaW > 48) && ((&b_req_q.iova[63:56]) || !high);
  always_comb begin
    unique case (b_dc_q.mode)
      portcullis_pkg::FscSv39: canonical = canon[0];
      portcullis_pkg::FscSv48: canonical = canon[1];
      portcullis_pkg::FscSv57: canonical = canon[2];
      default:                 canonical = 1'b0;
    endcase
  end
  assign translates = ddtp_mode_i != portcullis_pkg::DdtpOff && ddtp_mode_i != portcullis_pkg::DdtpBare;
  assign fast = translates && b_dc_hit_q && !b_req_q.illegal && !b_req_q.translated && !b_req_q.pv && !b_dc_q.pdtv && canonical;
  assign vpn_o = b_req_q.iova[63:12];
  assign pscid_o = b_dc_q.pscid;
  assign l2_write_o = b_q_q[0];
  assign l2_exec_o = b_req_q.exec;
  assign l2_hit = fast && l2_hit_i;
  assign b_stall = b_valid_q && l2_hit && h_valid_q && answer_i;

  // Case 3 starts at the best non-leaf entry or at the root: level 2, 3 or 4.
  logic [2:0]  level;
  logic [43:0] first_table;
  assign level = nl_hit_i ? nl_level_i : {1'b0, b_dc_q.mode} + 3'd1;
  assign first_table = (fast && nl_hit_i) ? nl_ppn_i : b_dc_q.ppn;
  assign new_valid_o = b_valid_q && !l2_hit;
  assign new_o = {b_req_q, b_q_q, high, canon, fast, level, b_dc_hit_q, b_dc_q.dtf, b_dc_q.pdtv, b_dc_q.mode, first_table,
                  b_dc_q.pscid, l2_way_i};
  slot_bit #(.Q(Q), .PortMisses(PortMisses)) u_b_bit (.q_i(b_q_q), .slot_i(b_req_q.slot), .bit_o(new_bit_o));

  // H.
  logic [2:0]  h_q_q;
  logic [4:0]  h_slot_q;
  logic [23:0] h_device_id_q;
  logic [51:0] h_vpn_q;
  logic [43:0] h_spn_q;
  logic [5:0]  h_attr_q;
  logic [19:0] h_pscid_q;
  logic        h_load;
  assign h_load = b_valid_q && l2_hit && !b_stall;
  always_ff @(posedge clk_i) begin
    if (!rst_ni) h_valid_q <= 1'b0;
    else h_valid_q <= h_load || (h_valid_q && answer_i);
    if (h_load) begin
      h_q_q <= b_q_q;
      h_slot_q <= b_req_q.slot;
      h_device_id_q <= b_req_q.device_id;
      h_vpn_q <= b_req_q.iova[63:12];
      h_spn_q <= l2_spn_i;
      h_attr_q <= l2_attr_i;
      h_pscid_q <= b_dc_q.pscid;
    end
  end
  assign h_valid_o = h_valid_q;
  assign h_resp_o = {1'b0, h_q_q, h_slot_q, 1'b1, h_device_id_q, 1'b0, h_vpn_q, portcullis_pkg::Size4K, h_spn_q, h_attr_q,
                     h_pscid_q};
  slot_bit #(.Q(Q), .PortMisses(PortMisses)) u_h_bit (.q_i(h_q_q), .slot_i(h_slot_q), .bit_o(h_mask_o));
  logic unused_a;
  assign unused_a = ^a_req;
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
      assign dropped_p = dropped && b_q_q[2:1] == 2'(p);
      assign answer_p = answer_port_i[p];
      assign credit[p] = cnt_q != CntW'(Cap) || answer_p;
      always_ff @(posedge clk_i) begin
        if (!rst_ni) cnt_q <= '0;
        else cnt_q <= cnt_q + CntW'(take_p) - CntW'(dropped_p) - CntW'(answer_p);
      end
    end
  end
endmodule
