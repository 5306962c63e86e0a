// SPDX-License-Identifier: Apache-2.0
//
// A port's fully associative translation cache: two lookups (read and write channel), one fill and one invalidation in each
// clock. Lookups are combinational from the device's Ax payload. docs/microarchitecture.md section 4.1.
//
// Of several hits the lowest index wins. A fill overwrites the entry with equal tags, else the entry at a pointer that then
// advances; so no two valid entries have equal tags, and at most one entry matches a fill.
// A request that is already translated or breaks a bus rule never hits. What a hit gives (size, page, memory type) is kept
// here, read by the number of the entry.
//
// Entries: a power of two in 2..64. VaW: bits of a first-stage virtual address: 39, 48 or 57. VpnW: page-number bits of an entry,
// VaW - 12 or more: with a first stage Bare the IOVA is a GPA. TwoStage, Pdt, Sv32: see tlb_entry. HintW: see port_slot. Hits of
// identities found in ddtp mode Bare have the QoS IDs of the IOMMU as they are now (IOMMU spec 6.29).
module port_tlb #(
  parameter int Entries = 4,
  parameter int VaW = 39,
  parameter int VpnW = 27,
  parameter bit TwoStage = 1'b0,
  parameter bit Pdt = 1'b0,
  parameter int Sv32 = 0,
  parameter int HintW = 2
) (
  input  logic                             clk_i,
  input  logic                             rst_ni,

  // Lookups: channel c (0 read, 1 write) owns slice c. exec: of the read.
  input  logic [2*64-1:0]                  iova_i,
  input  logic [2*24-1:0]                  device_id_i,
  input  logic [1:0]                       pv_i,
  input  logic [2*20-1:0]                  process_id_i,
  input  logic [1:0]                       priv_i,
  input  logic                             exec_i,
  input  logic [1:0]                       translated_i,
  input  logic [1:0]                       illegal_i,
  input  logic [23:0]                      qosid_i,  // {mcid, rcid}
  output logic [1:0]                       hit_o,
  output logic [2*44-1:0]                  spn_o,
  output logic [2*HintW-1:0]               hint_o,

  input  logic                             fill_i,
  input  logic [portcullis_pkg::RespW-1:0] resp_i,
  input  logic [portcullis_pkg::InvW-1:0]  inv_i
);
  localparam int LeafW = 3 + 44 + HintW;
  localparam int IdxW = $clog2(Entries);

  logic [2*VpnW-1:0]        vpn;
  logic [1:0]               canonical, narrow, low;
  logic [Entries-1:0]       bare;  // the entry is an identity of ddtp mode Bare
  logic [2*Entries-1:0]     hits;
  logic [Entries-1:0]       match, fill_ptr_q, write;
  logic [Entries*LeafW-1:0] leaf_q;  // what an entry gives
  portcullis_pkg::resp_t resp;
  assign resp = resp_i;

  for (genvar i = 0; i < Entries; i++) begin : gen_entry
    tlb_entry #(.VaW(VaW), .VpnW(VpnW), .TwoStage(TwoStage), .Pdt(Pdt), .Sv32(Sv32)) u_entry (
      .clk_i, .rst_ni,
      .vpn_i      (vpn),
      .canonical_i(canonical),
      .narrow_i   (narrow),
      .low_i      (low),
      .device_id_i, .pv_i, .process_id_i, .priv_i, .exec_i,
      .hit_o      ({hits[Entries + i], hits[i]}),
      .resp_i,
      .match_o    (match[i]),
      .write_i    (write[i]),
      .inv_i
    );
    assign write[i] = fill_i && (match[i] || (fill_ptr_q[i] && match == '0));
    always_ff @(posedge clk_i) if (write[i]) begin
      leaf_q[i*LeafW +: LeafW] <= {resp.size, resp.spn, HintW'({resp.mcid, resp.rcid, resp.pbmt})};
    end
  end

  for (genvar c = 0; c < 2; c++) begin : gen_lookup
    logic [Entries-1:0] hit;
    logic [63:0]        iova;
    logic [IdxW-1:0]    idx;
    logic [2:0]         size;
    logic [43:0]        ppn, below;
    logic [HintW-1:0]   hint;

    assign iova = iova_i[c*64 +: 64];
    assign vpn[c*VpnW +: VpnW] = iova[12 +: VpnW];
    assign canonical[c] = iova[63:VaW-1] == '0 || (~iova[63:VaW-1]) == '0;
    assign narrow[c] = iova[63:12+VpnW] == '0;
    assign low[c] = iova[63:56] == '0;

    assign hit = hits[c*Entries +: Entries];
    first_index #(.N(Entries)) u_hit (.sel_i(hit), .idx_o(idx));
    index_mux #(.N(Entries), .Width(LeafW)) u_leaf (.idx_i(idx), .data_i(leaf_q), .data_o({size, ppn, hint}));
    assign hint_o[c*HintW +: HintW] = bare[idx] ? HintW'({qosid_i, hint[1:0]}) : hint;
    assign hit_o[c] = hit != '0 && !translated_i[c] && !illegal_i[c];
    assign below = portcullis_pkg::lowmask(size);
    assign spn_o[c*44 +: 44] = (ppn & ~below) | (iova[55:12] & below);

    logic unused;
    assign unused = ^iova;
  end

  if (HintW > 2) begin : gen_bare
    logic [Entries-1:0] bare_q;
    always_ff @(posedge clk_i) bare_q <= (bare_q & ~write) | (write & {Entries{resp.bare}});
    assign bare = bare_q;
  end else begin : gen_no_bare
    assign bare = '0;
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) fill_ptr_q <= Entries'(1);
    else if (fill_i && match == '0) fill_ptr_q <= {fill_ptr_q[Entries-2:0], fill_ptr_q[Entries-1]};
  end

  logic unused;
  assign unused = ^resp;
endmodule
