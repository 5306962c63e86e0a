// SPDX-License-Identifier: Apache-2.0
//
// The smallest page size whose page around one page number contains another (bits of VaW only); 7 if none does. Combinational.
module walk_near #(
  parameter int VaW = 48
) (
  input  logic [51:0] a_i,
  input  logic [51:0] b_i,
  output logic [2:0]  size_o
);
  logic [VaW-13:0] differ;
  logic            d64k, d2m, d1g, d512g, d256t, beyond;  // differ in a bit just below that size
  assign differ = a_i[VaW-13:0] ^ b_i[VaW-13:0];
  assign d64k = |differ[3:0];
  assign d2m = |differ[8:4];
  assign d1g = |differ[17:9];
  assign d512g = |differ[26:18];
  if (VaW > 39) begin : gen_sv48
    assign d256t = |differ[35:27];
  end else begin : gen_no_sv48
    assign d256t = 1'b0;
  end
  if (VaW > 48) begin : gen_sv57
    assign beyond = |differ[44:36];
  end else begin : gen_no_sv57
    assign beyond = 1'b0;
  end

  always_comb begin
    if (beyond) size_o = 3'd7;
    else if (d256t) size_o = portcullis_pkg::Size256T;
    else if (d512g) size_o = portcullis_pkg::Size512G;
    else if (d1g) size_o = portcullis_pkg::Size1G;
    else if (d2m) size_o = portcullis_pkg::Size2M;
    else if (d64k) size_o = portcullis_pkg::Size64K;
    else size_o = portcullis_pkg::Size4K;
  end

  logic unused;
  assign unused = ^{a_i[51:VaW-12], b_i[51:VaW-12]};
endmodule
