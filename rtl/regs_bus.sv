// SPDX-License-Identifier: Apache-2.0
//
// AXI4-Lite slave of the register page: turns bus accesses into word writes and doubleword reads. docs/microarchitecture.md
// section 6.
//
// A write takes address and data together and acts at that edge; its B follows in the next clock. A read is sampled at the edge
// of its AR handshake; its R follows in the next clock. One write and one read at a time, independent of each other.
// A write is 8 aligned bytes, or 4 aligned bytes on their half of the bus; any other changes nothing and answers SLVERR
// (IOMMU spec 6: unspecified). Reads always return the aligned 8 bytes and OKAY.
module regs_bus (
  input  logic        clk_i,
  input  logic        rst_ni,
  input  logic        reg_aw_valid_i,
  output logic        reg_aw_ready_o,
  input  logic [11:0] reg_aw_addr_i,
  input  logic        reg_w_valid_i,
  output logic        reg_w_ready_o,
  input  logic [63:0] reg_w_data_i,
  input  logic [7:0]  reg_w_strb_i,
  output logic        reg_b_valid_o,
  input  logic        reg_b_ready_i,
  output logic [1:0]  reg_b_resp_o,
  input  logic        reg_ar_valid_i,
  output logic        reg_ar_ready_o,
  input  logic [11:0] reg_ar_addr_i,
  output logic        reg_r_valid_o,
  input  logic        reg_r_ready_i,
  output logic [63:0] reg_r_data_o,
  output logic [1:0]  reg_r_resp_o,
  // Registers. Addresses count doublewords.
  output logic [8:0]  wr_addr_o,
  output logic [1:0]  wr_word_o,  // words that are written in this clock: 1 high, 0 low
  output logic [63:0] wr_data_o,
  output logic [8:0]  rd_addr_o,
  input  logic [63:0] rd_data_i
);
  localparam logic [1:0] RespOkay = 2'b00;
  localparam logic [1:0] RespSlverr = 2'b10;

  logic wr_taken, rd_taken, unused;
  assign unused = ^reg_ar_addr_i[2:0];

  logic [1:0] word;
  always_comb begin
    unique case ({reg_w_strb_i, reg_aw_addr_i[2:0]})
      {8'hff, 3'd0}: word = 2'b11;
      {8'h0f, 3'd0}: word = 2'b01;
      {8'hf0, 3'd4}: word = 2'b10;
      default:       word = 2'b00;
    endcase
  end

  assign wr_taken = reg_aw_valid_i && reg_w_valid_i && !reg_b_valid_o;
  assign reg_aw_ready_o = wr_taken;
  assign reg_w_ready_o = wr_taken;
  assign wr_addr_o = reg_aw_addr_i[11:3];
  assign wr_word_o = word & {2{wr_taken}};
  assign wr_data_o = reg_w_data_i;

  assign reg_ar_ready_o = !reg_r_valid_o;
  assign rd_taken = reg_ar_valid_i && reg_ar_ready_o;
  assign rd_addr_o = reg_ar_addr_i[11:3];
  assign reg_r_resp_o = RespOkay;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      reg_b_valid_o <= 1'b0;
      reg_r_valid_o <= 1'b0;
    end else begin
      reg_b_valid_o <= wr_taken || (reg_b_valid_o && !reg_b_ready_i);
      reg_r_valid_o <= rd_taken || (reg_r_valid_o && !reg_r_ready_i);
    end
    if (wr_taken) reg_b_resp_o <= (word == 2'b00) ? RespSlverr : RespOkay;
    if (rd_taken) reg_r_data_o <= rd_data_i;
  end
endmodule
