// SPDX-License-Identifier: Apache-2.0
//
// Second-level IOTLB: 4 KiB leaves of both stages, set-associative, in RAM. docs/microarchitecture.md sections 5.2, 5.5.
//
// An entry is {msi, valid, space, size of the first stage's leaf, u, page number above the set index, spn, r, w, x, pbmt, g}; it
// has no device_id, so only IOTINVAL covers it. msi: it was found for a device with MSI pages, and is for such devices; the
// others see no interrupt files. r, w, x are the rights of both stages; u says whom the first stage lets in: a supervisor only
// into pages with u = 0, or with SUM to read and write.
// A set is read in one clock (stage A or inval) and compared in the next with the key of stage B, or, while inval
// checks (check_i), with the invalidation. Of the ways that match and grant the right the lowest wins. way_o is where a
// leaf of the set read should go: the lowest way that is not valid, else that of a pointer, which advances with each fill.
//
// Entries, Ways: powers of two, Ways < Entries. VaW: bits of a first-stage virtual address. VpnW: bits of a page number, VaW - 12
// or more. TwoStage, Pdt, MsiFlat: 0 leaves out gv, gscid, s1 and the size (Pdt: u; MsiFlat: msi), which then have one value
// only.
module iotlb #(
  parameter int Entries = 512,
  parameter int Ways = 4,
  parameter int VaW = 48,
  parameter int VpnW = 38,
  parameter bit TwoStage = 1'b0,
  parameter bit Pdt = 1'b0,
  parameter int MsiFlat = 0,
  localparam int SetW = $clog2(Entries / Ways)
) (
  input  logic                              clk_i,
  input  logic                              rst_ni,
  // Read a set; compare it in the clocks after.
  input  logic                              read_i,
  input  logic [SetW-1:0]                   read_set_i,
  input  logic [51:0]                       vpn_i,
  input  logic [portcullis_pkg::SpaceW-1:0] space_i,
  input  logic                              msi_i,
  input  logic                              write_i,  // the request is a write
  input  logic                              exec_i,  // the request reads for execute
  input  logic                              priv_i,
  input  logic                              sum_i,
  output logic                              hit_o,
  output logic [43:0]                       spn_o,
  output logic [2:0]                        s1_size_o,
  output logic [5:0]                        attr_o,  // r, w, x (of this request's privilege), pbmt, g
  output logic [2:0]                        way_o,
  // Fill with a response; fill_raw_i: r, w, x, u of both stages whoever asks.
  input  logic                              fill_i,
  input  logic [2:0]                        fill_way_i,
  input  logic                              fill_msi_i,
  input  logic [3:0]                        fill_raw_i,
  input  logic [portcullis_pkg::RespW-1:0]  resp_i,
  // Invalidation: clear all ways of a set, or those that are covered, of the set read in the clock before.
  input  logic                              init_i,
  input  logic                              check_i,
  input  logic [SetW-1:0]                   inv_set_i,
  input  logic [portcullis_pkg::InvW-1:0]   inv_i,
  output logic                              frac_left_o  // this check leaves a part of a larger first-stage leaf
);
  localparam int Sets = Entries / Ways;
  localparam int TagW = VpnW - SetW;
  localparam int PageW = 51;  // u, spn, r, w, x, pbmt, g
  localparam int HitW = PageW + 3;
  localparam int OptW = (TwoStage ? 21 : 0) + (Pdt ? 1 : 0);  // gv, gscid, s1, s1_size; u
  localparam int EntryW = 1 + OptW + 20 + TagW + PageW - 1;
  localparam int WordW = EntryW + ((MsiFlat != 0) ? 1 : 0);
  localparam int WayW = (Ways > 1) ? $clog2(Ways) : 1;

  portcullis_pkg::inv_t   inv;
  portcullis_pkg::resp_t  resp;
  portcullis_pkg::space_t key;
  assign inv = inv_i;
  assign resp = resp_i;
  assign key = space_i;

  logic [Ways-1:0]      hit, first, clear, fill, vacant, frac_left;
  logic [Ways*HitW-1:0] page_all;
  logic [WayW-1:0]      way_q;
  logic                 erase, sweep;
  logic [SetW-1:0]      write_set;
  logic [EntryW-1:0]    fill_entry;

  assign erase = init_i || check_i;
  assign sweep = check_i && (inv.op == portcullis_pkg::InvVma || inv.op == portcullis_pkg::InvGvma);
  assign write_set = erase ? inv_set_i : resp.vpn[SetW-1:0];
  if (TwoStage && Pdt) begin : gen_fill_both
    assign fill_entry = {!erase, resp.gv, resp.gscid, resp.s1, resp.s1_size, fill_raw_i[0], resp.pscid, resp.vpn[VpnW-1:SetW],
                         resp.spn, fill_raw_i[3:1], resp.pbmt, resp.g};
  end else if (TwoStage) begin : gen_fill_two_stage
    assign fill_entry = {!erase, resp.gv, resp.gscid, resp.s1, resp.s1_size, resp.pscid, resp.vpn[VpnW-1:SetW],
                         resp.spn, fill_raw_i[3:1], resp.pbmt, resp.g};
  end else if (Pdt) begin : gen_fill_pdt
    assign fill_entry = {!erase, fill_raw_i[0], resp.pscid, resp.vpn[VpnW-1:SetW], resp.spn, fill_raw_i[3:1], resp.pbmt, resp.g};
  end else begin : gen_fill
    assign fill_entry = {!erase, resp.pscid, resp.vpn[VpnW-1:SetW], resp.spn, fill_raw_i[3:1], resp.pbmt, resp.g};
  end

  for (genvar i = 0; i < Ways; i++) begin : gen_way
    logic [WordW-1:0]  word;
    logic [EntryW-1:0] entry;
    logic [portcullis_pkg::SpaceW-1:0] space;
    logic              valid, gv, s1, u, r, w, x, g, eq, same_msi, admits, covered;
    logic [15:0]       gscid;
    logic [19:0]       pscid;
    logic [2:0]        s1_size;
    logic [TagW-1:0]   tag;
    logic [43:0]       spn;
    logic [1:0]        pbmt;
    logic [VpnW-1:0]   vpn;
    iotlb_way #(.Sets(Sets), .Width(WordW)) u_way (
      .clk_i, .read_i, .read_set_i, .data_o(word), .write_i(clear[i] || fill[i]), .write_set_i(write_set),
      .data_i(WordW'({fill_msi_i, fill_entry}))
    );
    assign entry = word[EntryW-1:0];
    assign valid = entry[EntryW-1];
    if (TwoStage) begin : gen_two_stage
      assign {gv, gscid, s1, s1_size} = entry[EntryW-2 -: 21];
    end else begin : gen_one_stage
      assign {gv, gscid, s1, s1_size} = {17'd0, 1'b1, portcullis_pkg::Size4K};
    end
    assign u = Pdt ? entry[20 + TagW + PageW - 1] : 1'b1;
    assign {pscid, tag, spn, r, w, x, pbmt, g} = entry[20+TagW+PageW-2:0];

    assign space = {gv, gscid, s1, pscid};
    assign eq = tag == vpn_i[VpnW-1:SetW] && space == space_i;
    assign same_msi = MsiFlat == 0 || word[WordW-1] == msi_i;
    assign admits = !Pdt || !key.s1 || (priv_i ? (!u || (sum_i && !exec_i)) : u);
    assign hit[i] = valid && eq && same_msi && admits && (write_i ? w : exec_i ? x : r);
    assign page_all[i*HitW +: HitW] = {s1_size, u, spn, r, w, x, pbmt, g};
    assign vacant[i] = !valid;

    assign vpn = {tag, inv_set_i};
    inv_cover #(.VaW(VaW), .TwoStage(TwoStage)) u_cover (
      .inv_i, .device_id_i('0), .process_id_i('0), .s1_size_i(s1_size), .vpn_i(vpn[VaW-13:0]), .g_i(g), .space_i(space),
      .covered_o(covered)
    );
    assign clear[i] = init_i || (sweep && covered);
    assign frac_left[i] = valid && s1_size != portcullis_pkg::Size4K && !covered;
    assign fill[i] = fill_i && fill_way_i == 3'(i);
    logic unused;
    assign unused = ^vpn;
  end

  lowest_one #(.N(Ways)) u_first (.req_i(hit), .grant_o(first));
  assign hit_o = |hit;
  assign frac_left_o = |frac_left;

  // The way that hits, and what it grants.
  logic       u, r, w, x, rw_ok, x_ok;
  logic [2:0] rest;
  onehot_mux #(.N(Ways), .Width(HitW)) u_mux (
    .sel_i(first), .data_i(page_all), .data_o({s1_size_o, u, spn_o, r, w, x, rest})
  );
  assign rw_ok = !Pdt || !key.s1 || (priv_i ? (!u || sum_i) : u);
  assign x_ok = !Pdt || !key.s1 || u == !priv_i;
  assign attr_o = {r && rw_ok, w && rw_ok, x && x_ok, rest};

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
  assign unused = ^{inv, vpn_i, resp, key, fill_raw_i};
endmodule
