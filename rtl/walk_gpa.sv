// SPDX-License-Identifier: Apache-2.0
//
// Says whether a guest physical address is too wide for the second stage: Sv39x4 41, Sv48x4 50, Sv57x4 59 bits; 34 with Sv32x4
// and with SXL (IOMMU spec 3.1.3). Combinational.
module walk_gpa #(
  parameter int Sv32 = 0
) (
  input  logic [51:0] gpn_i,
  input  logic [1:0]  mode_i,  // walk_pkg::hg_t.mode
  input  logic        sxl_i,
  input  logic        gxl_i,
  output logic        too_wide_o
);
  logic b34, b41, b50, b59;
  assign b59 = |gpn_i[51:47];
  assign b50 = (|gpn_i[46:38]) || b59;
  assign b41 = (|gpn_i[37:29]) || b50;
  assign b34 = (|gpn_i[28:22]) || b41;
  always_comb begin
    unique case (mode_i)
      portcullis_pkg::FscSv39: too_wide_o = b41;
      portcullis_pkg::FscSv48: too_wide_o = b50;
      default:                 too_wide_o = b59;
    endcase
    if (Sv32 != 0 && (sxl_i || gxl_i) && b34) too_wide_o = 1'b1;
  end

  logic unused;
  assign unused = ^{gpn_i[21:0], sxl_i, gxl_i};
endmodule
