// SPDX-License-Identifier: Apache-2.0
//
// Registers of one in-memory queue (IOMMU spec 6.6 to 6.16): base, the index that software moves, the index that the IOMMU moves,
// and the control and status register. The command and the fault queue have the same layout apart from their status bits.
//
//   base 53:10 PPN | 4:0 LOG2SZ-1      csr 17 busy | 16 on | 8+StatusW-1:8 status (RW1C) | 1 interrupt enable | 0 enable
//
// The base is writable only while the queue is off; writes to the csr while busy are ignored (spec: unspecified). Enabling clears
// the hardware's index and the status bits; `on` follows one clock after enable, and falls when the queue is idle.
// Hardware setting a status bit wins over software clearing it.
module regs_queue #(
  parameter int StatusW = 2
) (
  input  logic               clk_i,
  input  logic               rst_ni,
  // Bus: words written in this clock.
  input  logic [1:0]         wr_base_i,
  input  logic               wr_index_i,
  input  logic               wr_csr_i,
  input  logic [63:0]        wr_base_data_i,
  input  logic [31:0]        wr_index_data_i,
  input  logic [31:0]        wr_csr_data_i,
  output logic [63:0]        base_o,
  output logic [31:0]        csr_o,
  // Queue.
  output logic               en_o,
  output logic               on_o,
  output logic               ie_o,
  output logic [StatusW-1:0] status_o,
  output logic [43:0]        ppn_o,
  output logic [4:0]         log2_o,
  output logic [31:0]        sw_index_o,
  output logic [31:0]        hw_index_o,
  input  logic               hw_step_i,  // the hardware's index moves on by one
  input  logic [StatusW-1:0] set_i,
  input  logic               idle_i
);
  localparam int StatusLsb = portcullis_regs_pkg::CqcsrCqmfLsb;
  localparam int EnLsb = portcullis_regs_pkg::CqcsrCqenLsb;
  localparam int IeLsb = portcullis_regs_pkg::CqcsrCieLsb;
  localparam int OnLsb = portcullis_regs_pkg::CqcsrCqonLsb;
  localparam int BusyLsb = portcullis_regs_pkg::CqcsrBusyLsb;
  localparam int PpnLsb = portcullis_regs_pkg::CqbPpnLsb;
  localparam int PpnMsb = portcullis_regs_pkg::CqbPpnMsb;
  localparam int Log2Msb = portcullis_regs_pkg::CqbLog2szm1Msb;

  logic busy, off, wr_csr, enable, unused;
  assign busy = en_o != on_o;
  assign off = !en_o && !on_o;
  assign wr_csr = wr_csr_i && !busy;
  assign enable = wr_csr && wr_csr_data_i[EnLsb] && !en_o;
  assign unused = ^{wr_base_data_i, wr_csr_data_i};

  logic [31:0] mask;
  queue_mask u_mask (.log2_i(log2_o), .mask_o(mask));

  always_comb begin
    base_o = '0;
    base_o[PpnMsb:PpnLsb] = ppn_o;
    base_o[Log2Msb:0] = log2_o;
    csr_o = '0;
    csr_o[EnLsb] = en_o;
    csr_o[IeLsb] = ie_o;
    csr_o[StatusLsb +: StatusW] = status_o;
    csr_o[OnLsb] = on_o;
    csr_o[BusyLsb] = busy;
  end

  logic [StatusW-1:0] clear;
  assign clear = wr_csr_data_i[StatusLsb +: StatusW] & {StatusW{wr_csr}};

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      en_o <= 1'b0;
      on_o <= 1'b0;
      ie_o <= 1'b0;
      status_o <= '0;
      ppn_o <= '0;
      log2_o <= '0;
      sw_index_o <= '0;
      hw_index_o <= '0;
    end else begin
      if (off && wr_base_i[0]) {ppn_o[31-PpnLsb:0], log2_o} <= {wr_base_data_i[31:PpnLsb], wr_base_data_i[Log2Msb:0]};
      if (off && wr_base_i[1]) ppn_o[43:32-PpnLsb] <= wr_base_data_i[PpnMsb:32];
      if (off && |wr_base_i) sw_index_o <= '0;
      else if (wr_index_i) sw_index_o <= wr_index_data_i & mask;

      if (wr_csr) begin
        en_o <= wr_csr_data_i[EnLsb];
        ie_o <= wr_csr_data_i[IeLsb];
      end
      on_o <= en_o || (on_o && !idle_i);
      status_o <= (status_o & ~(clear | {StatusW{enable}})) | set_i;

      if (enable) hw_index_o <= '0;
      else if (hw_step_i) hw_index_o <= (hw_index_o + 32'd1) & mask;
    end
  end
endmodule
