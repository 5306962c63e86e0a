// SPDX-License-Identifier: Apache-2.0
//
// Per AXI ID of a port channel: how many bursts are out (loaded into the out register and not fully answered by memory), and how
// many of those are older than the last fence. docs/microarchitecture.md section 4.2, "Counters".
//
// An answer when the count is 0 is ignored. Answers of one ID come in order, so the first `snap` of them are the old ones.
// Invariant: snap <= cnt <= MaxOutstanding; inc_i comes only when the count is not full.
// MaxOutstanding: 2^n-1. IdWidth: bits of an ID.
module port_count #(
  parameter int IdWidth = 2,
  parameter int MaxOutstanding = 31
) (
  input  logic                  clk_i,
  input  logic                  rst_ni,
  input  logic [2**IdWidth-1:0] inc_i,          // one-hot by ID
  input  logic                  dec_i,
  input  logic [IdWidth-1:0]    dec_id_i,
  input  logic                  fence_start_i,  // pulse: what is out from now on is old
  output logic [2**IdWidth-1:0] full_o,
  output logic [2**IdWidth-1:0] zero_o,
  output logic                  drain_done_o    // nothing old is out
);
  localparam int NumIds = 2 ** IdWidth;
  localparam int CntW = $clog2(MaxOutstanding + 1);

  logic [NumIds-1:0] drained;

  for (genvar i = 0; i < NumIds; i++) begin : gen_id
    logic [CntW-1:0] cnt_q, cnt_d, snap_q;
    logic            dec, change;

    assign dec = dec_i && dec_id_i == IdWidth'(i) && cnt_q != '0;
    // One adder: + 1 or - 1 (all ones).
    assign change = inc_i[i] != dec;
    assign cnt_d = cnt_q + {{(CntW-1){change && dec}}, change};

    always_ff @(posedge clk_i) begin
      if (!rst_ni) begin
        cnt_q <= '0;
        snap_q <= '0;
      end else begin
        cnt_q <= cnt_d;
        if (fence_start_i) snap_q <= cnt_d;
        else if (dec && snap_q != '0) snap_q <= snap_q - CntW'(1);
      end
    end

    assign full_o[i] = cnt_q == CntW'(MaxOutstanding);
    assign zero_o[i] = cnt_q == '0;
    assign drained[i] = snap_q == '0;
  end

  assign drain_done_o = &drained;
endmodule
