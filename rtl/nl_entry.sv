// SPDX-License-Identifier: Apache-2.0
//
// One cached non-leaf page-table entry: level L (1 to 4) where it stood, the part of the page number that led to it (above level
// L), PSCID, and the table it points to. docs/microarchitecture.md section 5.2.
//
// hit_o[L]: this entry answers the lookup. An entry written in the clock of an invalidation stays: the walker has checked it.
module nl_entry #(
  parameter int VaW = 48
) (
  input  logic             clk_i,
  input  logic             rst_ni,
  input  logic [VaW-1:12]  vpn_i,
  input  logic [19:0]      pscid_i,
  output logic [4:1]       hit_o,
  output logic [43:0]      ppn_o,
  input  logic             write_i,
  input  logic [2:0]       fill_level_i,
  input  logic [VaW-1:12]  fill_vpn_i,
  input  logic [19:0]      fill_pscid_i,
  input  logic [43:0]      fill_ppn_i,
  output logic             same_o,  // holds the entry that is filled
  input  logic             kill_i,  // of all, or of kill_pscid_i
  input  logic             kill_pscv_i,
  input  logic [19:0]      kill_pscid_i
);
  localparam int Fields = (VaW - 12) / 9;  // VPN fields; field 0 never matters

  logic              valid_q;
  logic [4:1]        level_q;  // one-hot
  logic [VaW-1:21]   vpn_q;
  logic [19:0]       pscid_q;
  logic [43:0]       ppn_q;
  logic [4:1]        fill_level;
  logic [Fields-1:1] use_field, key_eq, fill_eq;

  for (genvar l = 1; l <= 4; l++) begin : gen_level
    assign fill_level[l] = (l < Fields) && fill_level_i == 3'(l);
  end
  // Field f counts for entries of level f or lower; the highest always.
  for (genvar f = 1; f < Fields; f++) begin : gen_field
    assign use_field[f] = f == Fields - 1 || (|level_q[f:1]);
    assign key_eq[f] = !use_field[f] || vpn_i[12+9*f +: 9] == vpn_q[12+9*f +: 9];
    assign fill_eq[f] = !use_field[f] || fill_vpn_i[12+9*f +: 9] == vpn_q[12+9*f +: 9];
  end

  assign hit_o = level_q & {4{valid_q && pscid_i == pscid_q && (&key_eq)}};
  assign same_o = valid_q && fill_level == level_q && fill_pscid_i == pscid_q && (&fill_eq);
  assign ppn_o = ppn_q;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) valid_q <= 1'b0;
    else if (write_i) valid_q <= 1'b1;
    else if (kill_i && (!kill_pscv_i || kill_pscid_i == pscid_q)) valid_q <= 1'b0;
    if (write_i) begin
      level_q <= fill_level;
      vpn_q <= fill_vpn_i[VaW-1:21];
      pscid_q <= fill_pscid_i;
      ppn_q <= fill_ppn_i;
    end
  end

  logic unused;
  assign unused = ^{vpn_i[20:12], fill_vpn_i[20:12]};
endmodule
