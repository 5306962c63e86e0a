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
  input  logic [walk_pkg::GFillW-1:0] fill_i,
  input  logic [walk_pkg::GFills*walk_pkg::GFillW-1:0] fills_i,  // what may be filled
  output logic [walk_pkg::GFills-1:0] same_o,  // has its key
  input  logic            kill_i,  // of all, or of kill_gscid_i
  input  logic            kill_gv_i,
  input  logic [15:0]     kill_gscid_i
);
  localparam int Fields = (GpnW - 2) / 9;  // fields of 9 bits; the highest has 11

  walk_pkg::g_fill_t fill, look;
  assign fill = fill_i;

  logic              valid_q, leaf_q, gxl_q;
  logic [4:0]        level_q, fill_level;  // one-hot
  logic [GpnW-1:0]   gpn_q;
  logic [15:0]       gscid_q;
  logic [43:0]       ppn_q;
  logic [4:0]        attr_q;  // r, w, x, pbmt

  for (genvar l = 0; l <= 4; l++) begin : gen_level
    assign fill_level[l] = (l < Fields) && fill.level == 3'(l);
  end

  logic covers, key_hit, right, unused_same;
  always_comb begin
    look = '0;
    look.gpn = 47'(gpn_i);
    look.gscid = gscid_i;
  end
  g_same #(.GpnW(GpnW), .Sv32(Sv32)) u_look (
    .fill_i(look), .gxl_i, .leaf_i(leaf_q), .sv32_i(gxl_q), .level_i(level_q), .gpn_i(gpn_q), .gscid_i(gscid_q),
    .covers_o(covers), .same_o(unused_same)
  );
  assign key_hit = valid_q && covers;
  assign right = |(need_i & attr_q[4:2]);
  assign leaf_hit_o = key_hit && leaf_q && right;
  assign hit_o = level_q[4:1] & {4{key_hit && !leaf_q}};
  for (genvar s = 0; s < walk_pkg::GFills; s++) begin : gen_same
    logic same, unused_covers;
    g_same #(.GpnW(GpnW), .Sv32(Sv32)) u_same (
      .fill_i(fills_i[s*walk_pkg::GFillW +: walk_pkg::GFillW]), .gxl_i, .leaf_i(leaf_q), .sv32_i(gxl_q), .level_i(level_q),
      .gpn_i(gpn_q), .gscid_i(gscid_q), .covers_o(unused_covers), .same_o(same)
    );
    assign same_o[s] = valid_q && same;
  end
  assign page_o = {ppn_q, attr_q, level_q[4:1]};

  always_ff @(posedge clk_i) begin
    if (!rst_ni) valid_q <= 1'b0;
    else if (write_i) valid_q <= 1'b1;
    else if (kill_i && (!kill_gv_i || kill_gscid_i == gscid_q)) valid_q <= 1'b0;
    if (write_i) begin
      leaf_q <= fill.leaf;
      gxl_q <= gxl_i;
      level_q <= fill_level;
      gpn_q <= fill.gpn[GpnW-1:0];
      gscid_q <= fill.gscid;
      ppn_q <= fill.ppn;
      attr_q <= fill.attr;
    end
  end

  logic unused;
  assign unused = ^fill;
endmodule
