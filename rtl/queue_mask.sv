// SPDX-License-Identifier: Apache-2.0
//
// Mask of the index bits of an in-memory queue, from the LOG2SZ-1 field of its base register (IOMMU spec 6.6): LOG2SZ ones.
// A field of 31 means 2^32 entries, so all 32 bits are ones. Combinational.
module queue_mask (
  input  logic [4:0]  log2_i,  // LOG2SZ-1
  output logic [31:0] mask_o
);
  assign mask_o = ~(32'hffff_fffe << log2_i);
endmodule
