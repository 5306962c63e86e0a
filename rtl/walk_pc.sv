// SPDX-License-Identifier: Apache-2.0
//
// Checks of one doubleword of a process context (IOMMU spec 3.2.3, 3.2.4) or of the non-leaf entry of a process directory.
// Combinational.
//
//   beat  0 ta: 31:12 PSCID, 2 SUM, 1 ENS, 0 V   1 fsc: 63:60 MODE, 43:0 PPN      non-leaf entry: 53:10 PPN, 0 V
module walk_pc #(
  parameter int Sv32 = 0
) (
  input  logic [63:0] data_i,
  input  logic        leaf_i,
  input  logic        second_i,  // beat 1 of a process context
  input  logic        sxl_i,
  input  logic [63:0] caps_i,
  output logic        bad_o,
  output logic [1:0]  mode_o  // of fsc: portcullis_pkg::Fsc*
);
  logic mode_ok;
  walk_mode #(.Sv32(Sv32)) u_mode (.mode_i(data_i[63:60]), .sxl_i, .caps_i, .ok_o(mode_ok), .mode_o);
  always_comb begin
    if (!leaf_i) bad_o = (|data_i[9:1]) || (|data_i[63:54]);
    else if (second_i) bad_o = (|data_i[59:44]) || !mode_ok;
    else bad_o = (|data_i[11:3]) || (|data_i[63:32]);
  end

  logic unused;
  assign unused = ^data_i;
endmodule
