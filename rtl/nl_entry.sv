// SPDX-License-Identifier: Apache-2.0
//
// One cached first-stage table: level L (1 to 5) above it, the part of the page number that led to it (above level L), its
// address space, and its supervisor page. docs/microarchitecture.md section 5.2.
//
// With one stage L is the level of the pointer that was read. Tables of Sv32 map 4 MiB, their root 4 GiB.
// hit_o[L]: this entry answers the lookup. An entry written in the clock of an invalidation stays: the walker has checked it.
module nl_entry #(
  parameter int VaW = 48,
  parameter bit TwoStage = 1'b0,
  parameter int Sv32 = 0
) (
  input  logic                              clk_i,
  input  logic                              rst_ni,
  input  logic [VaW-1:12]                   vpn_i,
  input  logic [portcullis_pkg::SpaceW-1:0] space_i,
  input  logic                              sv32_i,
  output logic [5:1]                        hit_o,
  output logic [43:0]                       ppn_o,
  input  logic                              write_i,
  input  logic [walk_pkg::NlFillW-1:0]      fill_i,
  input  logic [walk_pkg::NlFills*walk_pkg::NlFillW-1:0] fills_i,  // what may be filled
  output logic [walk_pkg::NlFills-1:0]      same_o,  // has its key
  input  logic                              kill_vma_i,  // IOTINVAL.VMA of pointers
  input  logic                              kill_gvma_i,
  input  logic [portcullis_pkg::InvW-1:0]   inv_i
);
  localparam int Fields = (VaW - 12) / 9;
  localparam int Levels = TwoStage ? Fields : Fields - 1;  // highest L

  portcullis_pkg::inv_t   inv;
  portcullis_pkg::space_t space;
  walk_pkg::nl_fill_t     fill, look;
  assign inv = inv_i;
  assign fill = fill_i;
  assign space = fill.space;

  logic              valid_q, sv32_q, gv_q;
  logic [5:1]        level_q, fill_level;  // one-hot
  logic [VaW-1:21]   vpn_q;
  logic [15:0]       gscid_q;
  logic [19:0]       pscid_q;
  logic [43:0]       ppn_q;

  for (genvar l = 1; l <= 5; l++) begin : gen_level
    assign fill_level[l] = (l <= Levels) && fill.level == 3'(l);
  end

  logic covers, unused_same;
  always_comb begin
    look = '0;
    look.vpn = 52'(vpn_i);
    look.space = space_i;
    look.sv32 = sv32_i;
  end
  nl_same #(.VaW(VaW), .TwoStage(TwoStage), .Sv32(Sv32)) u_look (
    .fill_i(look), .level_i(level_q), .vpn_i(vpn_q), .sv32_i(sv32_q), .gv_i(gv_q), .gscid_i(gscid_q), .pscid_i(pscid_q),
    .covers_o(covers), .same_o(unused_same)
  );
  assign hit_o = level_q & {5{valid_q && covers}};
  for (genvar s = 0; s < walk_pkg::NlFills; s++) begin : gen_same
    logic same, unused_covers;
    nl_same #(.VaW(VaW), .TwoStage(TwoStage), .Sv32(Sv32)) u_same (
      .fill_i(fills_i[s*walk_pkg::NlFillW +: walk_pkg::NlFillW]), .level_i(level_q), .vpn_i(vpn_q), .sv32_i(sv32_q),
      .gv_i(gv_q), .gscid_i(gscid_q), .pscid_i(pscid_q), .covers_o(unused_covers), .same_o(same)
    );
    assign same_o[s] = valid_q && same;
  end
  assign ppn_o = ppn_q;

  // VMA: the space without a second stage, or of one VM; all of it or of one PSCID. GVMA: all of one VM, or of all VMs.
  logic same_vm, killed;
  assign same_vm = !TwoStage || !inv.gv || inv.gscid == gscid_q;
  assign killed = (kill_vma_i && (!TwoStage || inv.gv == gv_q) && same_vm && (!inv.pscv || inv.pscid == pscid_q)) ||
                  (TwoStage && kill_gvma_i && gv_q && same_vm);

  always_ff @(posedge clk_i) begin
    if (!rst_ni) valid_q <= 1'b0;
    else if (write_i) valid_q <= 1'b1;
    else if (killed) valid_q <= 1'b0;
    if (write_i) begin
      level_q <= fill_level;
      vpn_q <= fill.vpn[VaW-13:9];
      sv32_q <= fill.sv32;
      gv_q <= space.gv;
      gscid_q <= space.gscid;
      pscid_q <= space.pscid;
      ppn_q <= fill.ppn;
    end
  end

  logic unused;
  assign unused = ^{inv, fill, space};
endmodule
