// SPDX-License-Identifier: Apache-2.0
//
// One entry of a port's translation cache: a final leaf of both stages, tagged by what arrives (device_id, whether there is a
// process_id, page). Two lookups (read channel: slice 0, write channel: slice 1), one match against a fill, and one invalidation
// per clock, all against the registers. docs/microarchitecture.md section 4.1.
//
// Limits: entries hold no process_id; a translation of a request with one is tagged by pv alone.
// vpn is kept whole; its bits below the page size have no meaning. The page it maps to is in port_tlb's memory.
// VaW: bits of a first-stage virtual address: 39, 48 or 57.
module tlb_entry #(
  parameter int VaW = 39
) (
  input  logic                             clk_i,
  input  logic                             rst_ni,

  // Lookups. canonical: IOVA[63:VaW-1] are equal; low: IOVA[63:56] = 0.
  input  logic [2*(VaW-12)-1:0]            vpn_i,
  input  logic [1:0]                       canonical_i,
  input  logic [1:0]                       low_i,
  input  logic [2*24-1:0]                  device_id_i,
  input  logic [1:0]                       pv_i,
  input  logic                             exec_i,
  output logic [1:0]                       hit_o,

  // Fill: match_o says that this entry has the tags of the response; write_i loads it.
  input  logic [portcullis_pkg::RespW-1:0] resp_i,
  output logic                             match_o,
  input  logic                             write_i,

  input  logic [portcullis_pkg::InvW-1:0]  inv_i
);
  localparam int VpnW = VaW - 12;

  portcullis_pkg::resp_t resp;
  portcullis_pkg::inv_t inv;
  logic            valid_q, pv_q, r_q, w_q, x_q, g_q;
  logic [23:0]     device_id_q;
  logic [2:0]      size_q;
  logic [VpnW-1:0] vpn_q;
  logic [19:0]     pscid_q;
  logic            identity, covered, same_fill;
  logic [1:0]      right;

  assign resp = resp_i;
  assign inv = inv_i;
  assign identity = size_q == portcullis_pkg::SizeIdentity;

  assign right[0] = exec_i ? x_q : r_q;
  assign right[1] = w_q;
  for (genvar c = 0; c < 2; c++) begin : gen_lookup
    logic same_page, same_source;
    page_same #(.VpnW(VpnW)) u_page (.a_i(vpn_i[c*VpnW +: VpnW]), .b_i(vpn_q), .size_i(size_q), .same_o(same_page));
    assign same_source = device_id_i[c*24 +: 24] == device_id_q && pv_i[c] == pv_q;
    assign hit_o[c] = valid_q && right[c] && same_source && (identity ? low_i[c] : canonical_i[c] && same_page);
  end

  page_same #(.VpnW(VpnW)) u_fill (.a_i(resp.vpn[VpnW-1:0]), .b_i(vpn_q), .size_i(size_q), .same_o(same_fill));
  assign match_o = valid_q && resp.device_id == device_id_q && resp.pv == pv_q && resp.size == size_q && same_fill;

  inv_cover #(.VaW(VaW)) u_cover (
    .inv_i,
    .device_id_i(device_id_q),
    .size_i     (size_q),
    .vpn_i      (vpn_q),
    .g_i        (g_q),
    .pscid_i    (pscid_q),
    .covered_o  (covered)
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

  logic unused;
  assign unused = ^{resp, inv};
endmodule
