// SPDX-License-Identifier: Apache-2.0
//
// Messages of PCIe ATS and PRI: answers Translation Requests and Page Requests of devices, sends Invalidation Requests and Page
// Request Group Responses of commands, and waits for Invalidation Completions. docs/microarchitecture.md sections 2 (the message
// port) and 5.10; IOMMU spec 3.6, 3.7, 4.1.4, 4.3.
//
//   FREE --message--> LOOK --> NEED --request--> SENT --response--> DONE --> FREE
//                      |                           \--Page Request--> PUT --record--> QB --B--> FREE
//                      +--> FREE (Invalidation Completion, unknown)     +-------------+--> DONE (an answer is due)
//
// One message comes in at a time, and one goes out (ats_out): DONE and commands take turns.
// Invariants: the entry in DONE, or asked for, is taken back by every invalidation, so that one that was sent before an
// Invalidation Request is ahead of it on the wire; every ITag, and a message that nobody takes, ends by a time-out.
//
// AtsTimeout: clocks, 2 or more; an ITag is given up after AtsTimeout to 2*AtsTimeout clocks.
module ats #(
  parameter int AtsTimeout = 4096
) (
  input  logic                                clk_i,
  input  logic                                rst_ni,
  // Messages.
  input  logic                                msg_in_valid_i,
  output logic                                msg_in_ready_o,
  input  logic [3:0]                          msg_in_kind_i,
  input  logic                                msg_in_dsv_i,
  input  logic [7:0]                          msg_in_segment_i,
  input  logic [15:0]                         msg_in_rid_i,
  input  logic                                msg_in_pv_i,
  input  logic [19:0]                         msg_in_pasid_i,
  input  logic                                msg_in_priv_i,
  input  logic                                msg_in_exec_i,
  input  logic                                msg_in_cxl_i,
  input  logic [9:0]                          msg_in_tag_i,
  input  logic [63:0]                         msg_in_payload_i,
  output logic                                msg_out_valid_o,
  input  logic                                msg_out_ready_i,
  output logic [3:0]                          msg_out_kind_o,
  output logic                                msg_out_dsv_o,
  output logic [7:0]                          msg_out_segment_o,
  output logic [15:0]                         msg_out_rid_o,
  output logic                                msg_out_pv_o,
  output logic [19:0]                         msg_out_pasid_o,
  output logic [9:0]                          msg_out_tag_o,
  output logic [63:0]                         msg_out_payload_o,
  output logic [2:0]                          msg_out_status_o,
  // Registers mctl and msta.
  input  logic                                refuse_i,
  output logic                                drained_o,
  // Translation: request, and the response to it.
  output logic                                req_valid_o,
  input  logic                                req_ready_i,
  output logic [portcullis_pkg::MissReqW-1:0] req_o,
  output logic                                count_o,  // the request counts as an event
  input  logic                                resp_valid_i,
  input  logic [portcullis_pkg::RespW-1:0]    resp_i,
  input  logic [portcullis_pkg::AtsRespW-1:0] ats_resp_i,
  input  logic                                kill_i,  // an invalidation
  // Commands: ATS.INVAL or ATS.PRGR, their two doublewords; what fences need to know.
  input  logic                                cmd_valid_i,
  input  logic                                cmd_inval_i,
  input  logic [63:0]                         cmd_dw0_i,
  input  logic [63:0]                         cmd_dw1_i,
  output logic                                cmd_ready_o,
  output logic                                wait_o,  // a completion is awaited
  output logic                                late_o,  // one did not come in time
  input  logic                                late_clear_i,
  // Page-request queue.
  input  logic                                pq_en_i,
  input  logic                                pq_on_i,
  input  logic                                pq_mf_i,
  input  logic                                pq_of_i,
  input  logic [43:0]                         pq_ppn_i,
  input  logic [4:0]                          pq_log2_i,
  input  logic [31:0]                         pq_head_i,
  input  logic [31:0]                         pq_tail_i,
  output logic                                pq_done_o,  // pqt + 1
  output logic                                pq_set_mf_o,
  output logic                                pq_set_of_o,
  output logic                                pq_idle_o,
  // Data-structure write port: 2 beats of 8 bytes.
  output logic                                dw_valid_o,
  output logic [55:0]                         dw_addr_o,
  input  logic                                dw_beat_i,
  output logic [63:0]                         dw_data_o,
  input  logic                                dw_taken_i,
  input  logic                                dw_b_valid_i,
  input  logic                                dw_b_err_i
);
  // Kinds of messages.
  localparam logic [3:0] InvalCompletion = 4'd2;
  localparam logic [3:0] PageRequest = 4'd4;
  localparam logic [3:0] GroupResponse = 4'd5;
  localparam logic [3:0] TranslationRequest = 4'd8;
  localparam logic [3:0] TranslationCompletion = 4'd9;

  // Response codes of a Page Request Group Response (IOMMU spec 3.7).
  localparam logic [3:0] CodeSuccess = 4'd0;
  localparam logic [3:0] CodeInvalid = 4'd1;
  localparam logic [3:0] CodeFailure = 4'd15;

  // Status of a Translation Completion (IOMMU spec 3.6).
  localparam logic [2:0] StatusSuccess = 3'd0;
  localparam logic [2:0] StatusUr = 3'd1;
  localparam logic [2:0] StatusCa = 3'd4;

  typedef enum logic [2:0] {
    StFree,
    StLook,  // the message is looked at
    StNeed,  // asks for a translation, or for the device context of a Page Request
    StSent,  // asked
    StPut,  // offers the record of a Page Request
    StQb,  // waits for its B
    StDone  // wants to send the answer
  } state_e;
  state_e state_q, state_d;

  if (AtsTimeout < 2) $error("ats: AtsTimeout must be 2 or more");

  // The message. priv, exec and pasid are 0 without pv, segment without dsv.
  logic        m_dsv_q, m_pv_q, m_priv_q, m_exec_q, m_cxl_q;
  logic [3:0]  m_kind_q;
  logic [7:0]  m_segment_q;
  logic [15:0] m_rid_q;
  logic [19:0] m_pasid_q;
  logic [9:0]  m_tag_q;
  logic [63:0] m_payload_q;
  logic        msg_in, completion, translation, page_request;
  assign msg_in_ready_o = state_q == StFree;
  assign msg_in = msg_in_valid_i && msg_in_ready_o;
  assign completion = m_kind_q == InvalCompletion;
  assign translation = m_kind_q == TranslationRequest;
  assign page_request = m_kind_q == PageRequest;
  always_ff @(posedge clk_i) begin
    if (msg_in) begin
      m_kind_q <= msg_in_kind_i;
      m_dsv_q <= msg_in_dsv_i;
      m_segment_q <= msg_in_segment_i & {8{msg_in_dsv_i}};
      m_rid_q <= msg_in_rid_i;
      m_pv_q <= msg_in_pv_i;
      m_pasid_q <= msg_in_pasid_i & {20{msg_in_pv_i}};
      m_priv_q <= msg_in_priv_i && msg_in_pv_i;
      m_exec_q <= msg_in_exec_i && msg_in_pv_i;
      m_cxl_q <= msg_in_cxl_i;
      m_tag_q <= msg_in_tag_i;
      m_payload_q <= msg_in_payload_i;
    end
  end

  // The request. Fault records of a Page Request have 4 in iotval (IOMMU spec 4.2).
  logic        asked_q;
  logic [23:0] device_id;
  assign device_id = {m_segment_q, m_rid_q};
  assign req_valid_o = state_q == StNeed;
  assign count_o = translation && !asked_q;
  portcullis_pkg::miss_req_t req;
  assign req_o = req;
  always_comb begin
    req = '0;
    req.iova = translation ? {m_payload_q[63:12], 12'd0} : 64'd4;
    req.device_id = device_id;
    req.process_id = m_pasid_q;
    req.pv = m_pv_q;
    req.priv = m_priv_q;
    req.exec = m_exec_q;
    req.solo = 1'b1;
    req.ats = translation;
    req.nw = translation && m_payload_q[0];
    req.pri = !translation;
  end

  // The response.
  portcullis_pkg::resp_t     resp;
  portcullis_pkg::ats_resp_t ats_resp;
  logic [63:0]               entry, ans_q;
  logic [1:0]                class_q;
  logic                      prpr_q, refused_q;
  assign resp = resp_i;
  assign ats_resp = ats_resp_i;
  ats_entry u_entry (
    .resp_i, .ats_resp_i, .pv_i(m_pv_q), .priv_i(m_priv_q), .exec_i(m_exec_q), .cxl_i(m_cxl_q), .entry_o(entry)
  );

  // The page-request queue (IOMMU spec 4.3).
  logic [31:0] mask;
  logic        pq_down, pq_full, pq_go;
  queue_mask u_mask (.log2_i(pq_log2_i), .mask_o(mask));
  assign pq_down = !pq_on_i || !pq_en_i || pq_mf_i;
  assign pq_full = ((pq_tail_i + 32'd1) & mask) == pq_head_i;
  assign pq_go = state_q == StPut && !pq_down && !pq_of_i;
  assign pq_set_of_o = pq_go && pq_full;
  assign dw_valid_o = pq_go && !pq_full;
  assign dw_addr_o = {pq_ppn_i, 12'd0} | {20'd0, pq_tail_i, 4'd0};
  assign dw_data_o = dw_beat_i ? m_payload_q : {device_id, 5'd0, m_exec_q, m_priv_q, m_pv_q, m_pasid_q, 12'd0};
  assign pq_done_o = state_q == StQb && dw_b_valid_i && !dw_b_err_i;
  assign pq_set_mf_o = state_q == StQb && dw_b_valid_i && dw_b_err_i;
  assign pq_idle_o = state_q != StQb;

  // What a Page Request is answered: nothing unless it is the last one of its group and asks for a right.
  logic       answer, answered, sent, granted;
  logic [3:0] code, code_q;
  assign answered = m_payload_q[2] && (|m_payload_q[1:0]);
  assign granted = |ans_q[1:0];
  always_comb begin
    state_d = state_q;
    answer = 1'b0;
    code = CodeFailure;
    unique case (state_q)
      StFree: if (msg_in_valid_i) state_d = StLook;
      StLook: begin
        state_d = StFree;
        if (translation) state_d = refuse_i ? StDone : StNeed;
        else if (page_request && !refuse_i) state_d = StNeed;
        answer = page_request && refuse_i;
      end
      StNeed: if (req_ready_i) state_d = StSent;
      StSent: if (resp_valid_i) begin
        if (resp.ok && kill_i) state_d = StNeed;
        else if (translation) state_d = StDone;
        else begin
          state_d = StPut;
          answer = !resp.ok;
          if (ats_resp.fault_class == portcullis_pkg::ClassDisallowed) code = CodeInvalid;
        end
      end
      StPut: begin
        answer = pq_down || pq_of_i || pq_full;
        if (!pq_down) code = CodeSuccess;
        if (dw_taken_i) state_d = StQb;
      end
      StQb: if (dw_b_valid_i) begin
        state_d = StFree;
        answer = dw_b_err_i;
      end
      StDone: begin
        if (sent) state_d = StFree;
        else if (translation && class_q == portcullis_pkg::ClassNone && granted && kill_i) state_d = StNeed;
      end
      default: state_d = StFree;
    endcase
    if (answer) state_d = answered ? StDone : StFree;
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) state_q <= StFree;
    else state_q <= state_d;
    if (msg_in) asked_q <= 1'b0;
    else if (req_valid_o && req_ready_i) asked_q <= 1'b1;
    if (answer) code_q <= code;
    if (msg_in) refused_q <= 1'b0;
    else if (state_q == StLook) refused_q <= refuse_i && (translation || page_request);
    if (state_q == StLook) {class_q, prpr_q} <= {portcullis_pkg::ClassUnsupported, 1'b0};
    else if (state_q == StSent && resp_valid_i) {class_q, prpr_q, ans_q} <= {ats_resp.fault_class, ats_resp.prpr, entry};
  end

  // ITags, and the clock of the time-outs.
  localparam int AgeW = $clog2(AtsTimeout);
  logic [AgeW-1:0] age_q;
  logic            tick, cmd_sent, room, late, late_q, cmd_dsv, stuck, owed;
  logic [7:0]      cmd_segment;
  logic [4:0]      itag;
  assign tick = age_q == AgeW'(AtsTimeout - 1);
  assign cmd_dsv = cmd_dw0_i[33];
  assign cmd_segment = cmd_dw0_i[63:56] & {8{cmd_dsv}};
  ats_tags u_tags (
    .clk_i, .rst_ni, .tick_i(tick),
    .new_i(cmd_sent && cmd_inval_i), .new_id_i({cmd_dsv, cmd_segment, cmd_dw0_i[55:40]}), .new_tag_o(itag), .room_o(room),
    .done_i(state_q == StLook && completion), .done_id_i({m_dsv_q, m_segment_q, m_rid_q}), .done_count_i(m_payload_q[34:32]),
    .done_tags_i(m_payload_q[31:0]), .busy_o(wait_o), .late_o(late)
  );
  assign late_o = late_q;
  always_ff @(posedge clk_i) begin
    if (!rst_ni) age_q <= '0;
    else age_q <= tick ? '0 : age_q + 1'b1;
    if (!rst_ni) late_q <= 1'b0;
    else late_q <= late || (stuck && cmd_valid_i && cmd_inval_i) || (late_q && !late_clear_i);
  end

  // The answer, or a command, goes out.
  logic        group_pv;
  logic [63:0] group, payload;
  logic [2:0]  status;
  assign group_pv = m_pv_q && (code_q == CodeFailure || prpr_q);
  assign group = {m_rid_q, code_q, 3'd0, m_payload_q[11:3], 32'd0};
  always_comb begin
    payload = '0;
    status = StatusSuccess;
    if (!translation) payload = group;
    else if (class_q == portcullis_pkg::ClassNone) payload = ans_q;
    else status = (class_q == portcullis_pkg::ClassAbort) ? StatusCa : StatusUr;
  end
  ats_out u_out (
    .clk_i, .rst_ni, .tick_i(tick),
    .answer_valid_i(state_q == StDone), .answer_kind_i(translation ? TranslationCompletion : GroupResponse),
    .answer_id_i({m_dsv_q, m_segment_q, m_rid_q}), .answer_pv_i(!translation && group_pv), .answer_pasid_i(m_pasid_q),
    .answer_tag_i(m_tag_q & {10{translation}}), .answer_payload_i(payload), .answer_status_i(status), .answer_mine_i(refused_q),
    .answer_ready_o(sent),
    .cmd_valid_i, .cmd_inval_i, .cmd_room_i(room), .cmd_id_i({cmd_dsv, cmd_segment, cmd_dw0_i[55:40]}), .cmd_pv_i(cmd_dw0_i[32]),
    .cmd_pasid_i(cmd_dw0_i[31:12]), .cmd_itag_i(itag), .cmd_payload_i(cmd_dw1_i), .cmd_ready_o, .cmd_sent_o(cmd_sent),
    .stuck_o(stuck), .owed_o(owed),
    .msg_out_valid_o, .msg_out_ready_i, .msg_out_kind_o, .msg_out_dsv_o, .msg_out_segment_o, .msg_out_rid_o, .msg_out_pv_o,
    .msg_out_pasid_o, .msg_out_tag_o, .msg_out_payload_o, .msg_out_status_o
  );

  // Messages that are refused keep nothing from being drained.
  assign drained_o = !wait_o && !owed && (state_q == StFree || (state_q == StLook && refuse_i) || refused_q);

  logic unused;
  assign unused = ^{resp, ats_resp, cmd_dw0_i[39:34], cmd_dw0_i[11:0]};
endmodule
