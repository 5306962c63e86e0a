// SPDX-License-Identifier: Apache-2.0
//
// Checks of one page-table entry of either stage (privileged spec, "Virtual Address Translation Process", steps 3 to 9; "Guest
// Physical Address Translation"; Svnapot; Svpbmt; Svrsw60t59b). Combinational.
//
// Level: 0 holds 4 KiB (or 64 KiB) leaves, 4 is the root of Sv57. An Sv32 entry comes zero-extended.
// fault_o: page fault. Otherwise leaf_o says which kind of entry it is, and due_o that A, or D before a store, is to be set
// first. w_o contains D, as it will be once what is due is done.
//
// For ATS a leaf is denied only if it gives no right at all (IOMMU spec 3.6); with AmoHwad D is set for what may be written.
module walk_pte #(
  parameter bit Pdt = 1'b0,
  parameter int AmoHwad = 0,
  parameter int Sv32 = 0,
  parameter int Ats = 0
) (
  input  logic [63:0] pte_i,
  input  logic [2:0]  level_i,
  input  logic        sv32_i,  // of Sv32 or Sv32x4: a leaf of level 1 has 4 MiB
  input  logic        svpbmt_i,
  input  logic        svrsw_i,
  input  logic        write_i,  // the access needs W and D; otherwise
  input  logic        exec_i,  // X, or R
  input  logic        ats_i,  // any right is enough; D only with
  input  logic        nw_i,  // 0, where there is W
  input  logic        priv_i,  // supervisor privilege; it may read and write user pages with sum_i
  input  logic        sum_i,
  input  logic        update_i,  // hardware sets A and D
  output logic        fault_o,
  output logic        leaf_o,
  output logic        due_o,
  output logic        rw_ok_o,  // this privilege may read and write
  output logic [2:0]  size_o,  // of 4 MiB: 2M
  output logic        w_o
);
  logic v, r, w, x, u, a, d, n, sv32, store;
  logic [1:0] pbmt;
  assign {d, a} = pte_i[7:6];
  assign {u, x, w, r, v} = pte_i[4:0];
  assign {n, pbmt} = pte_i[63:61];
  assign sv32 = Sv32 != 0 && sv32_i;

  assign leaf_o = r || x;
  assign store = (Ats != 0 && ats_i) ? !nw_i && w : write_i;
  assign due_o = AmoHwad != 0 && (!a || (store && !d));
  assign w_o = w && (d || (AmoHwad != 0 && store));

  // Step 3: V = 0, W without R, reserved bits 60:54, a memory type that is reserved or not supported.
  logic invalid;
  assign invalid = !v || (w && !r) || (|pte_i[58:54]) || ((|pte_i[60:59]) && !svrsw_i) || (svpbmt_i ? &pbmt : |pbmt);

  // Step 4: no level below, or bits that are reserved in a non-leaf entry.
  logic bad_pointer;
  assign bad_pointer = level_i == 3'd0 || n || (|pbmt) || d || a || u;

  // Step 5: misaligned superpage. The page number's fields of 9 bits, from the lowest.
  logic [3:0] field;
  logic       misaligned;
  assign field = {|pte_i[45:37], |pte_i[36:28], |pte_i[27:19], |pte_i[18:10]};
  assign misaligned = (level_i >= 3'd1 && field[0]) || (level_i >= 3'd2 && field[1]) || (level_i >= 3'd3 && field[2]) ||
                      (level_i >= 3'd4 && field[3]) || (sv32 && level_i >= 3'd1 && pte_i[19]);

  // Svnapot: only 64 KiB at level 0 is defined.
  logic bad_napot;
  assign bad_napot = n && (level_i != 3'd0 || pte_i[13:10] != 4'b1000);

  // Steps 6 to 9: U, rights, A and D. A supervisor never executes a user page.
  logic x_ok, denied, missing;
  assign rw_ok_o = (Pdt && priv_i) ? (!u || sum_i) : u;
  assign x_ok = (Pdt && priv_i) ? !u : u;
  assign denied = (Ats != 0 && ats_i) ? !(r && rw_ok_o) && !(x && x_ok) :
                  write_i ? !(w && rw_ok_o) : exec_i ? !(x && x_ok) : !(r && rw_ok_o);
  assign missing = (!a || (store && !d)) && !(AmoHwad != 0 && update_i);

  assign fault_o = invalid || (leaf_o ? misaligned || bad_napot || denied || missing : bad_pointer);

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
  assign unused = ^{pte_i[5], pte_i[9:8], pte_i[53:46], sv32_i, ats_i, nw_i};
endmodule
