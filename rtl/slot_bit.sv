// SPDX-License-Identifier: Apache-2.0
//
// The bit of a requester's slot in a response mask: slot s of channel q is bit q*PortMisses + s; each requester above the
// channels has one bit after those. Combinational.
module slot_bit #(
  parameter int Channels = 4,
  parameter int PortMisses = 16,
  parameter int Extra = 0  // requesters above the channels
) (
  input  logic [3:0]                           q_i,
  input  logic [4:0]                           slot_i,
  output logic [Channels*PortMisses+Extra-1:0] bit_o
);
  always_comb begin
    for (int q = 0; q < Channels; q++) begin
      for (int s = 0; s < PortMisses; s++) bit_o[q*PortMisses + s] = q_i == 4'(q) && slot_i == 5'(s);
    end
    for (int e = 0; e < Extra; e++) bit_o[Channels*PortMisses + e] = q_i == 4'(Channels + e);
  end
endmodule
