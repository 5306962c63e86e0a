// SPDX-License-Identifier: Apache-2.0
//
// Checks of one doubleword of a device context (IOMMU spec 3.1.3, 3.1.4), as the beats of its read arrive in order.
// Combinational.
//
//   beat  0 tc   1 iohgatp   2 ta   3 fsc   extended format also  4 msiptp   5 msi_addr_mask   6 msi_addr_pattern   7 reserved
//
// Built without ATS, T2GPA, AMO_HWAD, END, QOSID, process directories and second stage: what they would allow counts as
// misconfigured, also msiptp.MODE other than Off, since iohgatp is Bare. Custom bits (tc[31:24]) and, with iohgatp.MODE Bare, its
// PPN and GSCID do not matter. Mask and pattern bits beyond the guest physical address width, which is PAS without a second
// stage, are reserved.
module walk_dc #(
  parameter int MsiFlat = 0
) (
  input  logic [63:0] data_i,
  input  logic [2:0]  beat_i,
  input  logic        pdtv_i,  // tc.PDTV of beat 0; counts in beat 3
  input  logic [2:0]  modes_i,  // supported: Sv39, Sv48, Sv57
  input  logic [5:0]  pas_i,  // capabilities.PAS, 32..56
  output logic        bad_o,  // item of 3.1.4 violated in this doubleword
  output logic [1:0]  mode_o  // beat 3: first-stage mode, portcullis_pkg::Fsc*
);
  // Reserved, or of something that is not built (items 1, 2 to 7, 18 to 23).
  logic [63:0] reserved, beyond_pas;
  assign beyond_pas = 64'hffff_ffff_ffff_ffff << (pas_i - 6'd12);
  always_comb begin
    unique case (beat_i)
      3'd0: reserved = 64'hffff_ffff_00ff_fdce;  // all but V, DTF, PDTV, DPE, custom
      3'd1: reserved = 64'hf000_0000_0000_0000;  // iohgatp.MODE
      3'd2: reserved = 64'hffff_ffff_0000_0fff;  // all but PSCID
      3'd3: reserved = 64'h0fff_f000_0000_0000;  // all but MODE and PPN
      3'd4: reserved = (MsiFlat != 0) ? 64'hffff_f000_0000_0000 : 64'd0;
      3'd5, 3'd6: reserved = (MsiFlat != 0) ? beyond_pas : 64'd0;
      default: reserved = (MsiFlat != 0) ? 64'hffff_ffff_ffff_ffff : 64'd0;
    endcase
  end

  // Items 8 to 11: MODE 0 is Bare; iosatp 8, 9, 10 are Sv39, Sv48, Sv57; no process directory is built.
  logic mode_ok;
  always_comb begin
    unique case (data_i[63:60])
      4'd0:    begin mode_ok = 1'b1; mode_o = portcullis_pkg::FscBare; end
      4'd8:    begin mode_ok = modes_i[0] && !pdtv_i; mode_o = portcullis_pkg::FscSv39; end
      4'd9:    begin mode_ok = modes_i[1] && !pdtv_i; mode_o = portcullis_pkg::FscSv48; end
      4'd10:   begin mode_ok = modes_i[2] && !pdtv_i; mode_o = portcullis_pkg::FscSv57; end
      default: begin mode_ok = 1'b0; mode_o = portcullis_pkg::FscBare; end
    endcase
    if (!mode_ok) mode_o = portcullis_pkg::FscBare;
  end

  // Item 12: DPE without PDTV.
  logic dpe_bad;
  assign dpe_bad = data_i[9] && !data_i[5];

  assign bad_o = (|(data_i & reserved)) || (beat_i == 3'd0 && dpe_bad) || (beat_i == 3'd3 && !mode_ok);
endmodule
