// SPDX-License-Identifier: Apache-2.0
//
// Cache of non-leaf page-table entries, fully associative. docs/microarchitecture.md section 5.2.
//
// Lookup in stage B: of the hits the lowest level wins; the walk goes on one level below it in table ppn_o. Fill overwrites the
// equal {level, page number above it, PSCID}, else the entry at a pointer that then advances; so a key has at most one valid
// entry, and a level at most one hit. Only IOTINVAL.VMA with AV=0 clears entries.
//
// NlEntries: power of two, 2 or more. VaW: width of IOVAs.
module nl_cache #(
  parameter int NlEntries = 16,
  parameter int VaW = 48
) (
  input  logic                            clk_i,
  input  logic                            rst_ni,
  input  logic [51:0]                     vpn_i,
  input  logic [19:0]                     pscid_i,
  output logic                            hit_o,
  output logic [2:0]                      level_o,  // of the next read
  output logic [43:0]                     ppn_o,
  input  logic                            fill_i,
  input  logic [2:0]                      fill_level_i,
  input  logic [51:0]                     fill_vpn_i,
  input  logic [19:0]                     fill_pscid_i,
  input  logic [43:0]                     fill_ppn_i,
  input  logic [portcullis_pkg::InvW-1:0] inv_i
);
  localparam int PtrW = $clog2(NlEntries);

  portcullis_pkg::inv_t inv;
  logic                 kill;
  assign inv = inv_i;
  assign kill = inv.kill && inv.op == portcullis_pkg::InvVma && !inv.av;

  logic [NlEntries-1:0]    same, write, best;
  logic [NlEntries*4-1:0]  hit;
  logic [NlEntries*44-1:0] ppn_all;
  logic [PtrW-1:0]         ptr_q;
  logic [3:0]              any, lowest;  // bit l-1: level l

  for (genvar i = 0; i < NlEntries; i++) begin : gen_entry
    assign write[i] = fill_i && (same[i] || (!(|same) && ptr_q == PtrW'(i)));
    nl_entry #(.VaW(VaW)) u_entry (
      .clk_i, .rst_ni, .vpn_i(vpn_i[VaW-13:0]), .pscid_i, .hit_o(hit[i*4 +: 4]), .ppn_o(ppn_all[i*44 +: 44]),
      .write_i(write[i]), .fill_level_i, .fill_vpn_i(fill_vpn_i[VaW-13:0]), .fill_pscid_i, .fill_ppn_i, .same_o(same[i]),
      .kill_i(kill), .kill_pscv_i(inv.pscv), .kill_pscid_i(inv.pscid)
    );
    assign best[i] = |(hit[i*4 +: 4] & lowest);
  end

  always_comb begin
    any = '0;
    for (int i = 0; i < NlEntries; i++) any = any | hit[i*4 +: 4];
  end
  lowest_one #(.N(4)) u_lowest (.req_i(any), .grant_o(lowest));
  assign hit_o = |any;
  assign level_o = {1'b0, lowest[2] || lowest[3], lowest[1] || lowest[3]};
  onehot_mux #(.N(NlEntries), .Width(44)) u_mux (.sel_i(best), .data_i(ppn_all), .data_o(ppn_o));

  always_ff @(posedge clk_i) begin
    if (!rst_ni) ptr_q <= '0;
    else if (fill_i && !(|same)) ptr_q <= ptr_q + 1'b1;
  end

  logic unused;
  assign unused = ^{vpn_i[51:VaW-12], fill_vpn_i[51:VaW-12], inv.vpn, inv.device_id};
endmodule
