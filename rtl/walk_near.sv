// SPDX-License-Identifier: Apache-2.0
//
// The smallest page size whose page contains two page numbers that differ in the given bits; 7 if none does. Combinational.
//
// Width: bits of a page number, 27 or more; those above 36 count only if there are more than 36.
module walk_near #(
  parameter int Width = 27
) (
  input  logic [Width-1:0] differ_i,
  output logic [2:0]       size_o
);
  logic [51:0] differ;
  assign differ = 52'(differ_i);
  always_comb begin
    if (|differ[51:36]) size_o = 3'd7;
    else if (|differ[35:27]) size_o = portcullis_pkg::Size256T;
    else if (|differ[26:18]) size_o = portcullis_pkg::Size512G;
    else if (|differ[17:9]) size_o = portcullis_pkg::Size1G;
    else if (|differ[8:4]) size_o = portcullis_pkg::Size2M;
    else if (|differ[3:0]) size_o = portcullis_pkg::Size64K;
    else size_o = portcullis_pkg::Size4K;
  end
endmodule
