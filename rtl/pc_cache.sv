// SPDX-License-Identifier: Apache-2.0
//
// Cache of process contexts that passed all checks, fully associative. docs/microarchitecture.md section 5.2.
//
// Lookup in stage A. Fill overwrites the entry of the same key, else the entry at a pointer that then advances. Invariant: a key
// has at most one valid entry.
//
// PcEntries: power of two, 2 or more.
module pc_cache #(
  parameter int PcEntries = 8,
  parameter bit TwoStage = 1'b0
) (
  input  logic                            clk_i,
  input  logic                            rst_ni,
  input  logic [44:0]                     key_i,  // device_id, pv, process_id
  output logic                            hit_o,
  output logic [walk_pkg::PcW-1:0]        pc_o,
  input  logic                            fill_i,
  input  logic [44:0]                     fill_key_i,
  input  logic [walk_pkg::PcW-1:0]        fill_pc_i,
  input  logic [portcullis_pkg::InvW-1:0] inv_i
);
  localparam int PtrW = $clog2(PcEntries);

  logic [PcEntries-1:0]               hit, same, write;
  logic [PcEntries*walk_pkg::PcW-1:0] pc_all;
  logic [PtrW-1:0]                    ptr_q;

  for (genvar i = 0; i < PcEntries; i++) begin : gen_entry
    assign write[i] = fill_i && (same[i] || (!(|same) && ptr_q == PtrW'(i)));
    pc_entry #(.TwoStage(TwoStage)) u_entry (
      .clk_i, .rst_ni, .key_i, .hit_o(hit[i]), .pc_o(pc_all[i*walk_pkg::PcW +: walk_pkg::PcW]),
      .write_i(write[i]), .fill_key_i, .fill_pc_i, .same_o(same[i]), .inv_i
    );
  end

  assign hit_o = |hit;
  onehot_mux #(.N(PcEntries), .Width(walk_pkg::PcW)) u_mux (.sel_i(hit), .data_i(pc_all), .data_o(pc_o));

  always_ff @(posedge clk_i) begin
    if (!rst_ni) ptr_q <= '0;
    else if (fill_i && !(|same)) ptr_q <= ptr_q + 1'b1;
  end
endmodule
