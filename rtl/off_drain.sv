// SPDX-License-Identifier: Apache-2.0
//
// The end of a ddtp write. When inval is done with it the write is done, but for mode Off: then it is done when the DMA that was
// granted before, and the updates of A and D bits under way, are out of the way (IOMMU spec 6.5: busy).
// docs/microarchitecture.md section 5.5, "Mode Off".
//
//   inv_done_i, mode Off --> fence_start_o (one clock) --> wait until every channel and the updates are drained --> done_o
//
// Mode Off grants nothing new, so the wait ends when memory answers. req_i is held until done_o and the mode stands while it is;
// inval sees the request (inv_req_o) only before its own done.
//
// Channels: read and write channels of all ports.
module off_drain #(
  parameter int Channels = 2
) (
  input  logic                clk_i,
  input  logic                rst_ni,
  input  logic [3:0]          ddtp_mode_i,
  input  logic                req_i,
  output logic                done_o,
  output logic                inv_req_o,
  input  logic                inv_done_i,
  output logic                fence_start_o,
  input  logic [Channels-1:0] drain_done_i,
  input  logic                upd_drained_i
);
  logic off, drained, start_q, wait_q;

  assign off = ddtp_mode_i == portcullis_pkg::DdtpOff;
  assign drained = &drain_done_i && upd_drained_i;
  assign inv_req_o = req_i && !start_q && !wait_q;
  assign fence_start_o = start_q;
  assign done_o = (inv_done_i && !off) || (wait_q && drained);

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      start_q <= 1'b0;
      wait_q <= 1'b0;
    end else begin
      start_q <= inv_done_i && off;
      wait_q <= start_q || (wait_q && !drained);
    end
  end
endmodule
