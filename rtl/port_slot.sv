// SPDX-License-Identifier: Apache-2.0
//
// One slot of a port channel: a request that could not leave at once. docs/microarchitecture.md section 4.2.
//   FREE   empty
//   NEED   wants a translation; asks the core
//   SENT   asked; waits for the response (drop: its requester is gone, the response only frees it)
//   OK     has its translation; leaves when nothing older stands before it
//   FAULT  refused; is answered by the port when nothing older stands before it
//   ABORT  the same, refused without asking the core
//   MRIF   a write to an interrupt file in memory; waits for the answer register, and is FAULT as soon as that has it
// solo: a walk that others began brought nothing for this request; the next walk must be its own.
// dep has a bit for each slot that must be freed before this one may leave or be answered. What is only passed on later (address,
// attributes, length) is not here but in the memories of port_channel.
// HitMem: so is the page of a hit; then hit_o says that this one counts.
// late: the page was one in MRIF mode while something older was under way; it is asked for again when nothing is.
//
// Write: 1 for the write channel. Index: number of this slot. IdWidth: bits of the AXI ID. PortMisses: number of slots.
// Mrif: 0 if there are no pages in MRIF mode. HintW: bits of what goes with the page, {mcid, rcid, pbmt}: 26 or,
// without QOSID, 2.
module port_slot #(
  parameter bit Write = 1'b0,
  parameter int Index = 0,
  parameter int IdWidth = 2,
  parameter int PortMisses = 2,
  parameter bit Mrif = 1'b0,
  parameter int HintW = 2,
  parameter bit HitMem = 1'b0
) (
  input  logic                             clk_i,
  input  logic                             rst_ni,
  input  logic                             flush_i,

  // Enqueue: state ABORT, else OK with the given translation, else NEED.
  input  logic                             alloc_i,
  input  logic                             alloc_abort_i,
  input  logic                             alloc_ok_i,
  input  logic [PortMisses-1:0]            alloc_dep_i,
  input  logic [IdWidth-1:0]               id_i,
  input  logic                             exec_i,
  input  logic                             word_i,  // may be an access to an interrupt file
  input  logic [43:0]                      spn_i,
  input  logic [HintW-1:0]                 hint_i,

  // The channel's decisions of this clock.
  input  logic                             asked_i,
  input  logic                             leave_i,
  input  logic                             absorbed_i,  // the answer register has loaded it
  input  logic                             answered_i,
  input  logic                             cnt_zero_i,  // nothing of its ID is out

  // Response with this slot's mask bit; lead: this channel started the walk; covered: by a kill of this clock.
  input  logic                             resp_valid_i,
  input  logic                             resp_lead_i,
  input  logic                             resp_covered_i,
  input  logic [portcullis_pkg::RespW-1:0] resp_i,
  input  logic [portcullis_pkg::InvW-1:0]  inv_i,

  // Slots freed in this clock; freed_o does not tell of a flush, after which nothing waits for the slots that it freed.
  input  logic [PortMisses-1:0]            freed_i,
  output logic                             freed_o,

  output logic                             free_o,
  output logic                             need_o,
  output logic                             sent_o,
  output logic                             ok_o,      // OK and nothing older before it
  output logic                             fault_o,   // FAULT, ABORT or MRIF and nothing older before it
  output logic                             aborted_o,  // ABORT
  output logic                             mrif_o,  // MRIF
  output logic                             made_o,  // the response of this clock makes it MRIF
  output logic                             okay_o,  // with FAULT: is answered OKAY
  output logic [IdWidth-1:0]               id_o,
  output logic                             solo_o,
  output logic                             hit_o,
  output logic [43:0]                      spn_o,
  output logic [HintW-1:0]                 hint_o
);
  typedef enum logic [2:0] {StFree, StNeed, StSent, StOk, StFault, StAbort, StMrif} state_e;

  portcullis_pkg::resp_t resp;
  portcullis_pkg::inv_t inv;
  state_e                state_q, state_d;
  logic                  drop_q, solo_q, exec_q;
  logic [PortMisses-1:0] dep_q;
  logic [IdWidth-1:0]    id_q;
  logic [43:0]           spn_q;
  logic [HintW-1:0]      hint_q;
  logic                  right, lead, dropped, in_vain, word, first, late, in_mrif;

  assign resp = resp_i;
  assign inv = inv_i;
  assign right = Write ? resp.w : exec_q ? resp.x : resp.r;
  assign lead = resp_lead_i && resp.lead_slot == 5'(Index);
  assign dropped = drop_q && resp_valid_i;
  assign in_vain = sent_o && resp_valid_i && !resp_covered_i && !lead && !(resp.ok && right);
  assign first = dep_q == '0 && cnt_zero_i;
  assign in_mrif = Mrif && sent_o && resp_valid_i && !resp_covered_i && resp.ok && (lead || right) && resp.mrif;

  always_comb begin
    state_d = state_q;
    unique case (state_q)
      StFree: begin
        if (alloc_i) state_d = alloc_abort_i ? StAbort : (alloc_ok_i && !inv.kill) ? StOk : StNeed;
      end
      StNeed: begin
        if (flush_i) state_d = StFree;
        else if (asked_i) state_d = StSent;
      end
      StSent: begin
        if (resp_valid_i) begin
          if (drop_q || flush_i) state_d = StFree;
          else if (resp_covered_i) state_d = StNeed;
          else if (in_mrif) state_d = (!Write || !word) ? StFault : first ? StMrif : StNeed;
          else if (resp.ok && (lead || right)) state_d = StOk;
          else state_d = lead ? StFault : StNeed;
        end
      end
      StOk: begin
        if (flush_i || leave_i) state_d = StFree;
        else if (inv.kill) state_d = StNeed;
      end
      default: begin
        if (flush_i || answered_i) state_d = StFree;
        else if (mrif_o && absorbed_i) state_d = StFault;
        else if (mrif_o && inv.kill) state_d = StNeed;
      end
    endcase
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) state_q <= StFree;
    else state_q <= state_d;

    if (alloc_i) drop_q <= 1'b0;
    else if (flush_i) drop_q <= 1'b1;

    if (alloc_i) solo_q <= 1'b0;
    else if (in_vain) solo_q <= 1'b1;

    dep_q <= (alloc_i ? alloc_dep_i : dep_q) & ~freed_i;

    if (alloc_i) begin
      id_q <= id_i;
      exec_q <= exec_i;
    end
    if (alloc_i && !HitMem) begin
      spn_q <= spn_i;
      hint_q <= hint_i;
    end else if (resp_valid_i && sent_o) begin
      spn_q <= resp.spn;
      hint_q <= HintW'({resp.mcid, resp.rcid, resp.pbmt});
    end
  end

  assign free_o = state_q == StFree;
  assign need_o = state_q == StNeed && (!late || first);
  assign sent_o = state_q == StSent;
  assign ok_o = state_q == StOk && dep_q == '0;
  assign aborted_o = state_q == StAbort;
  assign mrif_o = Mrif && state_q == StMrif;
  assign made_o = in_mrif && state_d == StMrif;
  assign fault_o = (state_q == StFault || aborted_o || mrif_o) && dep_q == '0;
  assign freed_o = leave_i || answered_i || (sent_o && dropped);
  assign id_o = id_q;
  assign solo_o = solo_q;
  assign spn_o = spn_q;
  assign hint_o = hint_q;

  if (HitMem) begin : gen_hit
    logic hit_q;
    always_ff @(posedge clk_i) begin
      if (alloc_i) hit_q <= 1'b1;
      else if (sent_o) hit_q <= 1'b0;
    end
    assign hit_o = hit_q;
  end else begin : gen_no_hit
    assign hit_o = 1'b0;
  end

  if (Mrif) begin : gen_mrif
    logic word_q, late_q, okay_q;
    always_ff @(posedge clk_i) begin
      if (alloc_i) {word_q, late_q, okay_q} <= {word_i, 2'b00};
      else if (in_mrif) {late_q, okay_q} <= {Write && word_q && !first, !Write && word_q};
    end
    assign {word, late, okay_o} = {word_q, late_q, okay_q};
  end else begin : gen_no_mrif
    assign {word, late, okay_o} = 3'b000;
    logic unused_word;
    assign unused_word = word_i;
  end

  logic unused;
  assign unused = ^{resp, inv, spn_i, hint_i};
endmodule
