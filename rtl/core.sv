// SPDX-License-Identifier: Apache-2.0
//
// Everything that the ports share: from a missing request to a response or a fault record, the queues in memory, and the one
// data-structure port. docs/microarchitecture.md section 5; its ports are described in section 7, the ds_* pins in section 2.
//
//   req --> miss_pipe --(merge, begin)--> walker_pool --> resp        cmd_queue --> inval --> inv to everything
//             |    \                       |      |  \                    |            |
//          dc_cache iotlb, nl_cache     ds_read  fills  fault_queue --> ds_write <-----+ (fence write of cmd_queue)
//   messages --> ats --> miss_pipe, ds_write; cmd_queue --> ats --> messages
//
// req, resp, inv, drain_done and rec are registers or functions of registers on both ends.
//
// L2Entries 0: no IOTLB. VaW 39, 48 or 57. GpaW (bits of a GPA) 41, 50 or 59. TwoStage, Pdt (process contexts), AmoHwad,
// MsiFlat, Sv32, Nl, S, Hpm, Dbg, End, Qosid, IgsMsi, MsiMrif, Ats, T2gpa: 0 leaves the feature out of the hardware.
// MsiFlat 1: device contexts have 64 bytes when capabilities.MSI_FLAT is 1. AtsTimeout: see ats.
// PcEntries counts only with Pdt, GEntries only with TwoStage.
module core #(
  parameter int NumPorts = 1,
  parameter int PortMisses = 2,
  parameter int L2Entries = 0,
  parameter int L2Ways = 4,
  parameter int DcEntries = 2,
  parameter int PcEntries = 0,
  parameter int NlEntries = 2,
  parameter int GEntries = 0,
  parameter int Walkers = 2,
  parameter int CqDepth = 1,
  parameter int FqDepth = 1,
  parameter int VaW = 39,
  parameter int GpaW = 41,
  parameter int TwoStage = 0,
  parameter int Pdt = 0,
  parameter int AmoHwad = 0,
  parameter int MsiFlat = 0,
  parameter int Sv32 = 0,
  parameter int Nl = 0,
  parameter int S = 0,
  parameter int Hpm = 0,
  parameter int Dbg = 0,
  parameter int End = 0,
  parameter int Qosid = 0,
  parameter int IgsMsi = 0,
  parameter int MsiMrif = 0,
  parameter int Ats = 0,
  parameter int T2gpa = 0,
  parameter int AtsTimeout = 0,
  localparam int Channels = 2 * NumPorts,
  localparam int IdW = $clog2(Walkers + ((IgsMsi != 0 || MsiMrif != 0 || Ats != 0) ? 5 : 2))
) (
  input  logic                                  clk_i,
  input  logic                                  rst_ni,
  // Channels of the ports, and above them the debug interface.
  input  logic [Channels:0]                     req_valid_i,
  output logic [Channels:0]                     req_ready_o,
  input  logic [(Channels+1)*portcullis_pkg::MissReqW-1:0] req_i,
  output logic                                  resp_valid_o,
  output logic [portcullis_pkg::RespW-1:0]      resp_o,
  output logic [Channels*PortMisses:0]          resp_mask_o,
  output logic                                  resp_covered_o,  // by the kill of this clock
  output logic [portcullis_pkg::InvW-1:0]       inv_o,
  output logic                                  fence_start_o,
  input  logic [Channels-1:0]                   drain_done_i,
  input  logic [NumPorts-1:0]                   rec_pend_i,
  output logic [NumPorts-1:0]                   rec_taken_o,
  // Interrupt files in memory.
  input  logic [NumPorts-1:0]                   mrif_valid_i,
  output logic [NumPorts-1:0]                   mrif_ready_o,
  input  logic [NumPorts*portcullis_pkg::MrifReqW-1:0] mrif_req_i,
  output logic [NumPorts-1:0]                   mrif_done_o,
  output logic                                  mrif_ok_o,
  input  logic [NumPorts-1:0]                   upd_drained_i,
  // Events for the counters.
  output logic [portcullis_pkg::EvReqW-1:0]     ev_req_o,
  output logic [portcullis_pkg::EvWalkW-1:0]    ev_walk_o,
  // Data-structure port.
  output logic                                  ds_ar_valid_o,
  input  logic                                  ds_ar_ready_i,
  output logic [IdW-1:0]                        ds_ar_id_o,
  output logic [55:0]                           ds_ar_addr_o,
  output logic [7:0]                            ds_ar_len_o,
  output logic [2:0]                            ds_ar_size_o,
  output logic [1:0]                            ds_ar_burst_o,
  output logic                                  ds_ar_lock_o,
  output logic [3:0]                            ds_ar_cache_o,
  output logic [2:0]                            ds_ar_prot_o,
  output logic [3:0]                            ds_ar_qos_o,
  output logic [11:0]                           ds_ar_rcid_o,
  output logic [11:0]                           ds_ar_mcid_o,
  output logic                                  ds_aw_valid_o,
  input  logic                                  ds_aw_ready_i,
  output logic [IdW-1:0]                        ds_aw_id_o,
  output logic [55:0]                           ds_aw_addr_o,
  output logic [7:0]                            ds_aw_len_o,
  output logic [2:0]                            ds_aw_size_o,
  output logic [1:0]                            ds_aw_burst_o,
  output logic                                  ds_aw_lock_o,
  output logic [3:0]                            ds_aw_cache_o,
  output logic [2:0]                            ds_aw_prot_o,
  output logic [3:0]                            ds_aw_qos_o,
  output logic [11:0]                           ds_aw_rcid_o,
  output logic [11:0]                           ds_aw_mcid_o,
  output logic                                  ds_w_valid_o,
  input  logic                                  ds_w_ready_i,
  output logic [63:0]                           ds_w_data_o,
  output logic [7:0]                            ds_w_strb_o,
  output logic                                  ds_w_last_o,
  input  logic                                  ds_b_valid_i,
  output logic                                  ds_b_ready_o,
  input  logic [IdW-1:0]                        ds_b_id_i,
  input  logic [1:0]                            ds_b_resp_i,
  input  logic                                  ds_r_valid_i,
  output logic                                  ds_r_ready_o,
  input  logic [IdW-1:0]                        ds_r_id_i,
  input  logic [63:0]                           ds_r_data_i,
  input  logic [1:0]                            ds_r_resp_i,
  input  logic                                  ds_r_last_i,
  input  logic [0:0]                            ds_r_user_i,
  // Registers.
  input  logic [63:0]                           caps_i,
  input  logic [31:0]                           fctl_i,
  input  logic [23:0]                           qosid_i,  // {mcid, rcid} of iommu_qosid
  input  logic                                  msi_valid_i,  // an interrupt message is to be sent
  input  logic [55:0]                           msi_addr_i,
  input  logic [31:0]                           msi_data_i,
  output logic                                  msi_taken_o,
  input  logic [3:0]                            ddtp_mode_i,
  input  logic [43:0]                           ddtp_ppn_i,
  input  logic                                  ddtp_req_i,
  output logic                                  ddtp_done_o,
  input  logic                                  cq_en_i,
  input  logic                                  cq_on_i,
  input  logic                                  cq_stop_i,
  input  logic [43:0]                           cq_ppn_i,
  input  logic [4:0]                            cq_log2_i,
  input  logic [31:0]                           cq_head_i,
  input  logic [31:0]                           cq_tail_i,
  input  logic                                  cq_wsi_ok_i,
  output logic                                  cq_done_o,
  output logic                                  cq_set_mf_o,
  output logic                                  cq_set_ill_o,
  output logic                                  cq_set_to_o,
  output logic                                  cq_set_fence_o,
  output logic                                  cq_idle_o,
  input  logic                                  fq_en_i,
  input  logic                                  fq_on_i,
  input  logic                                  fq_stop_i,
  input  logic [43:0]                           fq_ppn_i,
  input  logic [4:0]                            fq_log2_i,
  input  logic [31:0]                           fq_head_i,
  input  logic [31:0]                           fq_tail_i,
  output logic                                  fq_done_o,
  output logic                                  fq_set_mf_o,
  output logic                                  fq_set_of_o,
  output logic                                  fq_idle_o,
  input  logic                                  pq_en_i,
  input  logic                                  pq_on_i,
  input  logic                                  pq_mf_i,
  input  logic                                  pq_of_i,
  input  logic [43:0]                           pq_ppn_i,
  input  logic [4:0]                            pq_log2_i,
  input  logic [31:0]                           pq_head_i,
  input  logic [31:0]                           pq_tail_i,
  output logic                                  pq_done_o,
  output logic                                  pq_set_mf_o,
  output logic                                  pq_set_of_o,
  output logic                                  pq_idle_o,
  // ATS and PRI messages.
  input  logic                                  msg_refuse_i,
  output logic                                  msg_drained_o,
  input  logic                                  msg_in_valid_i,
  output logic                                  msg_in_ready_o,
  input  logic [3:0]                            msg_in_kind_i,
  input  logic                                  msg_in_dsv_i,
  input  logic [7:0]                            msg_in_segment_i,
  input  logic [15:0]                           msg_in_rid_i,
  input  logic                                  msg_in_pv_i,
  input  logic [19:0]                           msg_in_pasid_i,
  input  logic                                  msg_in_priv_i,
  input  logic                                  msg_in_exec_i,
  input  logic                                  msg_in_cxl_i,
  input  logic [9:0]                            msg_in_tag_i,
  input  logic [63:0]                           msg_in_payload_i,
  output logic                                  msg_out_valid_o,
  input  logic                                  msg_out_ready_i,
  output logic [3:0]                            msg_out_kind_o,
  output logic                                  msg_out_dsv_o,
  output logic [7:0]                            msg_out_segment_o,
  output logic [15:0]                           msg_out_rid_o,
  output logic                                  msg_out_pv_o,
  output logic [19:0]                           msg_out_pasid_o,
  output logic                                  msg_out_priv_o,
  output logic                                  msg_out_exec_o,
  output logic                                  msg_out_cxl_o,
  output logic [9:0]                            msg_out_tag_o,
  output logic [63:0]                           msg_out_payload_o,
  output logic [2:0]                            msg_out_status_o
);
  localparam int Extra = (Ats != 0) ? 2 : (Dbg != 0) ? 1 : 0;  // requesters above the ports
  localparam int Q = Channels + Extra;
  localparam int MaskW = Channels * PortMisses + Extra;
  localparam bit HasL2 = L2Entries != 0;
  localparam int Sets = HasL2 ? L2Entries / L2Ways : 1;
  localparam int SetW = (Sets > 1) ? $clog2(Sets) : 1;
  localparam int IdxW = $clog2(Walkers);
  localparam int VpnW = ((TwoStage != 0 && GpaW > VaW) ? GpaW : VaW) - 12;  // page number of an IOVA, or of a GPA in its place

  // Constant pins of the data-structure port.
  assign {ds_ar_burst_o, ds_ar_cache_o, ds_ar_prot_o, ds_ar_qos_o} = {2'd1, 4'b0010, 3'd0, 4'd0};
  assign {ds_aw_burst_o, ds_aw_cache_o, ds_aw_prot_o, ds_aw_qos_o} = {2'd1, 4'b0010, 3'd0, 4'd0};
  assign ds_b_ready_o = 1'b1;
  assign ds_r_ready_o = 1'b1;
  logic unused_r;
  assign unused_r = ^{ds_r_last_i, fctl_i, req_valid_i, req_i};

  // Miss pipe and what it looks up.
  logic [44:0]              ctx_key;  // device_id, pv, process_id
  logic [Q-1:0]             req_ready;
  logic                     gxl, be, b_sv32, dc_hit, pc_hit, nl_hit;
  logic                     l2_hit, l2_read, l2_write, l2_exec, l2_priv, l2_sum, pipe_empty, inv_active;
  logic [walk_pkg::DcW-1:0] dc;
  logic [walk_pkg::PcW-1:0] pc;
  logic [SetW-1:0]          l2_set;
  logic [43:0]              l2_spn, nl_ppn;
  logic [5:0]               l2_attr;
  logic [2:0]               l2_way, walk_way, l2_s1_size;
  logic [3:0]               walk_raw;  // r, w, x, u of the response shown, whoever asks
  logic                     walk_l2;  // it belongs into the IOTLB
  logic                     l2_msi, walk_msi;  // the device has MSI pages: that of stage B, that of the response shown
  logic [portcullis_pkg::SpaceW-1:0] b_space;
  logic [51:0]              b_vpn;
  logic [2:0]               nl_level;
  logic                     new_valid, merged, walk_valid, walk_more, h_valid;
  logic [walk_pkg::NewW-1:0] new_walk;
  logic [MaskW-1:0]         new_bit, walk_mask, h_mask, resp_mask;
  logic [NumPorts-1:0]      answer_port;
  logic [portcullis_pkg::RespW-1:0] walk_resp, h_resp;

  logic [portcullis_pkg::AtsRespW-1:0] ats_resp;
  assign gxl = Sv32 != 0 && fctl_i[2];
  assign be = End != 0 && fctl_i[0];
  assign req_ready_o = (Channels + 1)'(req_ready);

  // The requesters: channels, debug interface, ats.
  logic                                ats_req_valid, ats_count;
  logic [portcullis_pkg::MissReqW-1:0] ats_req;
  logic [(Channels+2)*portcullis_pkg::MissReqW-1:0] req_all;
  logic [Channels+1:0]                 req_valid_all;
  logic                                unused_req;
  assign req_all = {ats_req, req_i};
  assign req_valid_all = {ats_req_valid, req_valid_i};
  assign unused_req = ^{req_all, req_valid_all};
  miss_pipe #(
    .NumPorts(NumPorts), .PortMisses(PortMisses), .Walkers(Walkers), .SetW(SetW), .VaW(VaW), .GpaW(GpaW),
    .TwoStage(TwoStage != 0), .Pdt(Pdt != 0), .MsiFlat(MsiFlat), .Sv32(Sv32), .Extra(Extra), .Hpm(Hpm),
    .Ats(Ats)
  ) u_miss_pipe (
    .clk_i, .rst_ni, .hold_i(inv_active), .empty_o(pipe_empty), .ddtp_mode_i, .gxl_i(gxl), .req_valid_i(req_valid_all[Q-1:0]),
    .ats_count_i(ats_count), .req_ready_o(req_ready), .req_i(req_all[Q*portcullis_pkg::MissReqW-1:0]), .event_o(ev_req_o),
    .ctx_key_o(ctx_key), .dc_hit_i(dc_hit), .dc_i(dc), .pc_hit_i(pc_hit), .pc_i(pc),
    .l2_read_o(l2_read), .l2_set_o(l2_set), .l2_write_o(l2_write), .l2_exec_o(l2_exec), .l2_priv_o(l2_priv), .l2_sum_o(l2_sum),
    .l2_msi_o(l2_msi), .l2_hit_i(l2_hit), .l2_spn_i(l2_spn), .l2_s1_size_i(l2_s1_size), .l2_attr_i(l2_attr), .l2_way_i(l2_way),
    .vpn_o(b_vpn), .space_o(b_space), .sv32_o(b_sv32), .nl_hit_i(nl_hit), .nl_level_i(nl_level), .nl_ppn_i(nl_ppn),
    .new_valid_o(new_valid), .new_o(new_walk), .new_bit_o(new_bit), .merged_i(merged), .answer_i(walk_valid), .more_i(walk_more),
    .answer_port_i(answer_port), .h_valid_o(h_valid), .h_resp_o(h_resp), .h_mask_o(h_mask)
  );

  // The response bus: a walker's answer, else H.
  assign resp_valid_o = walk_valid || h_valid;
  assign resp_o = walk_valid ? walk_resp : h_resp;
  assign resp_mask = walk_valid ? walk_mask : h_mask;
  assign resp_mask_o = (Channels*PortMisses + 1)'(resp_mask);

  // Walkers.
  logic [Walkers-1:0]                ar_valid, ar_lock, ar_taken, r_valid, fault_valid, fault_taken, fault_grant;
  logic [Walkers-1:0]                xw_valid, xw_short, xw_half, xw_taken, walk_b_valid;
  logic [Walkers-1:0]                ar_sel;
  logic [IdxW-1:0]                   ar_idx;
  logic [55:0]                       ar_addr, xw_addr;
  logic [2:0]                        ar_len;
  logic [Walkers*24-1:0]             ar_qos;
  logic [IdxW-1:0]                   xw_idx;
  logic [63:0]                       xw_data;
  logic [portcullis_pkg::FaultW-1:0] walk_fault;
  logic                              walk_drained, upd_drained, dc_fill, pc_fill;
  logic [23:0]                       dc_fill_id;
  logic [44:0]                       pc_fill_key;
  logic [walk_pkg::DcW-1:0]          dc_fill_dc;
  logic [walk_pkg::PcW-1:0]          pc_fill_pc;
  logic [15:0]                       g_gscid;
  logic [walk_pkg::NlFills-1:0]      nl_fill;
  logic [walk_pkg::GFills-1:0]       g_fill;
  logic [walk_pkg::NlFills*walk_pkg::NlFillW-1:0] nl_fills;
  logic [walk_pkg::GFills*walk_pkg::GFillW-1:0] g_fills;
  logic [2:0]                        g_need, g_level;
  logic [43:0]                       g_ppn;
  logic [46:0]                       g_gpn;
  logic                              g_leaf_hit, g_hit;
  logic [walk_pkg::LeafW-1:0]        g_leaf;

  walker_pool #(
    .NumPorts(NumPorts), .PortMisses(PortMisses), .Walkers(Walkers), .VaW(VaW), .GpaW(GpaW), .TwoStage(TwoStage != 0),
    .Pdt(Pdt != 0), .AmoHwad(AmoHwad), .MsiFlat(MsiFlat), .Sv32(Sv32), .Extra(Extra), .Hpm(Hpm), .End(End), .Qosid(Qosid),
    .Ats(Ats), .T2gpa(T2gpa), .MsiMrif(MsiMrif)
  ) u_walker_pool (
    .clk_i, .rst_ni, .ext_i(MsiFlat != 0 && caps_i[22]), .caps_i, .gxl_i(gxl), .be_i(be), .qosid_i, .ddtp_mode_i,
    .ddtp_ppn_i, .inv_i(inv_o),
    .new_valid_i(new_valid), .new_i(new_walk), .new_bit_i(new_bit), .merged_o(merged),
    .resp_valid_o(walk_valid), .resp_more_o(walk_more), .resp_o(walk_resp), .resp_mask_o(walk_mask), .resp_covered_o,
    .answer_port_o(answer_port),
    .resp_way_o(walk_way), .resp_msi_o(walk_msi), .resp_raw_o(walk_raw), .resp_l2_o(walk_l2), .ats_resp_o(ats_resp),
    .ar_valid_o(ar_valid), .ar_lock_o(ar_lock), .ar_sel_i(ar_sel), .ar_idx_i(ar_idx), .ar_addr_o(ar_addr), .ar_len_o(ar_len),
    .ar_qos_o(ar_qos),
    .event_o(ev_walk_o), .ar_taken_i(ar_taken), .r_valid_i(r_valid), .r_idx_i(ds_r_id_i[IdxW-1:0]),
    .r_data_i(ds_r_data_i), .r_resp_i(ds_r_resp_i), .r_poison_i(ds_r_user_i[0]),
    .xw_valid_o(xw_valid), .xw_half_o(xw_half), .xw_short_o(xw_short), .xw_taken_i(xw_taken), .xw_idx_i(xw_idx),
    .xw_addr_o(xw_addr), .xw_data_o(xw_data), .b_valid_i(walk_b_valid), .b_idx_i(ds_b_id_i[IdxW-1:0]), .b_resp_i(ds_b_resp_i),
    .fence_start_i(fence_start_o), .upd_drained_o(walk_drained),
    .fault_valid_o(fault_valid), .fault_taken_i(fault_taken), .fault_grant_i(fault_grant), .fault_o(walk_fault),
    .g_gpn_o(g_gpn), .g_gscid_o(g_gscid), .g_need_o(g_need), .g_leaf_hit_i(g_leaf_hit), .g_leaf_i(g_leaf), .g_hit_i(g_hit),
    .g_level_i(g_level), .g_ppn_i(g_ppn),
    .dc_fill_o(dc_fill), .dc_fill_id_o(dc_fill_id), .dc_fill_dc_o(dc_fill_dc),
    .pc_fill_o(pc_fill), .pc_fill_key_o(pc_fill_key), .pc_fill_pc_o(pc_fill_pc),
    .nl_fill_o(nl_fill), .nl_fills_o(nl_fills), .g_fill_o(g_fill), .g_fills_o(g_fills)
  );

  // Caches of contexts and tables.
  dc_cache #(.DcEntries(DcEntries)) u_dc_cache (
    .clk_i, .rst_ni, .id_i(ctx_key[44:21]), .hit_o(dc_hit), .dc_o(dc),
    .fill_i(dc_fill), .fill_id_i(dc_fill_id), .fill_dc_i(dc_fill_dc), .inv_i(inv_o)
  );

  if (Pdt != 0) begin : gen_pc_cache
    pc_cache #(.PcEntries(PcEntries), .TwoStage(TwoStage != 0)) u_pc_cache (
      .clk_i, .rst_ni, .key_i(ctx_key), .hit_o(pc_hit), .pc_o(pc), .fill_i(pc_fill), .fill_key_i(pc_fill_key),
      .fill_pc_i(pc_fill_pc), .inv_i(inv_o)
    );
  end else begin : gen_no_pc_cache
    assign pc_hit = 1'b0;
    assign pc = '0;
    logic unused;
    assign unused = ^{ctx_key, pc_fill, pc_fill_key, pc_fill_pc};
  end

  nl_cache #(.NlEntries(NlEntries), .VaW(VaW), .TwoStage(TwoStage != 0), .Sv32(Sv32)) u_nl_cache (
    .clk_i, .rst_ni, .vpn_i(b_vpn), .space_i(b_space), .sv32_i(b_sv32), .hit_o(nl_hit), .level_o(nl_level), .ppn_o(nl_ppn),
    .fill_i(nl_fill), .fills_i(nl_fills), .inv_i(inv_o)
  );

  if (TwoStage != 0) begin : gen_g_cache
    g_cache #(.GEntries(GEntries), .GpnW(GpaW - 12), .Sv32(Sv32)) u_g_cache (
      .clk_i, .rst_ni, .gxl_i(gxl), .gpn_i(g_gpn), .gscid_i(g_gscid), .need_i(g_need), .leaf_hit_o(g_leaf_hit), .leaf_o(g_leaf),
      .hit_o(g_hit), .level_o(g_level), .ppn_o(g_ppn), .fill_i(g_fill), .fills_i(g_fills), .inv_i(inv_o)
    );
  end else begin : gen_no_g_cache
    assign {g_leaf_hit, g_leaf, g_hit, g_level, g_ppn} = '0;
    logic unused;
    assign unused = ^{g_gpn, g_gscid, g_need, g_fill, g_fills};
  end

  // Invalidation and the IOTLB.
  logic            cq_inv_valid, cq_inv_s, cq_inv_done, inv_read, inv_init, inv_check, frac_fill, frac_left;
  logic [SetW-1:0] inv_read_set, inv_set;
  logic            ddtp_inv_req, ddtp_inv_done, off_fence_start, cq_fence_start;
  logic [portcullis_pkg::InvW-1:0] cq_inv;
  off_drain #(.Channels(Channels)) u_off_drain (
    .clk_i, .rst_ni, .ddtp_mode_i, .req_i(ddtp_req_i), .done_o(ddtp_done_o),
    .inv_req_o(ddtp_inv_req), .inv_done_i(ddtp_inv_done), .fence_start_o(off_fence_start), .drain_done_i,
    .upd_drained_i(upd_drained)
  );
  inval #(.HasL2(HasL2), .Sets(Sets), .S(S != 0)) u_inval (
    .clk_i, .rst_ni, .ddtp_req_i(ddtp_inv_req), .ddtp_done_o(ddtp_inv_done),
    .cq_valid_i(cq_inv_valid), .cq_inv_i(cq_inv), .cq_s_i(cq_inv_s), .cq_done_o(cq_inv_done), .pipe_empty_i(pipe_empty),
    .active_o(inv_active), .read_o(inv_read), .read_set_o(inv_read_set), .init_o(inv_init), .check_o(inv_check),
    .set_o(inv_set), .frac_fill_i(frac_fill), .frac_left_i(frac_left), .inv_o
  );

  portcullis_pkg::resp_t walk;
  logic                  unused_walk;
  assign walk = walk_resp;
  assign unused_walk = ^walk;
  if (HasL2) begin : gen_iotlb
    logic fill;
    assign fill = walk_l2 && !inv_active;
    assign frac_fill = TwoStage != 0 && fill && walk.s1_size != portcullis_pkg::Size4K;
    iotlb #(
      .Entries(L2Entries), .Ways(L2Ways), .VaW(VaW), .VpnW(VpnW), .TwoStage(TwoStage != 0), .Pdt(Pdt != 0), .MsiFlat(MsiFlat)
    ) u_iotlb (
      .clk_i, .rst_ni, .read_i(l2_read || inv_read), .read_set_i(inv_read ? inv_read_set : l2_set),
      .vpn_i(b_vpn), .space_i(b_space), .msi_i(l2_msi), .write_i(l2_write), .exec_i(l2_exec), .priv_i(l2_priv), .sum_i(l2_sum),
      .hit_o(l2_hit), .spn_o(l2_spn), .s1_size_o(l2_s1_size), .attr_o(l2_attr), .way_o(l2_way),
      .fill_i(fill), .fill_way_i(walk_way), .fill_msi_i(walk_msi), .fill_raw_i(walk_raw), .resp_i(walk_resp), .init_i(inv_init),
      .check_i(inv_check), .inv_set_i(inv_set), .inv_i(inv_o), .frac_left_o(frac_left)
    );
  end else begin : gen_no_iotlb
    assign l2_hit = 1'b0;
    assign l2_spn = '0;
    assign l2_s1_size = '0;
    assign l2_attr = '0;
    assign l2_way = '0;
    assign frac_fill = 1'b0;
    assign frac_left = 1'b0;
    logic unused;
    assign unused = ^{l2_read, l2_set, l2_write, l2_exec, l2_priv, l2_sum, inv_read, inv_read_set, inv_init, inv_check, inv_set,
                      walk_way, walk_msi, walk_raw, walk_l2, l2_msi};
  end

  // Translation service and page requests.
  logic        cmd_valid, cmd_inval, cmd_ready, ats_wait, ats_late, ats_late_clear;
  logic        pq_dw_valid, pq_dw_beat, pq_dw_taken, pq_dw_b_valid;
  logic [63:0] cmd_dw0, cmd_dw1, pq_dw_data;
  logic [55:0] pq_dw_addr;
  assign {msg_out_priv_o, msg_out_exec_o, msg_out_cxl_o} = '0;
  if (Ats != 0) begin : gen_ats
    ats #(.AtsTimeout(AtsTimeout)) u_ats (
      .clk_i, .rst_ni, .msg_in_valid_i, .msg_in_ready_o, .msg_in_kind_i, .msg_in_dsv_i, .msg_in_segment_i, .msg_in_rid_i,
      .msg_in_pv_i, .msg_in_pasid_i, .msg_in_priv_i, .msg_in_exec_i, .msg_in_cxl_i, .msg_in_tag_i, .msg_in_payload_i,
      .msg_out_valid_o, .msg_out_ready_i, .msg_out_kind_o, .msg_out_dsv_o, .msg_out_segment_o, .msg_out_rid_o, .msg_out_pv_o,
      .msg_out_pasid_o, .msg_out_tag_o, .msg_out_payload_o, .msg_out_status_o, .refuse_i(msg_refuse_i),
      .drained_o(msg_drained_o), .req_valid_o(ats_req_valid), .req_ready_i(req_ready[Q-1]), .req_o(ats_req),
      .count_o(ats_count), .resp_valid_i(resp_valid_o && resp_mask[MaskW-1]), .resp_i(resp_o), .ats_resp_i(ats_resp),
      .kill_i(inv_o[portcullis_pkg::InvW-1]), .cmd_valid_i(cmd_valid), .cmd_inval_i(cmd_inval), .cmd_dw0_i(cmd_dw0),
      .cmd_dw1_i(cmd_dw1), .cmd_ready_o(cmd_ready), .wait_o(ats_wait), .late_o(ats_late), .late_clear_i(ats_late_clear),
      .pq_en_i, .pq_on_i, .pq_mf_i, .pq_of_i, .pq_ppn_i, .pq_log2_i, .pq_head_i, .pq_tail_i, .pq_done_o, .pq_set_mf_o,
      .pq_set_of_o, .pq_idle_o, .dw_valid_o(pq_dw_valid), .dw_addr_o(pq_dw_addr), .dw_beat_i(pq_dw_beat),
      .dw_data_o(pq_dw_data), .dw_taken_i(pq_dw_taken), .dw_b_valid_i(pq_dw_b_valid), .dw_b_err_i(dw_b_err)
    );
    logic unused;
    assign unused = msg_in_cxl_i;
  end else begin : gen_no_ats
    assign {msg_in_ready_o, msg_out_valid_o, msg_out_kind_o, msg_out_dsv_o, msg_out_segment_o, msg_out_rid_o, msg_out_pv_o,
            msg_out_pasid_o, msg_out_tag_o, msg_out_payload_o, msg_out_status_o, msg_drained_o} = '0;
    assign {ats_req_valid, ats_req, ats_count, cmd_ready, ats_wait, ats_late} = '0;
    assign {pq_done_o, pq_set_mf_o, pq_set_of_o, pq_idle_o, pq_dw_valid, pq_dw_addr, pq_dw_data} = '0;
    logic unused;
    assign unused = ^{msg_in_valid_i, msg_in_kind_i, msg_in_dsv_i, msg_in_segment_i, msg_in_rid_i, msg_in_pv_i, msg_in_pasid_i,
                      msg_in_priv_i, msg_in_exec_i, msg_in_cxl_i, msg_in_tag_i, msg_in_payload_i, msg_out_ready_i, msg_refuse_i,
                      ats_resp, cmd_valid, cmd_inval, cmd_dw0, cmd_dw1, ats_late_clear, pq_en_i, pq_on_i, pq_mf_i, pq_of_i,
                      pq_ppn_i, pq_log2_i, pq_head_i, pq_tail_i, pq_dw_beat, pq_dw_taken, pq_dw_b_valid};
  end

  // Command queue.
  logic        cq_ar_valid, cq_ar_taken, cq_r_valid, cq_dw_valid, cq_dw_taken, cq_dw_b_valid, dw_b_err;
  logic [55:0] cq_ar_addr, cq_dw_addr;
  logic [31:0] cq_dw_data;
  cmd_queue #(
    .CqDepth(CqDepth), .NumPorts(NumPorts), .TwoStage(TwoStage != 0), .Pdt(Pdt != 0), .Nl(Nl != 0), .S(S != 0),
    .Ats(Ats != 0), .End(End)
  ) u_cmd_queue (
    .clk_i, .rst_ni, .caps_i, .be_i(be), .cq_en_i, .cq_on_i, .cq_stop_i, .cq_ppn_i, .cq_log2_i, .cq_head_i, .cq_tail_i,
    .cq_wsi_ok_i,
    .cq_done_o, .cq_set_mf_o, .cq_set_ill_o, .cq_set_to_o, .cq_set_fence_o, .cq_idle_o,
    .ar_valid_o(cq_ar_valid), .ar_addr_o(cq_ar_addr), .ar_taken_i(cq_ar_taken), .r_valid_i(cq_r_valid),
    .r_data_i(ds_r_data_i), .r_err_i(ds_r_resp_i[1] || ds_r_user_i[0]),
    .dw_valid_o(cq_dw_valid), .dw_addr_o(cq_dw_addr), .dw_data_o(cq_dw_data), .dw_taken_i(cq_dw_taken),
    .dw_b_valid_i(cq_dw_b_valid), .dw_b_err_i(dw_b_err),
    .inv_valid_o(cq_inv_valid), .inv_o(cq_inv), .inv_s_o(cq_inv_s), .inv_done_i(cq_inv_done),
    .ats_valid_o(cmd_valid), .ats_inval_o(cmd_inval), .ats_dw0_o(cmd_dw0), .ats_dw1_o(cmd_dw1), .ats_ready_i(cmd_ready),
    .ats_wait_i(ats_wait), .ats_late_i(ats_late), .ats_late_clear_o(ats_late_clear),
    .fence_start_o(cq_fence_start), .drain_done_i, .upd_drained_i(upd_drained)
  );
  assign fence_start_o = cq_fence_start || off_fence_start;

  // Interrupt messages.
  logic                              irq_rec_valid, irq_rec_taken, irq_grant, irq_dw_valid, irq_dw_taken, irq_dw_b_valid;
  logic [portcullis_pkg::FaultW-1:0] irq_rec;
  if (IgsMsi != 0) begin : gen_irq
    irq u_irq (
      .clk_i, .rst_ni, .msi_valid_i, .msi_addr_i, .msi_taken_o, .dw_valid_o(irq_dw_valid), .dw_taken_i(irq_dw_taken),
      .dw_b_valid_i(irq_dw_b_valid), .dw_b_err_i(dw_b_err), .rec_valid_o(irq_rec_valid), .rec_taken_i(irq_rec_taken),
      .rec_o(irq_rec)
    );
  end else begin : gen_no_irq
    assign {msi_taken_o, irq_dw_valid, irq_rec_valid, irq_rec} = '0;
    logic unused;
    assign unused = ^{msi_valid_i, irq_dw_taken, irq_dw_b_valid, irq_rec_taken};
  end

  // Interrupt files in memory.
  logic                              mrif_ar_valid, mrif_ar_taken, mrif_r_valid;
  logic                              mrif_dw_valid, mrif_update, mrif_dw_taken, mrif_dw_b_valid;
  logic                              mrif_rec_valid, mrif_rec_taken, mrif_grant;
  logic [55:0]                       mrif_ar_addr, mrif_dw_addr;
  logic [63:0]                       mrif_dw_data;
  logic [23:0]                       mrif_qosid;
  logic [portcullis_pkg::FaultW-1:0] mrif_rec;
  if (MsiMrif != 0) begin : gen_mrif
    mrif #(.NumPorts(NumPorts)) u_mrif (
      .clk_i, .rst_ni, .big_endian_i(caps_i[27]), .valid_i(mrif_valid_i), .ready_o(mrif_ready_o), .req_i(mrif_req_i),
      .done_o(mrif_done_o), .ok_o(mrif_ok_o), .ar_valid_o(mrif_ar_valid), .ar_addr_o(mrif_ar_addr), .ar_taken_i(mrif_ar_taken),
      .r_valid_i(mrif_r_valid), .r_data_i(ds_r_data_i), .r_resp_i(ds_r_resp_i), .r_poison_i(ds_r_user_i[0]),
      .dw_valid_o(mrif_dw_valid), .dw_update_o(mrif_update), .dw_addr_o(mrif_dw_addr), .dw_data_o(mrif_dw_data),
      .dw_taken_i(mrif_dw_taken), .dw_b_valid_i(mrif_dw_b_valid), .dw_b_resp_i(ds_b_resp_i), .rcid_o(mrif_qosid[11:0]),
      .mcid_o(mrif_qosid[23:12]), .rec_valid_o(mrif_rec_valid), .rec_taken_i(mrif_rec_taken), .rec_grant_i(mrif_grant),
      .rec_o(mrif_rec)
    );
    assign upd_drained = walk_drained && &upd_drained_i;
  end else begin : gen_no_mrif
    assign {mrif_ready_o, mrif_done_o, mrif_ok_o, mrif_ar_valid, mrif_ar_addr, mrif_dw_valid, mrif_update, mrif_dw_addr,
            mrif_dw_data, mrif_qosid, mrif_rec_valid, mrif_rec} = '0;
    assign upd_drained = walk_drained;
    logic unused;
    assign unused = ^{mrif_valid_i, mrif_req_i, upd_drained_i, mrif_ar_taken, mrif_r_valid, mrif_dw_taken, mrif_dw_b_valid,
                      mrif_rec_taken, mrif_grant};
  end

  // Fault queue. The record of an isolated port (custom cause 2049) names only the port, in iotval.
  logic [NumPorts-1:0]               guard_grant;
  logic [1:0]                        guard_port;
  logic [portcullis_pkg::FaultW-1:0] guard_fault;
  logic                              fq_dw_valid, fq_dw_taken, fq_dw_done, fq_dw_b_valid;
  logic [55:0]                       fq_dw_addr;
  logic [63:0]                       fq_dw_data;
  logic [1:0]                        fq_dw_beat;
  always_comb begin
    guard_port = '0;
    for (int p = 0; p < NumPorts; p++) guard_port = guard_port | (guard_grant[p] ? 2'(p) : 2'd0);
  end
  assign guard_fault = {64'd0, (|guard_grant) ? 12'd2049 : 12'd0, 114'd0, guard_port};
  localparam int AllSources = Walkers + NumPorts + 2;
  localparam int Sources = AllSources - ((MsiMrif != 0) ? 0 : (IgsMsi != 0) ? 1 : 2);
  logic [AllSources-1:0] src_valid, src_ready, src_grant;
  assign src_valid = {mrif_rec_valid, irq_rec_valid, rec_pend_i, fault_valid};
  assign {mrif_rec_taken, irq_rec_taken, rec_taken_o, fault_taken} = src_ready;
  assign {mrif_grant, irq_grant, guard_grant, fault_grant} = src_grant;
  if (Sources != AllSources) begin : gen_fewer_sources
    assign src_ready[AllSources-1:Sources] = '0;
    assign src_grant[AllSources-1:Sources] = '0;
    logic unused;
    assign unused = ^src_valid[AllSources-1:Sources];
  end
  fault_queue #(.FqDepth(FqDepth), .Sources(Sources), .TwoStage(TwoStage != 0)) u_fault_queue (
    .clk_i, .rst_ni, .fq_en_i, .fq_on_i, .fq_stop_i, .fq_ppn_i, .fq_log2_i, .fq_head_i, .fq_tail_i,
    .fq_done_o, .fq_set_mf_o, .fq_set_of_o, .fq_idle_o,
    .src_valid_i(src_valid[Sources-1:0]), .src_ready_o(src_ready[Sources-1:0]), .src_grant_o(src_grant[Sources-1:0]),
    .rec_i(walk_fault | guard_fault | (irq_rec & {portcullis_pkg::FaultW{irq_grant}}) | mrif_rec),
    .dw_valid_o(fq_dw_valid), .dw_addr_o(fq_dw_addr), .dw_data_o(fq_dw_data), .dw_beat_i(fq_dw_beat),
    .dw_taken_i(fq_dw_taken), .dw_done_i(fq_dw_done), .dw_b_valid_i(fq_dw_b_valid), .dw_b_err_i(dw_b_err)
  );

  // Data-structure port.
  localparam int Readers = Walkers + ((MsiMrif != 0) ? 2 : 1);
  logic [Readers-1:0] rd_taken, rd_valid;
  assign {cq_ar_taken, ar_taken} = rd_taken[Walkers:0];
  assign {cq_r_valid, r_valid} = rd_valid[Walkers:0];
  assign mrif_ar_taken = MsiMrif != 0 && rd_taken[Readers-1];
  assign mrif_r_valid = MsiMrif != 0 && rd_valid[Readers-1];
  ds_read #(.Walkers(Walkers), .IdW(IdW), .Mrif(MsiMrif), .Qosid(Qosid)) u_ds_read (
    .clk_i, .rst_ni, .req_i(Readers'({mrif_ar_valid, cq_ar_valid, ar_valid})),
    .walk_sel_o(ar_sel), .walk_idx_o(ar_idx), .walk_addr_i(ar_addr), .walk_len_i(ar_len),
    .cq_addr_i(cq_ar_addr), .mrif_addr_i(mrif_ar_addr),
    .lock_i(Readers'({2'b10, ar_lock})), .short_i(Readers'({2'b00, ar_lock & xw_short})),
    .qos_i((24*Readers)'({mrif_qosid, qosid_i, ar_qos})), .taken_o(rd_taken), .ds_ar_valid_o, .ds_ar_ready_i,
    .ds_ar_id_o, .ds_ar_addr_o, .ds_ar_len_o, .ds_ar_size_o, .ds_ar_lock_o, .ds_ar_rcid_o, .ds_ar_mcid_o,
    .ds_r_valid_i, .ds_r_id_i, .r_valid_o(rd_valid)
  );
  ds_write #(
    .Walkers(Walkers), .IdW(IdW), .AmoHwad(AmoHwad), .IgsMsi(IgsMsi), .Ats(Ats), .MsiMrif(MsiMrif), .End(End),
    .Qosid(Qosid)
  ) u_ds_write (
    .clk_i, .rst_ni, .be_i(be), .qosid_i,
    .fq_valid_i(fq_dw_valid), .fq_addr_i(fq_dw_addr), .fq_taken_o(fq_dw_taken), .fq_data_i(fq_dw_data),
    .fq_beat_o(fq_dw_beat), .fq_done_o(fq_dw_done), .fq_b_valid_o(fq_dw_b_valid),
    .cq_valid_i(cq_dw_valid), .cq_addr_i(cq_dw_addr), .cq_taken_o(cq_dw_taken), .cq_data_i(cq_dw_data),
    .cq_b_valid_o(cq_dw_b_valid), .b_err_o(dw_b_err),
    .walk_valid_i(xw_valid), .walk_addr_i(xw_addr), .walk_short_i(xw_short), .walk_half_i(xw_half),
    .walk_qosid_i(ar_qos), .walk_taken_o(xw_taken), .walk_idx_o(xw_idx), .walk_data_i(xw_data), .walk_b_valid_o(walk_b_valid),
    .irq_valid_i(irq_dw_valid), .irq_addr_i(msi_addr_i), .irq_taken_o(irq_dw_taken), .irq_data_i(msi_data_i),
    .irq_b_valid_o(irq_dw_b_valid),
    .pq_valid_i(pq_dw_valid), .pq_addr_i(pq_dw_addr), .pq_taken_o(pq_dw_taken), .pq_data_i(pq_dw_data), .pq_beat_o(pq_dw_beat),
    .pq_b_valid_o(pq_dw_b_valid),
    .mrif_valid_i(mrif_dw_valid), .mrif_update_i(mrif_update), .mrif_addr_i(mrif_dw_addr), .mrif_data_i(mrif_dw_data),
    .mrif_qosid_i(mrif_qosid), .mrif_taken_o(mrif_dw_taken), .mrif_b_valid_o(mrif_dw_b_valid),
    .ds_aw_valid_o, .ds_aw_ready_i, .ds_aw_id_o, .ds_aw_addr_o, .ds_aw_len_o, .ds_aw_size_o, .ds_aw_lock_o,
    .ds_aw_rcid_o, .ds_aw_mcid_o, .ds_w_valid_o, .ds_w_ready_i, .ds_w_data_o, .ds_w_strb_o, .ds_w_last_o,
    .ds_b_valid_i, .ds_b_id_i, .ds_b_resp_i
  );
endmodule
