// SPDX-License-Identifier: Apache-2.0
//
// Decides whether an invalidation covers a cached leaf (docs/microarchitecture.md section 3; IOMMU spec 4.1.1 and 4.1.3):
//   ALL   every leaf
//   DDT   the leaves of one device
//   PDT   the leaves of one process of a device; a leaf of no process counts as one of process 0
//   GVMA  the leaves of one VM, or of all
//   VMA   the leaves of the first stage in one VM, or of no VM; with AV only the pages that meet the range; with PSCV only that
//         PSCID's, and no global leaf
//
// A page is taken as large as the first stage's leaf, of which the cached one may be a part.
// The leaf's process_id and space are 0 where they do not apply (portcullis_pkg). covered_o does not look at inv.kill.
// VaW: bits of a first-stage virtual address; page numbers are compared below it.
// TwoStage, Pdt: 0 if no leaf has a VM, or a process.
module inv_cover #(
  parameter int VaW = 39,
  parameter bit TwoStage = 1'b0,
  parameter bit Pdt = 1'b0
) (
  input  logic [portcullis_pkg::InvW-1:0]   inv_i,
  input  logic [23:0]                       device_id_i,
  input  logic [19:0]                       process_id_i,
  input  logic [2:0]                        s1_size_i,
  input  logic [VaW-13:0]                   vpn_i,
  input  logic                              g_i,
  input  logic [portcullis_pkg::SpaceW-1:0] space_i,
  output logic                              covered_o
);
  localparam int VpnW = VaW - 12;

  portcullis_pkg::inv_t inv;
  portcullis_pkg::space_t space;
  logic            same_device, same_process, same_page, same_vm, same_space;
  logic [VpnW-1:0] vpn;

  assign inv = inv_i;
  assign space = space_i;
  assign same_device = inv.device_id == device_id_i;
  assign same_process = Pdt && same_device && inv.process_id == process_id_i;
  assign vpn = (inv.vpn[VpnW-1:0] & ~inv.range[VpnW-1:0]) | (vpn_i & inv.range[VpnW-1:0]);
  page_same #(.VpnW(VpnW)) u_page (.a_i(vpn), .b_i(vpn_i), .size_i(s1_size_i), .same_o(same_page));
  assign same_vm = !TwoStage || !inv.gv || inv.gscid == space.gscid;
  assign same_space = inv.pscid == space.pscid && !g_i;

  always_comb begin
    unique case (inv.op)
      portcullis_pkg::InvVma:
        covered_o = space.s1 && (!TwoStage || inv.gv == space.gv) && same_vm && (!inv.av || same_page) &&
                    (!inv.pscv || same_space);
      portcullis_pkg::InvDdt:  covered_o = same_device;
      portcullis_pkg::InvGvma: covered_o = TwoStage && space.gv && same_vm;
      portcullis_pkg::InvPdt:  covered_o = same_process;
      default:                 covered_o = 1'b1;
    endcase
  end

  logic unused;
  assign unused = ^{inv, space, process_id_i};
endmodule
