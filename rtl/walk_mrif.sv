// SPDX-License-Identifier: Apache-2.0
//
// What the walkers keep of MSI PTEs in MRIF mode (IOMMU spec 3.3.3; AIA spec, "MSI PTE, MRIF mode") for their responses: a word
// for each walker, written by the two beats of the PTE. NPPN is kept by the walker as the page found.
// The mode comes with the first beat, so it is known at the second.
module walk_mrif #(
  parameter int Walkers = 8,
  localparam int IdxW = $clog2(Walkers)
) (
  input  logic               clk_i,
  // A beat of an MSI PTE.
  input  logic               beat_we_i,
  input  logic               beat_first_i,
  input  logic [IdxW-1:0]    beat_idx_i,
  input  logic [63:0]        data_i,
  input  logic               dtf_i,
  output logic               beat_mrif_o,  // with the second beat: the PTE is in MRIF mode
  // The response shown.
  input  logic [Walkers-1:0] shown_i,
  input  logic               page_i,  // it gives the page of an MSI PTE
  output logic               mrif_o,
  output logic [46:0]        file_o,  // 0 without mrif_o, as the others
  output logic [10:0]        nid_o,
  output logic               dtf_o
);
  logic [47:0]     first_mem [0:Walkers-1];
  logic [11:0]     second_mem [0:Walkers-1];
  logic [IdxW-1:0] idx;
  logic            mrif, dtf;
  logic [46:0]     file;
  logic [10:0]     nid;

  always_ff @(posedge clk_i) begin
    if (beat_we_i && beat_first_i) first_mem[beat_idx_i] <= {data_i[2:1] == 2'd1, data_i[53:7]};
    if (beat_we_i && !beat_first_i) second_mem[beat_idx_i] <= {data_i[60], data_i[9:0], dtf_i};
  end
  logic [47:0] beat_word;
  assign beat_word = first_mem[beat_idx_i];
  assign beat_mrif_o = beat_word[47];

  onehot_index #(.N(Walkers)) u_idx (.sel_i(shown_i), .idx_o(idx));
  assign {mrif, file} = first_mem[idx];
  assign {nid, dtf} = second_mem[idx];
  assign mrif_o = page_i && mrif;
  assign file_o = file & {47{mrif_o}};
  assign nid_o = nid & {11{mrif_o}};
  assign dtf_o = mrif_o && dtf;

  logic unused;
  assign unused = ^{beat_word, data_i};
endmodule
