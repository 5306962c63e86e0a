// SPDX-License-Identifier: Apache-2.0
//
// Second-level IOTLB: 4 KiB leaves of the first stage, set-associative, in RAM. docs/microarchitecture.md sections 5.2, 5.5.
//
// An entry is {valid, pscid, page number above the set index, spn, r, w, x, pbmt, g}; it has no device_id, so only IOTINVAL.VMA
// covers it. A set is read in one clock (stage A or inval) and compared in the next with the key of stage B, or, while inval
// checks (check_i), with the invalidation. Of the ways that match and grant the right the lowest wins. way_o is where a
// leaf of the set read should go: the lowest way that is not valid, else that of a pointer, which advances with each fill.
//
// Entries, Ways: powers of two, Ways < Entries. VaW: width of IOVAs.
module iotlb #(
  parameter int Entries = 512,
  parameter int Ways = 4,
  parameter int VaW = 48,
  localparam int SetW = $clog2(Entries / Ways)
) (
  input  logic                            clk_i,
  input  logic                            rst_ni,
  // Read a set; compare it in the clocks after.
  input  logic                            read_i,
  input  logic [SetW-1:0]                 read_set_i,
  input  logic [51:0]                     vpn_i,
  input  logic [19:0]                     pscid_i,
  input  logic                            write_i,  // the request is a write
  input  logic                            exec_i,  // the request reads for execute
  output logic                            hit_o,
  output logic [43:0]                     spn_o,
  output logic [5:0]                      attr_o,  // r, w, x, pbmt, g
  output logic [2:0]                      way_o,
  // Fill with a response.
  input  logic                            fill_i,
  input  logic [2:0]                      fill_way_i,
  input  logic [portcullis_pkg::RespW-1:0] resp_i,
  // Invalidation: clear all ways of a set, or those that are covered, of the set read in the clock before.
  input  logic                            init_i,
  input  logic                            check_i,
  input  logic [SetW-1:0]                 inv_set_i,
  input  logic [portcullis_pkg::InvW-1:0] inv_i
);
  localparam int Sets = Entries / Ways;
  localparam int TagW = VaW - 12 - SetW;
  localparam int PageW = 50;  // spn, r, w, x, pbmt, g
  localparam int EntryW = 1 + 20 + TagW + PageW;
  localparam int WayW = (Ways > 1) ? $clog2(Ways) : 1;

  portcullis_pkg::inv_t  inv;
  portcullis_pkg::resp_t resp;
  assign inv = inv_i;
  assign resp = resp_i;

  // The comparators serve stage B and the invalidation, which never need them in the same clock.
  logic [TagW-1:0] key_tag;
  logic [19:0]     key_pscid;
  assign key_tag = check_i ? inv.vpn[VaW-13:SetW] : vpn_i[VaW-13:SetW];
  assign key_pscid = check_i ? inv.pscid : pscid_i;

  logic [Ways-1:0]       hit, first, clear, fill, vacant;
  logic [Ways*PageW-1:0] page_all;
  logic [WayW-1:0]       way_q;
  logic                  erase;
  logic [SetW-1:0]       write_set;
  logic [EntryW-1:0]     fill_entry;

  assign erase = init_i || check_i;
  assign write_set = erase ? inv_set_i : resp.vpn[SetW-1:0];
  assign fill_entry = {!erase, resp.pscid, resp.vpn[VaW-13:SetW], resp.spn, resp.r, resp.w, resp.x, resp.pbmt, resp.g};

  for (genvar i = 0; i < Ways; i++) begin : gen_way
    logic [EntryW-1:0] entry;
    logic              valid, tag_eq, pscid_eq, r, w, x, g;
    logic [19:0]       pscid;
    logic [TagW-1:0]   tag;
    logic [43:0]       spn;
    logic [1:0]        pbmt;
    iotlb_way #(.Sets(Sets), .Width(EntryW)) u_way (
      .clk_i, .read_i, .read_set_i, .data_o(entry), .write_i(clear[i] || fill[i]), .write_set_i(write_set),
      .data_i(fill_entry)
    );
    assign {valid, pscid, tag, spn, r, w, x, pbmt, g} = entry;
    assign page_all[i*PageW +: PageW] = entry[PageW-1:0];
    assign tag_eq = tag == key_tag;
    assign pscid_eq = pscid == key_pscid;
    assign hit[i] = valid && tag_eq && pscid_eq && (write_i ? w : exec_i ? x : r);
    assign vacant[i] = !valid;
    assign clear[i] = init_i || (check_i && inv.op == portcullis_pkg::InvVma && (!inv.av || tag_eq) &&
                                 (!inv.pscv || (pscid_eq && !g)));
    assign fill[i] = fill_i && fill_way_i == 3'(i);
    logic unused;
    assign unused = ^{spn, pbmt};
  end

  lowest_one #(.N(Ways)) u_first (.req_i(hit), .grant_o(first));
  assign hit_o = |hit;
  onehot_mux #(.N(Ways), .Width(PageW)) u_mux (
    .sel_i(first), .data_i(page_all), .data_o({spn_o, attr_o})
  );

  always_comb begin
    way_o = 3'(way_q);
    for (int i = Ways - 1; i >= 0; i--) if (vacant[i]) way_o = 3'(i);
  end

  if (Ways > 1) begin : gen_ptr
    always_ff @(posedge clk_i) begin
      if (!rst_ni) way_q <= '0;
      else if (fill_i) way_q <= way_q + 1'b1;
    end
  end else begin : gen_no_ptr
    logic unused_rst;
    assign unused_rst = rst_ni;
    assign way_q = '0;
  end

  logic unused;
  assign unused = ^{inv.kill, inv.device_id, inv.vpn, vpn_i, resp.lead, resp.lead_q, resp.lead_slot, resp.ok, resp.device_id,
                    resp.pv, resp.vpn, resp.size};
endmodule
