// SPDX-License-Identifier: Apache-2.0
//
// Says whether an entry of the non-leaf cache covers an address of an address space (covers_o), and whether it has the key of a
// table that may be filled, level included (same_o). docs/microarchitecture.md section 5.2.
// Combinational. level: one-hot, bit L; at most Levels counts. Tables of Sv32 map 4 MiB, their root 4 GiB.
module nl_same #(
  parameter int VaW = 48,
  parameter bit TwoStage = 1'b0,
  parameter int Sv32 = 0
) (
  input  logic [walk_pkg::NlFillW-1:0] fill_i,
  // The entry.
  input  logic [5:1]                   level_i,
  input  logic [VaW-1:21]              vpn_i,
  input  logic                         sv32_i,
  input  logic                         gv_i,
  input  logic [15:0]                  gscid_i,
  input  logic [19:0]                  pscid_i,
  output logic                         covers_o,
  output logic                         same_o
);
  localparam int Fields = (VaW - 12) / 9;  // VPN fields; field 0 never matters
  localparam int Levels = TwoStage ? Fields : Fields - 1;  // highest L

  walk_pkg::nl_fill_t     fill;
  portcullis_pkg::space_t space;
  assign fill = fill_i;
  assign space = fill.space;

  logic [5:1]        level;
  logic [Fields-1:1] equal;
  for (genvar l = 1; l <= 5; l++) begin : gen_level
    assign level[l] = (l <= Levels) && fill.level == 3'(l);
  end
  // Field f counts for entries of level f or lower; without root tables the highest always does.
  for (genvar f = 1; f < Fields; f++) begin : gen_field
    logic       use_field;
    logic [8:0] differ;
    assign use_field = (!TwoStage && f == Fields - 1) || (|level_i[f:1]);
    always_comb begin
      differ = fill.vpn[9*f +: 9] ^ vpn_i[12+9*f +: 9];
      if (Sv32 != 0 && sv32_i && f == 1) differ[0] = 1'b0;
      if (Sv32 != 0 && sv32_i && f == 2 && level_i[2]) differ[1:0] = 2'b00;
    end
    assign equal[f] = !use_field || differ == '0;
  end
  assign covers_o = space.pscid == pscid_i && (Sv32 == 0 || fill.sv32 == sv32_i) &&
                    (!TwoStage || (space.gv == gv_i && space.gscid == gscid_i)) && (&equal);
  assign same_o = covers_o && level == level_i;

  logic unused;
  assign unused = ^{fill, space, sv32_i, gv_i, gscid_i};
endmodule
