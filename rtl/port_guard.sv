// SPDX-License-Identifier: Apache-2.0
//
// The isolator of a port: takes the port out of service when the device stops taking its answers or sending the W beats it owes,
// or when software says so, and back when software says so and nothing is left in memory. docs/microarchitecture.md section 4.4.
//
// iso_enter_o and iso_leave_o are one clock long and flush the channels. A timer counts the clocks in a row in which its channel
// stands still; that of W does not count those in which memory keeps the device's beat waiting. isotime: clocks until isolation,
// 0 never; it may change at any time. A timer has 16 bits and, while isotime is 0, counts around.
module port_guard (
  input  logic        clk_i,
  input  logic        rst_ni,

  input  logic [15:0] isotime_i,
  input  logic        isolate_i,
  input  logic        resume_i,
  input  logic        r_stall_i,
  input  logic        b_stall_i,
  input  logic        w_stall_i,
  input  logic        w_valid_i,  // the device offers the beat
  input  logic        quiet_i,    // nothing is out or owed
  input  logic        sent_i,     // the core still works for this port

  output logic        isolated_o,
  output logic        iso_enter_o,
  output logic        iso_leave_o,

  // The record of the isolation (custom cause 2049) waits for the fault queue.
  output logic        rec_pend_o,
  input  logic        rec_taken_i
);
  logic [2:0] stall, wait_on, expired;
  logic       isolated_q, resume_pend_q, rec_pend_q;

  assign stall = {w_stall_i, b_stall_i, r_stall_i};
  assign wait_on = {w_valid_i, 2'b00};
  for (genvar i = 0; i < 3; i++) begin : gen_timer
    logic [15:0] timer_q;
    always_ff @(posedge clk_i) begin
      if (!rst_ni || isolated_q || !stall[i]) timer_q <= '0;
      else timer_q <= timer_q + 16'(!wait_on[i]);
    end
    assign expired[i] = timer_q >= isotime_i;
  end

  assign iso_enter_o = !isolated_q && (isolate_i || (expired != '0 && isotime_i != '0));
  assign iso_leave_o = isolated_q && resume_pend_q && !isolate_i && quiet_i && !sent_i && !rec_pend_q;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      isolated_q <= 1'b0;
      resume_pend_q <= 1'b0;
      rec_pend_q <= 1'b0;
    end else begin
      isolated_q <= iso_enter_o || (isolated_q && !iso_leave_o);
      resume_pend_q <= isolated_q && !iso_leave_o && !isolate_i && (resume_pend_q || resume_i);
      rec_pend_q <= iso_enter_o || (rec_pend_q && !rec_taken_i);
    end
  end

  assign isolated_o = isolated_q;
  assign rec_pend_o = rec_pend_q;
endmodule
