// SPDX-License-Identifier: Apache-2.0
//
// The requests of the walks, for the shared units: a memory with a word for each walker, written by stage B when the walk begins;
// each reader names the walker whose request it looks at. What a walker compares all the time it keeps itself.
//
// Readers: the beat, the answer to an exclusive write (b), the second-stage lookup of the clock before (gd), the read offered
// (ar), the response shown, the fault record. Contents are not reset.
module walk_requests #(
  parameter int Walkers = 8,
  localparam int IdxW = $clog2(Walkers)
) (
  input  logic                                clk_i,
  input  logic                                we_i,
  input  logic [IdxW-1:0]                     idx_i,
  input  logic [walk_pkg::NewW-1:0]           new_i,
  input  logic [IdxW-1:0]                     beat_idx_i,
  output logic [walk_pkg::KeyW-1:0]           beat_key_o,
  input  logic [IdxW-1:0]                     b_idx_i,
  output logic [51:0]                         b_vpn_o,
  input  logic [IdxW-1:0]                     gd_idx_i,
  output logic [51:0]                         gd_vpn_o,
  input  logic [IdxW-1:0]                     ar_idx_i,
  output logic [walk_pkg::KeyW-1:0]           ar_key_o,
  input  logic [IdxW-1:0]                     shown_idx_i,
  output logic [portcullis_pkg::MissReqW-1:0] shown_req_o,
  output logic [3:0]                          shown_q_o,  // requester
  output logic [2:0]                          shown_way_o,  // of the IOTLB, for the leaf
  input  logic [IdxW-1:0]                     rec_idx_i,
  output logic [portcullis_pkg::MissReqW-1:0] rec_req_o
);
  localparam int Width = portcullis_pkg::MissReqW + 4 + 3;

  walk_pkg::new_t nw;
  assign nw = new_i;

  logic [Width-1:0] request_mem [0:Walkers-1];
  always_ff @(posedge clk_i) if (we_i) request_mem[idx_i] <= {nw.way, nw.q, nw.req};

  portcullis_pkg::miss_req_t beat, b, gd, ar;
  assign beat = portcullis_pkg::MissReqW'(request_mem[beat_idx_i]);
  assign b = portcullis_pkg::MissReqW'(request_mem[b_idx_i]);
  assign gd = portcullis_pkg::MissReqW'(request_mem[gd_idx_i]);
  assign ar = portcullis_pkg::MissReqW'(request_mem[ar_idx_i]);
  assign beat_key_o = {beat.device_id, beat.pv, beat.process_id, beat.iova[63:12]};
  assign ar_key_o = {ar.device_id, ar.pv, ar.process_id, ar.iova[63:12]};
  assign b_vpn_o = b.iova[63:12];
  assign gd_vpn_o = gd.iova[63:12];
  assign {shown_way_o, shown_q_o, shown_req_o} = request_mem[shown_idx_i];
  assign rec_req_o = portcullis_pkg::MissReqW'(request_mem[rec_idx_i]);

  logic unused;
  assign unused = ^{nw, beat, b, gd, ar};
endmodule
