// SPDX-License-Identifier: Apache-2.0
//
// Decides a second-stage lookup: one for all walkers, since one is granted in a clock. Combinational.
//
// In this order: the page of a virtual interrupt file (access itself only; IOMMU spec 3.3 step 18 comes before the width of the
// address is looked at), a guest physical address that is too wide, a leaf of g_cache, a pointer of g_cache, the root.
//
// GpnW: bits of a guest page number that is looked up.
module walk_gl #(
  parameter int GpnW = 38,
  parameter int MsiFlat = 0,
  parameter int Sv32 = 0
) (
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
  output logic [walk_pkg::GlW-1:0]   gl_o
);
  walk_pkg::view_t view;
  walk_pkg::hg_t   hg;
  assign view = view_i;
  assign hg = hg_i;

  logic       msi_hit, too_wide, hit;
  logic [2:0] near, root, level;
  if (MsiFlat != 0) begin : gen_msi
    walk_msi #(.GpnW(GpnW)) u_msi (.gpn_i(view.gpn), .msi_i, .hit_o(msi_hit), .near_o(near));
  end else begin : gen_no_msi
    assign {msi_hit, near} = {1'b0, 3'd7};
    logic unused;
    assign unused = ^msi_i;
  end
  walk_gpa #(.Sv32(Sv32)) u_gpa (.gpn_i(view.gpn), .mode_i(hg.mode), .sxl_i(view.sxl), .gxl_i, .too_wide_o(too_wide));

  assign root = (Sv32 != 0 && gxl_i) ? 3'd1 : {1'b0, hg.mode} + 3'd1;
  // A pointer that another mode under this GSCID has left does not lead to a root or above.
  assign hit = hit_i && level_i < root;
  assign level = hit ? level_i : root;
  logic [11:0] index;
  walk_g_index #(.Sv32(Sv32)) u_index (.gpn_i(view.gpn[46:0]), .level_i(level), .root_i(!hit), .gxl_i, .index_o(index));

  walk_pkg::leaf_t leaf;
  walk_pkg::gl_t   gl;
  logic [43:0]     page;
  assign leaf = leaf_i;
  walk_place u_place (.leaf_i(ppn_i), .low_i(view.gpn[43:0]), .size_i(leaf.size), .big_i(1'b0), .page_o(page));
  always_comb begin
    gl = '0;
    gl.msi = view.acc && msi_hit;
    gl.fault = too_wide && !gl.msi;
    gl.leaf = leaf_hit_i;
    gl.found = leaf_i;
    gl.pos = leaf_hit_i ? page : hit ? ppn_i : hg.ppn;
    gl.g_level = level;
    gl.g_index = index;
    gl.msi_near = near;
  end
  assign gl_o = gl;

  logic unused;
  assign unused = ^{view, leaf};
endmodule
