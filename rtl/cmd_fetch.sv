// SPDX-License-Identifier: Apache-2.0
//
// Fetches commands ahead of their execution (IOMMU spec 4.1, 6.6, 6.15): reads 16 bytes at cqb.PPN*4096 | fetch_idx*16 and keeps
// up to CqDepth of them, each with what cmd_decode says about it. docs/microarchitecture.md section 5.6.
//
// Flush: in clocks in which the queue is off, disabled or stopped by an error, and after that until no fetch is under way, no new
// AR is offered, the FIFO is emptied, and what arrives is dropped; with nothing under way fetch_idx follows cqh. The head's
// operands stay readable during a flush, so that a command in execution can be finished.
// Invariants: FIFO + fetches under way <= CqDepth; an AR once offered stays until taken; beats come in order (one AXI ID), and
// beats that are not expected are ignored.
//
// CqDepth: commands fetched ahead; a power of two. TwoStage, Pdt, Ats: see cmd_decode.
module cmd_fetch #(
  parameter int CqDepth = 8,
  parameter bit TwoStage = 1'b0,
  parameter bit Pdt = 1'b0,
  parameter bit Ats = 1'b0
) (
  input  logic         clk_i,
  input  logic         rst_ni,
  input  logic [63:0]  caps_i,
  input  logic         cq_en_i,
  input  logic         cq_on_i,
  input  logic         cq_stop_i,
  input  logic [43:0]  cq_ppn_i,
  input  logic [4:0]   cq_log2_i,
  input  logic [31:0]  cq_head_i,
  input  logic [31:0]  cq_tail_i,
  // Data-structure read port.
  output logic         ar_valid_o,
  output logic [55:0]  ar_addr_o,
  input  logic         ar_taken_i,
  input  logic         r_valid_i,
  input  logic [63:0]  r_data_i,
  input  logic         r_err_i,
  // Head of the FIFO.
  output logic         head_valid_o,
  output logic         head_err_o,  // it could not be read
  output logic         head_illegal_o,
  output logic         head_fence_o,
  output logic         head_inval_o,
  output logic [1:0]   head_ats_o,
  output logic [2:0]   head_op_o,
  output logic [63:10] head_dw0_o,
  output logic [63:0]  head_dw1_o,  // bits 63:62 only with Ats
  input  logic         pop_i,  // also moves on from a head that was flushed while it executed
  output logic         idle_o  // FIFO empty and nothing under way
);
  localparam int PtrW = (CqDepth > 1) ? $clog2(CqDepth) : 1;
  localparam int CountW = $clog2(CqDepth + 1);
  localparam logic [CountW-1:0] One = 1;
  localparam logic [PtrW-1:0] PtrStep = (CqDepth > 1) ? 1 : 0;

  logic [CountW-1:0] count_q, under_q;  // in the FIFO; read but not complete
  logic [PtrW-1:0]   rd_q, rd_d, wr_q;
  logic [31:0]       fetch_idx;
  logic              offered_q, flushing_q;  // an AR waits to be taken; a flush is not complete

  logic stopped, flush, quiet;
  assign stopped = cq_stop_i || !cq_en_i || !cq_on_i;
  assign flush = stopped || flushing_q;
  assign quiet = under_q == '0 && !offered_q;

  // One more bit than the counts, for their sum.
  logic room;
  assign room = {1'b0, count_q} + {1'b0, under_q} < (CountW + 1)'(CqDepth);
  assign ar_valid_o = offered_q || (!flush && fetch_idx != cq_tail_i && room);
  assign ar_addr_o = {cq_ppn_i, 12'd0} | {20'd0, fetch_idx, 4'd0};

  // Beats: the first doubleword is judged as it arrives, the second completes the command.
  logic       beat, last, push, second_q, err_q, illegal_q, fence_q, inval_q;
  logic [2:0] op_q;
  logic       illegal0, illegal1, fence, inval;
  logic [1:0] ats, ats_q;
  logic [2:0] op;
  assign beat = r_valid_i && under_q != '0;
  assign last = beat && second_q;
  assign push = last && !flush;

  cmd_decode #(.TwoStage(TwoStage), .Pdt(Pdt), .Ats(Ats)) u_decode (
    .caps_i,
    .dw0_i(r_data_i),
    .illegal0_o(illegal0),
    .fence_o(fence),
    .inval_o(inval),
    .ats_o(ats),
    .op_o(op),
    .fence_i(fence_q),
    .ats_i(|ats_q),
    .op_i(op_q),
    .dw1_i(r_data_i),
    .illegal1_o(illegal1)
  );

  // {err, illegal, fence, inval, ats, op} and the bits that are operands.
  localparam int Dw1W = Ats ? 64 : 62;
  logic [8:0]   flags_mem [0:CqDepth-1];
  logic [63:10] dw0_mem [0:CqDepth-1];
  logic [Dw1W-1:0] dw1_mem [0:CqDepth-1];

  always_ff @(posedge clk_i) begin
    if (beat && !second_q && !flush) dw0_mem[wr_q] <= r_data_i[63:10];
    if (push) begin
      dw1_mem[wr_q] <= r_data_i[Dw1W-1:0];
      flags_mem[wr_q] <= {err_q || r_err_i, illegal_q || illegal1, fence_q, inval_q, ats_q, op_q};
    end
    if (beat && !second_q) begin
      err_q <= r_err_i;
      illegal_q <= illegal0;
      fence_q <= fence;
      inval_q <= inval;
      ats_q <= ats;
      op_q <= op;
    end
  end

  assign head_valid_o = count_q != '0;
  assign {head_err_o, head_illegal_o, head_fence_o, head_inval_o, head_ats_o, head_op_o} = flags_mem[rd_q];
  assign head_dw0_o = dw0_mem[rd_q];
  assign head_dw1_o = 64'(dw1_mem[rd_q]);
  assign idle_o = !head_valid_o && quiet;

  if (CqDepth == 1) begin : gen_head_idx
    // Every earlier command is done when an AR is offered.
    logic unused;
    assign unused = ^cq_log2_i;
    assign fetch_idx = cq_head_i;
  end else begin : gen_fetch_idx
    logic [31:0] fetch_idx_q, mask;
    queue_mask u_mask (.log2_i(cq_log2_i), .mask_o(mask));
    always_ff @(posedge clk_i) begin
      if (!rst_ni) fetch_idx_q <= '0;
      else if (ar_taken_i) fetch_idx_q <= (fetch_idx_q + 32'd1) & mask;
      else if (flush && quiet) fetch_idx_q <= cq_head_i;
    end
    assign fetch_idx = fetch_idx_q;
  end

  assign rd_d = pop_i ? rd_q + PtrStep : rd_q;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      count_q <= '0;
      under_q <= '0;
      rd_q <= '0;
      wr_q <= '0;
      second_q <= 1'b0;
      offered_q <= 1'b0;
      flushing_q <= 1'b0;
    end else begin
      rd_q <= rd_d;
      if (flush) begin
        count_q <= '0;
        wr_q <= rd_d;
      end else begin
        if (push && !pop_i) count_q <= count_q + One;
        if (pop_i && !push) count_q <= count_q - One;
        if (push) wr_q <= wr_q + PtrStep;
      end

      offered_q <= ar_valid_o && !ar_taken_i;
      if (ar_taken_i && !last) under_q <= under_q + One;
      if (last && !ar_taken_i) under_q <= under_q - One;
      if (beat) second_q <= !second_q;
      flushing_q <= flush && !quiet;
    end
  end
endmodule
