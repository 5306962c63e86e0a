// SPDX-License-Identifier: Apache-2.0
//
// capabilities and fctl (IOMMU spec 6.3, 6.4), and how many event counters there are. docs/microarchitecture.md sections 2 and 6.
//
// capabilities is what is built, narrowed by the fuses that are sampled during reset: single-bit fields are ANDed, IGS = BOTH may
// become MSI or WSI, PAS may shrink to 32 or more. A bit of fctl is writable with what it controls, otherwise fixed: BE and GXL
// at 0, WSI at what IGS says.
//
// Sv32 to IgsMsi: 1 if that capability is built (IgsMsi: IGS = BOTH, else WSI). HpmCounters: event counters built.
// Pas: physical address bits, 32 to 56.
module regs_caps #(
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
  input  logic        clk_i,
  input  logic        rst_ni,
  input  logic [63:0] fuse_caps_i,
  input  logic [5:0]  fuse_hpm_i,
  input  logic        wr_fctl_i,  // fctl is written, and ddtp allows it
  input  logic [2:0]  wr_data_i,
  output logic [63:0] caps_o,
  output logic [31:0] fctl_o,
  output logic [5:0]  counters_o  // event counters that capabilities.HPM and the fuse leave
);
  logic [63:0] fuse_q, built;
  logic [5:0]  fuse_hpm_q, pas;
  logic [1:0]  fuse_igs, igs;
  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      fuse_q <= fuse_caps_i;
      fuse_hpm_q <= fuse_hpm_i;
    end
  end
  assign pas = fuse_q[portcullis_regs_pkg::CapabilitiesPasMsb:portcullis_regs_pkg::CapabilitiesPasLsb];
  assign fuse_igs = fuse_q[portcullis_regs_pkg::CapabilitiesIgsMsb:portcullis_regs_pkg::CapabilitiesIgsLsb];
  assign igs = (IgsMsi == 0) ? portcullis_regs_pkg::CapabilitiesIgsWsi :
               (fuse_igs == 2'd3) ? portcullis_regs_pkg::CapabilitiesIgsBoth : fuse_igs;
  always_comb begin
    built = '0;
    built[portcullis_regs_pkg::CapabilitiesSv39Lsb] = 1'b1;
    built[portcullis_regs_pkg::CapabilitiesSv32Lsb] = Sv32 != 0;
    built[portcullis_regs_pkg::CapabilitiesSv48Lsb] = Sv48 != 0;
    built[portcullis_regs_pkg::CapabilitiesSv57Lsb] = Sv57 != 0;
    built[portcullis_regs_pkg::CapabilitiesSvpbmtLsb] = Svpbmt != 0;
    built[portcullis_regs_pkg::CapabilitiesSvrsw60t59bLsb] = Svrsw60t59b != 0;
    built[portcullis_regs_pkg::CapabilitiesSv32x4Lsb] = Sv32x4 != 0;
    built[portcullis_regs_pkg::CapabilitiesSv39x4Lsb] = Sv39x4 != 0;
    built[portcullis_regs_pkg::CapabilitiesSv48x4Lsb] = Sv48x4 != 0;
    built[portcullis_regs_pkg::CapabilitiesSv57x4Lsb] = Sv57x4 != 0;
    built[portcullis_regs_pkg::CapabilitiesAmoHwadLsb] = AmoHwad != 0;
    built[portcullis_regs_pkg::CapabilitiesMsiFlatLsb] = MsiFlat != 0;
    built[portcullis_regs_pkg::CapabilitiesMsiMrifLsb] = MsiMrif != 0;
    built[portcullis_regs_pkg::CapabilitiesAmoMrifLsb] = AmoMrif != 0;
    built[portcullis_regs_pkg::CapabilitiesPd8Lsb] = Pd8 != 0;
    built[portcullis_regs_pkg::CapabilitiesPd17Lsb] = Pd17 != 0;
    built[portcullis_regs_pkg::CapabilitiesPd20Lsb] = Pd20 != 0;
    built[portcullis_regs_pkg::CapabilitiesNlLsb] = Nl != 0;
    built[portcullis_regs_pkg::CapabilitiesSLsb] = S != 0;
    built[portcullis_regs_pkg::CapabilitiesHpmLsb] = Hpm != 0;
    built[portcullis_regs_pkg::CapabilitiesDbgLsb] = Dbg != 0;
    built[portcullis_regs_pkg::CapabilitiesEndLsb] = End != 0;
    built[portcullis_regs_pkg::CapabilitiesQosidLsb] = Qosid != 0;
    built[portcullis_regs_pkg::CapabilitiesAtsLsb] = Ats != 0;
    built[portcullis_regs_pkg::CapabilitiesT2gpaLsb] = T2gpa != 0;
    caps_o = built & fuse_q;
    caps_o[portcullis_regs_pkg::CapabilitiesVersionMsb:portcullis_regs_pkg::CapabilitiesVersionLsb] = 8'h10;
    caps_o[portcullis_regs_pkg::CapabilitiesIgsMsb:portcullis_regs_pkg::CapabilitiesIgsLsb] = igs;
    caps_o[portcullis_regs_pkg::CapabilitiesPasMsb:portcullis_regs_pkg::CapabilitiesPasLsb] =
      (pas >= 6'd32 && pas < 6'(Pas)) ? pas : 6'(Pas);
  end

  // The fuse leaves one counter at least (spec 6.3: HPM needs iohpmctr1).
  always_comb begin
    counters_o = (fuse_hpm_q > 6'(HpmCounters)) ? 6'(HpmCounters) : fuse_hpm_q;
    if (fuse_hpm_q == '0) counters_o = 6'd1;
    if (!caps_o[portcullis_regs_pkg::CapabilitiesHpmLsb]) counters_o = '0;
  end

  // fctl: what is not writable stays 0.
  logic [2:0] fctl_q, writable;
  assign writable[portcullis_regs_pkg::FctlBeLsb] = caps_o[portcullis_regs_pkg::CapabilitiesEndLsb];
  assign writable[portcullis_regs_pkg::FctlWsiLsb] = igs == portcullis_regs_pkg::CapabilitiesIgsBoth;
  assign writable[portcullis_regs_pkg::FctlGxlLsb] =  // Sv32x4 needs Sv32
    caps_o[portcullis_regs_pkg::CapabilitiesSv32Lsb] || caps_o[portcullis_regs_pkg::CapabilitiesSv32x4Lsb];
  always_ff @(posedge clk_i) begin
    if (!rst_ni) fctl_q <= '0;
    else if (wr_fctl_i) fctl_q <= wr_data_i & writable;
  end
  always_comb begin
    fctl_o = {29'd0, fctl_q};
    if (igs == portcullis_regs_pkg::CapabilitiesIgsWsi) fctl_o[portcullis_regs_pkg::FctlWsiLsb] = 1'b1;
  end
endmodule
