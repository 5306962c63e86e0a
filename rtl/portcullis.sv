// SPDX-License-Identifier: Apache-2.0
//
// Portcullis, a RISC-V IOMMU: the top. One `port` per device-side AXI4 interface, the shared `core`, and the register page.
// docs/microarchitecture.md section 2 describes the pins, docs/registers.md the registers.
//
// Several ports are flat vectors: port p owns bits [p*W +: W]. One clock, one synchronous active-low reset, for the IOMMU and its
// buses together. Without Ats the message port does nothing.
module portcullis #(
  parameter int NumPorts = 1,  // device-side AXI4 ports, each with its own translation cache and memory-side AXI4
  parameter int DataWidth = 64,  // bits of the DMA data buses
  parameter int IdWidth = 2,  // bits of the AXI IDs of devices; the memory side uses the same IDs
  parameter int UserWidth = 1,  // bits of the AXI user signals; passed unchanged
  parameter int PortEntries = 4,  // entries of a port's fully associative translation cache
  parameter int PortMisses = 2,  // requests that wait for translation, per port and channel
  parameter int L2Entries = 0,  // entries of the shared IOTLB; 0: none
  parameter int L2Ways = 4,  // its ways
  parameter int DcEntries = 2,  // cached device contexts
  parameter int PcEntries = 0,  // cached process contexts; 0 only without process directories
  parameter int NlEntries = 2,  // cached non-leaf page-table entries
  parameter int GEntries = 0,  // cached second-stage entries; 0 only without a second stage
  parameter int Walkers = 2,  // walks that overlap
  parameter int CqDepth = 1,  // commands fetched ahead
  parameter int FqDepth = 1,  // fault records waiting to be written
  parameter int MaxOutstanding = 31,  // bursts that one ID may have in memory, per port and channel
  parameter int WFifoDepth = 4,  // write bursts per port whose W beats are owed
  parameter int Sv32 = 0,  // 1: first-stage Sv32
  parameter int Sv48 = 0,  // 1: first-stage Sv48
  parameter int Sv57 = 0,  // 1: first-stage Sv57
  parameter int Svpbmt = 0,  // 1: page-based memory types
  parameter int Svrsw60t59b = 0,  // 1: PTE bits 60:59 are free for software
  parameter int Sv32x4 = 0,  // 1: second-stage Sv32x4
  parameter int Sv39x4 = 0,  // 1: second-stage Sv39x4
  parameter int Sv48x4 = 0,  // 1: second-stage Sv48x4
  parameter int Sv57x4 = 0,  // 1: second-stage Sv57x4
  parameter int AmoHwad = 0,  // 1: A and D bits set by hardware
  parameter int MsiFlat = 0,  // 1: MSI pages and extended device contexts
  parameter int MsiMrif = 0,  // 1: interrupt files in memory
  parameter int AmoMrif = 0,  // 1: and their updates are atomic; as MsiMrif
  parameter int Pd8 = 0,  // 1: process directories of one level
  parameter int Pd17 = 0,  // 1: of two levels
  parameter int Pd20 = 0,  // 1: of three levels
  parameter int Nl = 0,  // 1: IOTINVAL may name non-leaf entries by address
  parameter int S = 0,  // 1: IOTINVAL of an address range
  parameter int Hpm = 0,  // 1: performance counters
  parameter int Dbg = 0,  // 1: translations for debugging
  parameter int End = 0,  // 1: big-endian structures and queues
  parameter int Qosid = 0,  // 1: QoS identifiers
  parameter int IgsMsi = 0,  // 1: interrupts by message or by wire; 0: by wire
  parameter int HpmCounters = 0,  // event counters; 0 only without Hpm
  parameter int Ats = 0,  // 1: translation and page requests of PCIe devices
  parameter int T2gpa = 0,  // 1: devices may get guest physical addresses
  parameter int AtsTimeout = 0,  // clocks after which an invalidation of a device's cache may be given up; 0 only without Ats
  parameter int Pas = 56,  // physical address bits
  localparam int DsIdWidth = $clog2(Walkers + ((IgsMsi != 0 || MsiMrif != 0 || Ats != 0) ? 5 : 2))
) (
  input  logic                            clk_i,
  input  logic                            rst_ni,
  // Narrow what capabilities advertises; sampled during reset.
  input  logic [63:0]                     fuse_caps_i,
  input  logic [5:0]                      fuse_hpm_i,
  // Device side.
  input  logic [NumPorts-1:0]             dev_ar_valid_i,
  output logic [NumPorts-1:0]             dev_ar_ready_o,
  input  logic [IdWidth*NumPorts-1:0]     dev_ar_id_i,
  input  logic [64*NumPorts-1:0]          dev_ar_addr_i,
  input  logic [8*NumPorts-1:0]           dev_ar_len_i,
  input  logic [3*NumPorts-1:0]           dev_ar_size_i,
  input  logic [2*NumPorts-1:0]           dev_ar_burst_i,
  input  logic [NumPorts-1:0]             dev_ar_lock_i,
  input  logic [4*NumPorts-1:0]           dev_ar_cache_i,
  input  logic [3*NumPorts-1:0]           dev_ar_prot_i,
  input  logic [4*NumPorts-1:0]           dev_ar_qos_i,
  input  logic [UserWidth*NumPorts-1:0]   dev_ar_user_i,
  input  logic [24*NumPorts-1:0]          dev_ar_device_id_i,
  input  logic [20*NumPorts-1:0]          dev_ar_process_id_i,
  input  logic [NumPorts-1:0]             dev_ar_pv_i,
  input  logic [NumPorts-1:0]             dev_ar_priv_i,
  input  logic [NumPorts-1:0]             dev_ar_exec_i,
  input  logic [NumPorts-1:0]             dev_ar_translated_i,
  input  logic [NumPorts-1:0]             dev_aw_valid_i,
  output logic [NumPorts-1:0]             dev_aw_ready_o,
  input  logic [IdWidth*NumPorts-1:0]     dev_aw_id_i,
  input  logic [64*NumPorts-1:0]          dev_aw_addr_i,
  input  logic [8*NumPorts-1:0]           dev_aw_len_i,
  input  logic [3*NumPorts-1:0]           dev_aw_size_i,
  input  logic [2*NumPorts-1:0]           dev_aw_burst_i,
  input  logic [NumPorts-1:0]             dev_aw_lock_i,
  input  logic [4*NumPorts-1:0]           dev_aw_cache_i,
  input  logic [3*NumPorts-1:0]           dev_aw_prot_i,
  input  logic [4*NumPorts-1:0]           dev_aw_qos_i,
  input  logic [UserWidth*NumPorts-1:0]   dev_aw_user_i,
  input  logic [24*NumPorts-1:0]          dev_aw_device_id_i,
  input  logic [20*NumPorts-1:0]          dev_aw_process_id_i,
  input  logic [NumPorts-1:0]             dev_aw_pv_i,
  input  logic [NumPorts-1:0]             dev_aw_priv_i,
  input  logic [NumPorts-1:0]             dev_aw_exec_i,
  input  logic [NumPorts-1:0]             dev_aw_translated_i,
  input  logic [NumPorts-1:0]             dev_w_valid_i,
  output logic [NumPorts-1:0]             dev_w_ready_o,
  input  logic [DataWidth*NumPorts-1:0]   dev_w_data_i,
  input  logic [DataWidth/8*NumPorts-1:0] dev_w_strb_i,
  input  logic [NumPorts-1:0]             dev_w_last_i,
  input  logic [UserWidth*NumPorts-1:0]   dev_w_user_i,
  output logic [NumPorts-1:0]             dev_b_valid_o,
  input  logic [NumPorts-1:0]             dev_b_ready_i,
  output logic [IdWidth*NumPorts-1:0]     dev_b_id_o,
  output logic [2*NumPorts-1:0]           dev_b_resp_o,
  output logic [UserWidth*NumPorts-1:0]   dev_b_user_o,
  output logic [NumPorts-1:0]             dev_r_valid_o,
  input  logic [NumPorts-1:0]             dev_r_ready_i,
  output logic [IdWidth*NumPorts-1:0]     dev_r_id_o,
  output logic [DataWidth*NumPorts-1:0]   dev_r_data_o,
  output logic [2*NumPorts-1:0]           dev_r_resp_o,
  output logic [NumPorts-1:0]             dev_r_last_o,
  output logic [UserWidth*NumPorts-1:0]   dev_r_user_o,
  // Memory side.
  output logic [NumPorts-1:0]             mem_ar_valid_o,
  input  logic [NumPorts-1:0]             mem_ar_ready_i,
  output logic [IdWidth*NumPorts-1:0]     mem_ar_id_o,
  output logic [56*NumPorts-1:0]          mem_ar_addr_o,
  output logic [8*NumPorts-1:0]           mem_ar_len_o,
  output logic [3*NumPorts-1:0]           mem_ar_size_o,
  output logic [2*NumPorts-1:0]           mem_ar_burst_o,
  output logic [NumPorts-1:0]             mem_ar_lock_o,
  output logic [4*NumPorts-1:0]           mem_ar_cache_o,
  output logic [3*NumPorts-1:0]           mem_ar_prot_o,
  output logic [4*NumPorts-1:0]           mem_ar_qos_o,
  output logic [UserWidth*NumPorts-1:0]   mem_ar_user_o,
  output logic [2*NumPorts-1:0]           mem_ar_pbmt_o,
  output logic [12*NumPorts-1:0]          mem_ar_rcid_o,
  output logic [12*NumPorts-1:0]          mem_ar_mcid_o,
  output logic [24*NumPorts-1:0]          mem_ar_device_id_o,
  output logic [NumPorts-1:0]             mem_aw_valid_o,
  input  logic [NumPorts-1:0]             mem_aw_ready_i,
  output logic [IdWidth*NumPorts-1:0]     mem_aw_id_o,
  output logic [56*NumPorts-1:0]          mem_aw_addr_o,
  output logic [8*NumPorts-1:0]           mem_aw_len_o,
  output logic [3*NumPorts-1:0]           mem_aw_size_o,
  output logic [2*NumPorts-1:0]           mem_aw_burst_o,
  output logic [NumPorts-1:0]             mem_aw_lock_o,
  output logic [4*NumPorts-1:0]           mem_aw_cache_o,
  output logic [3*NumPorts-1:0]           mem_aw_prot_o,
  output logic [4*NumPorts-1:0]           mem_aw_qos_o,
  output logic [UserWidth*NumPorts-1:0]   mem_aw_user_o,
  output logic [2*NumPorts-1:0]           mem_aw_pbmt_o,
  output logic [12*NumPorts-1:0]          mem_aw_rcid_o,
  output logic [12*NumPorts-1:0]          mem_aw_mcid_o,
  output logic [24*NumPorts-1:0]          mem_aw_device_id_o,
  output logic [NumPorts-1:0]             mem_w_valid_o,
  input  logic [NumPorts-1:0]             mem_w_ready_i,
  output logic [DataWidth*NumPorts-1:0]   mem_w_data_o,
  output logic [DataWidth/8*NumPorts-1:0] mem_w_strb_o,
  output logic [NumPorts-1:0]             mem_w_last_o,
  output logic [UserWidth*NumPorts-1:0]   mem_w_user_o,
  input  logic [NumPorts-1:0]             mem_b_valid_i,
  output logic [NumPorts-1:0]             mem_b_ready_o,
  input  logic [IdWidth*NumPorts-1:0]     mem_b_id_i,
  input  logic [2*NumPorts-1:0]           mem_b_resp_i,
  input  logic [UserWidth*NumPorts-1:0]   mem_b_user_i,
  input  logic [NumPorts-1:0]             mem_r_valid_i,
  output logic [NumPorts-1:0]             mem_r_ready_o,
  input  logic [IdWidth*NumPorts-1:0]     mem_r_id_i,
  input  logic [DataWidth*NumPorts-1:0]   mem_r_data_i,
  input  logic [2*NumPorts-1:0]           mem_r_resp_i,
  input  logic [NumPorts-1:0]             mem_r_last_i,
  input  logic [UserWidth*NumPorts-1:0]   mem_r_user_i,
  // Data-structure port.
  output logic                            ds_ar_valid_o,
  input  logic                            ds_ar_ready_i,
  output logic [DsIdWidth-1:0]            ds_ar_id_o,
  output logic [55:0]                     ds_ar_addr_o,
  output logic [7:0]                      ds_ar_len_o,
  output logic [2:0]                      ds_ar_size_o,
  output logic [1:0]                      ds_ar_burst_o,
  output logic                            ds_ar_lock_o,
  output logic [3:0]                      ds_ar_cache_o,
  output logic [2:0]                      ds_ar_prot_o,
  output logic [3:0]                      ds_ar_qos_o,
  output logic [11:0]                     ds_ar_rcid_o,
  output logic [11:0]                     ds_ar_mcid_o,
  output logic                            ds_aw_valid_o,
  input  logic                            ds_aw_ready_i,
  output logic [DsIdWidth-1:0]            ds_aw_id_o,
  output logic [55:0]                     ds_aw_addr_o,
  output logic [7:0]                      ds_aw_len_o,
  output logic [2:0]                      ds_aw_size_o,
  output logic [1:0]                      ds_aw_burst_o,
  output logic                            ds_aw_lock_o,
  output logic [3:0]                      ds_aw_cache_o,
  output logic [2:0]                      ds_aw_prot_o,
  output logic [3:0]                      ds_aw_qos_o,
  output logic [11:0]                     ds_aw_rcid_o,
  output logic [11:0]                     ds_aw_mcid_o,
  output logic                            ds_w_valid_o,
  input  logic                            ds_w_ready_i,
  output logic [63:0]                     ds_w_data_o,
  output logic [7:0]                      ds_w_strb_o,
  output logic                            ds_w_last_o,
  input  logic                            ds_b_valid_i,
  output logic                            ds_b_ready_o,
  input  logic [DsIdWidth-1:0]            ds_b_id_i,
  input  logic [1:0]                      ds_b_resp_i,
  input  logic                            ds_r_valid_i,
  output logic                            ds_r_ready_o,
  input  logic [DsIdWidth-1:0]            ds_r_id_i,
  input  logic [63:0]                     ds_r_data_i,
  input  logic [1:0]                      ds_r_resp_i,
  input  logic                            ds_r_last_i,
  input  logic [0:0]                      ds_r_user_i,
  // Registers, AXI4-Lite, and interrupt wires.
  input  logic                            reg_aw_valid_i,
  output logic                            reg_aw_ready_o,
  input  logic [11:0]                     reg_aw_addr_i,
  input  logic [2:0]                      reg_aw_prot_i,
  input  logic                            reg_w_valid_i,
  output logic                            reg_w_ready_o,
  input  logic [63:0]                     reg_w_data_i,
  input  logic [7:0]                      reg_w_strb_i,
  output logic                            reg_b_valid_o,
  input  logic                            reg_b_ready_i,
  output logic [1:0]                      reg_b_resp_o,
  input  logic                            reg_ar_valid_i,
  output logic                            reg_ar_ready_o,
  input  logic [11:0]                     reg_ar_addr_i,
  input  logic [2:0]                      reg_ar_prot_i,
  output logic                            reg_r_valid_o,
  input  logic                            reg_r_ready_i,
  output logic [63:0]                     reg_r_data_o,
  output logic [1:0]                      reg_r_resp_o,
  output logic [15:0]                     irq_o,
  // ATS and PRI messages.
  input  logic                            msg_in_valid_i,
  output logic                            msg_in_ready_o,
  input  logic [3:0]                      msg_in_kind_i,
  input  logic                            msg_in_dsv_i,
  input  logic [7:0]                      msg_in_segment_i,
  input  logic [15:0]                     msg_in_rid_i,
  input  logic                            msg_in_pv_i,
  input  logic [19:0]                     msg_in_pasid_i,
  input  logic                            msg_in_priv_i,
  input  logic                            msg_in_exec_i,
  input  logic                            msg_in_cxl_i,
  input  logic [9:0]                      msg_in_tag_i,
  input  logic [63:0]                     msg_in_payload_i,
  output logic                            msg_out_valid_o,
  input  logic                            msg_out_ready_i,
  output logic [3:0]                      msg_out_kind_o,
  output logic                            msg_out_dsv_o,
  output logic [7:0]                      msg_out_segment_o,
  output logic [15:0]                     msg_out_rid_o,
  output logic                            msg_out_pv_o,
  output logic [19:0]                     msg_out_pasid_o,
  output logic                            msg_out_priv_o,
  output logic                            msg_out_exec_o,
  output logic                            msg_out_cxl_o,
  output logic [9:0]                      msg_out_tag_o,
  output logic [63:0]                     msg_out_payload_o,
  output logic [2:0]                      msg_out_status_o
);
  function automatic logic is_pow2(input int value);
    is_pow2 = (value & (value - 1)) == 0;
  endfunction

  if (NumPorts != 1 && NumPorts != 2 && NumPorts != 4) $error("NumPorts must be 1, 2 or 4.");
  if (DataWidth < 32 || DataWidth > 512 || !is_pow2(DataWidth)) $error("DataWidth must be a power of two in 32..512.");
  if (IdWidth < 1 || IdWidth > 8) $error("IdWidth must be in 1..8.");
  if (UserWidth < 1 || UserWidth > 64) $error("UserWidth must be in 1..64.");
  if (PortEntries < 2 || PortEntries > 64 || !is_pow2(PortEntries)) $error("PortEntries must be a power of two in 2..64.");
  if (PortMisses < 2 || PortMisses > 32 || !is_pow2(PortMisses)) $error("PortMisses must be a power of two in 2..32.");
  if (L2Entries != 0 && (L2Entries < 64 || L2Entries > 4096 || !is_pow2(L2Entries)))
    $error("L2Entries must be 0 or a power of two in 64..4096.");
  if (L2Ways < 1 || L2Ways > 8 || !is_pow2(L2Ways)) $error("L2Ways must be 1, 2, 4 or 8.");
  if (DcEntries < 2 || DcEntries > 64 || !is_pow2(DcEntries)) $error("DcEntries must be a power of two in 2..64.");
  if (PcEntries != 0 && (PcEntries < 2 || PcEntries > 64 || !is_pow2(PcEntries)))
    $error("PcEntries must be 0 or a power of two in 2..64.");
  if (Pd8 == 1 && PcEntries == 0) $error("PcEntries must not be 0 when Pd8 = 1.");
  if (NlEntries < 2 || NlEntries > 64 || !is_pow2(NlEntries)) $error("NlEntries must be a power of two in 2..64.");
  if (GEntries != 0 && (GEntries < 2 || GEntries > 64 || !is_pow2(GEntries)))
    $error("GEntries must be 0 or a power of two in 2..64.");
  if (Sv39x4 == 1 && GEntries == 0) $error("GEntries must not be 0 when Sv39x4 = 1.");
  if (Walkers < 2 || Walkers > 16) $error("Walkers must be in 2..16.");
  if (Walkers < NumPorts) $error("Walkers must be at least NumPorts, so that each port always finds one.");
  if (CqDepth < 1 || CqDepth > 16 || !is_pow2(CqDepth)) $error("CqDepth must be a power of two in 1..16.");
  if (FqDepth < 1 || FqDepth > 16 || !is_pow2(FqDepth)) $error("FqDepth must be a power of two in 1..16.");
  if (MaxOutstanding < 3 || MaxOutstanding > 255 || !is_pow2(MaxOutstanding + 1))
    $error("MaxOutstanding must be one less than a power of two, in 3..255.");
  if (WFifoDepth < 2 || WFifoDepth > 64 || !is_pow2(WFifoDepth)) $error("WFifoDepth must be a power of two in 2..64.");
  if (Sv32 < 0 || Sv32 > 1) $error("Sv32 must be 0 or 1.");
  if (Sv48 < 0 || Sv48 > 1) $error("Sv48 must be 0 or 1.");
  if (Sv57 < 0 || Sv57 > 1) $error("Sv57 must be 0 or 1.");
  if (Sv57 == 1 && Sv48 == 0) $error("Sv57 = 1 needs Sv48 = 1.");
  if (Svpbmt < 0 || Svpbmt > 1) $error("Svpbmt must be 0 or 1.");
  if (Svrsw60t59b < 0 || Svrsw60t59b > 1) $error("Svrsw60t59b must be 0 or 1.");
  if (Sv32x4 < 0 || Sv32x4 > 1) $error("Sv32x4 must be 0 or 1.");
  if (Sv32x4 == 1 && Sv32 == 0) $error("Sv32x4 = 1 needs Sv32 = 1.");
  if (Sv32x4 == 1 && Sv39x4 == 0) $error("Sv32x4 = 1 needs Sv39x4 = 1.");
  if (Sv39x4 < 0 || Sv39x4 > 1) $error("Sv39x4 must be 0 or 1.");
  if (Sv48x4 < 0 || Sv48x4 > 1) $error("Sv48x4 must be 0 or 1.");
  if (Sv48x4 == 1 && Sv39x4 == 0) $error("Sv48x4 = 1 needs Sv39x4 = 1.");
  if (Sv57x4 < 0 || Sv57x4 > 1) $error("Sv57x4 must be 0 or 1.");
  if (Sv57x4 == 1 && Sv48x4 == 0) $error("Sv57x4 = 1 needs Sv48x4 = 1.");
  if (AmoHwad < 0 || AmoHwad > 1) $error("AmoHwad must be 0 or 1.");
  if (MsiFlat < 0 || MsiFlat > 1) $error("MsiFlat must be 0 or 1.");
  if (MsiFlat == 1 && Sv39x4 == 0) $error("MsiFlat = 1 needs Sv39x4 = 1.");
  if (MsiMrif < 0 || MsiMrif > 1) $error("MsiMrif must be 0 or 1.");
  if (MsiMrif == 1 && MsiFlat == 0) $error("MsiMrif = 1 needs MsiFlat = 1.");
  if (AmoMrif != MsiMrif) $error("AmoMrif must be as MsiMrif: what is built updates atomically.");
  if (Pd8 < 0 || Pd8 > 1) $error("Pd8 must be 0 or 1.");
  if (Pd17 < 0 || Pd17 > 1) $error("Pd17 must be 0 or 1.");
  if (Pd17 == 1 && Pd8 == 0) $error("Pd17 = 1 needs Pd8 = 1.");
  if (Pd20 < 0 || Pd20 > 1) $error("Pd20 must be 0 or 1.");
  if (Pd20 == 1 && Pd17 == 0) $error("Pd20 = 1 needs Pd17 = 1.");
  if (Nl < 0 || Nl > 1) $error("Nl must be 0 or 1.");
  if (S < 0 || S > 1) $error("S must be 0 or 1.");
  if (Hpm < 0 || Hpm > 1) $error("Hpm must be 0 or 1.");
  if (Dbg < 0 || Dbg > 1) $error("Dbg must be 0 or 1.");
  if (End < 0 || End > 1) $error("End must be 0 or 1.");
  if (Qosid < 0 || Qosid > 1) $error("Qosid must be 0 or 1.");
  if (IgsMsi < 0 || IgsMsi > 1) $error("IgsMsi must be 0 or 1.");
  if (HpmCounters < 0 || HpmCounters > 31) $error("HpmCounters must be in 0..31.");
  if (Hpm == 1 && HpmCounters == 0) $error("HpmCounters must not be 0 when Hpm = 1.");
  if (Ats < 0 || Ats > 1) $error("Ats must be 0 or 1.");
  if (Ats == 1 && (AtsTimeout < 2 || AtsTimeout > 1073741824)) $error("AtsTimeout must be in 2..1073741824 when Ats = 1.");
  if (T2gpa < 0 || T2gpa > 1) $error("T2gpa must be 0 or 1.");
  if (T2gpa == 1 && Ats == 0) $error("T2gpa = 1 needs Ats = 1.");
  if (T2gpa == 1 && Sv39x4 == 0) $error("T2gpa = 1 needs Sv39x4 = 1.");
  if (Pas < 32 || Pas > 56) $error("Pas must be in 32..56.");

  // Bits of a first-stage virtual address and of a GPA; page-number bits that a port's entry holds: of either.
  localparam int VaW = (Sv57 != 0) ? 57 : (Sv48 != 0) ? 48 : 39;
  localparam int GpaW = (Sv57x4 != 0) ? 59 : (Sv48x4 != 0) ? 50 : 41;
  localparam int TwoStage = Sv39x4;  // some second stage
  localparam int Pdt = Pd8;  // some process directory
  localparam int EntryVpnW = (TwoStage != 0 && GpaW > VaW) ? GpaW - 12 : VaW - 12;

  logic unused;
  assign unused = ^{reg_aw_prot_i, reg_ar_prot_i};

  // Ports to core; requester 2*port + channel.
  logic [2*NumPorts-1:0]                          req_valid, req_ready, drain_done;
  logic [2*NumPorts*portcullis_pkg::MissReqW-1:0] req;
  logic                                           dbg_req_valid, dbg_req_ready;
  logic [portcullis_pkg::MissReqW-1:0]            dbg_req;
  logic                                           resp_valid, resp_covered, fence_start;
  logic [portcullis_pkg::RespW-1:0]               resp;
  logic [2*NumPorts*PortMisses:0]                 resp_mask;
  logic [portcullis_pkg::InvW-1:0]                inv;
  logic [NumPorts-1:0]                            rec_pend, rec_taken;
  logic [NumPorts-1:0]                            mrif_valid, mrif_ready, mrif_done, upd_drained;
  logic [NumPorts*portcullis_pkg::MrifReqW-1:0]   mrif_req;
  logic                                           mrif_ok;

  // Registers to ports.
  logic [2*NumPorts-1:0]  q_mode;
  logic [16*NumPorts-1:0] q_isotime;
  logic [NumPorts-1:0]    q_isolate, q_resume, q_drained, q_isolated;

  // Events, to registers.
  logic [2*NumPorts*portcullis_pkg::EvPortW-1:0] ev_port;
  logic [portcullis_pkg::EvReqW-1:0]  ev_req;
  logic [portcullis_pkg::EvWalkW-1:0] ev_walk;

  // Registers to core.
  logic [23:0] qosid;
  logic        msi_valid, msi_taken;
  logic [55:0] msi_addr;
  logic [31:0] msi_data;
  logic [63:0] caps;
  logic [31:0] fctl;
  logic [3:0]  ddtp_mode;
  logic [43:0] ddtp_ppn, cq_ppn, fq_ppn, pq_ppn;
  logic [4:0]  cq_log2, fq_log2, pq_log2;
  logic [31:0] cq_head, cq_tail, fq_head, fq_tail, pq_head, pq_tail;
  logic        ddtp_req, ddtp_done;
  logic        cq_en, cq_on, cq_stop, cq_wsi_ok, cq_done, cq_set_mf, cq_set_ill, cq_set_to, cq_set_fence, cq_idle;
  logic        fq_en, fq_on, fq_stop, fq_done, fq_set_mf, fq_set_of, fq_idle;
  logic        pq_en, pq_on, pq_mf, pq_of, pq_done, pq_set_mf, pq_set_of, pq_idle, msg_refuse, msg_drained;

  for (genvar p = 0; p < NumPorts; p++) begin : gen_port
    port #(
      .DataWidth(DataWidth),
      .IdWidth(IdWidth),
      .UserWidth(UserWidth),
      .PortEntries(PortEntries),
      .PortMisses(PortMisses),
      .MaxOutstanding(MaxOutstanding),
      .WFifoDepth(WFifoDepth),
      .VaW(VaW),
      .EntryVpnW(EntryVpnW),
      .TwoStage(TwoStage),
      .Pdt(Pdt),
      .Sv32(Sv32),
      .MsiMrif(MsiMrif),
      .Hpm(Hpm),
      .Qosid(Qosid)
    ) u_port (
      .clk_i,
      .rst_ni,
      .dev_ar_valid_i(dev_ar_valid_i[p]), .dev_ar_ready_o(dev_ar_ready_o[p]),
      .dev_ar_id_i(dev_ar_id_i[IdWidth*p +: IdWidth]), .dev_ar_addr_i(dev_ar_addr_i[64*p +: 64]),
      .dev_ar_len_i(dev_ar_len_i[8*p +: 8]), .dev_ar_size_i(dev_ar_size_i[3*p +: 3]),
      .dev_ar_burst_i(dev_ar_burst_i[2*p +: 2]), .dev_ar_lock_i(dev_ar_lock_i[p]),
      .dev_ar_cache_i(dev_ar_cache_i[4*p +: 4]), .dev_ar_prot_i(dev_ar_prot_i[3*p +: 3]),
      .dev_ar_qos_i(dev_ar_qos_i[4*p +: 4]), .dev_ar_user_i(dev_ar_user_i[UserWidth*p +: UserWidth]),
      .dev_ar_device_id_i(dev_ar_device_id_i[24*p +: 24]), .dev_ar_process_id_i(dev_ar_process_id_i[20*p +: 20]),
      .dev_ar_pv_i(dev_ar_pv_i[p]), .dev_ar_priv_i(dev_ar_priv_i[p]), .dev_ar_exec_i(dev_ar_exec_i[p]),
      .dev_ar_translated_i(dev_ar_translated_i[p]),
      .dev_aw_valid_i(dev_aw_valid_i[p]), .dev_aw_ready_o(dev_aw_ready_o[p]),
      .dev_aw_id_i(dev_aw_id_i[IdWidth*p +: IdWidth]), .dev_aw_addr_i(dev_aw_addr_i[64*p +: 64]),
      .dev_aw_len_i(dev_aw_len_i[8*p +: 8]), .dev_aw_size_i(dev_aw_size_i[3*p +: 3]),
      .dev_aw_burst_i(dev_aw_burst_i[2*p +: 2]), .dev_aw_lock_i(dev_aw_lock_i[p]),
      .dev_aw_cache_i(dev_aw_cache_i[4*p +: 4]), .dev_aw_prot_i(dev_aw_prot_i[3*p +: 3]),
      .dev_aw_qos_i(dev_aw_qos_i[4*p +: 4]), .dev_aw_user_i(dev_aw_user_i[UserWidth*p +: UserWidth]),
      .dev_aw_device_id_i(dev_aw_device_id_i[24*p +: 24]), .dev_aw_process_id_i(dev_aw_process_id_i[20*p +: 20]),
      .dev_aw_pv_i(dev_aw_pv_i[p]), .dev_aw_priv_i(dev_aw_priv_i[p]), .dev_aw_exec_i(dev_aw_exec_i[p]),
      .dev_aw_translated_i(dev_aw_translated_i[p]),
      .dev_w_valid_i(dev_w_valid_i[p]), .dev_w_ready_o(dev_w_ready_o[p]),
      .dev_w_data_i(dev_w_data_i[DataWidth*p +: DataWidth]),
      .dev_w_strb_i(dev_w_strb_i[(DataWidth/8)*p +: DataWidth/8]), .dev_w_last_i(dev_w_last_i[p]),
      .dev_w_user_i(dev_w_user_i[UserWidth*p +: UserWidth]),
      .dev_b_valid_o(dev_b_valid_o[p]), .dev_b_ready_i(dev_b_ready_i[p]),
      .dev_b_id_o(dev_b_id_o[IdWidth*p +: IdWidth]), .dev_b_resp_o(dev_b_resp_o[2*p +: 2]),
      .dev_b_user_o(dev_b_user_o[UserWidth*p +: UserWidth]),
      .dev_r_valid_o(dev_r_valid_o[p]), .dev_r_ready_i(dev_r_ready_i[p]),
      .dev_r_id_o(dev_r_id_o[IdWidth*p +: IdWidth]), .dev_r_data_o(dev_r_data_o[DataWidth*p +: DataWidth]),
      .dev_r_resp_o(dev_r_resp_o[2*p +: 2]), .dev_r_last_o(dev_r_last_o[p]),
      .dev_r_user_o(dev_r_user_o[UserWidth*p +: UserWidth]),
      .mem_ar_valid_o(mem_ar_valid_o[p]), .mem_ar_ready_i(mem_ar_ready_i[p]),
      .mem_ar_id_o(mem_ar_id_o[IdWidth*p +: IdWidth]), .mem_ar_addr_o(mem_ar_addr_o[56*p +: 56]),
      .mem_ar_len_o(mem_ar_len_o[8*p +: 8]), .mem_ar_size_o(mem_ar_size_o[3*p +: 3]),
      .mem_ar_burst_o(mem_ar_burst_o[2*p +: 2]), .mem_ar_lock_o(mem_ar_lock_o[p]),
      .mem_ar_cache_o(mem_ar_cache_o[4*p +: 4]), .mem_ar_prot_o(mem_ar_prot_o[3*p +: 3]),
      .mem_ar_qos_o(mem_ar_qos_o[4*p +: 4]), .mem_ar_user_o(mem_ar_user_o[UserWidth*p +: UserWidth]),
      .mem_ar_pbmt_o(mem_ar_pbmt_o[2*p +: 2]), .mem_ar_rcid_o(mem_ar_rcid_o[12*p +: 12]),
      .mem_ar_mcid_o(mem_ar_mcid_o[12*p +: 12]), .mem_ar_device_id_o(mem_ar_device_id_o[24*p +: 24]),
      .mem_aw_valid_o(mem_aw_valid_o[p]), .mem_aw_ready_i(mem_aw_ready_i[p]),
      .mem_aw_id_o(mem_aw_id_o[IdWidth*p +: IdWidth]), .mem_aw_addr_o(mem_aw_addr_o[56*p +: 56]),
      .mem_aw_len_o(mem_aw_len_o[8*p +: 8]), .mem_aw_size_o(mem_aw_size_o[3*p +: 3]),
      .mem_aw_burst_o(mem_aw_burst_o[2*p +: 2]), .mem_aw_lock_o(mem_aw_lock_o[p]),
      .mem_aw_cache_o(mem_aw_cache_o[4*p +: 4]), .mem_aw_prot_o(mem_aw_prot_o[3*p +: 3]),
      .mem_aw_qos_o(mem_aw_qos_o[4*p +: 4]), .mem_aw_user_o(mem_aw_user_o[UserWidth*p +: UserWidth]),
      .mem_aw_pbmt_o(mem_aw_pbmt_o[2*p +: 2]), .mem_aw_rcid_o(mem_aw_rcid_o[12*p +: 12]),
      .mem_aw_mcid_o(mem_aw_mcid_o[12*p +: 12]), .mem_aw_device_id_o(mem_aw_device_id_o[24*p +: 24]),
      .mem_w_valid_o(mem_w_valid_o[p]), .mem_w_ready_i(mem_w_ready_i[p]),
      .mem_w_data_o(mem_w_data_o[DataWidth*p +: DataWidth]),
      .mem_w_strb_o(mem_w_strb_o[(DataWidth/8)*p +: DataWidth/8]), .mem_w_last_o(mem_w_last_o[p]),
      .mem_w_user_o(mem_w_user_o[UserWidth*p +: UserWidth]),
      .mem_b_valid_i(mem_b_valid_i[p]), .mem_b_ready_o(mem_b_ready_o[p]),
      .mem_b_id_i(mem_b_id_i[IdWidth*p +: IdWidth]), .mem_b_resp_i(mem_b_resp_i[2*p +: 2]),
      .mem_b_user_i(mem_b_user_i[UserWidth*p +: UserWidth]),
      .mem_r_valid_i(mem_r_valid_i[p]), .mem_r_ready_o(mem_r_ready_o[p]),
      .mem_r_id_i(mem_r_id_i[IdWidth*p +: IdWidth]), .mem_r_data_i(mem_r_data_i[DataWidth*p +: DataWidth]),
      .mem_r_resp_i(mem_r_resp_i[2*p +: 2]), .mem_r_last_i(mem_r_last_i[p]),
      .mem_r_user_i(mem_r_user_i[UserWidth*p +: UserWidth]),
      .req_valid_o(req_valid[2*p +: 2]), .req_ready_i(req_ready[2*p +: 2]),
      .req_o(req[2*p*portcullis_pkg::MissReqW +: 2*portcullis_pkg::MissReqW]),
      .resp_valid_i(resp_valid), .resp_i(resp), .resp_mask_i(resp_mask[2*p*PortMisses +: 2*PortMisses]),
      .resp_covered_i(resp_covered),
      .port_q_i(3'(2 * p)),
      .inv_i(inv),
      .fence_start_i(fence_start),
      .drain_done_o(drain_done[2*p +: 2]),
      .mrif_valid_o(mrif_valid[p]), .mrif_ready_i(mrif_ready[p]),
      .mrif_req_o(mrif_req[p*portcullis_pkg::MrifReqW +: portcullis_pkg::MrifReqW]), .mrif_done_i(mrif_done[p]),
      .mrif_ok_i(mrif_ok), .upd_drained_o(upd_drained[p]),
      .q_mode_i(q_mode[2*p +: 2]), .q_isotime_i(q_isotime[16*p +: 16]), .q_isolate_i(q_isolate[p]),
      .q_resume_i(q_resume[p]), .q_drained_o(q_drained[p]), .q_isolated_o(q_isolated[p]),
      .ev_o(ev_port[2*p*portcullis_pkg::EvPortW +: 2*portcullis_pkg::EvPortW]),
      .qosid_i(qosid),
      .rec_pend_o(rec_pend[p]), .rec_taken_i(rec_taken[p])
    );
  end

  core #(
    .NumPorts(NumPorts),
    .PortMisses(PortMisses),
    .L2Entries(L2Entries),
    .L2Ways(L2Ways),
    .DcEntries(DcEntries),
    .PcEntries(PcEntries),
    .NlEntries(NlEntries),
    .GEntries(GEntries),
    .Walkers(Walkers),
    .CqDepth(CqDepth),
    .FqDepth(FqDepth),
    .VaW(VaW),
    .GpaW(GpaW),
    .TwoStage(TwoStage),
    .Pdt(Pdt),
    .AmoHwad(AmoHwad),
    .MsiFlat(MsiFlat),
    .Sv32(Sv32),
    .Nl(Nl),
    .S(S),
    .Hpm(Hpm),
    .Dbg(Dbg),
    .End(End),
    .Qosid(Qosid),
    .IgsMsi(IgsMsi),
    .MsiMrif(MsiMrif),
    .Ats(Ats),
    .T2gpa(T2gpa),
    .AtsTimeout(AtsTimeout)
  ) u_core (
    .clk_i,
    .rst_ni,
    .req_valid_i({dbg_req_valid, req_valid}), .req_ready_o({dbg_req_ready, req_ready}), .req_i({dbg_req, req}),
    .resp_valid_o(resp_valid), .resp_o(resp), .resp_mask_o(resp_mask), .resp_covered_o(resp_covered),
    .inv_o(inv),
    .fence_start_o(fence_start),
    .drain_done_i(drain_done),
    .mrif_valid_i(mrif_valid), .mrif_ready_o(mrif_ready), .mrif_req_i(mrif_req), .mrif_done_o(mrif_done), .mrif_ok_o(mrif_ok),
    .upd_drained_i(upd_drained),
    .rec_pend_i(rec_pend), .rec_taken_o(rec_taken), .ev_req_o(ev_req), .ev_walk_o(ev_walk),
    .ds_ar_valid_o, .ds_ar_ready_i, .ds_ar_id_o, .ds_ar_addr_o, .ds_ar_len_o, .ds_ar_size_o, .ds_ar_burst_o,
    .ds_ar_lock_o, .ds_ar_cache_o, .ds_ar_prot_o, .ds_ar_qos_o, .ds_ar_rcid_o, .ds_ar_mcid_o,
    .ds_aw_valid_o, .ds_aw_ready_i, .ds_aw_id_o, .ds_aw_addr_o, .ds_aw_len_o, .ds_aw_size_o, .ds_aw_burst_o,
    .ds_aw_lock_o, .ds_aw_cache_o, .ds_aw_prot_o, .ds_aw_qos_o, .ds_aw_rcid_o, .ds_aw_mcid_o,
    .ds_w_valid_o, .ds_w_ready_i, .ds_w_data_o, .ds_w_strb_o, .ds_w_last_o,
    .ds_b_valid_i, .ds_b_ready_o, .ds_b_id_i, .ds_b_resp_i,
    .ds_r_valid_i, .ds_r_ready_o, .ds_r_id_i, .ds_r_data_i, .ds_r_resp_i, .ds_r_last_i, .ds_r_user_i,
    .caps_i(caps), .fctl_i(fctl), .qosid_i(qosid),
    .msi_valid_i(msi_valid), .msi_addr_i(msi_addr), .msi_data_i(msi_data), .msi_taken_o(msi_taken),
    .ddtp_mode_i(ddtp_mode), .ddtp_ppn_i(ddtp_ppn), .ddtp_req_i(ddtp_req), .ddtp_done_o(ddtp_done),
    .cq_en_i(cq_en), .cq_on_i(cq_on), .cq_stop_i(cq_stop), .cq_ppn_i(cq_ppn), .cq_log2_i(cq_log2), .cq_head_i(cq_head),
    .cq_tail_i(cq_tail), .cq_wsi_ok_i(cq_wsi_ok), .cq_done_o(cq_done), .cq_set_mf_o(cq_set_mf),
    .cq_set_ill_o(cq_set_ill), .cq_set_to_o(cq_set_to), .cq_set_fence_o(cq_set_fence), .cq_idle_o(cq_idle),
    .fq_en_i(fq_en), .fq_on_i(fq_on), .fq_stop_i(fq_stop), .fq_ppn_i(fq_ppn), .fq_log2_i(fq_log2), .fq_head_i(fq_head),
    .fq_tail_i(fq_tail), .fq_done_o(fq_done), .fq_set_mf_o(fq_set_mf), .fq_set_of_o(fq_set_of), .fq_idle_o(fq_idle),
    .pq_en_i(pq_en), .pq_on_i(pq_on), .pq_mf_i(pq_mf), .pq_of_i(pq_of), .pq_ppn_i(pq_ppn), .pq_log2_i(pq_log2),
    .pq_head_i(pq_head), .pq_tail_i(pq_tail), .pq_done_o(pq_done), .pq_set_mf_o(pq_set_mf), .pq_set_of_o(pq_set_of),
    .pq_idle_o(pq_idle), .msg_refuse_i(msg_refuse), .msg_drained_o(msg_drained),
    .msg_in_valid_i, .msg_in_ready_o, .msg_in_kind_i, .msg_in_dsv_i, .msg_in_segment_i, .msg_in_rid_i, .msg_in_pv_i,
    .msg_in_pasid_i, .msg_in_priv_i, .msg_in_exec_i, .msg_in_cxl_i, .msg_in_tag_i, .msg_in_payload_i,
    .msg_out_valid_o, .msg_out_ready_i, .msg_out_kind_o, .msg_out_dsv_o, .msg_out_segment_o, .msg_out_rid_o, .msg_out_pv_o,
    .msg_out_pasid_o, .msg_out_priv_o, .msg_out_exec_o, .msg_out_cxl_o, .msg_out_tag_o, .msg_out_payload_o, .msg_out_status_o
  );

  regs #(
    .NumPorts(NumPorts),
    .Sv32(Sv32),
    .Sv48(Sv48),
    .Sv57(Sv57),
    .Svpbmt(Svpbmt),
    .Svrsw60t59b(Svrsw60t59b),
    .Sv32x4(Sv32x4),
    .Sv39x4(Sv39x4),
    .Sv48x4(Sv48x4),
    .Sv57x4(Sv57x4),
    .AmoHwad(AmoHwad),
    .MsiFlat(MsiFlat),
    .MsiMrif(MsiMrif),
    .AmoMrif(AmoMrif),
    .Pd8(Pd8),
    .Pd17(Pd17),
    .Pd20(Pd20),
    .Nl(Nl),
    .S(S),
    .Hpm(Hpm),
    .Dbg(Dbg),
    .End(End),
    .Qosid(Qosid),
    .IgsMsi(IgsMsi),
    .HpmCounters(HpmCounters),
    .Ats(Ats),
    .T2gpa(T2gpa),
    .Pas(Pas)
  ) u_regs (
    .clk_i,
    .rst_ni,
    .fuse_caps_i,
    .fuse_hpm_i,
    .reg_aw_valid_i, .reg_aw_ready_o, .reg_aw_addr_i,
    .reg_w_valid_i, .reg_w_ready_o, .reg_w_data_i, .reg_w_strb_i,
    .reg_b_valid_o, .reg_b_ready_i, .reg_b_resp_o,
    .reg_ar_valid_i, .reg_ar_ready_o, .reg_ar_addr_i,
    .reg_r_valid_o, .reg_r_ready_i, .reg_r_data_o, .reg_r_resp_o,
    .irq_o,
    .caps_o(caps), .fctl_o(fctl),
    .ddtp_mode_o(ddtp_mode), .ddtp_ppn_o(ddtp_ppn), .ddtp_req_o(ddtp_req), .ddtp_done_i(ddtp_done),
    .cq_en_o(cq_en), .cq_on_o(cq_on), .cq_stop_o(cq_stop), .cq_ppn_o(cq_ppn), .cq_log2_o(cq_log2), .cq_head_o(cq_head),
    .cq_tail_o(cq_tail), .cq_wsi_ok_o(cq_wsi_ok), .cq_done_i(cq_done), .cq_set_mf_i(cq_set_mf),
    .cq_set_ill_i(cq_set_ill), .cq_set_to_i(cq_set_to), .cq_set_fence_i(cq_set_fence), .cq_idle_i(cq_idle),
    .fq_en_o(fq_en), .fq_on_o(fq_on), .fq_stop_o(fq_stop), .fq_ppn_o(fq_ppn), .fq_log2_o(fq_log2), .fq_head_o(fq_head),
    .fq_tail_o(fq_tail), .fq_done_i(fq_done), .fq_set_mf_i(fq_set_mf), .fq_set_of_i(fq_set_of), .fq_idle_i(fq_idle),
    .pq_en_o(pq_en), .pq_on_o(pq_on), .pq_mf_o(pq_mf), .pq_of_o(pq_of), .pq_ppn_o(pq_ppn), .pq_log2_o(pq_log2),
    .pq_head_o(pq_head), .pq_tail_o(pq_tail), .pq_done_i(pq_done), .pq_set_mf_i(pq_set_mf), .pq_set_of_i(pq_set_of),
    .pq_idle_i(pq_idle), .msg_refuse_o(msg_refuse), .msg_drained_i(msg_drained),
    .msi_valid_o(msi_valid), .msi_addr_o(msi_addr), .msi_data_o(msi_data), .msi_taken_i(msi_taken), .qosid_o(qosid),
    .dbg_req_valid_o(dbg_req_valid), .dbg_req_ready_i(dbg_req_ready), .dbg_req_o(dbg_req), .resp_i(resp),
    .dbg_resp_i(resp_valid && resp_mask[2*NumPorts*PortMisses]),
    .ev_port_i(ev_port), .ev_req_i(ev_req), .ev_walk_i(ev_walk),
    .q_mode_o(q_mode), .q_isotime_o(q_isotime), .q_isolate_o(q_isolate), .q_resume_o(q_resume),
    .q_drained_i(q_drained), .q_isolated_i(q_isolated)
  );
endmodule
