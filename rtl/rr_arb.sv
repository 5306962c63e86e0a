// SPDX-License-Identifier: Apache-2.0
//
// Round-robin arbiter: grants the first requester at or after a pointer, cyclically upwards; when the grant is used the
// pointer becomes winner + 1 (modulo N). docs/microarchitecture.md, "Words".
//
// grant_o, idx_o and any_o depend on req_i in the same clock; use_i only moves the pointer at the edge. With use_i = 0 the
// choice follows the requests without changing anything. grant_o and idx_o are 0 when there is no request.
//
// The pointer is kept as a thermometer (after_q[i]: i is at or after the pointer), so that the grant needs no decoder: two
// prefix trees, one over the requests at or after the pointer and one over all, give depth log(N). A pointer of 0 is all
// zeros: then no request is "after", and the lowest of all wins. Bit 0 is therefore never needed.
//
// N: number of requesters, 1 or more.
module rr_arb #(
  parameter int N = 4
) (
  input  logic         clk_i,
  input  logic         rst_ni,
  input  logic [N-1:0] req_i,
  input  logic         use_i,
  output logic [N-1:0] grant_o,
  output logic [((N > 1) ? $clog2(N) : 1)-1:0] idx_o,
  output logic         any_o
);
  if (N < 1) $error("rr_arb: N must be 1 or more");

  assign any_o = |req_i;

  if (N == 1) begin : gen_one
    logic unused;
    assign unused = ^{clk_i, rst_ni, use_i};
    assign grant_o = req_i;
    assign idx_o = 1'b0;
  end else begin : gen_many
    logic [N-1:0] after_q, upper, upper_le, all_le, any_below;
    logic         any_upper;

    assign upper = req_i & after_q;
    assign any_upper = |upper;

    // x_le[i]: some bit of x at i or below.
    always_comb begin
      upper_le = upper;
      all_le = req_i;
      for (int d = 1; d < N; d = d * 2) begin
        upper_le = upper_le | (upper_le << d);
        all_le = all_le | (all_le << d);
      end
    end

    // any_below[i]: the winner is below i.
    assign any_below = any_upper ? {upper_le[N-2:0], 1'b0} : {all_le[N-2:0], 1'b0};
    assign grant_o = (any_upper ? upper : req_i) & ~any_below;

    onehot_index #(.N(N)) u_idx (.sel_i(grant_o), .idx_o);

    always_ff @(posedge clk_i) begin
      if (!rst_ni) after_q <= '0;
      else if (use_i && any_o) after_q <= any_below;
    end
  end

endmodule
