// SPDX-License-Identifier: Apache-2.0
//
// What a port does with a write to a page in MRIF mode once its answer is loaded: takes the MSI from the swallowed W beat, has
// `mrif` in the core update the interrupt file, and lets the answer go. docs/microarchitecture.md section 4.6; AIA spec,
// "MSI PTE, MRIF mode".
//
//   IDLE --answer loaded--> W --beat swallowed--> ASK --> RUN --done--> IDLE
//                           '-- not 4 aligned bytes: SLVERR --> IDLE
//
// A flush ends it, but for an update that mrif has taken: nobody gets the answer to that. A fence waits (upd_drained_o) for the
// write that is here or in the answer register when it starts.
// Invariant: a slot becomes MRIF only in IDLE, and there is one at most, so what its response gave stays until `done`.
// DataWidth: bits of W data.
module port_mrif #(
  parameter int DataWidth = 64
) (
  input  logic                                clk_i,
  input  logic                                rst_ni,
  input  logic                                flush_i,
  input  logic                                fence_start_i,

  // Write channel: the response that makes a slot MRIF; the answer register loads this write; it holds one in the next clock.
  input  logic                                made_i,
  input  logic [portcullis_pkg::RespW-1:0]    resp_i,
  input  logic                                absorb_i,
  input  logic [portcullis_pkg::MissReqW-1:0] absorb_req_i,
  input  logic                                held_next_i,
  output logic                                answer_o,  // the answer is ready
  output logic                                answer_ok_o,

  input  logic                                swallow_done_i,
  input  logic [DataWidth-1:0]                dev_w_data_i,
  input  logic [DataWidth/8-1:0]              dev_w_strb_i,

  output logic                                mrif_valid_o,
  input  logic                                mrif_ready_i,
  output logic [portcullis_pkg::MrifReqW-1:0] mrif_req_o,
  input  logic                                mrif_done_i,
  input  logic                                mrif_ok_i,

  output logic                                idle_o,
  output logic                                upd_drained_o
);
  typedef enum logic [1:0] {StIdle, StW, StAsk, StRun} state_e;
  localparam int Groups = DataWidth / 32;
  localparam int LowW = 2 + $clog2(Groups);  // address bits that the group tells

  portcullis_pkg::resp_t     resp;
  portcullis_pkg::miss_req_t req_q;
  state_e                    state_q, state_d;
  logic [46:0]               file_q;
  logic [43:0]               nppn_q;
  logic [10:0]               nid_q;
  logic [11:0]               rcid_q, mcid_q;
  logic [31:0]               data_q;
  logic                      dtf_q, beyond_q, high_q, old_q, absorbing;
  assign resp = resp_i;

  // The beat: its strobes are all ones in one group of 4 bytes and 0 in the others.
  logic [Groups-1:0] all_set, some_set;
  logic [31:0]       data;
  logic [11:0]       offset;
  logic              word;
  for (genvar g = 0; g < Groups; g++) begin : gen_group
    assign all_set[g] = &dev_w_strb_i[4*g +: 4];
    assign some_set[g] = |dev_w_strb_i[4*g +: 4];
  end
  onehot_mux #(.N(Groups), .Width(32)) u_data (.sel_i(all_set), .data_i(dev_w_data_i), .data_o(data));
  assign word = all_set == some_set && $countones(all_set) == 1;
  always_comb begin
    offset = {req_q.iova[11:LowW], {LowW{1'b0}}};
    for (int g = 0; g < Groups; g++) offset = offset | (all_set[g] ? 12'(4*g) : 12'd0);
  end

  always_comb begin
    state_d = state_q;
    unique case (state_q)
      StIdle: if (absorb_i) state_d = StW;
      StW: begin
        if (flush_i) state_d = StIdle;
        else if (swallow_done_i) state_d = word ? StAsk : StIdle;
      end
      StAsk: begin
        if (flush_i) state_d = StIdle;
        else if (mrif_ready_i) state_d = StRun;
      end
      default: if (mrif_done_i) state_d = StIdle;
    endcase
  end
  assign answer_o = (state_q == StW && swallow_done_i && !word) || (state_q == StRun && mrif_done_i);
  assign answer_ok_o = state_q == StRun && mrif_ok_i;

  assign absorbing = held_next_i || state_d != StIdle;
  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      state_q <= StIdle;
      old_q <= 1'b0;
    end else begin
      state_q <= state_d;
      old_q <= absorbing && (fence_start_i || old_q);
    end
    if (made_i) begin
      {file_q, nppn_q, nid_q, dtf_q} <= {resp.file, resp.spn, resp.nid, resp.dtf};
      {rcid_q, mcid_q} <= {resp.rcid, resp.mcid};
    end
    if (absorb_i) req_q <= absorb_req_i;
    if (state_q == StW) begin
      data_q <= data;
      beyond_q <= |offset[11:3];
      high_q <= offset[2];
    end
  end

  assign mrif_valid_o = state_q == StAsk && !flush_i;
  assign mrif_req_o = {file_q, nppn_q, nid_q, beyond_q, high_q, data_q, rcid_q, mcid_q, dtf_q, req_q.iova, req_q.device_id,
                       req_q.process_id, req_q.pv, req_q.priv, req_q.translated};
  assign idle_o = state_q == StIdle;
  assign upd_drained_o = !old_q;

  logic unused;
  assign unused = ^{resp, req_q, offset[1:0]};
endmodule
