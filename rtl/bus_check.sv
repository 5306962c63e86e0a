// SPDX-License-Identifier: Apache-2.0
//
// Says whether an AXI4 address breaks a bus rule, so that the whole burst is refused (docs/microarchitecture.md section 4.5).
// Combinational.
//   burst  0 FIXED  more than 16 beats
//          1 INCR   passes the end of its 4 KiB page
//          2 WRAP   not of 2, 4, 8 or 16 beats, or address not a multiple of the beat
//          3        always
//   size   wider than the bus
//   lock   more than 16 beats or 128 bytes, bytes not a power of two, or address not a multiple of them
//
// DataWidth: bits of the data bus, a power of two in 32..512.
module bus_check #(
  parameter int DataWidth = 64
) (
  input  logic [11:0] addr_i,
  input  logic [7:0]  len_i,
  input  logic [2:0]  size_i,
  input  logic [1:0]  burst_i,
  input  logic        lock_i,
  output logic        illegal_o
);
  localparam int MaxSize = $clog2(DataWidth / 8);
  localparam int ShiftW = $clog2(MaxSize + 1);

  // Sizes above MaxSize are refused on their own, so the shifts need only the low bits of the size.
  logic [ShiftW-1:0] shift;
  logic [15:0] last;       // offset of the last beat from the first
  logic [12:0] last_addr;  // the page offset of the last beat, and the carry; bits below the beat size are as in the address
  logic [6:0]  beat_low;   // address bits below one beat
  logic [6:0]  burst_low;  // address bits below the whole burst, of at most 128 bytes
  logic        too_wide, crosses, few_beats, pow2_beats, beat_aligned, too_many_bytes, bad_wrap, bad_lock;

  assign shift = size_i[ShiftW-1:0];
  assign last = 16'(len_i) << shift;
  assign last_addr = {1'b0, last[11:0]} + {1'b0, addr_i};
  assign beat_low = ~(7'h7f << shift);
  assign burst_low = ~((7'h7f & ~len_i[6:0]) << shift);

  assign too_wide = size_i > 3'(MaxSize);
  assign crosses = last_addr[12] || last[15:12] != '0;
  assign few_beats = len_i[7:4] == '0;
  assign pow2_beats = (len_i[3:0] & (len_i[3:0] + 4'd1)) == '0;
  assign beat_aligned = (addr_i[6:0] & beat_low) == '0;
  assign too_many_bytes = last[15:7] != '0;

  assign bad_wrap = !few_beats || !pow2_beats || !len_i[0] || !beat_aligned;
  assign bad_lock = !few_beats || !pow2_beats || too_many_bytes || (addr_i[6:0] & burst_low) != '0;

  always_comb begin
    unique case (burst_i)
      2'd0:    illegal_o = !few_beats;
      2'd1:    illegal_o = crosses;
      2'd2:    illegal_o = bad_wrap;
      default: illegal_o = 1'b1;
    endcase
    if (too_wide || (lock_i && bad_lock)) illegal_o = 1'b1;
  end

  logic unused;
  assign unused = ^last_addr[11:0];
endmodule
