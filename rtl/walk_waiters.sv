// SPDX-License-Identifier: Apache-2.0
//
// Who waits for which walk: for each slot of a requester (a bit of a response mask) whether it waits, and for which walker. A
// slot joins a walk when stage B begins one for it or merges it, and leaves when the response of that walker is shown.
// docs/microarchitecture.md section 5.3.
//
// Invariant: a slot waits for one walk at most.
module walk_waiters #(
  parameter int Walkers = 8,
  parameter int MaskW = 64,
  localparam int IdxW = $clog2(Walkers)
) (
  input  logic             clk_i,
  input  logic             rst_ni,
  input  logic             join_i,
  input  logic [IdxW-1:0]  join_idx_i,
  input  logic [MaskW-1:0] join_bit_i,
  input  logic             shown_i,
  input  logic [IdxW-1:0]  shown_idx_i,
  output logic [MaskW-1:0] mask_o  // who waits for shown_idx
);
  for (genvar s = 0; s < MaskW; s++) begin : gen_slot
    logic            waits_q;
    logic [IdxW-1:0] idx_q;
    assign mask_o[s] = waits_q && idx_q == shown_idx_i;
    always_ff @(posedge clk_i) begin
      if (!rst_ni) waits_q <= 1'b0;
      else if (join_i && join_bit_i[s]) waits_q <= 1'b1;
      else if (shown_i && mask_o[s]) waits_q <= 1'b0;
      if (join_i && join_bit_i[s]) idx_q <= join_idx_i;
    end
  end
endmodule
