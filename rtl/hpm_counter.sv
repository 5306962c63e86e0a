// SPDX-License-Identifier: Apache-2.0
//
// One event counter with its selector (IOMMU spec 6.22, 6.23): iohpmctr, iohpmevt. docs/microarchitecture.md section 6.1.
//
//   events of this clock --filter, count--> inc_q --> counter_q + inc_q --beyond 2^64--> OF
//
// A write to the counter wins over the count of that clock, of which then nothing is left; OF, when the count sets it, wins over
// a write to the selector. An eventID above 8 is kept as 0: such events do not exist. Without present_i nothing can be written,
// so that all reads 0.
//
// Sources: event inputs of ports; each gives one event in a clock at most. At most 15 events come in a clock.
module hpm_counter #(
  parameter int Sources = 2
) (
  input  logic                                       clk_i,
  input  logic                                       rst_ni,
  input  logic                                       present_i,
  input  logic                                       inhibit_i,
  input  logic [1:0]                                 wr_counter_i,  // words that are written: 1 high, 0 low
  input  logic [1:0]                                 wr_event_i,
  input  logic [63:0]                                wr_data_i,
  output logic [63:0]                                counter_o,
  output logic [63:0]                                event_o,
  input  logic [Sources*portcullis_pkg::EvPortW-1:0] ev_port_i,
  input  logic [portcullis_pkg::EvReqW-1:0]          ev_req_i,
  input  logic [portcullis_pkg::EvWalkW-1:0]         ev_walk_i,
  output logic                                       overflow_o  // OF changes from 0 to 1
);
  // Events (spec 6.23); those from 4 on are of walks.
  localparam logic [3:0] EventUntranslated = 4'd1;
  localparam logic [3:0] EventTranslated = 4'd2;
  localparam logic [3:0] EventAts = 4'd3;
  localparam logic [3:0] EventMiss = 4'd4;
  localparam logic [3:0] EventWalk = 4'd5;  // 5..8: DDT, PDT, first, second stage
  localparam logic [14:0] EventLast = 15'd8;

  logic [3:0]  event_q, inc_q;
  logic        dmask_q, pv_q, dv_q, idt_q, of_q;
  logic [19:0] pid_q;
  logic [23:0] did_q;
  logic [63:0] counter_q;
  assign counter_o = counter_q;
  assign event_o = {of_q, idt_q, dv_q, pv_q, did_q, pid_q, dmask_q, 11'd0, event_q};

  // Bits of did_gscid that are compared: with DMASK those above its lowest 0.
  logic [23:0] care;
  always_comb begin
    for (int i = 0; i < 24; i++) care[i] = !(dmask_q && &(did_q | (24'hff_ffff << i)));
  end

  // Requests of ports: device_id and process_id only.
  portcullis_pkg::ev_port_t ev;
  logic [Sources-1:0]       hit;
  always_comb begin
    for (int i = 0; i < Sources; i++) begin
      ev = ev_port_i[i*portcullis_pkg::EvPortW +: portcullis_pkg::EvPortW];
      hit[i] = ev.valid && !idt_q && event_q == (ev.translated ? EventTranslated : EventUntranslated) &&
               (!dv_q || ((ev.device_id ^ did_q) & care) == '0) && (!pv_q || (ev.pv && ev.process_id == pid_q));
    end
  end

  // The requesters above the ports, or a walk, whichever the event belongs to: at most one event.
  portcullis_pkg::ev_req_t  req;
  portcullis_pkg::ev_walk_t walk;
  logic [23:0]              id;
  logic [19:0]              pid;
  logic                     of_walk, id_valid, pid_valid, chosen, one;
  assign req = ev_req_i;
  assign walk = ev_walk_i;
  assign of_walk = event_q >= EventMiss;
  always_comb begin
    if (of_walk && idt_q) {id_valid, id, pid_valid, pid} = {walk.gscv, 8'd0, walk.gscid, walk.pscv, walk.pscid};
    else if (of_walk) {id_valid, id, pid_valid, pid} = {1'b1, walk.device_id, walk.pv, walk.process_id};
    else {id_valid, id, pid_valid, pid} = {1'b1, req.device_id, req.pv, req.process_id};
    unique case (event_q)
      EventUntranslated: chosen = req.valid && !req.ats && !idt_q;
      EventAts: chosen = req.valid && req.ats && !idt_q;
      EventMiss: chosen = walk.valid && walk.miss;
      default: chosen = walk.valid && event_q == EventWalk + {2'd0, walk.kind} && !(idt_q && !walk.kind[1]);
    endcase
  end
  assign one = chosen && (!dv_q || (id_valid && ((id ^ did_q) & care) == '0)) && (!pv_q || (pid_valid && pid == pid_q));

  logic [3:0] inc;
  always_comb begin
    inc = {3'd0, one};
    for (int i = 0; i < Sources; i++) inc = inc + {3'd0, hit[i]};
  end

  logic [4:0]  low;
  logic [63:0] sum;
  logic        carry;
  assign low = {1'b0, counter_q[3:0]} + {1'b0, inc_q};
  assign sum[3:0] = low[3:0];
  count_up #(.Width(60)) u_up (.count_i(counter_q[63:4]), .inc_i(low[4]), .next_o(sum[63:4]), .carry_o(carry));

  // A write of OF in the clock of an overflow comes before it.
  logic written, carries, of_before;
  assign written = |wr_counter_i;
  assign carries = carry && !written;
  assign of_before = (present_i && wr_event_i[1]) ? wr_data_i[63] : of_q;
  assign overflow_o = carries && !of_before;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      counter_q <= '0;
      inc_q <= '0;
      {of_q, idt_q, dv_q, pv_q, did_q, pid_q, dmask_q, event_q} <= '0;
    end else begin
      inc_q <= inhibit_i ? '0 : inc;
      if (present_i && written) begin
        if (wr_counter_i[0]) counter_q[31:0] <= wr_data_i[31:0];
        if (wr_counter_i[1]) counter_q[63:32] <= wr_data_i[63:32];
      end else begin
        counter_q <= sum;
      end
      if (present_i && wr_event_i[0]) begin
        {pid_q[15:0], dmask_q} <= wr_data_i[31:15];
        event_q <= (wr_data_i[14:0] > EventLast) ? '0 : wr_data_i[3:0];
      end
      if (present_i && wr_event_i[1]) {of_q, idt_q, dv_q, pv_q, did_q, pid_q[19:16]} <= wr_data_i[63:32];
      if (carries) of_q <= 1'b1;
    end
  end
endmodule
