// SPDX-License-Identifier: Apache-2.0
//
// Address and length of a walker's next read: a device-directory entry (IOMMU spec 3.3.1) or a page-table entry. Combinational.
//
//   dc_known 0, level 2..1   DDT non-leaf entry, 8 bytes      index DDI[level]
//   dc_known 0, level 0      device context, 32 or 64 bytes   index DDI[0]
//   dc_known 1, level 4..0   page-table entry, 8 bytes        index VPN[level]
// DDI of the base format: 7, 9, 8 bits of device_id from the lowest; of the extended format 6, 9, 9.
module walk_addr #(
  parameter int VaW = 48,
  parameter int MsiFlat = 0
) (
  input  logic            dc_known_i,
  input  logic [2:0]      level_i,
  input  logic [43:0]     table_i,
  input  logic [VaW-1:12] vpn_i,
  input  logic [23:0]     device_id_i,
  input  logic            ext_i,
  output logic [55:0]     addr_o,
  output logic [2:0]      len_o  // beats of 8 bytes, less 1
);
  logic        ext, is_dc;
  logic [44:0] vpn;
  logic [8:0]  ddi1, ddi2, index;
  assign ext = MsiFlat != 0 && ext_i;
  assign is_dc = !dc_known_i && level_i == 3'd0;
  assign vpn = 45'(vpn_i);
  assign ddi1 = ext ? device_id_i[14:6] : device_id_i[15:7];
  assign ddi2 = ext ? device_id_i[23:15] : {1'b0, device_id_i[23:16]};

  // Two choices of four and one of two: two LUTs for a bit.
  logic [8:0] ddi, vpi;
  assign ddi = level_i[1] ? ddi2 : level_i[0] ? ddi1 : ext ? {device_id_i[5:0], 3'd0} : {device_id_i[6:0], 2'd0};
  always_comb begin
    unique case (level_i[1:0])
      2'd0:    vpi = vpn[8:0];
      2'd1:    vpi = vpn[17:9];
      2'd2:    vpi = vpn[26:18];
      default: vpi = vpn[35:27];
    endcase
  end
  assign index = !dc_known_i ? ddi : (VaW > 48 && level_i[2]) ? vpn[44:36] : vpi;

  assign addr_o = {table_i, index, 3'd0};
  assign len_o = is_dc ? (ext ? 3'd7 : 3'd3) : 3'd0;
endmodule
