// SPDX-License-Identifier: Apache-2.0
//
// Custom registers of one port: quiesce and isolator (offsets 688 + 16*port, docs/microarchitecture.md section 6).
//
//   +0 qctl 9 resume | 8 isolate | 1:0 mode      +4 qsta 1 isolated | 0 drained      +8 isotime 15:0 clocks
//
// mode 3 keeps the old mode. Writing 1 to isolate or resume gives a pulse in the next clock.
module regs_port (
  input  logic        clk_i,
  input  logic        rst_ni,
  input  logic        wr_qctl_i,
  input  logic        wr_isotime_i,
  input  logic [31:0] wr_data_i,
  output logic [63:0] qctl_qsta_o,
  output logic [63:0] isotime_o,
  output logic [1:0]  q_mode_o,
  output logic [15:0] q_isotime_o,
  output logic        q_isolate_o,
  output logic        q_resume_o,
  input  logic        q_drained_i,
  input  logic        q_isolated_i
);
  localparam int ModeMsb = portcullis_regs_pkg::QctlModeMsb;
  localparam int IsolateLsb = portcullis_regs_pkg::QctlIsolateLsb;
  localparam int ResumeLsb = portcullis_regs_pkg::QctlResumeLsb;
  localparam int DrainedLsb = portcullis_regs_pkg::QstaDrainedLsb;
  localparam int IsolatedLsb = portcullis_regs_pkg::QstaIsolatedLsb;
  localparam int ClocksMsb = portcullis_regs_pkg::IsotimeClocksMsb;

  logic unused;
  assign unused = ^wr_data_i;

  always_comb begin
    qctl_qsta_o = '0;
    qctl_qsta_o[ModeMsb:0] = q_mode_o;
    qctl_qsta_o[32+DrainedLsb] = q_drained_i;
    qctl_qsta_o[32+IsolatedLsb] = q_isolated_i;
    isotime_o = '0;
    isotime_o[ClocksMsb:0] = q_isotime_o;
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      q_mode_o <= portcullis_pkg::ModeRun;
      q_isotime_o <= '0;
      q_isolate_o <= 1'b0;
      q_resume_o <= 1'b0;
    end else begin
      if (wr_qctl_i && wr_data_i[ModeMsb:0] <= portcullis_pkg::ModeAbort) q_mode_o <= wr_data_i[ModeMsb:0];
      if (wr_isotime_i) q_isotime_o <= wr_data_i[ClocksMsb:0];
      q_isolate_o <= wr_qctl_i && wr_data_i[IsolateLsb];
      q_resume_o <= wr_qctl_i && wr_data_i[ResumeLsb];
    end
  end
endmodule
