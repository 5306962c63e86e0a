// SPDX-License-Identifier: Apache-2.0
//
// Checks of a request against a device context that is known (IOMMU spec 3.3 steps 7 to 17), in the specification's order.
// Combinational. ddtp Bare is the same with pdtv_i = 1: no process_id is refused and the address is not translated.
//
// Neither fault_o nor identity_o: the first-stage page table is walked. No EN_ATS is built, so every translated request is
// refused; no process directory is built, so with PDTV the first stage is always Bare. All faults here obey DTF.
module walk_request (
  input  logic       illegal_i,
  input  logic       translated_i,
  input  logic       pv_i,
  input  logic       high_i,  // IOVA[63:56] is not 0
  input  logic [2:0] canon_i,  // canonical for Sv39, Sv48, Sv57
  input  logic       pdtv_i,
  input  logic [1:0] mode_i,  // first stage, portcullis_pkg::Fsc*
  output logic       fault_o,
  output logic [3:0] code_o,  // walk_pkg::Fault*, counts with fault_o
  output logic       identity_o
);
  logic disallowed, bare, canonical;

  // Step 7: a translated request with EN_ATS = 0; a process_id with PDTV = 0.
  assign disallowed = translated_i || (pv_i && !pdtv_i);
  // Steps 12, 13: first stage Bare.
  assign bare = pdtv_i || mode_i == portcullis_pkg::FscBare;

  always_comb begin
    unique case (mode_i)
      portcullis_pkg::FscSv39: canonical = canon_i[0];
      portcullis_pkg::FscSv48: canonical = canon_i[1];
      default:                 canonical = canon_i[2];
    endcase
  end

  assign fault_o = illegal_i || disallowed || (bare ? high_i : !canonical);
  assign identity_o = bare && !fault_o;

  // Beyond the 56-bit physical address space nothing can be accessed: access fault. Not canonical: page fault (step 17).
  always_comb begin
    if (illegal_i) code_o = walk_pkg::FaultIllegal;
    else if (disallowed) code_o = walk_pkg::FaultType;
    else if (bare) code_o = walk_pkg::FaultAccess;
    else code_o = walk_pkg::FaultPage;
  end
endmodule
