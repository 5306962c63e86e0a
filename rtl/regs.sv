// SPDX-License-Identifier: Apache-2.0
//
// The register page (IOMMU spec chapter 6; docs/registers.md has the map): storage of ddtp and iommu_qosid, and the read
// multiplexer; what is larger has its own block. docs/microarchitecture.md section 6 says which clock.
//
// Registers that are not built read 0.
//
// Sv32 to IgsMsi, Ats, T2gpa: 1 if that capability is built. HpmCounters: event counters, counts only with Hpm. Pas: physical
// address bits, 32 to 56. NumPorts: ports that have custom registers.
module regs #(
  parameter int NumPorts = 1,
  parameter int Sv32 = 0,
  parameter int Sv48 = 0,
  parameter int Sv57 = 0,
  parameter int Svpbmt = 0,
  parameter int Svrsw60t59b = 0,
  parameter int Sv32x4 = 0,
  parameter int Sv39x4 = 0,
  parameter int Sv48x4 = 0,
  parameter int Sv57x4 = 0,
  parameter int AmoHwad = 0,
  parameter int MsiFlat = 0,
  parameter int MsiMrif = 0,
  parameter int AmoMrif = 0,
  parameter int Pd8 = 0,
  parameter int Pd17 = 0,
  parameter int Pd20 = 0,
  parameter int Nl = 0,
  parameter int S = 0,
  parameter int Hpm = 0,
  parameter int Dbg = 0,
  parameter int End = 0,
  parameter int Qosid = 0,
  parameter int IgsMsi = 0,
  parameter int HpmCounters = 0,
  parameter int Ats = 0,
  parameter int T2gpa = 0,
  parameter int Pas = 56
) (
  input  logic                                          clk_i,
  input  logic                                          rst_ni,
  input  logic [63:0]                                   fuse_caps_i,
  input  logic [5:0]                                    fuse_hpm_i,
  // Bus.
  input  logic                                          reg_aw_valid_i,
  output logic                                          reg_aw_ready_o,
  input  logic [11:0]                                   reg_aw_addr_i,
  input  logic                                          reg_w_valid_i,
  output logic                                          reg_w_ready_o,
  input  logic [63:0]                                   reg_w_data_i,
  input  logic [7:0]                                    reg_w_strb_i,
  output logic                                          reg_b_valid_o,
  input  logic                                          reg_b_ready_i,
  output logic [1:0]                                    reg_b_resp_o,
  input  logic                                          reg_ar_valid_i,
  output logic                                          reg_ar_ready_o,
  input  logic [11:0]                                   reg_ar_addr_i,
  output logic                                          reg_r_valid_o,
  input  logic                                          reg_r_ready_i,
  output logic [63:0]                                   reg_r_data_o,
  output logic [1:0]                                    reg_r_resp_o,
  output logic [15:0]                                   irq_o,
  // Core.
  output logic [63:0]                                   caps_o,
  output logic [31:0]                                   fctl_o,
  output logic [3:0]                                    ddtp_mode_o,
  output logic [43:0]                                   ddtp_ppn_o,
  output logic                                          ddtp_req_o,  // a change of ddtp is to be carried out
  input  logic                                          ddtp_done_i,
  output logic                                          cq_en_o,
  output logic                                          cq_on_o,
  output logic                                          cq_stop_o,
  output logic [43:0]                                   cq_ppn_o,
  output logic [4:0]                                    cq_log2_o,
  output logic [31:0]                                   cq_head_o,
  output logic [31:0]                                   cq_tail_o,
  output logic                                          cq_wsi_ok_o,
  input  logic                                          cq_done_i,
  input  logic                                          cq_set_mf_i,
  input  logic                                          cq_set_ill_i,
  input  logic                                          cq_set_to_i,
  input  logic                                          cq_set_fence_i,
  input  logic                                          cq_idle_i,
  output logic                                          fq_en_o,
  output logic                                          fq_on_o,
  output logic                                          fq_stop_o,
  output logic [43:0]                                   fq_ppn_o,
  output logic [4:0]                                    fq_log2_o,
  output logic [31:0]                                   fq_head_o,
  output logic [31:0]                                   fq_tail_o,
  input  logic                                          fq_done_i,
  input  logic                                          fq_set_mf_i,
  input  logic                                          fq_set_of_i,
  input  logic                                          fq_idle_i,
  output logic                                          pq_en_o,
  output logic                                          pq_on_o,
  output logic                                          pq_mf_o,
  output logic                                          pq_of_o,
  output logic [43:0]                                   pq_ppn_o,
  output logic [4:0]                                    pq_log2_o,
  output logic [31:0]                                   pq_head_o,
  output logic [31:0]                                   pq_tail_o,
  input  logic                                          pq_done_i,
  input  logic                                          pq_set_mf_i,
  input  logic                                          pq_set_of_i,
  input  logic                                          pq_idle_i,
  output logic                                          msg_refuse_o,
  input  logic                                          msg_drained_i,
  output logic                                          msi_valid_o,  // an interrupt message is to be sent
  output logic [55:0]                                   msi_addr_o,
  output logic [31:0]                                   msi_data_o,
  input  logic                                          msi_taken_i,
  output logic [23:0]                                   qosid_o,  // mcid, rcid
  output logic                                          dbg_req_valid_o,
  input  logic                                          dbg_req_ready_i,
  output logic [portcullis_pkg::MissReqW-1:0]           dbg_req_o,
  input  logic [portcullis_pkg::RespW-1:0]              resp_i,
  input  logic                                          dbg_resp_i,  // a response, and it is for the debug interface
  // Events.
  input  logic [2*NumPorts*portcullis_pkg::EvPortW-1:0] ev_port_i,
  input  logic [portcullis_pkg::EvReqW-1:0]             ev_req_i,
  input  logic [portcullis_pkg::EvWalkW-1:0]            ev_walk_i,
  // Ports.
  output logic [2*NumPorts-1:0]                         q_mode_o,
  output logic [16*NumPorts-1:0]                        q_isotime_o,
  output logic [NumPorts-1:0]                           q_isolate_o,
  output logic [NumPorts-1:0]                           q_resume_o,
  input  logic [NumPorts-1:0]                           q_drained_i,
  input  logic [NumPorts-1:0]                           q_isolated_i
);
  // Doubleword addresses of the registers.
  localparam logic [8:0] CapabilitiesDw = portcullis_regs_pkg::CapabilitiesOffset[11:3];
  localparam logic [8:0] FctlDw = portcullis_regs_pkg::FctlOffset[11:3];
  localparam logic [8:0] DdtpDw = portcullis_regs_pkg::DdtpOffset[11:3];
  localparam logic [8:0] CqbDw = portcullis_regs_pkg::CqbOffset[11:3];
  localparam logic [8:0] CqtDw = portcullis_regs_pkg::CqtOffset[11:3];  // cqt, cqh
  localparam logic [8:0] FqbDw = portcullis_regs_pkg::FqbOffset[11:3];
  localparam logic [8:0] FqtDw = portcullis_regs_pkg::FqtOffset[11:3];  // fqt, fqh
  localparam logic [8:0] CsrDw = portcullis_regs_pkg::CqcsrOffset[11:3];  // fqcsr, cqcsr
  localparam logic [8:0] QosidDw = portcullis_regs_pkg::IommuQosidOffset[11:3];
  localparam logic [8:0] QctlDw = portcullis_regs_pkg::QctlOffset[11:3];

  logic [8:0]  wr_addr, rd_addr;
  logic [1:0]  wr_word;
  logic [63:0] wr_data, rd_data;
  regs_bus u_bus (
    .clk_i,
    .rst_ni,
    .reg_aw_valid_i,
    .reg_aw_ready_o,
    .reg_aw_addr_i,
    .reg_w_valid_i,
    .reg_w_ready_o,
    .reg_w_data_i,
    .reg_w_strb_i,
    .reg_b_valid_o,
    .reg_b_ready_i,
    .reg_b_resp_o,
    .reg_ar_valid_i,
    .reg_ar_ready_o,
    .reg_ar_addr_i,
    .reg_r_valid_o,
    .reg_r_ready_i,
    .reg_r_data_o,
    .reg_r_resp_o,
    .wr_addr_o(wr_addr),
    .wr_word_o(wr_word),
    .wr_data_o(wr_data),
    .rd_addr_o(rd_addr),
    .rd_data_i(rd_data)
  );

  // capabilities, fctl.
  logic [5:0] counters;  // event counters left
  logic       wsi;
  assign wsi = fctl_o[portcullis_regs_pkg::FctlWsiLsb];
  regs_caps #(
    .Sv32(Sv32), .Sv48(Sv48), .Sv57(Sv57), .Svpbmt(Svpbmt), .Svrsw60t59b(Svrsw60t59b), .Sv32x4(Sv32x4), .Sv39x4(Sv39x4),
    .Sv48x4(Sv48x4), .Sv57x4(Sv57x4), .AmoHwad(AmoHwad), .MsiFlat(MsiFlat), .MsiMrif(MsiMrif), .AmoMrif(AmoMrif),
    .Pd8(Pd8), .Pd17(Pd17), .Pd20(Pd20), .Nl(Nl), .S(S),
    .Hpm(Hpm), .Dbg(Dbg), .End(End), .Qosid(Qosid), .IgsMsi(IgsMsi), .HpmCounters(HpmCounters), .Ats(Ats), .T2gpa(T2gpa),
    .Pas(Pas)
  ) u_caps (
    .clk_i,
    .rst_ni,
    .fuse_caps_i,
    .fuse_hpm_i,
    .wr_fctl_i(wr_word[0] && wr_addr == FctlDw && ddtp_mode_o == portcullis_pkg::DdtpOff && !ddtp_req_o),
    .wr_data_i(wr_data[2:0]),
    .caps_o,
    .fctl_o,
    .counters_o(counters)
  );

  // ddtp. The low half, which holds the mode, carries the change out; the high half alone is only kept.
  logic [1:0]  wr_ddtp;
  logic        ddtp_busy_q;
  logic [63:0] ddtp;
  assign wr_ddtp = (wr_addr == DdtpDw && !ddtp_busy_q) ? wr_word : 2'b00;
  assign ddtp_req_o = ddtp_busy_q;
  always_comb begin
    ddtp = '0;
    ddtp[portcullis_regs_pkg::DdtpIommuModeMsb:portcullis_regs_pkg::DdtpIommuModeLsb] = ddtp_mode_o;
    ddtp[portcullis_regs_pkg::DdtpBusyLsb] = ddtp_busy_q;
    ddtp[portcullis_regs_pkg::DdtpPpnMsb:portcullis_regs_pkg::DdtpPpnLsb] = ddtp_ppn_o;
  end
  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      ddtp_mode_o <= portcullis_pkg::DdtpOff;
      ddtp_ppn_o <= '0;
      ddtp_busy_q <= 1'b0;
    end else begin
      if (wr_ddtp[0] && wr_data[3:0] <= portcullis_pkg::Ddtp3Lvl) ddtp_mode_o <= wr_data[3:0];
      if (wr_ddtp[0]) ddtp_ppn_o[21:0] <= wr_data[31:10];
      if (wr_ddtp[1]) ddtp_ppn_o[43:22] <= wr_data[53:32];
      ddtp_busy_q <= wr_ddtp[0] || (ddtp_busy_q && !ddtp_done_i);
    end
  end

  // Command queue. Its status bits: fence_w_ip, cmd_ill, cmd_to, cqmf.
  logic        cie;
  logic [3:0]  cq_status;
  logic [63:0] cqb;
  logic [31:0] cqcsr;
  regs_queue #(.StatusW(4)) u_cq (
    .clk_i,
    .rst_ni,
    .wr_base_i(wr_word & {2{wr_addr == CqbDw}}),
    .wr_index_i(wr_word[1] && wr_addr == CqtDw),
    .wr_csr_i(wr_word[0] && wr_addr == CsrDw),
    .wr_base_data_i(wr_data),
    .wr_index_data_i(wr_data[63:32]),
    .wr_csr_data_i(wr_data[31:0]),
    .base_o(cqb),
    .csr_o(cqcsr),
    .en_o(cq_en_o),
    .on_o(cq_on_o),
    .ie_o(cie),
    .status_o(cq_status),
    .ppn_o(cq_ppn_o),
    .log2_o(cq_log2_o),
    .sw_index_o(cq_tail_o),
    .hw_index_o(cq_head_o),
    .hw_step_i(cq_done_i),
    .set_i({cq_set_fence_i, cq_set_ill_i, cq_set_to_i, cq_set_mf_i}),
    .idle_i(cq_idle_i)
  );
  assign cq_stop_o = |cq_status[2:0];
  assign cq_wsi_ok_o = wsi;

  // Fault queue. Its status bits: fqof, fqmf.
  logic        fie;
  logic [1:0]  fq_status;
  logic [63:0] fqb;
  logic [31:0] fqcsr;
  regs_queue #(.StatusW(2)) u_fq (
    .clk_i,
    .rst_ni,
    .wr_base_i(wr_word & {2{wr_addr == FqbDw}}),
    .wr_index_i(wr_word[0] && wr_addr == FqtDw),
    .wr_csr_i(wr_word[1] && wr_addr == CsrDw),
    .wr_base_data_i(wr_data),
    .wr_index_data_i(wr_data[31:0]),
    .wr_csr_data_i(wr_data[63:32]),
    .base_o(fqb),
    .csr_o(fqcsr),
    .en_o(fq_en_o),
    .on_o(fq_on_o),
    .ie_o(fie),
    .status_o(fq_status),
    .ppn_o(fq_ppn_o),
    .log2_o(fq_log2_o),
    .sw_index_o(fq_head_o),
    .hw_index_o(fq_tail_o),
    .hw_step_i(fq_done_i),
    .set_i({fq_set_of_i, fq_set_mf_i}),
    .idle_i(fq_idle_i)
  );
  assign fq_stop_o = |fq_status;

  // Page-request queue and message port.
  logic        pq_cause;
  logic [63:0] ats_data;
  if (Ats != 0) begin : gen_ats
    regs_ats u_ats (
      .clk_i, .rst_ni, .present_i(caps_o[portcullis_regs_pkg::CapabilitiesAtsLsb]), .wr_addr_i(wr_addr), .wr_word_i(wr_word),
      .wr_data_i(wr_data), .rd_addr_i(rd_addr), .rd_data_o(ats_data), .pq_en_o, .pq_on_o, .pq_mf_o, .pq_of_o, .pq_ppn_o,
      .pq_log2_o, .pq_head_o, .pq_tail_o, .pq_done_i, .pq_set_mf_i, .pq_set_of_i, .pq_idle_i, .cause_o(pq_cause),
      .msg_refuse_o, .msg_drained_i
    );
  end else begin : gen_no_ats
    assign {pq_en_o, pq_on_o, pq_mf_o, pq_of_o, pq_ppn_o, pq_log2_o, pq_head_o, pq_tail_o} = '0;
    assign {pq_cause, ats_data, msg_refuse_o} = '0;
    logic unused;
    assign unused = ^{pq_done_i, pq_set_mf_i, pq_set_of_i, pq_idle_i, msg_drained_i};
  end

  // Interrupts.
  logic        overflow;
  logic [1:0]  igs;
  logic [3:0]  causes;
  logic [63:0] irq_data;
  assign igs = caps_o[portcullis_regs_pkg::CapabilitiesIgsMsb:portcullis_regs_pkg::CapabilitiesIgsLsb];
  assign causes = {caps_o[portcullis_regs_pkg::CapabilitiesAtsLsb], caps_o[portcullis_regs_pkg::CapabilitiesHpmLsb], 2'b11};
  regs_irq #(.IgsMsi(IgsMsi)) u_irq (
    .clk_i, .rst_ni, .wsi_i(wsi), .msi_present_i(igs != portcullis_regs_pkg::CapabilitiesIgsWsi), .present_i(causes),
    .set_i({pq_cause, overflow, fie && ((|fq_status) || fq_done_i), cie && (|cq_status)}),
    .wr_addr_i(wr_addr), .wr_word_i(wr_word), .wr_data_i(wr_data), .rd_addr_i(rd_addr), .rd_data_o(irq_data), .irq_o,
    .msi_valid_o, .msi_addr_o, .msi_data_o, .msi_taken_i
  );

  // Debug translation.
  logic [63:0] dbg_data;
  if (Dbg != 0) begin : gen_dbg
    regs_debug u_debug (
      .clk_i, .rst_ni, .present_i(caps_o[portcullis_regs_pkg::CapabilitiesDbgLsb]), .wr_addr_i(wr_addr), .wr_word_i(wr_word),
      .wr_data_i(wr_data), .rd_addr_i(rd_addr), .rd_data_o(dbg_data), .req_valid_o(dbg_req_valid_o),
      .req_ready_i(dbg_req_ready_i), .req_o(dbg_req_o), .resp_valid_i(dbg_resp_i), .resp_i
    );
  end else begin : gen_no_dbg
    assign {dbg_req_valid_o, dbg_req_o, dbg_data} = '0;
    logic unused;
    assign unused = ^{dbg_req_ready_i, dbg_resp_i, resp_i};
  end

  // Performance monitor.
  logic [63:0] hpm_data;
  if (Hpm != 0) begin : gen_hpm
    hpm #(.Counters(HpmCounters), .Sources(2 * NumPorts)) u_hpm (
      .clk_i, .rst_ni, .left_i(counters), .wr_addr_i(wr_addr), .wr_word_i(wr_word), .wr_data_i(wr_data), .rd_addr_i(rd_addr),
      .rd_data_o(hpm_data), .ev_port_i, .ev_req_i, .ev_walk_i, .overflow_o(overflow)
    );
  end else begin : gen_no_hpm
    assign {overflow, hpm_data} = '0;
    logic unused;
    assign unused = ^{counters, ev_port_i, ev_req_i, ev_walk_i};
  end

  // iommu_qosid (spec 6.29).
  if (Qosid != 0) begin : gen_qosid
    always_ff @(posedge clk_i) begin
      if (!rst_ni) qosid_o <= '0;
      else if (wr_word[0] && wr_addr == QosidDw && caps_o[portcullis_regs_pkg::CapabilitiesQosidLsb])
        qosid_o <= {wr_data[27:16], wr_data[11:0]};
    end
  end else begin : gen_no_qosid
    assign qosid_o = '0;
  end

  // Ports: 2 doublewords each.
  logic [128*NumPorts-1:0] port_data;
  for (genvar p = 0; p < NumPorts; p++) begin : gen_port
    localparam logic [8:0] PortDw = QctlDw + 9'(2 * p);
    regs_port u_port (
      .clk_i,
      .rst_ni,
      .wr_qctl_i(wr_word[0] && wr_addr == PortDw),
      .wr_isotime_i(wr_word[0] && wr_addr == PortDw + 9'd1),
      .wr_data_i(wr_data[31:0]),
      .qctl_qsta_o(port_data[128*p +: 64]),
      .isotime_o(port_data[128*p+64 +: 64]),
      .q_mode_o(q_mode_o[2*p +: 2]),
      .q_isotime_o(q_isotime_o[16*p +: 16]),
      .q_isolate_o(q_isolate_o[p]),
      .q_resume_o(q_resume_o[p]),
      .q_drained_i(q_drained_i[p]),
      .q_isolated_i(q_isolated_i[p])
    );
  end

  // AND-OR: at most one term is not 0.
  always_comb begin
    rd_data = (caps_o & {64{rd_addr == CapabilitiesDw}}) | ({32'd0, fctl_o} & {64{rd_addr == FctlDw}}) |
              (ddtp & {64{rd_addr == DdtpDw}}) | (cqb & {64{rd_addr == CqbDw}}) | (fqb & {64{rd_addr == FqbDw}}) |
              ({cq_tail_o, cq_head_o} & {64{rd_addr == CqtDw}}) | ({fq_tail_o, fq_head_o} & {64{rd_addr == FqtDw}}) |
              ({fqcsr, cqcsr} & {64{rd_addr == CsrDw}}) | irq_data | dbg_data | hpm_data | ats_data |
              ({36'd0, qosid_o[23:12], 4'd0, qosid_o[11:0]} & {64{rd_addr == QosidDw}});
    for (int i = 0; i < 2 * NumPorts; i++)
      rd_data = rd_data | (port_data[64*i +: 64] & {64{rd_addr == QctlDw + 9'(i)}});
  end
endmodule
