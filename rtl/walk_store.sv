// SPDX-License-Identifier: Apache-2.0
//
// What walkers keep for the shared units only, in memories with a word for each walker: second stage and MSI page table of the
// device context, the guest page that the second stage translates (or has translated last), entries that are to be updated and
// the pages that they give, and where they stand. Each memory has one writer: stage B, a beat, a second-stage lookup, or an
// exclusive read; a word is written before it is read, and contents are not reset.
//
// Readers: the beat, the lookup granted, the answer to an exclusive write (b), the exclusive write offered (xw), the fault
// record.
//
// GpnW: bits of a guest page number. AmoHwad, MsiFlat: 0 leaves their memories out.
module walk_store #(
  parameter int Walkers = 8,
  parameter int GpnW = 38,
  parameter int AmoHwad = 0,
  parameter int MsiFlat = 0,
  localparam int IdxW = $clog2(Walkers)
) (
  input  logic                      clk_i,
  input  logic                      ext_i,
  input  logic [Walkers-1:0]        own_i,  // the walk has read its device context itself
  // Stage B.
  input  logic                      new_we_i,
  input  logic [IdxW-1:0]           new_idx_i,
  input  logic [walk_pkg::HgW-1:0]  new_hg_i,
  input  logic [walk_pkg::MsiW-1:0] new_msi_i,
  // Beat.
  input  logic                      beat_we_i,
  input  logic [IdxW-1:0]           beat_idx_i,
  input  logic                      beat_in_g_i,
  input  logic [63:0]               data_i,
  input  logic [63:0]               pte_i,
  input  logic [walk_pkg::DecW-1:0] dec_i,
  input  logic [43:0]               page_i,  // that the leaf of this beat gives
  output logic [walk_pkg::HgW-1:0]  beat_hg_o,  // as read by the walk itself
  output logic [walk_pkg::MsiW-1:0] beat_msi_o,
  output logic [46:0]               beat_gpn_o,
  output logic [63:0]               beat_entry_o,
  // Lookup.
  input  logic                      gl_we_i,
  input  logic [IdxW-1:0]           gl_idx_i,
  input  logic [46:0]               gl_gpn_i,
  output logic [walk_pkg::HgW-1:0]  gl_hg_o,
  output logic [walk_pkg::MsiW-1:0] gl_msi_o,
  // Updates.
  input  logic [IdxW-1:0]           b_idx_i,
  input  logic                      b_in_g_i,
  output logic [43:0]               b_pos_o,
  output logic [63:0]               b_entry_o,
  output logic [46:0]               b_gpn_o,
  input  logic [IdxW-1:0]           xw_idx_i,
  input  logic                      xw_in_g_i,
  output logic [63:0]               xw_entry_o,
  output logic [55:3]               xw_addr_o,  // of its exclusive read
  // Exclusive reads.
  input  logic                      xar_we_i,
  input  logic [IdxW-1:0]           xar_idx_i,
  input  logic [55:3]               xar_addr_i,
  // Record.
  input  logic [IdxW-1:0]           rec_idx_i,
  output logic [46:0]               rec_gpn_o
);
  localparam int KeptW = (GpnW > 44) ? 47 : 44;

  walk_pkg::dec_t dec;
  assign dec = dec_i;

  logic [walk_pkg::HgW-1:0] hg_new_mem [0:Walkers-1];
  logic [walk_pkg::HgW-1:0] hg_own_mem [0:Walkers-1];
  logic [KeptW-1:0]         gpn_mem [0:Walkers-1];
  always_ff @(posedge clk_i) begin
    if (new_we_i) hg_new_mem[new_idx_i] <= new_hg_i;
    if (beat_we_i && dec.hg_we) hg_own_mem[beat_idx_i] <= {dec.g_mode, data_i[43:0]};
    if (gl_we_i) gpn_mem[gl_idx_i] <= gl_gpn_i[KeptW-1:0];
  end
  assign beat_hg_o = hg_own_mem[beat_idx_i];
  assign gl_hg_o = own_i[gl_idx_i] ? hg_own_mem[gl_idx_i] : hg_new_mem[gl_idx_i];
  assign beat_gpn_o = 47'(gpn_mem[beat_idx_i]);
  assign b_gpn_o = 47'(gpn_mem[b_idx_i]);
  assign rec_gpn_o = 47'(gpn_mem[rec_idx_i]);

  if (MsiFlat != 0) begin : gen_msi
    logic [walk_pkg::MsiW-1:0]  new_mem [0:Walkers-1];
    logic [44:0]                ptp_mem [0:Walkers-1];
    logic [46:0]                mask_mem [0:Walkers-1];
    logic [46:0]                pattern_mem [0:Walkers-1];
    logic [walk_pkg::BaseW-1:0] base_mem [0:Walkers-1];
    logic [walk_pkg::BaseW-1:0] base;
    msi_base #(.GpnW(GpnW)) u_base (.mask_i(data_i[46:0]), .base_o(base));
    always_ff @(posedge clk_i) begin
      if (new_we_i) new_mem[new_idx_i] <= new_msi_i;
      if (beat_we_i && dec.msi_we[0]) ptp_mem[beat_idx_i] <= {data_i[60], data_i[43:0]};
      if (beat_we_i && dec.msi_we[1]) mask_mem[beat_idx_i] <= 47'(data_i[GpnW-1:0]);
      if (beat_we_i && dec.msi_we[1]) base_mem[beat_idx_i] <= base;
      if (beat_we_i && dec.msi_we[2]) pattern_mem[beat_idx_i] <= 47'(data_i[GpnW-1:0]);
    end
    // The base format has no MSI page table.
    assign beat_msi_o = {ptp_mem[beat_idx_i], mask_mem[beat_idx_i], pattern_mem[beat_idx_i], base_mem[beat_idx_i]} &
                        {walk_pkg::MsiW{ext_i}};
    assign gl_msi_o = own_i[gl_idx_i] ? {ptp_mem[gl_idx_i], mask_mem[gl_idx_i], pattern_mem[gl_idx_i], base_mem[gl_idx_i]} &
                                        {walk_pkg::MsiW{ext_i}} : new_mem[gl_idx_i];
  end else begin : gen_no_msi
    assign beat_msi_o = '0;
    assign gl_msi_o = '0;
    logic unused;
    assign unused = ^{new_msi_i, ext_i};
  end

  // Entries to be updated: of the first stage, and of the second one on the way.
  if (AmoHwad != 0) begin : gen_update
    logic [107:0] s1_mem [0:Walkers-1];
    logic [107:0] s2_mem [0:Walkers-1];
    logic [52:0]  addr_mem [0:Walkers-1];
    logic [107:0] b_word, beat_word, xw_word;
    always_ff @(posedge clk_i) begin
      if (beat_we_i && dec.s1_due) s1_mem[beat_idx_i] <= {page_i, pte_i};
      if (beat_we_i && dec.s2_due) s2_mem[beat_idx_i] <= {page_i, pte_i};
      if (xar_we_i) addr_mem[xar_idx_i] <= xar_addr_i;
    end
    assign beat_word = beat_in_g_i ? s2_mem[beat_idx_i] : s1_mem[beat_idx_i];
    assign xw_word = xw_in_g_i ? s2_mem[xw_idx_i] : s1_mem[xw_idx_i];
    assign beat_entry_o = beat_word[63:0];
    assign xw_entry_o = xw_word[63:0];
    assign xw_addr_o = addr_mem[xw_idx_i];
    assign b_word = b_in_g_i ? s2_mem[b_idx_i] : s1_mem[b_idx_i];
    assign {b_pos_o, b_entry_o} = b_word;
    logic unused;
    assign unused = ^{beat_word, xw_word};
  end else begin : gen_no_update
    assign {beat_entry_o, xw_entry_o, xw_addr_o, b_pos_o, b_entry_o} = '0;
    logic unused;
    assign unused = ^{xar_we_i, xar_idx_i, xar_addr_i, beat_in_g_i, b_in_g_i, xw_idx_i, xw_in_g_i, pte_i, page_i};
  end

  logic unused;
  assign unused = ^{dec, data_i, gl_gpn_i};
endmodule
