// SPDX-License-Identifier: Apache-2.0
//
// What the caches of tables (nl_cache, g_cache) are filled with in this clock: by the beat, else by the answer to an exclusive
// write, else by the second-stage lookup of the clock before. docs/microarchitecture.md section 5.2. Combinational.
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
  input  logic [51:0]                       b_vpn_i,
  input  logic [46:0]                       b_gpn_i,
  input  logic [43:0]                       b_pos_i,  // page that the entry gives
  input  logic [63:0]                       b_entry_i,  // as it was found
  // The lookup.
  input  logic                              gl_ok_i,
  input  logic [walk_pkg::ViewW-1:0]        gl_view_i,
  input  logic [51:0]                       gl_vpn_i,
  input  logic [walk_pkg::GlW-1:0]          gl_i,
  // Lowest first: the others that want to fill in the same clock are lost.
  output logic [walk_pkg::NlFills-1:0]                   nl_fill_o,
  output logic [walk_pkg::NlFills*walk_pkg::NlFillW-1:0] nl_fills_o,
  output logic [walk_pkg::GFills-1:0]                    g_fill_o,
  output logic [walk_pkg::GFills*walk_pkg::GFillW-1:0]   g_fills_o
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
  assign nl_fill_o = {gl_nl, b_nl, beat_nl};
  assign g_fill_o = {b_g, beat_g};

  // What each would fill is known before whether it does.
  walk_pkg::nl_fill_t nl_beat, nl_b, nl_gl;
  walk_pkg::g_fill_t  g_beat, g_b;
  always_comb begin
    nl_beat.level = dec.nl_level;
    nl_beat.vpn = key.vpn;
    nl_beat.space = {TwoStage && ctx.gv, ctx.gscid & {16{ctx.gv}}, 1'b1, ctx.pscid};
    nl_beat.sv32 = Sv32 != 0 && ctx.sxl;
    nl_beat.ppn = (TwoStage || Sv32 != 0) ? dec.pos : beat_ppn_i;
    {nl_b, nl_gl, g_b} = '0;
    if (Hwad) begin
      nl_b.level = b_view.level + 3'd1;
      nl_b.vpn = b_vpn_i;
      nl_b.space = {1'b1, b_view.gscid, 1'b1, b_view.pscid};
      nl_b.sv32 = Sv32 != 0 && b_view.sxl;
      nl_b.ppn = b_pos_i;
    end
    if (TwoStage) begin
      nl_gl.level = gl_view.level + 3'd1;
      nl_gl.vpn = gl_vpn_i;
      nl_gl.space = {1'b1, gl_view.gscid, 1'b1, gl_view.pscid};
      nl_gl.sv32 = Sv32 != 0 && gl_view.sxl;
      nl_gl.ppn = gl.pos;
    end
    g_beat.leaf = dec.g_leaf;
    g_beat.level = ctx.g_level;
    g_beat.gpn = beat_gpn_i;
    g_beat.gscid = ctx.gscid;
    g_beat.ppn = dec.pos;
    g_beat.attr = dec.leaf[4:0];
    if (Hwad) begin
      g_b.leaf = 1'b1;
      g_b.level = b_view.g_level;
      g_b.gpn = b_gpn_i;
      g_b.gscid = b_view.gscid;
      g_b.ppn = b_pos_i;
      g_b.attr = {b_entry_i[1], b_entry_i[2] && (b_entry_i[7] || b_view.upd), b_entry_i[3], b_entry_i[62:61]};
    end
  end
  assign nl_fills_o = {nl_gl, nl_b, nl_beat};
  assign g_fills_o = {g_b, g_beat};

  logic unused;
  assign unused = ^{dec, ctx, key, b_view, gl_view, gl, b_vpn_i, gl_vpn_i, b_entry_i, b_gpn_i, b_pos_i};
endmodule
