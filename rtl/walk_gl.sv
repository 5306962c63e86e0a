// SPDX-License-Identifier: Apache-2.0
//
// Second-stage lookup: one for all walkers, since one is granted in a clock. docs/microarchitecture.md section 5.3, GL and GD.
//
// What is found for the walker granted (view_i) is kept, and decided upon in the next clock (gl_o, view_o). In this order: the
// page of a virtual interrupt file (access itself only; IOMMU spec 3.3 step 18 comes before the width of the address is looked
// at), a guest physical address that is too wide, a leaf of g_cache, a pointer of g_cache, the root.
//
// GpnW: bits of a guest page number that is looked up.
module walk_gl #(
  parameter int GpnW = 38,
  parameter int MsiFlat = 0,
  parameter int Sv32 = 0
) (
  input  logic                       clk_i,
  input  logic                       gxl_i,
  input  logic [walk_pkg::ViewW-1:0] view_i,
  input  logic [walk_pkg::HgW-1:0]   hg_i,
  input  logic [walk_pkg::MsiW-1:0]  msi_i,
  // g_cache.
  input  logic                       leaf_hit_i,
  input  logic [walk_pkg::LeafW-1:0] leaf_i,
  input  logic                       hit_i,  // a pointer
  input  logic [2:0]                 level_i,  // of the next read
  input  logic [43:0]                ppn_i,  // of either
  output logic [walk_pkg::ViewW-1:0] view_o,
  output logic [walk_pkg::GlW-1:0]   gl_o
);
  walk_pkg::view_t view, view_q;
  walk_pkg::hg_t   hg, hg_q;
  assign view = view_i;
  assign hg = hg_i;

  // What is found.
  logic            too_wide, too_wide_q, leaf_hit_q, hit_q, msi_hit_q;
  logic [2:0]      level_q, near_q;
  logic [43:0]     ppn_q, msi_pos;
  logic [8:0]      msi_index;
  walk_pkg::leaf_t leaf_q;
  walk_pkg::msi_t  msi_q;
  walk_gpa #(.Sv32(Sv32)) u_gpa (.gpn_i(view.gpn), .mode_i(hg.mode), .sxl_i(view.sxl), .gxl_i, .too_wide_o(too_wide));
  always_ff @(posedge clk_i) begin
    view_q <= view;
    hg_q <= hg;
    too_wide_q <= too_wide;
    {leaf_hit_q, leaf_q, hit_q, level_q, ppn_q} <= {leaf_hit_i, leaf_i, hit_i, level_i, ppn_i};
  end
  if (MsiFlat != 0) begin : gen_msi
    logic        msi_hit;
    logic [2:0]  near;
    logic [46:0] number;
    logic [52:0] place;  // address of the doubleword of the entry
    walk_msi #(.GpnW(GpnW)) u_msi (.gpn_i(view.gpn), .msi_i, .hit_o(msi_hit), .near_o(near));
    always_ff @(posedge clk_i) begin
      msi_q <= msi_i;
      {msi_hit_q, near_q} <= {view.acc && msi_hit, near};
    end
    msi_pack #(.GpnW(GpnW)) u_pack (.gpn_i(view_q.gpn[46:0]), .mask_i(msi_q.mask), .base_i(msi_q.base), .number_o(number));
    assign place = {msi_q.ppn, 9'd0} | {5'd0, number, 1'b0};
    assign {msi_pos, msi_index} = place;
  end else begin : gen_no_msi
    assign {msi_q, msi_hit_q, near_q, msi_pos, msi_index} = {187'd0, 1'b0, 3'd7, 53'd0};
    logic unused;
    assign unused = ^msi_i;
  end

  // What is to be done.
  logic [2:0]  root, level;
  logic [11:0] index;
  logic [43:0] page;
  assign root = (Sv32 != 0 && gxl_i) ? 3'd1 : {1'b0, hg_q.mode} + 3'd1;
  // A pointer leads to a table that is no root, also one that another mode under this GSCID has left at its level or above.
  assign level = hit_q ? level_q : root;
  walk_g_index #(.Sv32(Sv32)) u_index (
    .gpn_i(view_q.gpn[46:0]), .level_i(level), .root_i(!hit_q), .gxl_i, .index_o(index)
  );
  walk_place u_place (.leaf_i(ppn_q), .low_i(view_q.gpn[43:0]), .size_i(leaf_q.size), .big_i(1'b0), .page_o(page));
  walk_pkg::gl_t gl;
  always_comb begin
    gl = '0;
    gl.msi = msi_hit_q;
    gl.fault = too_wide_q && !gl.msi;
    gl.leaf = leaf_hit_q;
    gl.found = leaf_q;
    gl.pos = gl.msi ? msi_pos : leaf_hit_q ? page : hit_q ? ppn_q : hg_q.ppn;
    gl.g_level = level;
    gl.g_index = gl.msi ? {2'd0, msi_index, 1'b0} : index;
    gl.msi_near = near_q;
  end
  assign gl_o = gl;
  assign view_o = view_q;

  logic unused;
  assign unused = ^msi_q;
endmodule
