// SPDX-License-Identifier: Apache-2.0
//
// Says what the command queue has to do for a command (IOMMU spec 4.1), one doubleword at a time, because they arrive one per
// clock: the first tells the command and its own reserved bits, the second only adds reserved bits. Combinational.
//
//   IOTINVAL 1  dw0: 59:44 GSCID | 34 NL | 33 GV | 32 PSCV | 31:12 PSCID | 10 AV    dw1: 61:10 ADDR[63:12] | 9 S
//   IOFENCE  2  dw0: 63:32 DATA | 13 PW | 12 PR | 11 WSI | 10 AV                    dw1: 61:0 ADDR[63:2]
//   IODIR    3  dw0: 63:40 DID | 33 DV | 31:12 PID                                  dw1: 0
//   ATS      4  dw0: 63:56 DSEG | 55:40 RID | 33 DSV | 32 PV | 31:12 PID            dw1: payload, not judged
//   opcode in 6:0, func3 in 9:7; every bit not named is reserved.
//
// A command that is neither illegal nor a fence nor an invalidation (IOTINVAL of a VM without a second stage) has no effect.
// Limits: any DID is accepted.
// TwoStage, Pdt: 0 if nothing is cached for a VM, or for a process. Ats: 0 if opcode 4 is illegal.
module cmd_decode #(
  parameter bit TwoStage = 1'b0,
  parameter bit Pdt = 1'b0,
  parameter bit Ats = 1'b0
) (
  input  logic [63:0] caps_i,
  // First doubleword.
  input  logic [63:0] dw0_i,
  output logic        illegal0_o,
  output logic        fence_o,
  output logic        inval_o,
  output logic [1:0]  ats_o,  // ATS.PRGR, ATS.INVAL
  output logic [2:0]  op_o,  // portcullis_pkg::Inv*; InvVma also for IOTINVAL.GVMA without a second stage
  // Second doubleword of a command whose first one gave fence_i, ats_i and op_i.
  input  logic        fence_i,
  input  logic        ats_i,
  input  logic [2:0]  op_i,
  input  logic [63:0] dw1_i,
  output logic        illegal1_o
);
  localparam int NlCap = portcullis_regs_pkg::CapabilitiesNlLsb;
  localparam int AtsCap = portcullis_regs_pkg::CapabilitiesAtsLsb;
  localparam int SCap = portcullis_regs_pkg::CapabilitiesSLsb;
  localparam int Pd8Cap = portcullis_regs_pkg::CapabilitiesPd8Lsb;
  localparam int Pd17Cap = portcullis_regs_pkg::CapabilitiesPd17Lsb;
  localparam int Pd20Cap = portcullis_regs_pkg::CapabilitiesPd20Lsb;

  logic nl_ok, s_ok, unused;
  assign nl_ok = caps_i[NlCap];
  assign s_ok = caps_i[SCap];
  assign unused = ^{caps_i, dw0_i, ats_i};

  // Opcode and func3 together.
  logic vma, gvma, ddt, pdt;
  assign vma = dw0_i[9:0] == {3'd0, 7'd1};
  assign gvma = dw0_i[9:0] == {3'd1, 7'd1};
  assign fence_o = dw0_i[9:0] == {3'd0, 7'd2};
  assign ddt = dw0_i[9:0] == {3'd0, 7'd3};
  assign pdt = Pdt && dw0_i[9:0] == {3'd1, 7'd3};

  // Spec 4.1.1: PSCV is illegal with GVMA; NL is reserved without its capability.
  logic iotinval_bad, fence_bad, iodir_bad, ddt_bad, pdt_bad, pid_fits;
  assign iotinval_bad = dw0_i[11] || (|dw0_i[43:35]) || (|dw0_i[63:60]) || (dw0_i[34] && !nl_ok) || (gvma && dw0_i[32]);
  // WSI is judged when the fence is executed.
  assign fence_bad = |dw0_i[31:14];
  // Spec 4.1.3: PID is reserved for INVAL_DDT; INVAL_PDT needs DV and a PID of the width that the capabilities tell.
  assign iodir_bad = dw0_i[32] || (|dw0_i[11:10]) || (|dw0_i[39:34]);
  assign ddt_bad = iodir_bad || (|dw0_i[31:12]);
  assign pid_fits = caps_i[Pd20Cap] || (caps_i[Pd17Cap] && !(|dw0_i[31:29])) || (caps_i[Pd8Cap] && !(|dw0_i[31:20]));
  assign pdt_bad = iodir_bad || !dw0_i[33] || !pid_fits;

  // Spec 4.1.4.
  logic ats_bad;
  assign ats_o = {dw0_i[9:0] == {3'd1, 7'd4}, dw0_i[9:0] == {3'd0, 7'd4}} & {2{Ats}};
  assign ats_bad = (|dw0_i[11:10]) || (|dw0_i[39:34]) || !caps_i[AtsCap];

  always_comb begin
    illegal0_o = 1'b1;
    if (vma || gvma) illegal0_o = iotinval_bad;
    if (fence_o) illegal0_o = fence_bad;
    if (ddt) illegal0_o = ddt_bad;
    if (pdt) illegal0_o = pdt_bad;
    if (|ats_o) illegal0_o = ats_bad;
  end

  // Without a second stage only translations with GV=0 are cached.
  assign inval_o = (vma && (TwoStage || !dw0_i[33])) || (TwoStage && gvma) || ddt || pdt;
  always_comb begin
    op_o = portcullis_pkg::InvVma;
    if (TwoStage && gvma) op_o = portcullis_pkg::InvGvma;
    if (ddt) op_o = dw0_i[33] ? portcullis_pkg::InvDdt : portcullis_pkg::InvAll;
    if (pdt) op_o = portcullis_pkg::InvPdt;
  end

  always_comb begin
    if (Ats && ats_i) illegal1_o = 1'b0;
    else if (fence_i) illegal1_o = |dw1_i[63:62];
    else if (op_i == portcullis_pkg::InvVma || (TwoStage && op_i == portcullis_pkg::InvGvma))
      illegal1_o = (|dw1_i[63:62]) || (|dw1_i[8:0]) || (dw1_i[9] && !s_ok);
    else illegal1_o = |dw1_i;
  end
endmodule
