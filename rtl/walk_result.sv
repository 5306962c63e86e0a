// SPDX-License-Identifier: Apache-2.0
//
// The translation that a walk gathers, stage by stage: an identity at first, which the first stage's leaf replaces; the second
// stage's leaf, or an MSI page, then limits it. docs/microarchitecture.md section 5.3, *Translation done*.
//
// A range in which a page is that of an interrupt file becomes 4 KiB. What counts is there when the walk responds.
// TwoStage 0: there is no second stage. Sv32: 1 if a first-stage leaf may be larger than a page that is granted.
module walk_result #(
  parameter bit TwoStage = 1'b0,
  parameter int Sv32 = 0
) (
  input  logic                      clk_i,
  input  logic                      clear_i,  // identity
  // The last beat of a read; it is not stale, or the walk begins anew.
  input  logic                      read_end_i,
  input  logic [walk_pkg::DecW-1:0] dec_i,
  input  logic                      msi_i,  // it was of an MSI PTE
  // A second-stage lookup.
  input  logic                      in_gl_i,
  input  logic                      gl_end_i,
  input  logic [walk_pkg::GlW-1:0]  gl_i,
  input  logic                      acc_i,  // of the access itself
  output logic [2:0]                size_o,
  output logic [2:0]                s1_size_o,  // of the first stage's leaf
  output logic                      s1_leaf_o,  // there is one
  output logic [3:0]                raw_o,  // r, w, x, u whoever asks
  output logic                      rw_ok_o,  // this privilege may read and write
  output logic [1:0]                pbmt_o,
  output logic                      g_o
);
  walk_pkg::dec_t  dec;
  walk_pkg::gl_t   gl;
  walk_pkg::leaf_t leaf, found;
  assign dec = dec_i;
  assign gl = gl_i;
  assign leaf = dec.leaf;
  assign found = gl.found;

  logic       r_q, w_q, x_q, u_q, rw_ok_q, g_q, s1_leaf_q;
  logic [1:0] pbmt_q;
  logic [2:0] size_q, s1_size_q, near_q;

  logic       limit;  // by the second stage
  logic [2:0] limit_size, both_size;
  logic [4:0] limit_attr;  // r, w, x, pbmt
  always_comb begin
    limit = gl_end_i ? gl.leaf && !gl.msi && acc_i : read_end_i && !dec.s1_leaf && (dec.s2_leaf || msi_i);
    {limit_size, limit_attr} = in_gl_i ? gl.found : dec.leaf;
    both_size = (size_q < limit_size) ? size_q : limit_size;
    if (both_size >= (in_gl_i ? gl.msi_near : near_q)) both_size = portcullis_pkg::Size4K;
  end
  always_ff @(posedge clk_i) begin
    if (gl_end_i) near_q <= gl.msi_near;
    if (clear_i) begin
      {size_q, r_q, w_q, x_q, pbmt_q, g_q} <= {portcullis_pkg::SizeIdentity, 6'b111000};
      {s1_leaf_q, u_q, rw_ok_q} <= 3'b001;
    end else if (read_end_i && dec.s1_leaf) begin
      {size_q, r_q, w_q, x_q, pbmt_q, g_q} <= {dec.leaf, dec.g};
      {s1_leaf_q, u_q, rw_ok_q} <= {1'b1, dec.u, dec.rw_ok};
      s1_size_q <= dec.s1_size;
    end else if (TwoStage && limit) begin
      size_q <= both_size;
      {r_q, w_q, x_q} <= {r_q, w_q, x_q} & limit_attr[4:2];
      if (pbmt_q == 2'd0) pbmt_q <= limit_attr[1:0];
    end
  end

  assign size_o = size_q;
  assign s1_size_o = (TwoStage || Sv32 != 0) ? s1_size_q : size_q;  // kept only where it may differ
  assign s1_leaf_o = s1_leaf_q;
  assign raw_o = {r_q, w_q, x_q, u_q};
  assign rw_ok_o = rw_ok_q;
  assign pbmt_o = pbmt_q;
  assign g_o = g_q;

  logic unused;
  assign unused = ^{dec, gl, leaf, found};
endmodule
