// SPDX-License-Identifier: Apache-2.0
//
// Fault queue: collects fault records from walkers, port guards, irq and mrif, one per clock, and writes each to memory
// (IOMMU spec 4.2, 6.16). docs/microarchitecture.md section 5.7.
//
// Up to 7 records may be written but not yet answered; fqt moves with each good B, in order. After an error B the answers of the
// records in flight no longer count, and the next record goes to fqt again. A record that finds the queue full, stopped by fqof
// or fqmf, or off is dropped.
// Invariant: the head leaves the FIFO with its last W beat, and is not judged any more once ds_write has taken it.
//
// FqDepth: records waiting to be written, a power of two. Sources: who gives records; the walkers come first.
// TwoStage: 0 if iotval2 is always 0.
module fault_queue #(
  parameter int FqDepth = 4,
  parameter int Sources = 3,
  parameter bit TwoStage = 1'b0
) (
  input  logic                              clk_i,
  input  logic                              rst_ni,
  // Registers.
  input  logic                              fq_en_i,
  input  logic                              fq_on_i,
  input  logic                              fq_stop_i,  // fqof or fqmf
  input  logic [43:0]                       fq_ppn_i,
  input  logic [4:0]                        fq_log2_i,
  input  logic [31:0]                       fq_head_i,
  input  logic [31:0]                       fq_tail_i,
  output logic                              fq_done_o,  // fqt + 1, a record counts
  output logic                              fq_set_mf_o,
  output logic                              fq_set_of_o,
  output logic                              fq_idle_o,
  // Sources. rec_i is the record of the source that src_grant_o chooses.
  input  logic [Sources-1:0]                src_valid_i,
  output logic [Sources-1:0]                src_ready_o,
  output logic [Sources-1:0]                src_grant_o,
  input  logic [portcullis_pkg::FaultW-1:0] rec_i,
  // Data-structure write port: 4 beats of 8 bytes.
  output logic                              dw_valid_o,
  output logic [55:0]                       dw_addr_o,
  output logic [63:0]                       dw_data_o,
  input  logic [1:0]                        dw_beat_i,
  input  logic                              dw_taken_i,
  input  logic                              dw_done_i,  // the last W beat is taken in this clock
  input  logic                              dw_b_valid_i,
  input  logic                              dw_b_err_i
);
  localparam int PtrW = (FqDepth > 1) ? $clog2(FqDepth) : 1;
  localparam int CountW = $clog2(FqDepth + 1);
  localparam logic [CountW-1:0] One = 1;
  localparam logic [PtrW-1:0] PtrStep = (FqDepth > 1) ? 1 : 0;

  logic [CountW-1:0] count_q;
  logic [PtrW-1:0]   rd_q, wr_q;
  logic [2:0]        flight_q;  // taken by ds_write, no B yet
  logic              sending_q;  // the head is with ds_write
  logic              await_q;  // the B of records behind an error are awaited
  logic [31:0]       issue_idx_q, issue_next, mask;

  logic active, push, pop, any, room, take;
  assign active = fq_on_i && fq_en_i;
  assign room = count_q != CountW'(FqDepth);
  assign take = any && (room || !active);
  assign push = any && room && active;

  logic [$clog2(Sources)-1:0] unused_idx;
  rr_arb #(.N(Sources)) u_arb (
    .clk_i,
    .rst_ni,
    .req_i(src_valid_i),
    .use_i(take),
    .grant_o(src_grant_o),
    .idx_o(unused_idx),
    .any_o(any)
  );
  assign src_ready_o = src_grant_o & {Sources{take}};

  localparam int KeptW = portcullis_pkg::FaultW - (TwoStage ? 0 : 64);  // without iotval2
  logic [KeptW-1:0] mem [0:FqDepth-1];
  always_ff @(posedge clk_i) if (push) mem[wr_q] <= rec_i[KeptW-1:0];
  portcullis_pkg::fault_t head;
  always_comb begin
    head = '0;
    head[KeptW-1:0] = mem[rd_q];
  end
  logic unused_rec;
  assign unused_rec = ^rec_i;

  // What happens to a head that is not yet with ds_write.
  logic judged, drop, waits, full;
  assign judged = count_q != '0 && !sending_q;
  assign drop = fq_stop_i || !active;
  assign waits = flight_q == 3'd7 || await_q;
  assign issue_next = (issue_idx_q + 32'd1) & mask;
  assign full = issue_next == fq_head_i;
  assign dw_valid_o = judged && !drop && !waits && !full;
  assign fq_set_of_o = judged && !drop && !waits && full;
  assign pop = (judged && drop) || fq_set_of_o || dw_done_i;

  assign dw_addr_o = {fq_ppn_i, 12'd0} | {19'd0, issue_idx_q, 5'd0};
  always_comb begin
    unique case (dw_beat_i)
      2'd0: dw_data_o = {head.device_id, head.ttyp, head.priv, head.pv, head.process_id, head.cause};
      2'd2: dw_data_o = head.iotval;
      2'd3: dw_data_o = head.iotval2;
      default: dw_data_o = '0;  // custom and reserved
    endcase
  end

  logic answer;
  assign answer = dw_b_valid_i && flight_q != 3'd0;
  assign fq_done_o = answer && !await_q && !dw_b_err_i;
  assign fq_set_mf_o = answer && !await_q && dw_b_err_i;
  assign fq_idle_o = count_q == '0 && flight_q == 3'd0;

  queue_mask u_mask (.log2_i(fq_log2_i), .mask_o(mask));

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      count_q <= '0;
      rd_q <= '0;
      wr_q <= '0;
      flight_q <= '0;
      sending_q <= 1'b0;
      await_q <= 1'b0;
      issue_idx_q <= '0;
    end else begin
      if (push && !pop) count_q <= count_q + One;
      if (pop && !push) count_q <= count_q - One;
      if (push) wr_q <= wr_q + PtrStep;
      if (pop) rd_q <= rd_q + PtrStep;

      if (dw_taken_i) sending_q <= 1'b1;
      else if (dw_done_i) sending_q <= 1'b0;

      if (dw_taken_i && !answer) flight_q <= flight_q + 3'd1;
      if (answer && !dw_taken_i) flight_q <= flight_q - 3'd1;
      if (fq_set_mf_o) await_q <= 1'b1;
      else if (flight_q == 3'd0) await_q <= 1'b0;

      // With nothing in flight the next record goes to fqt: also after errors and after fqen cleared fqt.
      if (dw_taken_i) issue_idx_q <= issue_next;
      else if (flight_q == 3'd0) issue_idx_q <= fq_tail_i;
    end
  end
endmodule
