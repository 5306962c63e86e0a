// SPDX-License-Identifier: Apache-2.0
//
// Interrupt file number: the bits of a guest page number that a mask selects, packed (IOMMU spec 3.3.3 item 5). Combinational.
//
// The page number is cut into groups of 6 bits; each is packed by itself and shifted to where msi_base says that it begins.
// GpnW: bits of a guest page number.
module msi_pack #(
  parameter int GpnW = 38
) (
  input  logic [46:0]                gpn_i,
  input  logic [46:0]                mask_i,
  input  logic [walk_pkg::BaseW-1:0] base_i,
  output logic [46:0]                number_o
);
  localparam int Groups = (GpnW + 5) / 6;
  logic [47:0]         gpn, mask;
  logic [Groups*6-1:0] packed_all;
  always_comb begin
    gpn = '0;
    mask = '0;
    gpn[GpnW-1:0] = gpn_i[GpnW-1:0];
    mask[GpnW-1:0] = mask_i[GpnW-1:0];
  end

  for (genvar g = 0; g < Groups; g++) begin : gen_group
    logic [5:0] x, m, out;
    assign x = gpn[6*g +: 6] & mask[6*g +: 6];
    assign m = mask[6*g +: 6];
    // A bit moves down by the number of zeros of the mask below it in the group.
    always_comb begin
      out = '0;
      for (int i = 0; i < 6; i++) begin
        for (int k = 0; k <= i; k++) begin
          if ($countones(~m & ((6'd1 << i) - 6'd1)) == i - k) out[k] = out[k] | x[i];
        end
      end
    end
    assign packed_all[6*g +: 6] = out;
  end

  always_comb begin
    number_o = '0;
    for (int g = 0; g < Groups; g++) number_o = number_o | (47'(packed_all[6*g +: 6]) << base_i[6*g +: 6]);
  end

  logic unused;
  assign unused = ^{gpn_i, mask_i, base_i, gpn, mask};
endmodule
