// SPDX-License-Identifier: Apache-2.0
//
// Where the bits that a MSI address mask selects go when they are packed: the page number is cut into groups of 6 bits, and group
// g begins at place base_o[6*g +: 6], the number of ones of the mask below the group. Combinational; msi_pack uses it.
//
// GpnW: bits of a guest page number.
module msi_base #(
  parameter int GpnW = 38
) (
  input  logic [46:0]                mask_i,
  output logic [walk_pkg::BaseW-1:0] base_o
);
  logic [47:0] mask;
  logic [5:0]  n0, n1, n2, n3, n4, n5, n6, n01, n23, n45, n0123;
  always_comb begin
    mask = '0;
    mask[GpnW-1:0] = mask_i[GpnW-1:0];
  end
  assign n0 = 6'($countones(mask[5:0]));
  assign n1 = 6'($countones(mask[11:6]));
  assign n2 = 6'($countones(mask[17:12]));
  assign n3 = 6'($countones(mask[23:18]));
  assign n4 = 6'($countones(mask[29:24]));
  assign n5 = 6'($countones(mask[35:30]));
  assign n6 = 6'($countones(mask[41:36]));
  assign n01 = n0 + n1;
  assign n23 = n2 + n3;
  assign n45 = n4 + n5;
  assign n0123 = n01 + n23;
  assign base_o = {n0123 + n45 + n6, n0123 + n45, n0123 + n4, n0123, n01 + n2, n01, n0, 6'd0};

  logic unused;
  assign unused = ^{mask_i, mask[47:42]};
endmodule
