// SPDX-License-Identifier: Apache-2.0
//
// The bit of a requester's slot in a response mask: slot s of requester q is bit q*PortMisses + s. Combinational.
module slot_bit #(
  parameter int Q = 4,
  parameter int PortMisses = 16
) (
  input  logic [3:0]              q_i,
  input  logic [4:0]              slot_i,
  output logic [Q*PortMisses-1:0] bit_o
);
  always_comb begin
    for (int q = 0; q < Q; q++) begin
      for (int s = 0; s < PortMisses; s++) bit_o[q*PortMisses + s] = q_i == 4'(q) && slot_i == 5'(s);
    end
  end
endmodule
