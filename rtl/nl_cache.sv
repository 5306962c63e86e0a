// SPDX-License-Identifier: Apache-2.0
//
// Cache of first-stage tables, fully associative. docs/microarchitecture.md section 5.2.
//
// Lookup in stage B: of the hits the lowest level wins; the walk goes on one level below it in table ppn_o. A fill overwrites the
// equal {space, level, page number above it}, else the entry at a pointer that then advances; so a key has at most one valid
// entry, and a level at most one hit. All that may fill are compared, since which one does is known late. IOTINVAL.VMA with
// AV=0 or NL=1 and IOTINVAL.GVMA clear entries.
//
// NlEntries: power of two, 2 or more. VaW: width of IOVAs. TwoStage: spaces have a VM, and root tables are kept too.
module nl_cache #(
  parameter int NlEntries = 16,
  parameter int VaW = 48,
  parameter bit TwoStage = 1'b0,
  parameter int Sv32 = 0
) (
  input  logic                              clk_i,
  input  logic                              rst_ni,
  input  logic [51:0]                       vpn_i,
  input  logic [portcullis_pkg::SpaceW-1:0] space_i,
  input  logic                              sv32_i,
  output logic                              hit_o,
  output logic [2:0]                        level_o,  // of the next read
  output logic [43:0]                       ppn_o,
  input  logic [walk_pkg::NlFills-1:0]      fill_i,  // the lowest wins
  input  logic [walk_pkg::NlFills*walk_pkg::NlFillW-1:0] fills_i,
  input  logic [portcullis_pkg::InvW-1:0]   inv_i
);
  localparam int Fills = walk_pkg::NlFills;
  localparam int PtrW = $clog2(NlEntries);

  portcullis_pkg::inv_t inv;
  logic                 kill_vma, kill_gvma;
  assign inv = inv_i;
  assign kill_vma = inv.kill && inv.op == portcullis_pkg::InvVma && (!inv.av || inv.nl);
  assign kill_gvma = inv.kill && inv.op == portcullis_pkg::InvGvma;

  logic [NlEntries-1:0]         write, best;
  logic [NlEntries*Fills-1:0]   same;
  logic [Fills-1:0]             sel, known;  // the fill that wins; fills whose key is there
  logic [walk_pkg::NlFillW-1:0] fill;
  lowest_one #(.N(Fills)) u_sel (.req_i(fill_i), .grant_o(sel));
  onehot_mux #(.N(Fills), .Width(walk_pkg::NlFillW)) u_fill (.sel_i(sel), .data_i(fills_i), .data_o(fill));
  or_words #(.N(NlEntries), .Width(Fills)) u_known (.data_i(same), .data_o(known));

  logic [NlEntries*5-1:0]  hit;
  logic [NlEntries*44-1:0] ppn_all;
  logic [PtrW-1:0]         ptr_q;
  logic [4:0]              any, lowest;  // bit l-1: level l

  for (genvar i = 0; i < NlEntries; i++) begin : gen_entry
    assign write[i] = |(sel & (same[i*Fills +: Fills] | (~known & {Fills{ptr_q == PtrW'(i)}})));
    nl_entry #(.VaW(VaW), .TwoStage(TwoStage), .Sv32(Sv32)) u_entry (
      .clk_i, .rst_ni, .vpn_i(vpn_i[VaW-13:0]), .space_i, .sv32_i, .hit_o(hit[i*5 +: 5]), .ppn_o(ppn_all[i*44 +: 44]),
      .write_i(write[i]), .fill_i(fill), .fills_i, .same_o(same[i*Fills +: Fills]),
      .kill_vma_i(kill_vma), .kill_gvma_i(kill_gvma), .inv_i
    );
    assign best[i] = |(hit[i*5 +: 5] & lowest);
  end

  or_words #(.N(NlEntries), .Width(5)) u_any (.data_i(hit), .data_o(any));
  lowest_one #(.N(5)) u_lowest (.req_i(any), .grant_o(lowest));
  assign hit_o = |any;
  assign level_o = {lowest[4], lowest[2] || lowest[3], lowest[1] || lowest[3]};
  onehot_mux #(.N(NlEntries), .Width(44)) u_mux (.sel_i(best), .data_i(ppn_all), .data_o(ppn_o));

  always_ff @(posedge clk_i) begin
    if (!rst_ni) ptr_q <= '0;
    else if (|(sel & ~known)) ptr_q <= ptr_q + 1'b1;
  end

  logic unused;
  assign unused = ^{vpn_i[51:VaW-12], inv};
endmodule
