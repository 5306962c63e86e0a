// SPDX-License-Identifier: Apache-2.0
//
// Checks of a request against its device context and, as far as it is known, its process context (IOMMU spec 3.3 steps 7 to
// 17), in the specification's order, and what comes next. Combinational.
//
// Without fault_o: pdt_o the process directory is walked; else identity_o neither stage translates; else access_o only the second
// stage does; else the first-stage page table is walked, of mode_o. late_fault_o: a fault other than that the process_id is too
// wide. All faults here obey DTF. Ats: 0 if no EN_ATS is built; then every translated request is refused.
//
// A translated request is an identity, or with T2GPA one of the second stage only; of a page request (PRI) only EN_PRI counts.
module walk_request #(
  parameter bit TwoStage = 1'b0,
  parameter bit Pdt = 1'b0,
  parameter int Sv32 = 0,
  parameter int Ats = 0
) (
  input  logic       illegal_i,
  input  logic       translated_i,
  input  logic       ats_i,
  input  logic       pri_i,
  input  logic       pv_i,
  input  logic       priv_i,
  input  logic       high_i,  // IOVA[63:56] is not 0
  input  logic [3:0] canon_i,  // canonical for Sv39, Sv48, Sv57; within 32 bits
  input  logic [1:0] wide_i,  // process_id has more than 8, 17 bits
  input  logic       en_ats_i,
  input  logic       en_pri_i,
  input  logic       t2gpa_i,
  input  logic       pdtv_i,
  input  logic       dpe_i,
  input  logic       sxl_i,
  input  logic [1:0] mode_i,  // of the device context, walk_pkg::dc_t.mode
  input  logic       gv_i,
  input  logic       at_pc_i,  // the process context was reached: what the device context demands is fulfilled
  input  logic       pc_i,  // the process context is known:
  input  logic       ens_i,
  input  logic [1:0] pc_mode_i,
  output logic       fault_o,
  output logic       late_fault_o,
  output logic [4:0] code_o,  // walk_pkg::Fault*, counts with fault_o
  output logic       needs_pc_o,
  output logic       pdt_o,
  output logic       identity_o,
  output logic       access_o,
  output logic [1:0] mode_o  // of the first stage or, with pdt_o, of the process directory
);
  logic too_wide, disallowed, no_ens, bare, canonical;
  logic [1:0] s1_mode;

  // Neither process_id nor first stage count.
  logic plain, pri;
  assign pri = Ats != 0 && pri_i;
  assign plain = Ats != 0 && (translated_i || pri_i);

  // Step 7: a translated request, or one of ATS, with EN_ATS = 0; a process_id with PDTV = 0, or too wide for pdtp.MODE.
  logic no_ats;
  assign no_ats = (translated_i || (Ats != 0 && ats_i)) && !(Ats != 0 && en_ats_i);
  assign too_wide = Pdt && !at_pc_i && pv_i && !pri && ((mode_i == 2'd1 && wide_i[0]) || (mode_i == 2'd2 && wide_i[1]));
  assign disallowed = (pri ? !en_pri_i : no_ats || (pv_i && !pdtv_i)) && !(Pdt && at_pc_i);
  // Steps 11 to 14: with PDTV a process context, unless pdtp is Bare, or there is neither a process_id nor a default.
  assign needs_pc_o = Pdt && !plain && (at_pc_i || (pdtv_i && mode_i != 2'd0 && (pv_i || dpe_i)));
  assign pdt_o = needs_pc_o && !pc_i;
  // Step 15.
  assign no_ens = needs_pc_o && pc_i && priv_i && !ens_i;
  // Step 17.
  assign s1_mode = needs_pc_o ? pc_mode_i : (pdtv_i || plain) ? portcullis_pkg::FscBare : mode_i;
  assign bare = s1_mode == portcullis_pkg::FscBare;
  assign mode_o = pdt_o ? mode_i : s1_mode;

  always_comb begin
    unique case (s1_mode)
      portcullis_pkg::FscSv39: canonical = canon_i[0];
      portcullis_pkg::FscSv48: canonical = canon_i[1];
      default:                 canonical = canon_i[2];
    endcase
    if (Sv32 != 0 && sxl_i) canonical = canon_i[3];
  end

  // Beyond the 56-bit physical address space nothing can be accessed: access fault. Not canonical: page fault (step 17).
  logic gv;
  assign gv = TwoStage && gv_i && !(plain && (pri_i || !t2gpa_i));
  always_comb begin
    if (illegal_i) code_o = walk_pkg::FaultIllegal;
    else if (disallowed || too_wide || no_ens) code_o = walk_pkg::FaultType;
    else code_o = bare ? walk_pkg::FaultAccess : walk_pkg::FaultPage;
  end
  assign late_fault_o = illegal_i || disallowed || no_ens || (!pdt_o && (bare ? high_i && !gv : !canonical));
  assign fault_o = late_fault_o || too_wide;
  assign identity_o = bare && !gv && !pdt_o;
  assign access_o = bare && gv && !pdt_o;

  logic unused;
  assign unused = ^{priv_i, wide_i, dpe_i, sxl_i, gv_i, at_pc_i, pc_i, ens_i, pc_mode_i, canon_i[3], ats_i, pri_i,
                    en_ats_i, en_pri_i, t2gpa_i};
endmodule
