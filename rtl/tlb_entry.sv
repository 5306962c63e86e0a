// SPDX-License-Identifier: Apache-2.0
//
// One entry of a port's translation cache: a final leaf of both stages, tagged by what arrives (device_id, process, privilege,
// page). Two lookups (read channel: slice 0, write channel: slice 1), one match against a fill, and one invalidation
// per clock, all against the registers. docs/microarchitecture.md section 4.1.
//
// vpn is kept whole; its bits below the page size have no meaning. The page it maps to is kept in port_tlb.
// With both stages Bare (size identity) the page
// number does not count, with the first stage Bare all bits of the IOVA do, else it must be canonical.
// VaW: bits of a first-stage virtual address: 39, 48 or 57. VpnW: bits of a page number, VaW - 12 or more.
// TwoStage 0: every entry is identity or of the first stage alone. Sv32: it may be half of a leaf of 4 MiB. Pdt 0: the process
// changes nothing, so that pv alone is a tag.
module tlb_entry #(
  parameter int VaW = 39,
  parameter int VpnW = 27,
  parameter bit TwoStage = 1'b0,
  parameter bit Pdt = 1'b0,
  parameter int Sv32 = 0
) (
  input  logic                             clk_i,
  input  logic                             rst_ni,

  // Lookups. canonical: IOVA[63:VaW-1] are equal; narrow: IOVA[63:VpnW+12] = 0; low: IOVA[63:56] = 0.
  input  logic [2*VpnW-1:0]                vpn_i,
  input  logic [1:0]                       canonical_i,
  input  logic [1:0]                       narrow_i,
  input  logic [1:0]                       low_i,
  input  logic [2*24-1:0]                  device_id_i,
  input  logic [1:0]                       pv_i,
  input  logic [2*20-1:0]                  process_id_i,
  input  logic [1:0]                       priv_i,
  input  logic                             exec_i,
  output logic [1:0]                       hit_o,

  // Fill: match_o says that this entry has the tags of the response; write_i loads it.
  input  logic [portcullis_pkg::RespW-1:0] resp_i,
  output logic                             match_o,
  input  logic                             write_i,

  input  logic [portcullis_pkg::InvW-1:0]  inv_i
);
  portcullis_pkg::resp_t resp;
  portcullis_pkg::inv_t inv;
  logic            valid_q, pv_q, r_q, w_q, x_q, g_q;
  logic [23:0]     device_id_q;
  logic [2:0]      size_q;
  logic [VpnW-1:0] vpn_q;
  logic [19:0]     pscid_q;
  logic            s1, gv, priv;
  logic [2:0]      s1_size;
  logic [15:0]     gscid;
  logic [19:0]     process_id;
  logic            identity, covered, same_fill;
  logic [1:0]      right;

  assign resp = resp_i;
  assign inv = inv_i;
  assign identity = size_q == portcullis_pkg::SizeIdentity;

  assign right[0] = exec_i ? x_q : r_q;
  assign right[1] = w_q;
  for (genvar c = 0; c < 2; c++) begin : gen_lookup
    logic same_page, same_source, same_process;
    page_same #(.VpnW(VpnW)) u_page (.a_i(vpn_i[c*VpnW +: VpnW]), .b_i(vpn_q), .size_i(size_q), .same_o(same_page));
    assign same_process = !Pdt || !pv_q || {process_id_i[c*20 +: 20], priv_i[c]} == {process_id, priv};
    assign same_source = device_id_i[c*24 +: 24] == device_id_q && pv_i[c] == pv_q && same_process;
    assign hit_o[c] = valid_q && right[c] && same_source &&
                      (identity ? low_i[c] : ((!TwoStage || s1) ? canonical_i[c] : narrow_i[c]) && same_page);
  end

  page_same #(.VpnW(VpnW)) u_fill (.a_i(resp.vpn[VpnW-1:0]), .b_i(vpn_q), .size_i(size_q), .same_o(same_fill));
  assign match_o = valid_q && resp.device_id == device_id_q && resp.pv == pv_q && resp.size == size_q && same_fill &&
                   (!TwoStage || resp.s1 == s1) && (!Pdt || {resp.process_id, resp.priv} == {process_id, priv});

  inv_cover #(.VaW(VaW), .TwoStage(TwoStage), .Pdt(Pdt)) u_cover (
    .inv_i,
    .device_id_i (device_id_q),
    .process_id_i(process_id),
    .s1_size_i   (s1_size),
    .vpn_i       (vpn_q[VaW-13:0]),
    .g_i         (g_q),
    .space_i     ({gv, gscid, s1, pscid_q}),
    .covered_o   (covered)
  );

  always_ff @(posedge clk_i) begin
    if (!rst_ni) valid_q <= 1'b0;
    else if (write_i) valid_q <= 1'b1;
    else if (inv.kill && covered) valid_q <= 1'b0;

    if (write_i) begin
      device_id_q <= resp.device_id;
      pv_q <= resp.pv;
      size_q <= resp.size;
      vpn_q <= resp.vpn[VpnW-1:0];
      r_q <= resp.r;
      w_q <= resp.w;
      x_q <= resp.x;
      g_q <= resp.g;
      pscid_q <= resp.pscid;
    end
  end

  if (TwoStage || Sv32 != 0) begin : gen_s1_size
    logic [2:0] s1_size_q;
    always_ff @(posedge clk_i) if (write_i) s1_size_q <= resp.s1_size;
    assign s1_size = s1_size_q;
  end else begin : gen_no_s1_size
    assign s1_size = size_q;
  end

  if (TwoStage) begin : gen_two_stage
    logic        s1_q, gv_q;
    logic [15:0] gscid_q;
    always_ff @(posedge clk_i) if (write_i) {gv_q, gscid_q, s1_q} <= {resp.gv, resp.gscid, resp.s1};
    assign {gv, gscid, s1} = {gv_q, gscid_q, s1_q};
  end else begin : gen_one_stage
    assign {gv, gscid, s1} = {17'd0, !identity};
  end

  if (Pdt) begin : gen_process
    logic        priv_q;
    logic [19:0] process_id_q;
    always_ff @(posedge clk_i) if (write_i) {process_id_q, priv_q} <= {resp.process_id, resp.priv};
    assign {process_id, priv} = {process_id_q, priv_q};
  end else begin : gen_no_process
    assign {process_id, priv} = '0;
  end

  logic unused;
  assign unused = ^{resp, inv, process_id_i, priv_i, process_id, priv, narrow_i};
endmodule
