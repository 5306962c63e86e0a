// SPDX-License-Identifier: Apache-2.0
//
// msi_cfg_tbl (IOMMU spec 6.25) and the messages that are still to be sent. docs/microarchitecture.md section 6.
//
//   entry v: +0 address 55:2      +8 data 31:0      +12 0 M
//
// A cause that rises while fctl.WSI is 0 asks for a message of its vector; a vector that rises again before its message was taken
// is one message. A masked vector waits. Messages are offered in turn (round robin) as long as fctl.WSI is 0.
// Causes: cip, fip, pmip, pip from bit 0 on, as in ipsr; their vectors as in icvec.
module regs_msi (
  input  logic        clk_i,
  input  logic        rst_ni,
  input  logic        present_i,  // capabilities.IGS is not WSI: else the table reads 0 and ignores writes
  // Bus. Addresses count doublewords.
  input  logic [8:0]  wr_addr_i,
  input  logic [1:0]  wr_word_i,
  input  logic [63:0] wr_data_i,
  input  logic [8:0]  rd_addr_i,
  output logic [63:0] rd_data_o,
  // Causes.
  input  logic        wsi_i,
  input  logic [3:0]  rise_i,
  input  logic [15:0] vector_i,
  // The message that is offered.
  output logic        msi_valid_o,
  output logic [55:0] msi_addr_o,
  output logic [31:0] msi_data_o,
  input  logic        msi_taken_i
);
  localparam logic [8:0] TableDw = portcullis_regs_pkg::MsiAddrOffset[11:3];  // 32 doublewords, aligned to their size

  logic [16*54-1:0] addr_q;
  logic [16*32-1:0] data_q;
  logic [15:0]      mask_q, want_q, rise, grant;
  logic [3:0]       unused_idx;
  logic             any;

  logic [1:0] wr;
  assign wr = wr_word_i & {2{present_i && wr_addr_i[8:5] == TableDw[8:5]}};
  for (genvar v = 0; v < 16; v++) begin : gen_entry
    logic here;
    assign here = wr_addr_i[4:1] == 4'(v);
    always_ff @(posedge clk_i) begin
      if (!rst_ni) begin
        addr_q[54*v +: 54] <= '0;
        data_q[32*v +: 32] <= '0;
        mask_q[v] <= 1'b0;
      end else if (here && !wr_addr_i[0]) begin
        if (wr[0]) addr_q[54*v +: 30] <= wr_data_i[31:2];
        if (wr[1]) addr_q[54*v+30 +: 24] <= wr_data_i[55:32];
      end else if (here) begin
        if (wr[0]) data_q[32*v +: 32] <= wr_data_i[31:0];
        if (wr[1]) mask_q[v] <= wr_data_i[32];
      end
    end
  end
  logic unused;
  assign unused = ^{wr_data_i, unused_idx};

  always_comb begin
    rd_data_o = '0;
    for (int v = 0; v < 16; v++) begin
      rd_data_o = rd_data_o | ({8'd0, addr_q[54*v +: 54], 2'd0} & {64{rd_addr_i == TableDw + 9'(2*v)}});
      rd_data_o = rd_data_o | ({31'd0, mask_q[v], data_q[32*v +: 32]} & {64{rd_addr_i == TableDw + 9'(2*v + 1)}});
    end
  end

  always_comb begin
    rise = '0;
    for (int v = 0; v < 16; v++) begin
      for (int c = 0; c < 4; c++) if (rise_i[c] && vector_i[4*c +: 4] == 4'(v) && !wsi_i) rise[v] = 1'b1;
    end
  end
  always_ff @(posedge clk_i) begin
    if (!rst_ni) want_q <= '0;
    else want_q <= (want_q & ~(grant & {16{msi_taken_i}})) | rise;
  end

  rr_arb #(.N(16)) u_arb (
    .clk_i, .rst_ni, .req_i(want_q & ~mask_q), .use_i(msi_taken_i), .grant_o(grant), .idx_o(unused_idx), .any_o(any)
  );
  assign msi_valid_o = any && !wsi_i;
  assign msi_addr_o[1:0] = 2'd0;
  onehot_mux #(.N(16), .Width(54)) u_addr (.sel_i(grant), .data_i(addr_q), .data_o(msi_addr_o[55:2]));
  onehot_mux #(.N(16), .Width(32)) u_data (.sel_i(grant), .data_i(data_q), .data_o(msi_data_o));
endmodule
