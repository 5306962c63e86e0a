// SPDX-License-Identifier: Apache-2.0
//
// Address and length of a walker's next read. Combinational.
//
//   dc_known 0, level 2..1       DDT non-leaf entry, 8 bytes (IOMMU spec 3.3.1)   index DDI[level]
//   dc_known 0, level 0          device context, 32 or 64 bytes                   index DDI[0]
//   g                            second-stage or MSI page-table entry             index given
//   pdt, level 2..1              PDT non-leaf entry, 8 bytes (3.3.2)              index PDI[level]
//   pdt, level 0                 process context, 16 bytes                        index PDI[0]
//   else, level 4..0             first-stage entry: the 8 bytes around it         index VPN[level]
// DDI of the base format: 7, 9, 8 bits of device_id from the lowest; of the extended format 6, 9, 9. PDI: 8, 9, 3 bits.
module walk_addr #(
  parameter int VaW = 48,
  parameter bit TwoStage = 1'b0,
  parameter bit Pdt = 1'b0,
  parameter int MsiFlat = 0,
  parameter int Sv32 = 0
) (
  input  logic            dc_known_i,
  input  logic            pdt_i,
  input  logic            g_i,
  input  logic            msi_i,
  input  logic            sxl_i,
  input  logic [2:0]      level_i,
  input  logic [43:0]     table_i,
  input  logic [10:0]     g_index_i,
  input  logic [VaW-1:12] vpn_i,
  input  logic [23:0]     device_id_i,
  input  logic [19:0]     process_id_i,
  input  logic            ext_i,
  output logic [55:0]     addr_o,
  output logic [2:0]      len_o  // beats of 8 bytes, less 1
);
  logic        ext, is_dc, in_g, in_pdt;
  logic [44:0] vpn;
  logic [8:0]  ddi1, ddi2, index;
  assign ext = MsiFlat != 0 && ext_i;
  assign is_dc = !dc_known_i && level_i == 3'd0;
  assign in_g = TwoStage && g_i;
  assign in_pdt = Pdt && pdt_i;
  assign vpn = 45'(vpn_i);
  assign ddi1 = ext ? device_id_i[14:6] : device_id_i[15:7];
  assign ddi2 = ext ? device_id_i[23:15] : {1'b0, device_id_i[23:16]};

  // Two choices of four and one of two: two LUTs for a bit.
  logic [8:0] ddi, pdi, vpi;
  assign ddi = level_i[1] ? ddi2 : level_i[0] ? ddi1 : ext ? {device_id_i[5:0], 3'd0} : {device_id_i[6:0], 2'd0};
  assign pdi = level_i[1] ? {6'd0, process_id_i[19:17]} : level_i[0] ? process_id_i[16:8] : {process_id_i[7:0], 1'b0};
  always_comb begin
    unique case (level_i[1:0])
      2'd0:    vpi = vpn[8:0];
      2'd1:    vpi = vpn[17:9];
      2'd2:    vpi = vpn[26:18];
      default: vpi = vpn[35:27];
    endcase
    if (VaW > 48 && level_i[2]) vpi = vpn[44:36];
    if (Sv32 != 0 && sxl_i) vpi = level_i[0] ? vpn[19:11] : vpn[9:1];
  end
  assign index = !dc_known_i ? ddi : in_g ? g_index_i[8:0] : in_pdt ? pdi : vpi;

  assign addr_o = {table_i[43:2], table_i[1:0] | (g_index_i[10:9] & {2{in_g}}), index, 3'd0};
  assign len_o = is_dc ? (ext ? 3'd7 : 3'd3) : {2'd0, in_g ? msi_i : in_pdt && level_i == 3'd0};

  logic unused;
  assign unused = ^{pdt_i, g_i, sxl_i, msi_i, g_index_i, process_id_i};
endmodule
