// SPDX-License-Identifier: Apache-2.0
//
// The answer register of a port channel, and the valid, ready, ID and last of its R (B) multiplexer: memory's answers go through
// unless a refusal is being answered. docs/microarchitecture.md section 4.2, "Refusal" and "R multiplexer".
//
// The multiplexer turns to the refusal only between beats that the device has seen valid, and back after the last beat.
// While isolated, memory's answers are taken and not shown.
// Write: 1 for B (one beat; ready once its W beats are swallowed), 0 for R (len + 1 beats). IdWidth: bits of an ID.
// PortMisses: number of slots. Mrif: 0 if there are no pages in MRIF mode, whose accesses may be answered OKAY; a write to one
// (absorbed) is ready when port_mrif says so.
module port_answer #(
  parameter bit Write = 1'b0,
  parameter int IdWidth = 2,
  parameter int PortMisses = 2,
  parameter bit Mrif = 1'b0
) (
  input  logic                  clk_i,
  input  logic                  rst_ni,
  input  logic                  flush_i,
  input  logic                  isolated_i,

  // Load, when empty; slot one-hot. answered_o tells the slot in the clock of the last beat.
  input  logic                  load_i,
  input  logic [PortMisses-1:0] slot_i,
  input  logic [IdWidth-1:0]    id_i,
  input  logic [7:0]            len_i,
  input  logic                  okay_i,
  input  logic                  absorb_i,
  input  logic                  swallow_done_i,
  input  logic                  upd_done_i,
  input  logic                  upd_ok_i,
  output logic                  held_next_o,  // there is an absorbed write in the next clock
  output logic                  empty_o,
  output logic [PortMisses-1:0] answered_o,

  input  logic                  mem_valid_i,
  output logic                  mem_ready_o,
  input  logic [IdWidth-1:0]    mem_id_i,
  input  logic                  mem_last_i,
  output logic                  dev_valid_o,
  input  logic                  dev_ready_i,
  output logic                  dev_refused_o,  // the beat is the refusal's: SLVERR or
  output logic                  dev_okay_o,  // OKAY, the rest 0
  output logic [IdWidth-1:0]    dev_id_o,
  output logic                  dev_last_o
);
  logic                  valid_q, ready_q, sel_q;
  logic [PortMisses-1:0] slot_q;
  logic [IdWidth-1:0]    id_q;
  logic                  last, beat, done, valid_d, end_of_w;

  assign beat = sel_q && dev_ready_i;
  assign done = beat && last;

  if (Write) begin : gen_b
    logic unused;
    assign unused = ^len_i;
    assign last = 1'b1;
  end else begin : gen_r
    logic [7:0] left_q;
    logic       unused;
    assign unused = end_of_w;
    always_ff @(posedge clk_i) begin
      if (load_i) left_q <= len_i;
      else if (beat) left_q <= left_q - 8'd1;
    end
    assign last = left_q == '0;
  end

  assign valid_d = load_i || (valid_q && !done);
  if (Mrif) begin : gen_mrif
    logic absorb_q, okay_q;
    always_ff @(posedge clk_i) begin
      if (load_i) {absorb_q, okay_q} <= {absorb_i, okay_i};
      else if (absorb_q && upd_done_i) okay_q <= upd_ok_i;
    end
    assign end_of_w = absorb_q ? upd_done_i : swallow_done_i;
    assign held_next_o = !flush_i && (load_i ? absorb_i : valid_d && absorb_q);
    assign dev_okay_o = sel_q && okay_q;
  end else begin : gen_no_mrif
    assign end_of_w = swallow_done_i;
    assign {held_next_o, dev_okay_o} = 2'b00;
    logic unused_mrif;
    assign unused_mrif = ^{okay_i, absorb_i, upd_done_i, upd_ok_i};
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni || flush_i) begin
      valid_q <= 1'b0;
      ready_q <= 1'b0;
      sel_q <= 1'b0;
    end else begin
      valid_q <= valid_d;
      ready_q <= (load_i && !Write) || (valid_q && !done && (ready_q || end_of_w));
      sel_q <= !done && (sel_q || (ready_q && (isolated_i || !mem_valid_i || dev_ready_i)));
    end
    if (load_i) begin
      slot_q <= slot_i;
      id_q <= id_i;
    end
  end

  assign empty_o = !valid_q;
  assign answered_o = done ? slot_q : '0;
  assign mem_ready_o = isolated_i || (dev_ready_i && !sel_q);
  assign dev_valid_o = sel_q || (mem_valid_i && !isolated_i);
  assign dev_refused_o = sel_q;
  assign dev_id_o = sel_q ? id_q : mem_id_i;
  assign dev_last_o = sel_q ? last : mem_last_i;
endmodule
