// SPDX-License-Identifier: Apache-2.0
//
// Checks of one first-stage page-table entry (privileged spec, "Virtual Address Translation Process", steps 3 to 9; Svnapot;
// Svpbmt). Combinational.
//
// Level: 0 holds 4 KiB (or 64 KiB) leaves, 4 is the root of Sv57. Requests have user privilege: supervisor privilege needs a
// process context. A and D are not updated: A = 0, or a write with D = 0, faults. Svrsw60t59b is not built.
// fault_o: page fault. Otherwise leaf_o says which kind of entry it is. The rights given are final: w_o only with D = 1.
module walk_pte (
  input  logic [63:0] pte_i,
  input  logic [2:0]  level_i,
  input  logic        svpbmt_i,
  input  logic        write_i,
  input  logic        exec_i,  // a read for execute; counts only without write_i
  output logic        fault_o,
  output logic        leaf_o,
  output logic [2:0]  size_o,
  output logic        w_o
);
  logic v, r, w, x, u, a, d, n;
  logic [1:0] pbmt;
  assign {d, a} = pte_i[7:6];
  assign {u, x, w, r, v} = pte_i[4:0];
  assign {n, pbmt} = pte_i[63:61];

  assign leaf_o = r || x;
  assign w_o = w && d;

  // Step 3: V = 0, W without R, reserved bits 60:54, a memory type that is reserved or not supported.
  logic invalid;
  assign invalid = !v || (w && !r) || (|pte_i[60:54]) || (svpbmt_i ? &pbmt : |pbmt);

  // Step 4: no level below, or bits that are reserved in a non-leaf entry.
  logic bad_pointer;
  assign bad_pointer = level_i == 3'd0 || n || (|pbmt) || d || a || u;

  // Step 5: misaligned superpage. The page number's fields of 9 bits, from the lowest.
  logic [3:0] field;
  logic       misaligned;
  assign field = {|pte_i[45:37], |pte_i[36:28], |pte_i[27:19], |pte_i[18:10]};
  assign misaligned = (level_i >= 3'd1 && field[0]) || (level_i >= 3'd2 && field[1]) || (level_i >= 3'd3 && field[2]) ||
                      (level_i >= 3'd4 && field[3]);

  // Svnapot: only 64 KiB at level 0 is defined.
  logic bad_napot;
  assign bad_napot = n && (level_i != 3'd0 || pte_i[13:10] != 4'b1000);

  // Steps 6 to 9: U, rights, A and D.
  logic denied;
  assign denied = !u || !a || (write_i ? !w_o : exec_i ? !x : !r);

  assign fault_o = invalid || (leaf_o ? misaligned || bad_napot || denied : bad_pointer);

  always_comb begin
    unique case (level_i)
      3'd0:    size_o = n ? portcullis_pkg::Size64K : portcullis_pkg::Size4K;
      3'd1:    size_o = portcullis_pkg::Size2M;
      3'd2:    size_o = portcullis_pkg::Size1G;
      3'd3:    size_o = portcullis_pkg::Size512G;
      default: size_o = portcullis_pkg::Size256T;
    endcase
  end

  // Bits without a meaning here: G is taken by the caller, RSW and the upper page number are free.
  logic unused;
  assign unused = ^{pte_i[5], pte_i[9:8], pte_i[53:46]};
endmodule
