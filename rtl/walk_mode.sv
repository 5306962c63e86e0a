// SPDX-License-Identifier: Apache-2.0
//
// MODE of an iosatp (DC.fsc, PC.fsc; IOMMU spec 3.1.3): 0 Bare, 8 to 10 Sv39, Sv48, Sv57; with SXL 0 Bare, 8 Sv32. Combinational.
module walk_mode #(
  parameter int Sv32 = 0
) (
  input  logic [3:0]  mode_i,
  input  logic        sxl_i,
  input  logic [63:0] caps_i,
  output logic        ok_o,  // supported
  output logic [1:0]  mode_o  // portcullis_pkg::Fsc*, FscSv39 also for Sv32; Bare if not supported
);
  logic sxl;
  assign sxl = Sv32 != 0 && sxl_i;
  always_comb begin
    unique case (mode_i)
      4'd0:    begin ok_o = 1'b1; mode_o = portcullis_pkg::FscBare; end
      4'd8:    begin ok_o = sxl ? caps_i[8] : caps_i[9]; mode_o = portcullis_pkg::FscSv39; end
      4'd9:    begin ok_o = !sxl && caps_i[10]; mode_o = portcullis_pkg::FscSv48; end
      4'd10:   begin ok_o = !sxl && caps_i[11]; mode_o = portcullis_pkg::FscSv57; end
      default: begin ok_o = 1'b0; mode_o = portcullis_pkg::FscBare; end
    endcase
    if (!ok_o) mode_o = portcullis_pkg::FscBare;
  end

  logic unused;
  assign unused = ^{caps_i, sxl_i};
endmodule
