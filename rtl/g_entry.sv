// SPDX-License-Identifier: Apache-2.0
//
// One cached second-stage page-table entry: pointer or leaf, the level L (0 to 4) where it stood, the part of the guest page
// number that led to it (above level L), GSCID, and what it gives. docs/microarchitecture.md section 5.2.
//
// A pointer of Sv32x4 (level 1) maps 4 MiB; a leaf of that level is kept as its half of 2 MiB.
// hit_o[L]: this pointer answers the lookup. An entry written in the clock of an invalidation stays: the walker has checked it.
module g_entry #(
  parameter int GpnW = 38,
  parameter int Sv32 = 0
) (
  input  logic            clk_i,
  input  logic            rst_ni,
  input  logic            gxl_i,
  input  logic [GpnW-1:0] gpn_i,
  input  logic [15:0]     gscid_i,
  input  logic [2:0]      need_i,  // one-hot: r, w, x
  output logic            leaf_hit_o,
  output logic [4:1]      hit_o,
  output logic [52:0]     page_o,  // ppn, r, w, x, pbmt, level 4..1
  input  logic            write_i,
  input  logic            fill_leaf_i,
  input  logic [2:0]      fill_level_i,
  input  logic [GpnW-1:0] fill_gpn_i,
  input  logic [15:0]     fill_gscid_i,
  input  logic [43:0]     fill_ppn_i,
  input  logic [4:0]      fill_attr_i,
  output logic            same_o,  // holds the entry that is filled
  input  logic            kill_i,  // of all, or of kill_gscid_i
  input  logic            kill_gv_i,
  input  logic [15:0]     kill_gscid_i
);
  localparam int Fields = (GpnW - 2) / 9;  // fields of 9 bits; the highest has 11

  logic              valid_q, leaf_q, gxl_q;
  logic [4:0]        level_q, fill_level;  // one-hot
  logic [GpnW-1:0]   gpn_q;
  logic [15:0]       gscid_q;
  logic [43:0]       ppn_q;
  logic [4:0]        attr_q;  // r, w, x, pbmt
  logic [Fields-1:0] key_eq, fill_eq;
  logic              half;  // bit 9 does not count

  for (genvar l = 0; l <= 4; l++) begin : gen_level
    assign fill_level[l] = (l < Fields) && fill_level_i == 3'(l);
  end
  assign half = Sv32 != 0 && gxl_q && !leaf_q && level_q[1];

  // Field f counts for entries of level f or lower; the highest always.
  for (genvar f = 0; f < Fields; f++) begin : gen_field
    localparam int W = (f == Fields - 1) ? 11 : 9;
    logic         use_field;
    logic [W-1:0] key_diff, fill_diff;
    assign use_field = f == Fields - 1 || (|level_q[f:0]);
    always_comb begin
      key_diff = gpn_i[9*f +: W] ^ gpn_q[9*f +: W];
      fill_diff = fill_gpn_i[9*f +: W] ^ gpn_q[9*f +: W];
      if (f == 1 && half) {key_diff[0], fill_diff[0]} = 2'b00;
    end
    assign key_eq[f] = !use_field || key_diff == '0;
    assign fill_eq[f] = !use_field || fill_diff == '0;
  end

  logic key_hit, right;
  assign key_hit = valid_q && gscid_i == gscid_q && (Sv32 == 0 || gxl_i == gxl_q) && (&key_eq);
  assign right = |(need_i & attr_q[4:2]);
  assign leaf_hit_o = key_hit && leaf_q && right;
  assign hit_o = level_q[4:1] & {4{key_hit && !leaf_q}};
  assign same_o = valid_q && fill_level == level_q && fill_gscid_i == gscid_q && (Sv32 == 0 || gxl_i == gxl_q) && (&fill_eq) &&
                  !(Sv32 != 0 && gxl_q && level_q[1] && fill_leaf_i != leaf_q);
  assign page_o = {ppn_q, attr_q, level_q[4:1]};

  always_ff @(posedge clk_i) begin
    if (!rst_ni) valid_q <= 1'b0;
    else if (write_i) valid_q <= 1'b1;
    else if (kill_i && (!kill_gv_i || kill_gscid_i == gscid_q)) valid_q <= 1'b0;
    if (write_i) begin
      leaf_q <= fill_leaf_i;
      gxl_q <= gxl_i;
      level_q <= fill_level;
      gpn_q <= fill_gpn_i;
      gscid_q <= fill_gscid_i;
      ppn_q <= fill_ppn_i;
      attr_q <= fill_attr_i;
    end
  end
endmodule
