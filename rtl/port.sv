// SPDX-License-Identifier: Apache-2.0
//
// One port: translates the DMA of one device-side AXI4 interface onto one memory-side AXI4 interface, clock for clock as
// docs/microarchitecture.md section 4 says. Reads and writes are looked up in parallel in every clock; a hit shows on the memory
// side one clock later, from a register. R, W and B pass through in the same clock.
//
// Pins that depend on inputs of the same clock: ready of AR, AW and W; valid, payload and ready of R and B; valid and
// payload of W.
// Payloads of the core's buses are the structs of portcullis_pkg.
//
// DataWidth       bits of R and W data, a power of two in 32..512
// IdWidth         bits of AXI IDs, 1..8; order is kept per ID
// UserWidth       bits of AXI user signals, 1..64
// PortEntries     entries of the translation cache, a power of two in 2..64
// PortMisses      requests that wait per channel, a power of two in 2..32
// MaxOutstanding  bursts that one ID may have in memory, 2^n-1 in 3..255
// WFifoDepth      write bursts whose W beats are owed, a power of two in 2..64
// VaW             bits of a first-stage virtual address: 39, 48 or 57
// EntryVpnW       page-number bits that an entry of the translation cache holds, VaW - 12 or more
// TwoStage        0: no second stage, every translation has gv = 0
// Pdt             0: no process contexts, process_id and priv change nothing
// Sv32            0: no first-stage Sv32
// MsiMrif         0: no interrupt files in memory
// Hpm             0: no events for counters
// Qosid           0: rcid and mcid are 0
module port #(
  parameter int DataWidth = 64,
  parameter int IdWidth = 2,
  parameter int UserWidth = 1,
  parameter int PortEntries = 4,
  parameter int PortMisses = 2,
  parameter int MaxOutstanding = 31,
  parameter int WFifoDepth = 4,
  parameter int VaW = 39,
  parameter int EntryVpnW = 27,
  parameter int TwoStage = 0,
  parameter int Pdt = 0,
  parameter int Sv32 = 0,
  parameter int MsiMrif = 0,
  parameter int Hpm = 0,
  parameter int Qosid = 0
) (
  input  logic                                  clk_i,
  input  logic                                  rst_ni,

  // Device side.
  input  logic                                  dev_ar_valid_i,
  output logic                                  dev_ar_ready_o,
  input  logic [IdWidth-1:0]                    dev_ar_id_i,
  input  logic [63:0]                           dev_ar_addr_i,
  input  logic [7:0]                            dev_ar_len_i,
  input  logic [2:0]                            dev_ar_size_i,
  input  logic [1:0]                            dev_ar_burst_i,
  input  logic                                  dev_ar_lock_i,
  input  logic [3:0]                            dev_ar_cache_i,
  input  logic [2:0]                            dev_ar_prot_i,
  input  logic [3:0]                            dev_ar_qos_i,
  input  logic [UserWidth-1:0]                  dev_ar_user_i,
  input  logic [23:0]                           dev_ar_device_id_i,
  input  logic [19:0]                           dev_ar_process_id_i,
  input  logic                                  dev_ar_pv_i,
  input  logic                                  dev_ar_priv_i,
  input  logic                                  dev_ar_exec_i,
  input  logic                                  dev_ar_translated_i,
  input  logic                                  dev_aw_valid_i,
  output logic                                  dev_aw_ready_o,
  input  logic [IdWidth-1:0]                    dev_aw_id_i,
  input  logic [63:0]                           dev_aw_addr_i,
  input  logic [7:0]                            dev_aw_len_i,
  input  logic [2:0]                            dev_aw_size_i,
  input  logic [1:0]                            dev_aw_burst_i,
  input  logic                                  dev_aw_lock_i,
  input  logic [3:0]                            dev_aw_cache_i,
  input  logic [2:0]                            dev_aw_prot_i,
  input  logic [3:0]                            dev_aw_qos_i,
  input  logic [UserWidth-1:0]                  dev_aw_user_i,
  input  logic [23:0]                           dev_aw_device_id_i,
  input  logic [19:0]                           dev_aw_process_id_i,
  input  logic                                  dev_aw_pv_i,
  input  logic                                  dev_aw_priv_i,
  input  logic                                  dev_aw_exec_i,
  input  logic                                  dev_aw_translated_i,
  input  logic                                  dev_w_valid_i,
  output logic                                  dev_w_ready_o,
  input  logic [DataWidth-1:0]                  dev_w_data_i,
  input  logic [DataWidth/8-1:0]                dev_w_strb_i,
  input  logic                                  dev_w_last_i,
  input  logic [UserWidth-1:0]                  dev_w_user_i,
  output logic                                  dev_b_valid_o,
  input  logic                                  dev_b_ready_i,
  output logic [IdWidth-1:0]                    dev_b_id_o,
  output logic [1:0]                            dev_b_resp_o,
  output logic [UserWidth-1:0]                  dev_b_user_o,
  output logic                                  dev_r_valid_o,
  input  logic                                  dev_r_ready_i,
  output logic [IdWidth-1:0]                    dev_r_id_o,
  output logic [DataWidth-1:0]                  dev_r_data_o,
  output logic [1:0]                            dev_r_resp_o,
  output logic                                  dev_r_last_o,
  output logic [UserWidth-1:0]                  dev_r_user_o,

  // Memory side.
  output logic                                  mem_ar_valid_o,
  input  logic                                  mem_ar_ready_i,
  output logic [IdWidth-1:0]                    mem_ar_id_o,
  output logic [55:0]                           mem_ar_addr_o,
  output logic [7:0]                            mem_ar_len_o,
  output logic [2:0]                            mem_ar_size_o,
  output logic [1:0]                            mem_ar_burst_o,
  output logic                                  mem_ar_lock_o,
  output logic [3:0]                            mem_ar_cache_o,
  output logic [2:0]                            mem_ar_prot_o,
  output logic [3:0]                            mem_ar_qos_o,
  output logic [UserWidth-1:0]                  mem_ar_user_o,
  output logic [1:0]                            mem_ar_pbmt_o,
  output logic [11:0]                           mem_ar_rcid_o,
  output logic [11:0]                           mem_ar_mcid_o,
  output logic [23:0]                           mem_ar_device_id_o,
  output logic                                  mem_aw_valid_o,
  input  logic                                  mem_aw_ready_i,
  output logic [IdWidth-1:0]                    mem_aw_id_o,
  output logic [55:0]                           mem_aw_addr_o,
  output logic [7:0]                            mem_aw_len_o,
  output logic [2:0]                            mem_aw_size_o,
  output logic [1:0]                            mem_aw_burst_o,
  output logic                                  mem_aw_lock_o,
  output logic [3:0]                            mem_aw_cache_o,
  output logic [2:0]                            mem_aw_prot_o,
  output logic [3:0]                            mem_aw_qos_o,
  output logic [UserWidth-1:0]                  mem_aw_user_o,
  output logic [1:0]                            mem_aw_pbmt_o,
  output logic [11:0]                           mem_aw_rcid_o,
  output logic [11:0]                           mem_aw_mcid_o,
  output logic [23:0]                           mem_aw_device_id_o,
  output logic                                  mem_w_valid_o,
  input  logic                                  mem_w_ready_i,
  output logic [DataWidth-1:0]                  mem_w_data_o,
  output logic [DataWidth/8-1:0]                mem_w_strb_o,
  output logic                                  mem_w_last_o,
  output logic [UserWidth-1:0]                  mem_w_user_o,
  input  logic                                  mem_b_valid_i,
  output logic                                  mem_b_ready_o,
  input  logic [IdWidth-1:0]                    mem_b_id_i,
  input  logic [1:0]                            mem_b_resp_i,
  input  logic [UserWidth-1:0]                  mem_b_user_i,
  input  logic                                  mem_r_valid_i,
  output logic                                  mem_r_ready_o,
  input  logic [IdWidth-1:0]                    mem_r_id_i,
  input  logic [DataWidth-1:0]                  mem_r_data_i,
  input  logic [1:0]                            mem_r_resp_i,
  input  logic                                  mem_r_last_i,
  input  logic [UserWidth-1:0]                  mem_r_user_i,

  // Core: miss requests per channel (0 read, 1 write), responses, invalidations, fences.
  output logic [1:0]                            req_valid_o,
  input  logic [1:0]                            req_ready_i,
  output logic [2*portcullis_pkg::MissReqW-1:0] req_o,
  input  logic                                  resp_valid_i,
  input  logic [portcullis_pkg::RespW-1:0]      resp_i,
  input  logic [2*PortMisses-1:0]               resp_mask_i,
  input  logic                                  resp_covered_i,  // by the kill of this clock
  input  logic [2:0]                            port_q_i,  // requester number of the read channel: 2 * port
  input  logic [portcullis_pkg::InvW-1:0]       inv_i,
  input  logic                                  fence_start_i,
  output logic [1:0]                            drain_done_o,

  // Updates of interrupt files in memory (MsiMrif). upd_drained: none from before the last fence is under way.
  output logic                                  mrif_valid_o,
  input  logic                                  mrif_ready_i,
  output logic [portcullis_pkg::MrifReqW-1:0]   mrif_req_o,
  input  logic                                  mrif_done_i,
  input  logic                                  mrif_ok_i,
  output logic                                  upd_drained_o,

  // Registers, and the isolation record for the fault queue.
  input  logic [1:0]                            q_mode_i,
  input  logic [15:0]                           q_isotime_i,
  input  logic                                  q_isolate_i,
  input  logic                                  q_resume_i,
  output logic                                  q_drained_o,
  output logic                                  q_isolated_o,
  output logic [2*portcullis_pkg::EvPortW-1:0]  ev_o,
  input  logic [23:0]                           qosid_i,  // {mcid, rcid} of iommu_qosid
  output logic                                  rec_pend_o,
  input  logic                                  rec_taken_i
);
  localparam int HintW = (Qosid != 0) ? 26 : 2;
  localparam int AttrW = 3 + 2 + 1 + 4 + 3 + 4 + UserWidth;
  localparam bit Mrif = MsiMrif != 0;
  localparam logic [1:0] RespOkay = 2'b00;
  localparam logic [1:0] RespSlvErr = 2'b10;

  if (DataWidth < 32 || DataWidth > 512 || 2 ** $clog2(DataWidth) != DataWidth)
    $error("port: DataWidth must be a power of two in 32..512");
  if (IdWidth < 1 || IdWidth > 8) $error("port: IdWidth must be in 1..8");
  if (UserWidth < 1 || UserWidth > 64) $error("port: UserWidth must be in 1..64");
  if (PortEntries < 2 || PortEntries > 64 || 2 ** $clog2(PortEntries) != PortEntries)
    $error("port: PortEntries must be a power of two in 2..64");
  if (PortMisses < 2 || PortMisses > 32 || 2 ** $clog2(PortMisses) != PortMisses)
    $error("port: PortMisses must be a power of two in 2..32");
  if (MaxOutstanding < 3 || MaxOutstanding > 255 || 2 ** $clog2(MaxOutstanding) != MaxOutstanding + 1)
    $error("port: MaxOutstanding must be 2^n-1 in 3..255");
  if (WFifoDepth < 2 || WFifoDepth > 64 || 2 ** $clog2(WFifoDepth) != WFifoDepth)
    $error("port: WFifoDepth must be a power of two in 2..64");
  if (VaW != 39 && VaW != 48 && VaW != 57) $error("port: VaW must be 39, 48 or 57");
  if (EntryVpnW < VaW - 12 || EntryVpnW > 47) $error("port: EntryVpnW must be in VaW-12..47");

  portcullis_pkg::resp_t resp;
  logic        isolated, iso_enter, iso_leave, flush, hold, refuse, quiet;
  logic [1:0]  illegal, hit, idle, sent, all_zero;
  logic [87:0] spn;
  logic [2*HintW-1:0] hint;  // what goes with a page: {mcid, rcid, pbmt}
  logic [HintW-1:0] hint_r, hint_w;
  logic        r_refused, b_refused, r_okay, b_okay;
  logic        made, absorb, held_next, upd_done, upd_ok, upd_idle;
  logic [portcullis_pkg::MissReqW-1:0] absorb_req;
  logic        w_push, w_pass, w_full, w_stall, swallow_done, owed_zero;
  logic [7:0]  w_len;

  assign resp = resp_i;

  port_tlb #(
    .Entries(PortEntries), .VaW(VaW), .VpnW(EntryVpnW), .TwoStage(TwoStage != 0), .Pdt(Pdt != 0), .Sv32(Sv32), .HintW(HintW)
  ) u_tlb (
    .clk_i, .rst_ni,
    .iova_i      ({dev_aw_addr_i, dev_ar_addr_i}),
    .device_id_i ({dev_aw_device_id_i, dev_ar_device_id_i}),
    .pv_i        ({dev_aw_pv_i, dev_ar_pv_i}),
    .process_id_i({dev_aw_process_id_i, dev_ar_process_id_i}),
    .priv_i      ({dev_aw_priv_i, dev_ar_priv_i}),
    .exec_i      (dev_ar_exec_i),
    .translated_i({dev_aw_translated_i, dev_ar_translated_i}),
    .illegal_i   (illegal),
    .qosid_i,
    .hit_o       (hit),
    .spn_o       (spn),
    .hint_o      (hint),
    .fill_i      (resp_valid_i && resp_mask_i != '0 && resp.ok && !resp.mrif && !resp.nofill && !resp_covered_i),
    .resp_i, .inv_i
  );

  // Reads.
  bus_check #(.DataWidth(DataWidth)) u_check_r (
    .addr_i   (dev_ar_addr_i[11:0]),
    .len_i    (dev_ar_len_i),
    .size_i   (dev_ar_size_i),
    .burst_i  (dev_ar_burst_i),
    .lock_i   (dev_ar_lock_i),
    .illegal_o(illegal[0])
  );
  logic       unused_push_r, unused_pass_r, unused_made_r, unused_absorb_r, unused_held_r;
  logic [7:0] unused_len_r;
  logic [portcullis_pkg::MissReqW-1:0] unused_absorb_req_r;
  port_channel #(
    .Write(1'b0), .IdWidth(IdWidth), .AttrW(AttrW), .PortMisses(PortMisses), .MaxOutstanding(MaxOutstanding), .Mrif(Mrif),
    .HintW(HintW), .Hpm(Hpm)
  ) u_read (
    .clk_i, .rst_ni,
    .hold_i           (hold),
    .refuse_i         (refuse),
    .isolated_i       (isolated),
    .flush_i          (flush),
    .ax_valid_i       (dev_ar_valid_i),
    .ax_ready_o       (dev_ar_ready_o),
    .ax_id_i          (dev_ar_id_i),
    .ax_addr_i        (dev_ar_addr_i),
    .ax_len_i         (dev_ar_len_i),
    .ax_device_id_i   (dev_ar_device_id_i),
    .ax_who_i         ({dev_ar_process_id_i, dev_ar_pv_i, dev_ar_priv_i, dev_ar_exec_i, dev_ar_translated_i}),
    .ax_attr_i        ({dev_ar_size_i, dev_ar_burst_i, dev_ar_lock_i, dev_ar_cache_i, dev_ar_prot_i, dev_ar_qos_i,
                        dev_ar_user_i}),
    .ax_illegal_i     (illegal[0]),
    .ax_word_i        (dev_ar_len_i == 8'd0 && dev_ar_size_i == 3'd2 && dev_ar_addr_i[1:0] == 2'd0),
    .hit_i            (hit[0]),
    .spn_i            (spn[43:0]),
    .hint_i           (hint[HintW-1:0]),
    .mem_valid_o      (mem_ar_valid_o),
    .mem_ready_i      (mem_ar_ready_i),
    .mem_id_o         (mem_ar_id_o),
    .mem_addr_o       (mem_ar_addr_o),
    .mem_len_o        (mem_ar_len_o),
    .mem_device_id_o  (mem_ar_device_id_o),
    .mem_attr_o       ({mem_ar_size_o, mem_ar_burst_o, mem_ar_lock_o, mem_ar_cache_o, mem_ar_prot_o, mem_ar_qos_o,
                        mem_ar_user_o}),
    .mem_hint_o       (hint_r),
    .w_full_i         (1'b0),
    .w_push_o         (unused_push_r),
    .w_pass_o         (unused_pass_r),
    .w_len_o          (unused_len_r),
    .swallow_done_i   (1'b0),
    .made_o           (unused_made_r),
    .absorb_o         (unused_absorb_r),
    .absorb_req_o     (unused_absorb_req_r),
    .held_next_o      (unused_held_r),
    .upd_done_i       (1'b0),
    .upd_ok_i         (1'b0),
    .mem_rsp_valid_i  (mem_r_valid_i),
    .mem_rsp_ready_o  (mem_r_ready_o),
    .mem_rsp_id_i     (mem_r_id_i),
    .mem_rsp_last_i   (mem_r_last_i),
    .dev_rsp_valid_o  (dev_r_valid_o),
    .dev_rsp_ready_i  (dev_r_ready_i),
    .dev_rsp_refused_o(r_refused),
    .dev_rsp_okay_o   (r_okay),
    .dev_rsp_id_o     (dev_r_id_o),
    .dev_rsp_last_o   (dev_r_last_o),
    .req_valid_o      (req_valid_o[0]),
    .req_ready_i      (req_ready_i[0]),
    .req_o            (req_o[0 +: portcullis_pkg::MissReqW]),
    .requester_i      (port_q_i),
    .resp_valid_i, .resp_i,
    .resp_covered_i,
    .resp_mask_i      (resp_mask_i[0 +: PortMisses]),
    .inv_i, .fence_start_i,
    .drain_done_o     (drain_done_o[0]),
    .idle_o           (idle[0]),
    .sent_o           (sent[0]),
    .all_zero_o       (all_zero[0]),
    .event_o          (ev_o[0 +: portcullis_pkg::EvPortW])
  );
  assign {mem_ar_mcid_o, mem_ar_rcid_o, mem_ar_pbmt_o} = 26'(hint_r);
  assign dev_r_data_o = r_refused ? '0 : mem_r_data_i;
  assign dev_r_resp_o = r_refused ? (r_okay ? RespOkay : RespSlvErr) : mem_r_resp_i;
  assign dev_r_user_o = r_refused ? '0 : mem_r_user_i;

  // Writes. exec on AW has no meaning and is ignored.
  bus_check #(.DataWidth(DataWidth)) u_check_w (
    .addr_i   (dev_aw_addr_i[11:0]),
    .len_i    (dev_aw_len_i),
    .size_i   (dev_aw_size_i),
    .burst_i  (dev_aw_burst_i),
    .lock_i   (dev_aw_lock_i),
    .illegal_o(illegal[1])
  );
  logic unused_last_b;
  port_channel #(
    .Write(1'b1), .IdWidth(IdWidth), .AttrW(AttrW), .PortMisses(PortMisses), .MaxOutstanding(MaxOutstanding), .Mrif(Mrif),
    .HintW(HintW), .Hpm(Hpm)
  ) u_write (
    .clk_i, .rst_ni,
    .hold_i           (hold),
    .refuse_i         (refuse),
    .isolated_i       (isolated),
    .flush_i          (flush),
    .ax_valid_i       (dev_aw_valid_i),
    .ax_ready_o       (dev_aw_ready_o),
    .ax_id_i          (dev_aw_id_i),
    .ax_addr_i        (dev_aw_addr_i),
    .ax_len_i         (dev_aw_len_i),
    .ax_device_id_i   (dev_aw_device_id_i),
    .ax_who_i         ({dev_aw_process_id_i, dev_aw_pv_i, dev_aw_priv_i, 1'b0, dev_aw_translated_i}),
    .ax_attr_i        ({dev_aw_size_i, dev_aw_burst_i, dev_aw_lock_i, dev_aw_cache_i, dev_aw_prot_i, dev_aw_qos_i,
                        dev_aw_user_i}),
    .ax_illegal_i     (illegal[1]),
    .ax_word_i        (dev_aw_len_i == 8'd0),
    .hit_i            (hit[1]),
    .spn_i            (spn[87:44]),
    .hint_i           (hint[HintW +: HintW]),
    .mem_valid_o      (mem_aw_valid_o),
    .mem_ready_i      (mem_aw_ready_i),
    .mem_id_o         (mem_aw_id_o),
    .mem_addr_o       (mem_aw_addr_o),
    .mem_len_o        (mem_aw_len_o),
    .mem_device_id_o  (mem_aw_device_id_o),
    .mem_attr_o       ({mem_aw_size_o, mem_aw_burst_o, mem_aw_lock_o, mem_aw_cache_o, mem_aw_prot_o, mem_aw_qos_o,
                        mem_aw_user_o}),
    .mem_hint_o       (hint_w),
    .w_full_i         (w_full),
    .w_push_o         (w_push),
    .w_pass_o         (w_pass),
    .w_len_o          (w_len),
    .swallow_done_i   (swallow_done),
    .made_o           (made),
    .absorb_o         (absorb),
    .absorb_req_o     (absorb_req),
    .held_next_o      (held_next),
    .upd_done_i       (upd_done),
    .upd_ok_i         (upd_ok),
    .mem_rsp_valid_i  (mem_b_valid_i),
    .mem_rsp_ready_o  (mem_b_ready_o),
    .mem_rsp_id_i     (mem_b_id_i),
    .mem_rsp_last_i   (1'b1),
    .dev_rsp_valid_o  (dev_b_valid_o),
    .dev_rsp_ready_i  (dev_b_ready_i),
    .dev_rsp_refused_o(b_refused),
    .dev_rsp_okay_o   (b_okay),
    .dev_rsp_id_o     (dev_b_id_o),
    .dev_rsp_last_o   (unused_last_b),
    .req_valid_o      (req_valid_o[1]),
    .req_ready_i      (req_ready_i[1]),
    .req_o            (req_o[portcullis_pkg::MissReqW +: portcullis_pkg::MissReqW]),
    .requester_i      (port_q_i | 3'd1),
    .resp_valid_i, .resp_i,
    .resp_covered_i,
    .resp_mask_i      (resp_mask_i[PortMisses +: PortMisses]),
    .inv_i, .fence_start_i,
    .drain_done_o     (drain_done_o[1]),
    .idle_o           (idle[1]),
    .sent_o           (sent[1]),
    .all_zero_o       (all_zero[1]),
    .event_o          (ev_o[portcullis_pkg::EvPortW +: portcullis_pkg::EvPortW])
  );
  assign {mem_aw_mcid_o, mem_aw_rcid_o, mem_aw_pbmt_o} = 26'(hint_w);
  assign dev_b_resp_o = b_refused ? (b_okay ? RespOkay : RespSlvErr) : mem_b_resp_i;
  assign dev_b_user_o = b_refused ? '0 : mem_b_user_i;

  port_w #(.DataWidth(DataWidth), .UserWidth(UserWidth), .Depth(WFifoDepth)) u_w (
    .clk_i, .rst_ni,
    .isolated_i    (isolated),
    .iso_enter_i   (iso_enter),
    .iso_leave_i   (iso_leave),
    .owed_zero_o   (owed_zero),
    .stall_o       (w_stall),
    .push_i        (w_push),
    .push_pass_i   (w_pass),
    .push_len_i    (w_len),
    .full_o        (w_full),
    .swallow_done_o(swallow_done),
    .dev_w_valid_i, .dev_w_ready_o, .dev_w_data_i, .dev_w_strb_i, .dev_w_user_i,
    .mem_w_valid_o, .mem_w_ready_i, .mem_w_data_o, .mem_w_strb_o, .mem_w_last_o, .mem_w_user_o
  );

  // Interrupt files in memory.
  if (Mrif) begin : gen_mrif
    port_mrif #(.DataWidth(DataWidth)) u_mrif (
      .clk_i, .rst_ni,
      .flush_i       (flush),
      .fence_start_i,
      .made_i        (made),
      .resp_i,
      .absorb_i      (absorb),
      .absorb_req_i  (absorb_req),
      .held_next_i   (held_next),
      .answer_o      (upd_done),
      .answer_ok_o   (upd_ok),
      .swallow_done_i(swallow_done),
      .dev_w_data_i, .dev_w_strb_i,
      .mrif_valid_o, .mrif_ready_i, .mrif_req_o, .mrif_done_i, .mrif_ok_i,
      .idle_o        (upd_idle),
      .upd_drained_o
    );
  end else begin : gen_no_mrif
    assign {mrif_valid_o, mrif_req_o, upd_done, upd_ok} = '0;
    assign {upd_idle, upd_drained_o} = 2'b11;
    logic unused_mrif;
    assign unused_mrif = ^{made, absorb, absorb_req, held_next, mrif_ready_i, mrif_done_i, mrif_ok_i};
  end

  // Guard and quiesce.
  port_guard u_guard (
    .clk_i, .rst_ni,
    .isotime_i  (q_isotime_i),
    .isolate_i  (q_isolate_i),
    .resume_i   (q_resume_i),
    .r_stall_i  (dev_r_valid_o && !dev_r_ready_i),
    .b_stall_i  (dev_b_valid_o && !dev_b_ready_i),
    .w_stall_i  (w_stall),
    .w_valid_i  (dev_w_valid_i),
    .quiet_i    (quiet),
    .sent_i     (sent != '0),
    .isolated_o (isolated),
    .iso_enter_o(iso_enter),
    .iso_leave_o(iso_leave),
    .rec_pend_o, .rec_taken_i
  );
  assign flush = iso_enter || iso_leave;
  assign hold = q_mode_i == portcullis_pkg::ModeHold && !isolated;
  assign refuse = q_mode_i == portcullis_pkg::ModeAbort || isolated;
  assign quiet = &all_zero && !mem_ar_valid_o && !mem_aw_valid_o && owed_zero && upd_idle;
  assign q_isolated_o = isolated;
  assign q_drained_o = isolated ? (quiet && sent == '0) : (&idle && &all_zero);

  logic unused;
  assign unused = ^{dev_w_last_i, dev_aw_exec_i, resp};
endmodule
