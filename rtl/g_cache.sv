// SPDX-License-Identifier: Apache-2.0
//
// Cache of second-stage page-table entries, fully associative: pointers of every level and, for implicit accesses, leaves.
// docs/microarchitecture.md section 5.2.
//
// One lookup in a clock. A leaf that has the right wanted wins over pointers, of which the lowest level wins; among leaves the
// lowest index. A fill overwrites the entry of the same key, else the one at a pointer that then advances. All that may fill
// are compared, since which one does is known late. Only IOTINVAL.GVMA clears entries.
//
// GEntries: power of two, 2 or more. GpnW: bits of a guest page number: 29, 38 or 47. Sv32: Sv32x4 is built.
module g_cache #(
  parameter int GEntries = 16,
  parameter int GpnW = 38,
  parameter int Sv32 = 0
) (
  input  logic                            clk_i,
  input  logic                            rst_ni,
  input  logic                            gxl_i,  // entries are of Sv32x4
  input  logic [46:0]                     gpn_i,
  input  logic [15:0]                     gscid_i,
  input  logic [2:0]                      need_i,  // one-hot: r, w with D, x
  output logic                            leaf_hit_o,
  output logic [walk_pkg::LeafW-1:0]      leaf_o,
  output logic                            hit_o,  // a pointer
  output logic [2:0]                      level_o,  // of the next read
  output logic [43:0]                     ppn_o,  // of the leaf or, without one, of the next table
  input  logic [walk_pkg::GFills-1:0]     fill_i,  // the lowest wins
  input  logic [walk_pkg::GFills*walk_pkg::GFillW-1:0] fills_i,
  input  logic [portcullis_pkg::InvW-1:0] inv_i
);
  localparam int PtrW = $clog2(GEntries);
  localparam int Fills = walk_pkg::GFills;
  localparam int PageW = 44 + 5 + 4;  // ppn, attributes, level of a leaf 4..1

  portcullis_pkg::inv_t inv;
  logic                 kill;
  assign inv = inv_i;
  assign kill = inv.kill && inv.op == portcullis_pkg::InvGvma;

  logic [GEntries-1:0]       write, leaf_hit, leaf_first, best, sel;
  logic [GEntries*4-1:0]     hit;
  logic [GEntries*PageW-1:0] page_all;
  logic [PtrW-1:0]           ptr_q;
  logic [3:0]                any, lowest;  // bit l-1: level l

  logic [GEntries*Fills-1:0]   same;
  logic [Fills-1:0]            fill_sel, known;  // the fill that wins; fills whose key is there
  logic [walk_pkg::GFillW-1:0] fill;
  lowest_one #(.N(Fills)) u_sel (.req_i(fill_i), .grant_o(fill_sel));
  onehot_mux #(.N(Fills), .Width(walk_pkg::GFillW)) u_fill (.sel_i(fill_sel), .data_i(fills_i), .data_o(fill));
  or_words #(.N(GEntries), .Width(Fills)) u_known (.data_i(same), .data_o(known));

  for (genvar i = 0; i < GEntries; i++) begin : gen_entry
    assign write[i] = |(fill_sel & (same[i*Fills +: Fills] | (~known & {Fills{ptr_q == PtrW'(i)}})));
    g_entry #(.GpnW(GpnW), .Sv32(Sv32)) u_entry (
      .clk_i, .rst_ni, .gxl_i, .gpn_i(gpn_i[GpnW-1:0]), .gscid_i, .need_i, .leaf_hit_o(leaf_hit[i]), .hit_o(hit[i*4 +: 4]),
      .page_o(page_all[i*PageW +: PageW]), .write_i(write[i]), .fill_i(fill), .fills_i, .same_o(same[i*Fills +: Fills]),
      .kill_i(kill), .kill_gv_i(inv.gv), .kill_gscid_i(inv.gscid)
    );
    assign best[i] = |(hit[i*4 +: 4] & lowest);
  end

  or_words #(.N(GEntries), .Width(4)) u_any (.data_i(hit), .data_o(any));
  lowest_one #(.N(4)) u_lowest (.req_i(any), .grant_o(lowest));
  lowest_one #(.N(GEntries)) u_leaf (.req_i(leaf_hit), .grant_o(leaf_first));
  assign leaf_hit_o = |leaf_hit;
  assign hit_o = |any;
  assign level_o = {1'b0, lowest[2] || lowest[3], lowest[1] || lowest[3]};
  assign sel = leaf_hit_o ? leaf_first : best;

  logic [4:0] attr;
  logic [3:0] leaf_level;
  onehot_mux #(.N(GEntries), .Width(PageW)) u_mux (.sel_i(sel), .data_i(page_all), .data_o({ppn_o, attr, leaf_level}));
  always_comb begin
    leaf_o = {portcullis_pkg::Size4K, attr};
    if (leaf_level[0]) leaf_o = {portcullis_pkg::Size2M, attr};
    if (leaf_level[1]) leaf_o = {portcullis_pkg::Size1G, attr};
    if (leaf_level[2]) leaf_o = {portcullis_pkg::Size512G, attr};
    if (leaf_level[3]) leaf_o = {portcullis_pkg::Size256T, attr};
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) ptr_q <= '0;
    else if (|(fill_sel & ~known)) ptr_q <= ptr_q + 1'b1;
  end

  logic unused;
  assign unused = ^{inv, gpn_i};
endmodule
