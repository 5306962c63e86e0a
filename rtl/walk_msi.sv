// SPDX-License-Identifier: Apache-2.0
//
// Says whether a guest page is that of a virtual interrupt file (IOMMU spec 3.1.3, msi_addr_mask), and how large a page around
// it contains one. Combinational.
//
// GpnW: bits of a guest page number; mask and pattern have 0 above. A page beyond them is no interrupt file's.
module walk_msi #(
  parameter int GpnW = 38
) (
  input  logic [51:0]               gpn_i,
  input  logic [walk_pkg::MsiW-1:0] msi_i,
  output logic                      hit_o,
  output logic [2:0]                near_o  // a page of this size, or a larger one, contains an interrupt file; 7: none does
);
  walk_pkg::msi_t  msi;
  logic [GpnW-1:0] differ;
  logic [2:0]      near;
  logic            beyond;
  assign msi = msi_i;
  assign differ = (gpn_i[GpnW-1:0] ^ msi.pattern[GpnW-1:0]) & ~msi.mask[GpnW-1:0];
  assign beyond = |gpn_i[51:GpnW];
  walk_near #(.Width(GpnW)) u_near (.differ_i(differ), .size_o(near));
  assign hit_o = msi.on && !beyond && differ == '0;
  assign near_o = msi.on ? near : 3'd7;

  logic unused;
  assign unused = ^msi;
endmodule
