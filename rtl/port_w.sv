// SPDX-License-Identifier: Apache-2.0
//
// W channel of a port: a FIFO of decisions, in the order in which the write channel granted or refused, says for each burst
// whether its beats pass to memory or are swallowed. The port counts the beats and makes WLAST itself.
// docs/microarchitecture.md section 4.3.
//
// After an isolation the port owes memory the beats of bursts granted before it, and sends them itself with no strobes (own);
// the entries of refused bursts from before are dropped without beats. The device's beats have no part in either.
// A beat that memory has seen valid is not changed by the isolation.
// DataWidth, UserWidth: bits of W data and user. Depth: FIFO entries, a power of two, 2 or more.
module port_w #(
  parameter int DataWidth = 64,
  parameter int UserWidth = 1,
  parameter int Depth = 4
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,

  // iso_enter, iso_leave: pulses; nothing is pushed in their clocks.
  input  logic                   isolated_i,
  input  logic                   iso_enter_i,
  input  logic                   iso_leave_i,
  output logic                   owed_zero_o,  // nothing granted before the isolation is left
  output logic                   stall_o,      // the device owes a beat, and none moves

  input  logic                   push_i,
  input  logic                   push_pass_i,
  input  logic [7:0]             push_len_i,
  output logic                   full_o,
  output logic                   swallow_done_o,

  input  logic                   dev_w_valid_i,
  output logic                   dev_w_ready_o,
  input  logic [DataWidth-1:0]   dev_w_data_i,
  input  logic [DataWidth/8-1:0] dev_w_strb_i,
  input  logic [UserWidth-1:0]   dev_w_user_i,
  output logic                   mem_w_valid_o,
  input  logic                   mem_w_ready_i,
  output logic [DataWidth-1:0]   mem_w_data_o,
  output logic [DataWidth/8-1:0] mem_w_strb_o,
  output logic                   mem_w_last_o,
  output logic [UserWidth-1:0]   mem_w_user_o
);
  localparam int PtrW = $clog2(Depth);

  logic [8:0]      mem_q [0:Depth-1];
  logic [PtrW-1:0] head_q, tail_q;
  logic [PtrW:0]   count_q, count_d, owed_q;
  logic            empty;
  logic [7:0]      beat_q, len;
  logic            pass, own_q, owing, dev_beat, last, drop, pop;

  assign {pass, len} = mem_q[head_q];
  assign empty = count_q == '0;
  assign full_o = count_q[PtrW];
  assign owing = own_q && !owed_zero_o;
  assign last = beat_q == len;
  assign stall_o = !empty && !owing && !dev_beat;

  assign dev_w_ready_o = !empty && !owing && (!pass || mem_w_ready_i);
  assign mem_w_valid_o = !empty && pass && (owing || dev_w_valid_i);
  assign mem_w_data_o = owing ? '0 : dev_w_data_i;
  assign mem_w_strb_o = owing ? '0 : dev_w_strb_i;
  assign mem_w_user_o = owing ? '0 : dev_w_user_i;
  assign mem_w_last_o = last;

  assign dev_beat = dev_w_valid_i && dev_w_ready_o;
  assign drop = owing && !pass;
  assign pop = drop || (last && (dev_beat || (owing && mem_w_ready_i)));
  assign swallow_done_o = dev_beat && last && !pass;

  assign count_d = count_q + (PtrW+1)'(push_i) - (PtrW+1)'(pop);
  assign owed_zero_o = owed_q == '0;

  always_ff @(posedge clk_i) begin
    if (!rst_ni || iso_leave_i) begin
      head_q <= '0;
      tail_q <= '0;
      count_q <= '0;
      beat_q <= '0;
    end else begin
      head_q <= head_q + PtrW'(pop);
      tail_q <= tail_q + PtrW'(push_i);
      count_q <= count_d;
      if (pop) beat_q <= '0;
      else if (dev_beat || (owing && mem_w_ready_i)) beat_q <= beat_q + 8'd1;
    end

    if (!rst_ni) begin
      own_q <= 1'b0;
      owed_q <= '0;
    end else begin
      own_q <= isolated_i && (own_q || !mem_w_valid_o || mem_w_ready_i);
      if (iso_enter_i) owed_q <= count_d;
      else if (pop && !owed_zero_o) owed_q <= owed_q - (PtrW+1)'(1);
    end

    if (push_i) mem_q[tail_q] <= {push_pass_i, push_len_i};
  end
endmodule
