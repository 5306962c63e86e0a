// SPDX-License-Identifier: Apache-2.0
//
// Decides whether an invalidation covers a cached leaf (docs/microarchitecture.md section 3; IOMMU spec 4.1.1 and 4.1.3):
//   ALL  every leaf
//   DDT  the leaves of one device
//   VMA  not an identity leaf; with AV only the page that contains the address; with PSCV only that PSCID's, and no global leaf
//
// VaW: bits of a first-stage virtual address; page numbers are compared below it. covered_o does not look at inv.kill.
module inv_cover #(
  parameter int VaW = 39
) (
  input  logic [portcullis_pkg::InvW-1:0] inv_i,
  input  logic [23:0]                     device_id_i,
  input  logic [2:0]                      size_i,
  input  logic [VaW-13:0]                 vpn_i,
  input  logic                            g_i,
  input  logic [19:0]                     pscid_i,
  output logic                            covered_o
);
  localparam int VpnW = VaW - 12;

  portcullis_pkg::inv_t inv;
  logic same_device, same_page, same_space;

  assign inv = inv_i;
  assign same_device = inv.device_id == device_id_i;
  page_same #(.VpnW(VpnW)) u_page (.a_i(inv.vpn[VpnW-1:0]), .b_i(vpn_i), .size_i, .same_o(same_page));
  assign same_space = inv.pscid == pscid_i && !g_i;

  always_comb begin
    unique case (inv.op)
      portcullis_pkg::InvVma:
        covered_o = size_i != portcullis_pkg::SizeIdentity && (!inv.av || same_page) && (!inv.pscv || same_space);
      portcullis_pkg::InvDdt: covered_o = same_device;
      default:                covered_o = 1'b1;
    endcase
  end

  logic unused;
  assign unused = ^inv;
endmodule
