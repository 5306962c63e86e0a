// SPDX-License-Identifier: Apache-2.0
//
// Where the second-stage entry of a guest page number stands in its table (privileged spec, "Guest Physical Address
// Translation"): {doubleword in the table, half of it}. The root table has four times the entries. Combinational.
//
// Sv32: 1 if Sv32x4 is built, whose entries have 4 bytes.
module walk_g_index #(
  parameter int Sv32 = 0
) (
  input  logic [46:0] gpn_i,
  input  logic [2:0]  level_i,
  input  logic        root_i,
  input  logic        gxl_i,
  output logic [11:0] index_o
);
  logic [10:0] index;
  always_comb begin
    unique case (level_i)
      3'd0:    index = gpn_i[10:0];
      3'd1:    index = gpn_i[19:9];
      3'd2:    index = gpn_i[28:18];
      3'd3:    index = gpn_i[37:27];
      default: index = gpn_i[46:36];
    endcase
    if (!root_i) index[10:9] = 2'd0;
    index_o = {index, 1'b0};
    if (Sv32 != 0 && gxl_i) index_o = level_i[0] ? gpn_i[21:10] : {2'd0, gpn_i[9:0]};
  end
endmodule
