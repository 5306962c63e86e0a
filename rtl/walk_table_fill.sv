// SPDX-License-Identifier: Apache-2.0
//
// What the caches of tables (nl_cache, g_cache) are filled with in this clock: by the beat, else by the answer to an exclusive
// write, else by the second-stage lookup. docs/microarchitecture.md section 5.2. Combinational.
//
// The non-leaf cache gets the tables that first-stage entries are about to be read from; the second-stage cache pointers, and
// leaves of implicit accesses. TwoStage, AmoHwad, Sv32: 0 leaves the feature out.
module walk_table_fill #(
  parameter bit TwoStage = 1'b0,
  parameter int AmoHwad = 0,
  parameter int Sv32 = 0
) (
  // The beat.
  input  logic                              beat_ok_i,
  input  logic [walk_pkg::DecW-1:0]         dec_i,
  input  logic [walk_pkg::CtxW-1:0]         ctx_i,
  input  logic [walk_pkg::KeyW-1:0]         key_i,
  input  logic [43:0]                       beat_ppn_i,  // of the entry as it came
  input  logic [46:0]                       beat_gpn_i,
  // The answer to an exclusive write.
  input  logic                              b_ok_i,
  input  logic [walk_pkg::ViewW-1:0]        b_view_i,
  input  logic [46:0]                       b_gpn_i,
  input  logic [43:0]                       b_pos_i,  // page that the entry gives
  input  logic [63:0]                       b_entry_i,  // as it was found
  // The lookup.
  input  logic                              gl_ok_i,
  input  logic [walk_pkg::ViewW-1:0]        gl_view_i,
  input  logic [walk_pkg::GlW-1:0]          gl_i,
  output logic                              nl_fill_o,
  output logic [2:0]                        nl_fill_level_o,
  output logic [51:0]                       nl_fill_vpn_o,
  output logic [portcullis_pkg::SpaceW-1:0] nl_fill_space_o,
  output logic                              nl_fill_sv32_o,
  output logic [43:0]                       nl_fill_ppn_o,
  output logic                              g_fill_o,
  output logic                              g_fill_leaf_o,
  output logic [2:0]                        g_fill_level_o,
  output logic [46:0]                       g_fill_gpn_o,
  output logic [15:0]                       g_fill_gscid_o,
  output logic [43:0]                       g_fill_ppn_o,
  output logic [4:0]                        g_fill_attr_o
);
  localparam bit Hwad = AmoHwad != 0;
  walk_pkg::dec_t  dec;
  walk_pkg::ctx_t  ctx;
  walk_pkg::key_t  key;
  walk_pkg::view_t b_view, gl_view;
  walk_pkg::gl_t   gl;
  assign dec = dec_i;
  assign ctx = ctx_i;
  assign key = key_i;
  assign b_view = b_view_i;
  assign gl_view = gl_view_i;
  assign gl = gl_i;

  logic beat_nl, beat_g, b_nl, b_g, gl_nl, b_leaf, gl_table;
  assign beat_nl = beat_ok_i && dec.nl_fill;
  assign beat_g = beat_ok_i && dec.g_fill;
  assign b_leaf = b_ok_i && b_view.in_g && !b_view.acc;
  assign b_nl = b_leaf && !b_view.pdt && !b_view.upd;
  assign b_g = b_leaf;
  assign gl_table = gl.leaf && !gl.fault && !gl.msi && !gl_view.acc && !gl_view.pdt && !gl_view.upd;
  assign gl_nl = gl_ok_i && gl_table;
  assign nl_fill_o = beat_nl || b_nl || gl_nl;
  assign g_fill_o = beat_g || b_g;
  always_comb begin
    nl_fill_level_o = dec.nl_level;
    nl_fill_vpn_o = key.vpn;
    nl_fill_space_o = {TwoStage && ctx.gv, ctx.gscid & {16{ctx.gv}}, 1'b1, ctx.pscid};
    nl_fill_sv32_o = Sv32 != 0 && ctx.sxl;
    nl_fill_ppn_o = (TwoStage || Sv32 != 0) ? dec.pos : beat_ppn_i;
    if (Hwad && !beat_nl && b_nl) begin
      nl_fill_level_o = b_view.level + 3'd1;
      nl_fill_vpn_o = b_view.vpn;
      nl_fill_space_o = {1'b1, b_view.gscid, 1'b1, b_view.pscid};
      nl_fill_sv32_o = Sv32 != 0 && b_view.sxl;
      nl_fill_ppn_o = b_pos_i;
    end else if (TwoStage && !beat_nl) begin
      nl_fill_level_o = gl_view.level + 3'd1;
      nl_fill_vpn_o = gl_view.vpn;
      nl_fill_space_o = {1'b1, gl_view.gscid, 1'b1, gl_view.pscid};
      nl_fill_sv32_o = Sv32 != 0 && gl_view.sxl;
      nl_fill_ppn_o = gl.pos;
    end
    g_fill_leaf_o = dec.g_leaf;
    g_fill_level_o = ctx.g_level;
    g_fill_gpn_o = beat_gpn_i;
    g_fill_gscid_o = ctx.gscid;
    g_fill_ppn_o = dec.pos;
    g_fill_attr_o = dec.leaf[4:0];
    if (Hwad && !beat_g) begin
      g_fill_leaf_o = 1'b1;
      g_fill_level_o = b_view.g_level;
      g_fill_gpn_o = b_gpn_i;
      g_fill_gscid_o = b_view.gscid;
      g_fill_ppn_o = b_pos_i;
      g_fill_attr_o = {b_entry_i[1], b_entry_i[2] && (b_entry_i[7] || b_view.upd), b_entry_i[3], b_entry_i[62:61]};
    end
  end

  logic unused;
  assign unused = ^{dec, ctx, key, b_view, gl_view, gl, b_entry_i, b_gpn_i, b_pos_i};
endmodule
