// SPDX-License-Identifier: Apache-2.0
//
// Says whether an entry of the second-stage cache covers a guest page number of a virtual machine (covers_o), and whether it has
// the key of one that may be filled, level included (same_o). docs/microarchitecture.md section 5.2.
// Combinational. level: one-hot, bit L; at most Levels counts.
//
// A pointer of Sv32x4 (level 1) maps 4 MiB; a leaf of that level is kept as its half of 2 MiB.
module g_same #(
  parameter int GpnW = 38,
  parameter int Sv32 = 0
) (
  input  logic [walk_pkg::GFillW-1:0] fill_i,
  input  logic                        gxl_i,
  // The entry.
  input  logic                        leaf_i,
  input  logic                        sv32_i,
  input  logic [4:0]                  level_i,
  input  logic [GpnW-1:0]             gpn_i,
  input  logic [15:0]                 gscid_i,
  output logic                        covers_o,
  output logic                        same_o
);
  localparam int Fields = (GpnW - 2) / 9;  // fields of 9 bits; the highest has 11

  walk_pkg::g_fill_t fill;
  assign fill = fill_i;

  logic [4:0]        level;
  logic [Fields-1:0] equal;
  for (genvar l = 0; l <= 4; l++) begin : gen_level
    assign level[l] = (l < Fields) && fill.level == 3'(l);
  end
  // Field f counts for entries of level f or lower; the highest always.
  for (genvar f = 0; f < Fields; f++) begin : gen_field
    localparam int W = (f == Fields - 1) ? 11 : 9;
    logic         use_field;
    logic [W-1:0] differ;
    assign use_field = f == Fields - 1 || (|level_i[f:0]);
    always_comb begin
      differ = fill.gpn[9*f +: W] ^ gpn_i[9*f +: W];
      if (f == 1 && Sv32 != 0 && sv32_i && !leaf_i && level_i[1]) differ[0] = 1'b0;
    end
    assign equal[f] = !use_field || differ == '0;
  end
  assign covers_o = fill.gscid == gscid_i && (Sv32 == 0 || gxl_i == sv32_i) && (&equal);
  // With Sv32x4 a pointer and a leaf of level 1 have entries of their own.
  assign same_o = covers_o && level == level_i && !(Sv32 != 0 && sv32_i && level_i[1] && fill.leaf != leaf_i);

  logic unused;
  assign unused = ^{fill, gxl_i, leaf_i, sv32_i};
endmodule
