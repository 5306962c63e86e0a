// SPDX-License-Identifier: Apache-2.0
//
// Says whether two virtual page numbers are in the same page of a given size: equal above lowmask(size) of portcullis_pkg.
// Combinational. The number is compared in the segments between the page sizes, each of which counts only below its size:
//
//   bits   51:44  43:36     35:27     26:18    17:9     8:4       3:0
//   counts always up to     up to     up to    up to    up to     4K
//                 256T      512G      1G       2M       64K
//
// VpnW: bits of a page number, 1..52.
module page_same #(
  parameter int VpnW = 27
) (
  input  logic [VpnW-1:0] a_i,
  input  logic [VpnW-1:0] b_i,
  input  logic [2:0]      size_i,
  output logic            same_o
);
  logic [51:0] diff;
  logic [6:0]  differ;

  always_comb begin
    diff = '0;
    diff[VpnW-1:0] = a_i ^ b_i;
    differ[0] = diff[3:0] != '0 && size_i == portcullis_pkg::Size4K;
    differ[1] = diff[8:4] != '0 && size_i <= portcullis_pkg::Size64K;
    differ[2] = diff[17:9] != '0 && size_i <= portcullis_pkg::Size2M;
    differ[3] = diff[26:18] != '0 && size_i <= portcullis_pkg::Size1G;
    differ[4] = diff[35:27] != '0 && size_i <= portcullis_pkg::Size512G;
    differ[5] = diff[43:36] != '0 && size_i <= portcullis_pkg::Size256T;
    differ[6] = diff[51:44] != '0;
  end
  assign same_o = differ == '0;
endmodule
