// SPDX-License-Identifier: Apache-2.0
//
// AR and R of the data-structure port. docs/microarchitecture.md section 5.4.
//
// Clients in the order of the arbiter: the walkers, the command queue and, with Mrif, mrif. The AXI ID is the client's index, of
// mrif, whose accesses are exclusive like its writes, that of ds_write. Round robin; the choice is locked while it waits for
// ds_ar_ready_i. Clients keep their request until it is taken; lock_i: an exclusive read. QoS IDs are those of the clock in
// which the choice was first shown. R beats go to the client of their ID, which looks whether it expects one; ds_r_last_i is
// not needed, clients count.
module ds_read #(
  parameter int Walkers = 8,
  parameter int IdW = 4,
  parameter int Mrif = 0,
  parameter int Qosid = 0,
  localparam int IdxW = $clog2(Walkers),
  localparam int N = Walkers + ((Mrif != 0) ? 2 : 1)
) (
  input  logic           clk_i,
  input  logic           rst_ni,
  input  logic [N-1:0]   req_i,
  output logic [Walkers-1:0] walk_sel_o,  // the walker chosen, if it is one
  output logic [IdxW-1:0] walk_idx_o,
  input  logic [55:0]    walk_addr_i,  // of this one
  input  logic [2:0]     walk_len_i,  // beats less 1
  input  logic [55:0]    cq_addr_i,  // of 16 bytes
  input  logic [55:0]    mrif_addr_i,  // of 8 bytes
  input  logic [N-1:0]   lock_i,
  input  logic [N-1:0]   short_i,  // 4 bytes, else 8
  input  logic [N*24-1:0] qos_i,  // {mcid, rcid}; without Qosid the pins are 0
  output logic [N-1:0]   taken_o,
  output logic           ds_ar_valid_o,
  input  logic           ds_ar_ready_i,
  output logic [IdW-1:0] ds_ar_id_o,
  output logic [55:0]    ds_ar_addr_o,
  output logic [7:0]     ds_ar_len_o,
  output logic [2:0]     ds_ar_size_o,
  output logic           ds_ar_lock_o,
  output logic [11:0]    ds_ar_rcid_o,
  output logic [11:0]    ds_ar_mcid_o,
  input  logic           ds_r_valid_i,
  input  logic [IdW-1:0] ds_r_id_i,
  output logic [N-1:0]   r_valid_o
);
  localparam logic [IdW-1:0] MrifId = IdW'(N + 2);
  logic [N-1:0]         sel, lock_q;
  logic                 locked_q;
  logic [$clog2(N)-1:0] idx;
  logic [2:0]           len;

  rr_arb #(.N(N)) u_arb (
    .clk_i, .rst_ni, .req_i(locked_q ? lock_q : req_i), .use_i(ds_ar_ready_i), .grant_o(sel), .idx_o(idx),
    .any_o(ds_ar_valid_o)
  );
  assign taken_o = sel & {N{ds_ar_ready_i}};
  assign ds_ar_id_o = (Mrif != 0 && sel[N-1]) ? MrifId : IdW'(idx);
  assign walk_sel_o = sel[Walkers-1:0];
  assign walk_idx_o = IdxW'(idx);
  always_comb begin
    {ds_ar_addr_o, len} = {walk_addr_i, walk_len_i};
    if (sel[Walkers]) {ds_ar_addr_o, len} = {cq_addr_i, 3'd1};
    if (Mrif != 0 && sel[N-1]) {ds_ar_addr_o, len} = {mrif_addr_i, 3'd0};
  end
  assign ds_ar_len_o = {5'd0, len};
  assign ds_ar_size_o = (|(sel & short_i)) ? 3'd2 : 3'd3;
  assign ds_ar_lock_o = |(sel & lock_i);

  if (Qosid != 0) begin : gen_qos
    logic [23:0] qos, qos_q;
    onehot_mux #(.N(N), .Width(24)) u_qos (.sel_i(sel), .data_i(qos_i), .data_o(qos));
    assign {ds_ar_mcid_o, ds_ar_rcid_o} = locked_q ? qos_q : qos;
    always_ff @(posedge clk_i) qos_q <= {ds_ar_mcid_o, ds_ar_rcid_o};
  end else begin : gen_no_qos
    assign {ds_ar_mcid_o, ds_ar_rcid_o} = '0;
    logic unused;
    assign unused = ^qos_i;
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) locked_q <= 1'b0;
    else locked_q <= ds_ar_valid_o && !ds_ar_ready_i;
    lock_q <= sel;
  end

  for (genvar i = 0; i < N; i++) begin : gen_r
    localparam logic [IdW-1:0] Id = (Mrif != 0 && i == N - 1) ? MrifId : IdW'(i);
    assign r_valid_o[i] = ds_r_valid_i && ds_r_id_i == Id;
  end
endmodule
