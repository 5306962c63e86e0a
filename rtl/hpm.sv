// SPDX-License-Identifier: Apache-2.0
//
// Performance monitor (IOMMU spec 6.19 to 6.23): cycles counter, event counters, inhibits, overflows.
// docs/microarchitecture.md section 6.1.
//
// Events come as registers of the blocks where they happen and are counted two clocks later. Without capabilities.HPM, and above
// the counters that the fuse leaves, registers read 0 and ignore writes.
//
// Counters: event counters, 1..31. Sources: event inputs of ports.
module hpm #(
  parameter int Counters = 4,
  parameter int Sources = 2
) (
  input  logic                                       clk_i,
  input  logic                                       rst_ni,
  input  logic [5:0]                                 left_i,  // event counters left; 0: no monitor
  // Bus. Addresses count doublewords.
  input  logic [8:0]                                 wr_addr_i,
  input  logic [1:0]                                 wr_word_i,
  input  logic [63:0]                                wr_data_i,
  input  logic [8:0]                                 rd_addr_i,
  output logic [63:0]                                rd_data_o,
  // Events.
  input  logic [Sources*portcullis_pkg::EvPortW-1:0] ev_port_i,
  input  logic [portcullis_pkg::EvReqW-1:0]          ev_req_i,
  input  logic [portcullis_pkg::EvWalkW-1:0]         ev_walk_i,
  output logic                                       overflow_o
);
  localparam logic [8:0] OvfDw = portcullis_regs_pkg::IocountovfOffset[11:3];  // iocountovf, iocountinh
  localparam logic [8:0] CyclesDw = portcullis_regs_pkg::IohpmcyclesOffset[11:3];
  localparam logic [8:0] CtrDw = portcullis_regs_pkg::IohpmctrOffset[11:3];
  localparam logic [8:0] EvtDw = portcullis_regs_pkg::IohpmevtOffset[11:3];

  // Index 0: the cycles counter; X: counter X.
  logic [Counters:0]      present, inhibit_q, of, overflow;
  logic [63:0]            cycles_q;
  logic [Counters*64-1:0] counter, selector;
  for (genvar i = 0; i <= Counters; i++) begin : gen_present
    assign present[i] = (i == 0) ? left_i != '0 : left_i >= 6'(i);
  end
  assign overflow_o = |overflow;

  // Cycles: bit 63 is OF. A write wins whole.
  logic [1:0]  wr_cycles;
  logic [62:0] next;
  logic        carry;
  assign wr_cycles = wr_word_i & {2{wr_addr_i == CyclesDw}};
  count_up #(.Width(63)) u_next (.count_i(cycles_q[62:0]), .inc_i(present[0] && !inhibit_q[0]), .next_o(next), .carry_o(carry));
  assign of[0] = cycles_q[63];
  assign overflow[0] = carry && wr_cycles == '0 && !cycles_q[63];
  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      inhibit_q <= '0;
      cycles_q <= '0;
    end else begin
      if (wr_word_i[1] && wr_addr_i == OvfDw) inhibit_q <= wr_data_i[32 +: Counters+1] & present;
      if (present[0] && wr_cycles[0]) cycles_q[31:0] <= wr_data_i[31:0];
      if (present[0] && wr_cycles[1]) cycles_q[63:32] <= wr_data_i[63:32];
      if (wr_cycles == '0) cycles_q <= {cycles_q[63] || carry, next};
    end
  end

  for (genvar i = 1; i <= Counters; i++) begin : gen_counter
    hpm_counter #(.Sources(Sources)) u_counter (
      .clk_i,
      .rst_ni,
      .present_i(present[i]),
      .inhibit_i(inhibit_q[i]),
      .wr_counter_i(wr_word_i & {2{wr_addr_i == CtrDw + 9'(i - 1)}}),
      .wr_event_i(wr_word_i & {2{wr_addr_i == EvtDw + 9'(i - 1)}}),
      .wr_data_i,
      .counter_o(counter[64*(i-1) +: 64]),
      .event_o(selector[64*(i-1) +: 64]),
      .ev_port_i,
      .ev_req_i,
      .ev_walk_i,
      .overflow_o(overflow[i])
    );
    assign of[i] = selector[64*(i-1) + portcullis_regs_pkg::IohpmevtOfLsb];
  end

  always_comb begin
    rd_data_o = ({32'(inhibit_q), 32'(of)} & {64{rd_addr_i == OvfDw}}) | (cycles_q & {64{rd_addr_i == CyclesDw}});
    for (int i = 0; i < Counters; i++) begin
      rd_data_o = rd_data_o | (counter[64*i +: 64] & {64{rd_addr_i == CtrDw + 9'(i)}});
      rd_data_o = rd_data_o | (selector[64*i +: 64] & {64{rd_addr_i == EvtDw + 9'(i)}});
    end
  end
endmodule
