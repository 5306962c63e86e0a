// SPDX-License-Identifier: Apache-2.0
//
// The walkers, the entry checkers they share, and the choice among them. docs/microarchitecture.md sections 5.1 and 5.3.
//
// A request from stage B is merged into a walk of the same page, or begins in the lowest walker that is idle or answers in this
// clock; there always is one (miss_pipe counts). One walker in RESP, the lowest, is on the response bus. Which fault record is
// taken, and which read, is decided outside.
//
// Everything that leaves depends on registers only, but the fills, which come from the beat of this clock.
module walker_pool #(
  parameter int NumPorts = 2,
  parameter int PortMisses = 16,
  parameter int Walkers = 8,
  parameter int VaW = 48,
  parameter int MsiFlat = 0
) (
  input  logic                             clk_i,
  input  logic                             rst_ni,
  input  logic                             ext_i,  // device contexts have the extended format
  input  logic [2:0]                       modes_i,  // supported first stages: Sv39, Sv48, Sv57
  input  logic [5:0]                       pas_i,  // capabilities.PAS
  input  logic                             svpbmt_i,
  input  logic [3:0]                       ddtp_mode_i,
  input  logic [43:0]                      ddtp_ppn_i,
  input  logic [portcullis_pkg::InvW-1:0]  inv_i,
  // Stage B.
  input  logic                             new_valid_i,
  input  logic [walk_pkg::NewW-1:0]        new_i,
  input  logic [2*NumPorts*PortMisses-1:0] new_bit_i,
  output logic                             merged_o,
  // Response bus; answer_port_o: the port of the requester that started the walk shown.
  output logic                             resp_valid_o,
  output logic [portcullis_pkg::RespW-1:0] resp_o,
  output logic [2*NumPorts*PortMisses-1:0] resp_mask_o,
  output logic [NumPorts-1:0]              answer_port_o,
  output logic [2:0]                       resp_way_o,  // of the IOTLB
  // Reads; a beat comes with its walker in r_valid_i.
  output logic [Walkers-1:0]               ar_valid_o,
  output logic [Walkers*56-1:0]            ar_addr_o,
  output logic [Walkers*3-1:0]             ar_len_o,
  input  logic [Walkers-1:0]               ar_taken_i,
  input  logic [Walkers-1:0]               r_valid_i,
  input  logic [63:0]                      r_data_i,
  input  logic                             r_err_i,
  input  logic                             r_poison_i,
  // Fault records.
  output logic [Walkers-1:0]               fault_valid_o,
  input  logic [Walkers-1:0]               fault_taken_i,
  input  logic [Walkers-1:0]               fault_grant_i,
  output logic [portcullis_pkg::FaultW-1:0] fault_o,
  // Fills.
  output logic                             dc_fill_o,
  output logic [23:0]                      dc_fill_id_o,
  output logic [walk_pkg::DcW-1:0]         dc_fill_dc_o,
  output logic                             nl_fill_o,
  output logic [2:0]                       nl_fill_level_o,
  output logic [51:0]                      nl_fill_vpn_o,
  output logic [19:0]                      nl_fill_pscid_o,
  output logic [43:0]                      nl_fill_ppn_o
);
  localparam int MaskW = 2 * NumPorts * PortMisses;

  logic [Walkers-1:0]                 match, merge, idle, resp, shown, free, alloc, fill_ok;
  logic [Walkers*walk_pkg::CtxW-1:0]  ctx_all;
  logic [Walkers*walk_pkg::InfoW-1:0] info_all;
  logic [Walkers*MaskW-1:0]           mask_all;
  logic [Walkers*walk_pkg::KeyW-1:0]  key_all;
  logic [Walkers*walk_pkg::RecW-1:0]  rec_all;
  logic [walk_pkg::CtxW-1:0]          ctx_vec;
  logic [walk_pkg::DecW-1:0]          dec_vec;
  logic [walk_pkg::InfoW-1:0]         info_vec;
  logic [walk_pkg::KeyW-1:0]          key_vec;
  logic [walk_pkg::RecW-1:0]          rec_vec;

  // Merge, or the lowest walker that is free now or at the end of this clock.
  lowest_one #(.N(Walkers)) u_merge (.req_i(match), .grant_o(merge));
  lowest_one #(.N(Walkers)) u_shown (.req_i(resp), .grant_o(shown));
  lowest_one #(.N(Walkers)) u_free (.req_i(idle | shown), .grant_o(free));
  assign merged_o = |match;
  assign alloc = free & {Walkers{new_valid_i && !merged_o}};

  for (genvar i = 0; i < Walkers; i++) begin : gen_walker
    walker #(.VaW(VaW), .MaskW(MaskW), .MsiFlat(MsiFlat)) u_walker (
      .clk_i, .rst_ni, .ddtp_mode_i, .ddtp_ppn_i, .ext_i, .inv_i,
      .new_i, .new_bit_i, .alloc_i(alloc[i]), .merge_i(merge[i] && new_valid_i), .match_o(match[i]), .idle_o(idle[i]),
      .ar_valid_o(ar_valid_o[i]), .ar_addr_o(ar_addr_o[i*56 +: 56]), .ar_len_o(ar_len_o[i*3 +: 3]),
      .ar_taken_i(ar_taken_i[i]),
      .beat_i(r_valid_i[i]), .data_i(r_data_i), .dec_i(dec_vec), .ctx_o(ctx_all[i*walk_pkg::CtxW +: walk_pkg::CtxW]),
      .fill_ok_o(fill_ok[i]),
      .fault_o(fault_valid_o[i]), .fault_taken_i(fault_taken_i[i]), .resp_o(resp[i]), .shown_i(shown[i]),
      .info_o(info_all[i*walk_pkg::InfoW +: walk_pkg::InfoW]), .rec_o(rec_all[i*walk_pkg::RecW +: walk_pkg::RecW]),
      .key_o(key_all[i*walk_pkg::KeyW +: walk_pkg::KeyW]), .mask_o(mask_all[i*MaskW +: MaskW])
    );
  end

  // The beat of this clock.
  walk_pkg::dec_t dec;
  onehot_mux #(.N(Walkers), .Width(walk_pkg::CtxW)) u_ctx (.sel_i(r_valid_i), .data_i(ctx_all), .data_o(ctx_vec));
  onehot_mux #(.N(Walkers), .Width(walk_pkg::KeyW)) u_key (.sel_i(r_valid_i), .data_i(key_all), .data_o(key_vec));
  walk_decide #(.MsiFlat(MsiFlat)) u_decide (
    .ext_i, .modes_i, .pas_i, .svpbmt_i, .ctx_i(ctx_vec), .data_i(r_data_i), .err_i(r_err_i),
    .poison_i(r_poison_i), .dec_o(dec_vec)
  );
  assign dec = dec_vec;

  // The response shown. A page larger than 4 KiB takes the low bits of its page number from the IOVA.
  walk_pkg::info_t           info;
  portcullis_pkg::miss_req_t req;
  logic [43:0]               low;
  onehot_mux #(.N(Walkers), .Width(walk_pkg::InfoW)) u_info (.sel_i(shown), .data_i(info_all), .data_o(info_vec));
  onehot_mux #(.N(Walkers), .Width(MaskW)) u_mask (.sel_i(shown), .data_i(mask_all), .data_o(resp_mask_o));
  assign info = info_vec;
  assign req = info.req;
  assign low = portcullis_pkg::lowmask(info.size);
  assign resp_valid_o = |resp;
  for (genvar p = 0; p < NumPorts; p++) begin : gen_answer
    assign answer_port_o[p] = (|resp) && info.q[2:1] == 2'(p);
  end
  assign resp_o = {1'b1, info.q, req.slot, info.ok, req.device_id, req.pv, req.iova[63:12], info.size,
                   (info.ppn & ~low) | (req.iova[55:12] & low), info.r, info.w, info.x, info.pbmt, info.g, info.pscid};

  assign resp_way_o = info.way;

  // The record granted (IOMMU spec 4.2). TTYP 1, 2, 3: untranslated execute, read, write; 5, 6, 7: translated.
  walk_pkg::rec_t rec;
  onehot_mux #(.N(Walkers), .Width(walk_pkg::RecW)) u_rec (.sel_i(fault_grant_i), .data_i(rec_all), .data_o(rec_vec));
  assign rec = rec_vec;
  always_comb begin
    fault_o = '0;
    if (|fault_grant_i) begin
      fault_o = {walk_pkg::cause(rec.code, rec.write, rec.exec), rec.process_id & {20{rec.pv}}, rec.pv, rec.priv && rec.pv,
                 3'd0, rec.translated, !rec.exec, rec.write || rec.exec, rec.device_id, rec.iova};
    end
  end

  // Fills.
  walk_pkg::ctx_t ctx;
  walk_pkg::key_t key;
  assign ctx = ctx_vec;
  assign key = key_vec;
  assign dc_fill_o = (|fill_ok) && dec.dc_fill;
  assign dc_fill_id_o = key.device_id;
  assign dc_fill_dc_o = {ctx.dtf, ctx.pdtv, dec.mode, (dec.fsc_we || MsiFlat == 0) ? r_data_i[43:0] : ctx.ppn,
                         ctx.pscid};
  assign nl_fill_o = (|fill_ok) && dec.nl_fill;
  assign nl_fill_level_o = ctx.level;
  assign nl_fill_vpn_o = key.vpn;
  assign nl_fill_pscid_o = ctx.pscid;
  assign nl_fill_ppn_o = r_data_i[53:10];

  logic unused;
  assign unused = ^{dec, ctx, info, req};
endmodule
