// SPDX-License-Identifier: Apache-2.0
//
// Registers of the page-request queue (IOMMU spec 6.12 to 6.14, 6.17) and of the message port's quiesce control.
// docs/microarchitecture.md section 6.
//
//   mctl 1:0 mode: 0 run, 2 ABORT; 1 and 3 keep the old one      msta 0 drained
module regs_ats (
  input  logic        clk_i,
  input  logic        rst_ni,
  input  logic        present_i,  // capabilities.ATS: else all reads 0 and writes are ignored
  // Bus. Addresses count doublewords.
  input  logic [8:0]  wr_addr_i,
  input  logic [1:0]  wr_word_i,
  input  logic [63:0] wr_data_i,
  input  logic [8:0]  rd_addr_i,
  output logic [63:0] rd_data_o,
  // Queue.
  output logic        pq_en_o,
  output logic        pq_on_o,
  output logic        pq_mf_o,
  output logic        pq_of_o,
  output logic [43:0] pq_ppn_o,
  output logic [4:0]  pq_log2_o,
  output logic [31:0] pq_head_o,
  output logic [31:0] pq_tail_o,
  input  logic        pq_done_i,
  input  logic        pq_set_mf_i,
  input  logic        pq_set_of_i,
  input  logic        pq_idle_i,
  output logic        cause_o,  // sets ipsr.pip
  // Message port.
  output logic        msg_refuse_o,
  input  logic        msg_drained_i
);
  localparam logic [8:0] PqbDw = portcullis_regs_pkg::PqbOffset[11:3];
  localparam logic [8:0] PqhDw = portcullis_regs_pkg::PqhOffset[11:3];  // pqt, pqh
  localparam logic [8:0] PqcsrDw = portcullis_regs_pkg::PqcsrOffset[11:3];  // ipsr, pqcsr
  localparam logic [8:0] MctlDw = portcullis_regs_pkg::MctlOffset[11:3];  // msta, mctl

  logic [1:0]  wr, status;
  logic        pie;
  logic [63:0] pqb;
  logic [31:0] pqcsr;
  assign wr = wr_word_i & {2{present_i}};
  regs_queue #(.StatusW(2)) u_pq (
    .clk_i,
    .rst_ni,
    .wr_base_i(wr & {2{wr_addr_i == PqbDw}}),
    .wr_index_i(wr[0] && wr_addr_i == PqhDw),
    .wr_csr_i(wr[0] && wr_addr_i == PqcsrDw),
    .wr_base_data_i(wr_data_i),
    .wr_index_data_i(wr_data_i[31:0]),
    .wr_csr_data_i(wr_data_i[31:0]),
    .base_o(pqb),
    .csr_o(pqcsr),
    .en_o(pq_en_o),
    .on_o(pq_on_o),
    .ie_o(pie),
    .status_o(status),
    .ppn_o(pq_ppn_o),
    .log2_o(pq_log2_o),
    .sw_index_o(pq_head_o),
    .hw_index_o(pq_tail_o),
    .hw_step_i(pq_done_i),
    .set_i({pq_set_of_i, pq_set_mf_i}),
    .idle_i(pq_idle_i)
  );
  assign {pq_of_o, pq_mf_o} = status;
  assign cause_o = pie && ((|status) || pq_done_i);

  always_ff @(posedge clk_i) begin
    if (!rst_ni) msg_refuse_o <= 1'b0;
    else if (wr[0] && wr_addr_i == MctlDw && !wr_data_i[0]) msg_refuse_o <= wr_data_i[1];
  end

  logic [63:0] quiesce;
  assign quiesce = {31'd0, msg_drained_i, 30'd0, msg_refuse_o, 1'b0};
  assign rd_data_o = ((pqb & {64{rd_addr_i == PqbDw}}) | ({pq_tail_o, pq_head_o} & {64{rd_addr_i == PqhDw}}) |
                      ({32'd0, pqcsr} & {64{rd_addr_i == PqcsrDw}}) | (quiesce & {64{rd_addr_i == MctlDw}})) & {64{present_i}};
endmodule
