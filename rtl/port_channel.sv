// SPDX-License-Identifier: Apache-2.0
//
// One address channel of a port, with its answers: AR with R, or AW with B. docs/microarchitecture.md section 4.2.
// A hit that nothing older holds back goes straight into the out register; any other request waits in a slot until the core has
// translated it (then it leaves through the out register) or refused it (then the port answers SLVERR). Order is kept per AXI ID
// for reads, and over all writes.
//
// Limits: PortMisses slots, one refusal answered at a time, MaxOutstanding bursts per ID in memory.
// Invariant (writes): the slots in use are totally ordered by dep, so at most one of them has none; reads: at most one per ID.
// Write: 1 for the write channel. IdWidth: bits of an AXI ID. AttrW: bits of the attributes that only pass through.
// PortMisses: slots, 2..32. MaxOutstanding: 2^n-1. Mrif: 0 if there are no pages in MRIF mode; their accesses never reach memory.
// HintW: bits of what goes with a page to memory, {mcid, rcid, pbmt}: 26 or, without QOSID, 2. Hpm: 0 leaves out the event.
module port_channel #(
  parameter bit Write = 1'b0,
  parameter int IdWidth = 2,
  parameter int AttrW = 18,
  parameter int PortMisses = 2,
  parameter int MaxOutstanding = 31,
  parameter bit Mrif = 1'b0,
  parameter int HintW = 2,
  parameter int Hpm = 0
) (
  input  logic                                clk_i,
  input  logic                                rst_ni,

  // From port_guard and regs.
  input  logic                                hold_i,
  input  logic                                refuse_i,
  input  logic                                isolated_i,
  input  logic                                flush_i,

  // Device Ax, and what bus_check and port_tlb say of it in the same clock. ax_who: process_id, pv, priv, exec, translated.
  input  logic                                ax_valid_i,
  output logic                                ax_ready_o,
  input  logic [IdWidth-1:0]                  ax_id_i,
  input  logic [63:0]                         ax_addr_i,
  input  logic [7:0]                          ax_len_i,
  input  logic [23:0]                         ax_device_id_i,
  input  logic [23:0]                         ax_who_i,
  input  logic [AttrW-1:0]                    ax_attr_i,
  input  logic                                ax_illegal_i,
  input  logic                                ax_word_i,  // may be an access to an interrupt file
  input  logic                                hit_i,
  input  logic [43:0]                         spn_i,
  input  logic [HintW-1:0]                    hint_i,

  // Memory Ax: the out register.
  output logic                                mem_valid_o,
  input  logic                                mem_ready_i,
  output logic [IdWidth-1:0]                  mem_id_o,
  output logic [55:0]                         mem_addr_o,
  output logic [7:0]                          mem_len_o,
  output logic [23:0]                         mem_device_id_o,
  output logic [AttrW-1:0]                    mem_attr_o,
  output logic [HintW-1:0]                    mem_hint_o,

  // W FIFO of port_w (write channel only; the read channel sees it never full and does not push).
  input  logic                                w_full_i,
  output logic                                w_push_o,
  output logic                                w_pass_o,
  output logic [7:0]                          w_len_o,
  input  logic                                swallow_done_i,

  // port_mrif (write channel only).
  output logic                                made_o,
  output logic                                absorb_o,
  output logic [portcullis_pkg::MissReqW-1:0] absorb_req_o,
  output logic                                held_next_o,
  input  logic                                upd_done_i,
  input  logic                                upd_ok_i,

  // Answers (R or B): handshakes, ID and last.
  input  logic                                mem_rsp_valid_i,
  output logic                                mem_rsp_ready_o,
  input  logic [IdWidth-1:0]                  mem_rsp_id_i,
  input  logic                                mem_rsp_last_i,
  output logic                                dev_rsp_valid_o,
  input  logic                                dev_rsp_ready_i,
  output logic                                dev_rsp_refused_o,
  output logic                                dev_rsp_okay_o,
  output logic [IdWidth-1:0]                  dev_rsp_id_o,
  output logic                                dev_rsp_last_o,

  // Core.
  output logic                                req_valid_o,
  input  logic                                req_ready_i,
  output logic [portcullis_pkg::MissReqW-1:0] req_o,
  input  logic [2:0]                          requester_i,
  input  logic                                resp_valid_i,
  input  logic                                resp_covered_i,
  input  logic [portcullis_pkg::RespW-1:0]    resp_i,
  input  logic [PortMisses-1:0]               resp_mask_i,
  input  logic [portcullis_pkg::InvW-1:0]     inv_i,
  input  logic                                fence_start_i,
  output logic                                drain_done_o,

  // State, from registers.
  output logic                                idle_o,    // all slots FREE or ABORT
  output logic                                sent_o,    // some slot is SENT
  output logic                                all_zero_o, // nothing is out

  output logic [portcullis_pkg::EvPortW-1:0]  event_o  // a request was taken in the clock before
);
  localparam int NumIds = 2 ** IdWidth;
  localparam int WhoW = portcullis_pkg::MissReqW - portcullis_pkg::SlotW - 5 - 64;
  localparam int AnsW = IdWidth + 8;
  localparam int PassW = AnsW + AttrW + 12;
  localparam int SpnW = 44 + HintW;  // a page and what goes with it
  localparam int OutW = 24 + PassW + SpnW;
  localparam int IdxW = $clog2(PortMisses);
  localparam bit HitMem = PortMisses > 4;  // worth a memory

  portcullis_pkg::resp_t resp;
  logic [PortMisses-1:0]         free, need, sent, ok, fault, aborted, freed, answered, same_id;
  logic [PortMisses-1:0]         mrif, made, okay;
  logic [PortMisses-1:0]         alloc, send, leave, leave_req, refuse, refuse_req, solo, hit;
  logic [PortMisses*SpnW-1:0]    spns;
  logic [PortMisses*IdWidth-1:0] ids;
  logic [IdWidth-1:0]            leave_id;
  logic [IdxW-1:0]               alloc_idx, send_idx, leave_idx, refuse_idx;
  logic                          any_free, any_need, any_leave, any_refuse;
  logic [WhoW-1:0]               who, ax_who;
  logic [PortMisses*WhoW-1:0]    who_all;
  logic [PortMisses*24-1:0]      devices;
  logic [23:0]                   device_id;
  logic [PassW-1:0]              pass, ax_pass;
  logic [SpnW-1:0]               spn, leave_spn;
  logic [OutW-1:0]               out_q, out_d;
  logic                          out_valid_q, out_free, out_move, out_load, direct, enqueue, wait_slot;
  logic [NumIds-1:0]             cnt_inc, cnt_full, cnt_zero;
  logic                          ans_empty, ans_load;
  logic [IdWidth-1:0]            ans_id;
  logic [7:0]                    ans_len;
  logic                          hit_ok, conflict, resp_lead;

  // Device Ax.
  assign hit_ok = hit_i && !refuse_i;
  assign conflict = (~free & same_id) != '0;
  assign wait_slot = !hit_ok || conflict;
  assign enqueue = ax_valid_i && !hold_i && !flush_i && any_free && wait_slot;
  assign direct = ax_valid_i && !hold_i && !wait_slot && !cnt_full[ax_id_i] && out_move && !any_leave;
  assign ax_ready_o = direct || enqueue;

  // Slots.
  assign resp = resp_i;
  assign resp_lead = resp.lead && resp.lead_q == {1'b0, requester_i};
  for (genvar s = 0; s < PortMisses; s++) begin : gen_slot
    logic [IdWidth-1:0] id;
    port_slot #(.Write(Write), .Index(s), .IdWidth(IdWidth), .PortMisses(PortMisses), .Mrif(Mrif), .HintW(HintW),
      .HitMem(HitMem)) u_slot (
      .clk_i, .rst_ni, .flush_i,
      .alloc_i       (alloc[s] && enqueue),
      .alloc_abort_i (refuse_i),
      .alloc_ok_i    (hit_i),
      .alloc_dep_i   (~free & same_id),
      .id_i          (ax_id_i),
      .exec_i        (ax_who_i[1]),
      .word_i        (ax_word_i),
      .spn_i, .hint_i,
      .asked_i       (send[s] && req_ready_i),
      .leave_i       (leave[s] && out_move),
      .absorbed_i    (refuse[s] && ans_load),
      .answered_i    (answered[s]),
      .cnt_zero_i    (cnt_zero[id]),
      .resp_valid_i  (resp_valid_i && resp_mask_i[s]),
      .resp_lead_i   (resp_lead),
      .resp_covered_i, .resp_i, .inv_i,
      .freed_i       (freed),
      .freed_o       (freed[s]),
      .free_o        (free[s]),
      .need_o        (need[s]),
      .sent_o        (sent[s]),
      .ok_o          (ok[s]),
      .fault_o       (fault[s]),
      .aborted_o     (aborted[s]),
      .mrif_o        (mrif[s]),
      .made_o        (made[s]),
      .okay_o        (okay[s]),
      .id_o          (id),
      .solo_o        (solo[s]),
      .hit_o         (hit[s]),
      .spn_o         (spns[s*SpnW + HintW +: 44]),
      .hint_o        (spns[s*SpnW +: HintW])
    );
    always_ff @(posedge clk_i) if (alloc[s] && enqueue) who_all[s*WhoW +: WhoW] <= ax_who;
    assign devices[s*24 +: 24] = who_all[(s+1)*WhoW-1 -: 24];
    assign same_id[s] = Write || id == ax_id_i;
    assign leave_req[s] = ok[s] && !cnt_full[id];
    assign refuse_req[s] = fault[s] && cnt_zero[id];
    assign ids[s*IdWidth +: IdWidth] = id;
  end

  rr_arb #(.N(PortMisses)) u_alloc (
    .clk_i, .rst_ni, .req_i(free), .use_i(enqueue), .grant_o(alloc), .idx_o(alloc_idx), .any_o(any_free)
  );

  // What a slot only hands on: to the core (miss_req_t from iova to illegal), to memory, to a refusal. Without pv there is no
  // process_id and no privilege. Who asks is looked up first, so it is chosen without the number of the slot.
  logic [63:0]      iova_mem [0:PortMisses-1];
  logic [PassW-1:0] pass_mem [0:PortMisses-1];
  logic [AnsW-1:0]  ans_mem [0:PortMisses-1];
  assign ax_who = {ax_device_id_i, ax_who_i[23:4] & {20{ax_who_i[3]}}, ax_who_i[3], ax_who_i[2] && ax_who_i[3], ax_who_i[1:0],
                   ax_illegal_i};
  assign ax_pass = {ax_id_i, ax_len_i, ax_attr_i, ax_addr_i[11:0]};
  always_ff @(posedge clk_i) begin
    if (enqueue) begin
      iova_mem[alloc_idx] <= ax_addr_i;
      pass_mem[alloc_idx] <= ax_pass;
      ans_mem[alloc_idx] <= {ax_id_i, ax_len_i};
    end
  end
  onehot_mux #(.N(PortMisses), .Width(WhoW)) u_who (.sel_i(send), .data_i(who_all), .data_o(who));
  assign pass = pass_mem[leave_idx];
  index_mux #(.N(PortMisses), .Width(24)) u_device (.idx_i(leave_idx), .data_i(devices), .data_o(device_id));
  assign {ans_id, ans_len} = ans_mem[refuse_idx];

  // Asking.
  rr_arb #(.N(PortMisses)) u_send (
    .clk_i, .rst_ni, .req_i(need), .use_i(req_valid_o && req_ready_i), .grant_o(send), .idx_o(send_idx), .any_o(any_need)
  );
  assign req_valid_o = any_need && !flush_i;
  assign req_o = {3'd0, portcullis_pkg::SlotW'(send_idx), iova_mem[send_idx], who, Write, |(send & solo)};

  // Leaving and refusing: of writes there is at most one candidate, so only reads need arbiters.
  if (Write) begin : gen_in_order
    assign leave = leave_req;
    assign any_leave = leave_req != '0;
    assign refuse = refuse_req;
    assign any_refuse = refuse_req != '0;
    onehot_index #(.N(PortMisses)) u_leave_idx (.sel_i(leave), .idx_o(leave_idx));
    onehot_index #(.N(PortMisses)) u_refuse_idx (.sel_i(refuse), .idx_o(refuse_idx));
  end else begin : gen_by_id
    rr_arb #(.N(PortMisses)) u_leave (
      .clk_i, .rst_ni, .req_i(leave_req), .use_i(out_move), .grant_o(leave), .idx_o(leave_idx), .any_o(any_leave)
    );
    rr_arb #(.N(PortMisses)) u_refuse (
      .clk_i, .rst_ni, .req_i(refuse_req), .use_i(ans_load), .grant_o(refuse), .idx_o(refuse_idx), .any_o(any_refuse)
    );
  end

  // Out register. out_move: it may load in this clock.
  assign out_free = !out_valid_q || mem_ready_i;
  assign out_move = out_free && !flush_i && !w_full_i;
  assign out_load = direct || (out_move && any_leave);
  first_mux #(.N(PortMisses), .Width(SpnW)) u_spn (.sel_i(leave), .data_i(spns), .data_o(spn));
  if (HitMem) begin : gen_hit
    logic [SpnW-1:0] hit_mem [0:PortMisses-1];
    always_ff @(posedge clk_i) if (enqueue) hit_mem[alloc_idx] <= {spn_i, hint_i};
    assign leave_spn = |(leave & hit) ? hit_mem[leave_idx] : spn;
  end else begin : gen_no_hit
    assign leave_spn = spn;
    logic unused_hit;
    assign unused_hit = ^hit;
  end
  assign out_d = any_leave ? {pass, device_id, leave_spn} : {ax_pass, ax_device_id_i, spn_i, hint_i};

  always_ff @(posedge clk_i) begin
    if (!rst_ni) out_valid_q <= 1'b0;
    else out_valid_q <= out_load || !out_free;
    if (out_load) out_q <= out_d;
  end
  assign mem_valid_o = out_valid_q;
  assign {mem_id_o, mem_len_o, mem_attr_o, mem_addr_o[11:0], mem_device_id_o, mem_addr_o[55:12], mem_hint_o} = out_q;

  // Counters.
  onehot_mux #(.N(PortMisses), .Width(IdWidth)) u_leave_id (.sel_i(leave), .data_i(ids), .data_o(leave_id));
  for (genvar i = 0; i < NumIds; i++) begin : gen_inc
    assign cnt_inc[i] = (direct && ax_id_i == IdWidth'(i)) || (out_move && any_leave && leave_id == IdWidth'(i));
  end
  port_count #(.IdWidth(IdWidth), .MaxOutstanding(MaxOutstanding)) u_count (
    .clk_i, .rst_ni,
    .inc_i   (cnt_inc),
    .dec_i   (mem_rsp_valid_i && mem_rsp_ready_o && mem_rsp_last_i),
    .dec_id_i(mem_rsp_id_i),
    .fence_start_i,
    .full_o  (cnt_full),
    .zero_o  (cnt_zero),
    .drain_done_o
  );

  // Refusals.
  assign ans_load = ans_empty && any_refuse && !flush_i && !w_full_i;
  port_answer #(.Write(Write), .IdWidth(IdWidth), .PortMisses(PortMisses), .Mrif(Mrif)) u_answer (
    .clk_i, .rst_ni, .flush_i, .isolated_i,
    .load_i       (ans_load),
    .slot_i       (refuse),
    .id_i         (ans_id),
    .len_i        (ans_len),
    .okay_i       (|(refuse & okay)),
    .absorb_i     (|(refuse & mrif)),
    .swallow_done_i, .upd_done_i, .upd_ok_i, .held_next_o,
    .empty_o      (ans_empty),
    .answered_o   (answered),
    .mem_valid_i  (mem_rsp_valid_i),
    .mem_ready_o  (mem_rsp_ready_o),
    .mem_id_i     (mem_rsp_id_i),
    .mem_last_i   (mem_rsp_last_i),
    .dev_valid_o  (dev_rsp_valid_o),
    .dev_ready_i  (dev_rsp_ready_i),
    .dev_refused_o(dev_rsp_refused_o),
    .dev_okay_o   (dev_rsp_okay_o),
    .dev_id_o     (dev_rsp_id_o),
    .dev_last_o   (dev_rsp_last_o)
  );

  // A write to an interrupt file; in FAULT already in the next clock, it keeps its slot until its answer is taken.
  assign made_o = |made;
  assign absorb_o = ans_load && |(refuse & mrif);
  if (Mrif && Write) begin : gen_absorb
    logic [WhoW-1:0] absorb_who;
    index_mux #(.N(PortMisses), .Width(WhoW)) u_absorb (.idx_i(refuse_idx), .data_i(who_all), .data_o(absorb_who));
    assign absorb_req_o = {3'd0, portcullis_pkg::SlotW'(refuse_idx), iova_mem[refuse_idx], absorb_who, 2'b10};
  end else begin : gen_no_absorb
    assign absorb_req_o = '0;
  end

  // W FIFO: never both in one clock, since of writes at most one may leave, go direct or be refused.
  assign w_push_o = out_load || ans_load;
  assign w_pass_o = out_load;
  assign w_len_o = out_load ? out_d[OutW-IdWidth-1 -: 8] : ans_len;

  // What is taken, for the counters.
  if (Hpm != 0) begin : gen_event
    logic        taken_q;
    logic [45:0] who_q;  // translated, device_id, pv, process_id
    always_ff @(posedge clk_i) begin
      if (!rst_ni) taken_q <= 1'b0;
      else taken_q <= ax_valid_i && ax_ready_o;
      who_q <= {ax_who_i[0], ax_device_id_i, ax_who_i[3], ax_who_i[23:4] & {20{ax_who_i[3]}}};
    end
    assign event_o = {taken_q, who_q};
  end else begin : gen_no_event
    assign event_o = '0;
  end

  assign idle_o = &(free | aborted);
  assign sent_o = sent != '0;
  assign all_zero_o = &cnt_zero;

  logic unused;
  assign unused = ^resp;
endmodule
