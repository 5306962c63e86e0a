// SPDX-License-Identifier: Apache-2.0
//
// Interrupts: ipsr, icvec, the wires and the messages (IOMMU spec 6.18, 6.24, 6.25). docs/microarchitecture.md section 6.
//
// Causes from bit 0 on: cip, fip, pmip, pip. With fctl.WSI a pending cause drives the wire of its vector; without, its rise asks
// for the message of its vector: a bit that is set while it is 0 or being cleared.
// Invariant: hardware setting a bit wins over software clearing it in the same clock.
//
// IgsMsi: 0 leaves messages out.
module regs_irq #(
  parameter int IgsMsi = 0
) (
  input  logic        clk_i,
  input  logic        rst_ni,
  input  logic        wsi_i,  // fctl.WSI
  input  logic        msi_present_i,  // capabilities.IGS is not WSI
  input  logic [3:0]  present_i,  // causes that exist; others never come
  input  logic [3:0]  set_i,
  // Bus. Addresses count doublewords.
  input  logic [8:0]  wr_addr_i,
  input  logic [1:0]  wr_word_i,
  input  logic [63:0] wr_data_i,
  input  logic [8:0]  rd_addr_i,
  output logic [63:0] rd_data_o,
  output logic [15:0] irq_o,
  // The message that is to be sent.
  output logic        msi_valid_o,
  output logic [55:0] msi_addr_o,
  output logic [31:0] msi_data_o,
  input  logic        msi_taken_i
);
  localparam logic [8:0] IpsrDw = portcullis_regs_pkg::IpsrOffset[11:3];  // ipsr, pqcsr
  localparam logic [8:0] IcvecDw = portcullis_regs_pkg::IcvecOffset[11:3];

  logic [3:0]  ipsr_q, clear;
  logic [15:0] icvec_q, icvec_mask;
  logic        unused;
  assign clear = wr_data_i[35:32] & {4{wr_word_i[1] && wr_addr_i == IpsrDw}};
  assign icvec_mask = {{4{present_i[3]}}, {4{present_i[2]}}, {4{present_i[1]}}, {4{present_i[0]}}};
  assign unused = ^wr_data_i;
  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      ipsr_q <= '0;
      icvec_q <= '0;
    end else begin
      ipsr_q <= ((ipsr_q & ~clear) | set_i) & present_i;
      if (wr_word_i[0] && wr_addr_i == IcvecDw) icvec_q <= wr_data_i[15:0] & icvec_mask;
    end
  end
  always_comb begin
    irq_o = '0;
    for (int v = 0; v < 16; v++) begin
      for (int c = 0; c < 4; c++) if (ipsr_q[c] && icvec_q[4*c +: 4] == 4'(v) && wsi_i) irq_o[v] = 1'b1;
    end
  end

  logic [63:0] msi_data;
  if (IgsMsi != 0) begin : gen_msi
    regs_msi u_msi (
      .clk_i, .rst_ni, .present_i(msi_present_i), .wr_addr_i, .wr_word_i, .wr_data_i, .rd_addr_i, .rd_data_o(msi_data), .wsi_i,
      .rise_i(set_i & present_i & (~ipsr_q | clear)), .vector_i(icvec_q), .msi_valid_o, .msi_addr_o, .msi_data_o, .msi_taken_i
    );
  end else begin : gen_no_msi
    assign {msi_valid_o, msi_addr_o, msi_data_o, msi_data} = '0;
    logic unused_msi;
    assign unused_msi = ^{msi_present_i, msi_taken_i};
  end

  assign rd_data_o = ({28'd0, ipsr_q, 32'd0} & {64{rd_addr_i == IpsrDw}}) | ({48'd0, icvec_q} & {64{rd_addr_i == IcvecDw}}) |
                     msi_data;
endmodule
