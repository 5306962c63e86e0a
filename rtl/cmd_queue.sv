// SPDX-License-Identifier: Apache-2.0
//
// Command queue: executes the fetched commands in order, one at a time (IOMMU spec 4.1). docs/microarchitecture.md section 5.6.
//
// A command is done when its effect is complete, so cqh never passes an invalidation that is not finished, and a fence's promise
// about earlier commands holds by itself. A command without effect takes one clock; an invalidation as long as `inval` takes;
// a fence one clock to mark what is outstanding, then until the ports have drained (PR, PW) and updates of A and D bits that
// were under way are done, then its write (AV) until B. A command of ATS is done when `ats` has sent its message; the next fence
// waits for the completions, and raises cmd_to if one did not come in time (spec 4.1.2).
// Invariant: execution starts only with the queue on, enabled and without an error bit; once begun it is finished.
//
// CqDepth: commands fetched ahead, a power of two. NumPorts: drain_done_i has 2 bits per port, reads then writes.
// TwoStage, Pdt: 0 if nothing is cached for a VM, or for a process. Nl, S: 0 if these operands are reserved.
// Ats: 0 if there is no ATS. End: 0 if memory is always little-endian. The data of a fence's write is turned around by ds_write.
module cmd_queue #(
  parameter int CqDepth = 8,
  parameter int NumPorts = 1,
  parameter bit TwoStage = 1'b0,
  parameter bit Pdt = 1'b0,
  parameter bit Nl = 1'b0,
  parameter bit S = 1'b0,
  parameter bit Ats = 1'b0,
  parameter int End = 0
) (
  input  logic                  clk_i,
  input  logic                  rst_ni,
  input  logic [63:0]           caps_i,
  input  logic                  be_i,  // fctl.BE
  // Registers.
  input  logic                  cq_en_i,
  input  logic                  cq_on_i,
  input  logic                  cq_stop_i,
  input  logic [43:0]           cq_ppn_i,
  input  logic [4:0]            cq_log2_i,
  input  logic [31:0]           cq_head_i,
  input  logic [31:0]           cq_tail_i,
  input  logic                  cq_wsi_ok_i,
  output logic                  cq_done_o,
  output logic                  cq_set_mf_o,
  output logic                  cq_set_ill_o,
  output logic                  cq_set_to_o,
  output logic                  cq_set_fence_o,
  output logic                  cq_idle_o,
  // Data-structure port: command reads (2 beats), fence writes (4 bytes).
  output logic                  ar_valid_o,
  output logic [55:0]           ar_addr_o,
  input  logic                  ar_taken_i,
  input  logic                  r_valid_i,
  input  logic [63:0]           r_data_i,
  input  logic                  r_err_i,
  output logic                  dw_valid_o,
  output logic [55:0]           dw_addr_o,
  output logic [31:0]           dw_data_o,
  input  logic                  dw_taken_i,
  input  logic                  dw_b_valid_i,
  input  logic                  dw_b_err_i,
  // Invalidation.
  output logic                  inv_valid_o,
  output logic [portcullis_pkg::InvW-1:0] inv_o,  // kill and range are 0
  output logic                  inv_s_o,  // the address is that of a range
  input  logic                  inv_done_i,
  // ATS.INVAL, else ATS.PRGR; its completions.
  output logic                  ats_valid_o,
  output logic                  ats_inval_o,
  output logic [63:0]           ats_dw0_o,  // operands
  output logic [63:0]           ats_dw1_o,
  input  logic                  ats_ready_i,
  input  logic                  ats_wait_i,  // one is awaited
  input  logic                  ats_late_i,  // one did not come in time
  output logic                  ats_late_clear_o,
  // Fence.
  output logic                  fence_start_o,
  input  logic [2*NumPorts-1:0] drain_done_i,
  input  logic                  upd_drained_i
);
  typedef enum logic [2:0] {
    StIdle,   // between commands
    StInval,  // an invalidation is being carried out
    StDrain,  // a fence waits for the ports
    StWrite,  // a fence offers its write
    StResp    // a fence waits for its B
  } state_e;
  state_e state_q, state_d;

  logic         head_valid, head_err, head_bad, head_illegal, head_fence, head_inval, fetch_idle;
  logic [63:10] dw0;
  logic [63:0]  dw1;
  logic [2:0]   op;
  logic [1:0]   ats;
  logic [63:0]  data;  // its bytes in order
  assign data = (End != 0 && be_i) ? portcullis_pkg::bytes_turned(r_data_i) : r_data_i;
  cmd_fetch #(.CqDepth(CqDepth), .TwoStage(TwoStage), .Pdt(Pdt), .Ats(Ats)) u_fetch (
    .clk_i,
    .rst_ni,
    .caps_i,
    .cq_en_i,
    .cq_on_i,
    .cq_stop_i,
    .cq_ppn_i,
    .cq_log2_i,
    .cq_head_i,
    .cq_tail_i,
    .ar_valid_o,
    .ar_addr_o,
    .ar_taken_i,
    .r_valid_i,
    .r_data_i(data),
    .r_err_i,
    .head_valid_o(head_valid),
    .head_err_o(head_err),
    .head_illegal_o(head_bad),
    .head_fence_o(head_fence),
    .head_inval_o(head_inval),
    .head_ats_o(ats),
    .head_op_o(op),
    .head_dw0_o(dw0),
    .head_dw1_o(dw1),
    .pop_i(cq_done_o),
    .idle_o(fetch_idle)
  );

  // Operands (spec 4.1.1 to 4.1.3).
  logic wsi, addr_ok;
  portcullis_pkg::inv_t inv;
  always_comb begin
    inv = '0;
    inv.op = op;
    inv.av = dw0[10];
    inv.vpn = dw1[61:10];
    inv.pscv = dw0[32];
    inv.pscid = dw0[31:12];
    inv.device_id = dw0[63:40];
    if (TwoStage) {inv.gv, inv.gscid} = {dw0[33], dw0[59:44]};
    if (Pdt) inv.process_id = dw0[31:12];
    if (Nl) inv.nl = dw0[34];
  end
  assign inv_o = inv;
  assign inv_s_o = S && dw1[9];
  assign wsi = dw0[11];
  // Spec 4.1.2: WSI is reserved unless wired interrupts are enabled.
  assign head_illegal = head_bad || (head_fence && wsi && !cq_wsi_ok_i);
  assign dw_addr_o = {dw1[53:0], 2'b00};
  assign dw_data_o = dw0[63:32];
  assign addr_ok = dw1[61:54] == '0;

  logic drained;
  always_comb begin
    drained = upd_drained_i;
    for (int p = 0; p < NumPorts; p++) begin
      if (dw0[12] && !drain_done_i[2*p]) drained = 1'b0;  // PR
      if (dw0[13] && !drain_done_i[2*p+1]) drained = 1'b0;  // PW
    end
  end

  logic start, begin_inval, at_fence, begin_ats;
  assign start = state_q == StIdle && head_valid && cq_en_i && cq_on_i && !cq_stop_i;
  assign begin_inval = start && !head_err && !head_illegal && head_inval;
  assign at_fence = start && !head_err && !head_illegal && head_fence;
  assign fence_start_o = at_fence && !(Ats && (ats_wait_i || ats_late_i));
  assign cq_set_to_o = Ats && at_fence && !ats_wait_i && ats_late_i;
  assign ats_late_clear_o = cq_set_to_o;
  assign begin_ats = Ats && (|ats);
  assign ats_valid_o = begin_ats && start && !head_err && !head_illegal;
  assign ats_inval_o = ats[0];
  assign ats_dw0_o = {dw0, 10'd0};
  assign ats_dw1_o = dw1;
  assign inv_valid_o = begin_inval || state_q == StInval;
  assign dw_valid_o = state_q == StWrite && addr_ok;
  assign cq_set_ill_o = start && !head_err && head_illegal;

  always_comb begin
    state_d = state_q;
    cq_done_o = 1'b0;
    cq_set_mf_o = 1'b0;
    unique case (state_q)
      StIdle: begin
        cq_set_mf_o = start && head_err;
        cq_done_o = start && !head_err && !head_illegal && !head_fence && !head_inval && (!begin_ats || ats_ready_i);
        if (begin_inval) state_d = StInval;
        if (fence_start_o) state_d = StDrain;
      end
      StInval: begin
        cq_done_o = inv_done_i;
        if (inv_done_i) state_d = StIdle;
      end
      StDrain: if (drained) begin
        cq_done_o = !dw0[10];
        state_d = dw0[10] ? StWrite : StIdle;  // AV
      end
      StWrite: begin
        cq_set_mf_o = !addr_ok;
        if (!addr_ok) state_d = StIdle;
        else if (dw_taken_i) state_d = StResp;
      end
      StResp: if (dw_b_valid_i) begin
        cq_done_o = !dw_b_err_i;
        cq_set_mf_o = dw_b_err_i;
        state_d = StIdle;
      end
      default: state_d = StIdle;
    endcase
  end
  assign cq_set_fence_o = cq_done_o && state_q != StIdle && state_q != StInval && wsi;
  assign cq_idle_o = fetch_idle && state_q == StIdle;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) state_q <= StIdle;
    else state_q <= state_d;
  end

  logic unused;
  assign unused = ^{dw1[63:62], ats, ats_ready_i, ats_wait_i, ats_late_i};
endmodule
