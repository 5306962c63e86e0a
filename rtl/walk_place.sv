// SPDX-License-Identifier: Apache-2.0
//
// The 4 KiB page of an address in a leaf: the leaf's page number, with its bits below the leaf's size taken from the address's
// page number. Combinational. big_i: with size 2M, a 4-MiB leaf (Sv32, Sv32x4).
module walk_place (
  input  logic [43:0] leaf_i,
  input  logic [43:0] low_i,
  input  logic [2:0]  size_i,
  input  logic        big_i,
  output logic [43:0] page_o
);
  logic [43:0] mask;
  always_comb begin
    mask = portcullis_pkg::lowmask(size_i);
    mask[9] = mask[9] || big_i;
  end
  assign page_o = (leaf_i & ~mask) | (low_i & mask);
endmodule
