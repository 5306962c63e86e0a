// SPDX-License-Identifier: Apache-2.0
//
// Cache of device contexts that passed all checks, fully associative. docs/microarchitecture.md section 5.2.
//
// Lookup in stage A. Fill overwrites the entry of the same device, else the entry at a pointer that then advances. Invariant: a
// device_id has at most one valid entry.
//
// DcEntries: power of two, 2 or more.
module dc_cache #(
  parameter int DcEntries = 8
) (
  input  logic                            clk_i,
  input  logic                            rst_ni,
  input  logic [23:0]                     id_i,
  output logic                            hit_o,
  output logic [walk_pkg::DcW-1:0]        dc_o,
  input  logic                            fill_i,
  input  logic [23:0]                     fill_id_i,
  input  logic [walk_pkg::DcW-1:0]        fill_dc_i,
  input  logic [portcullis_pkg::InvW-1:0] inv_i
);
  localparam int PtrW = $clog2(DcEntries);

  portcullis_pkg::inv_t inv;
  logic                 kill_all, kill_device;
  assign inv = inv_i;
  assign kill_all = inv.kill && inv.op == portcullis_pkg::InvAll;
  assign kill_device = inv.kill && inv.op == portcullis_pkg::InvDdt;

  logic [DcEntries-1:0]               hit, same, write;
  logic [DcEntries*walk_pkg::DcW-1:0] dc_all;
  logic [PtrW-1:0]                    ptr_q;

  for (genvar i = 0; i < DcEntries; i++) begin : gen_entry
    assign write[i] = fill_i && (same[i] || (!(|same) && ptr_q == PtrW'(i)));
    dc_entry u_entry (
      .clk_i, .rst_ni, .id_i, .hit_o(hit[i]), .dc_o(dc_all[i*walk_pkg::DcW +: walk_pkg::DcW]),
      .write_i(write[i]), .fill_id_i, .fill_dc_i, .same_o(same[i]),
      .kill_all_i(kill_all), .kill_device_i(kill_device), .kill_id_i(inv.device_id)
    );
  end

  assign hit_o = |hit;
  onehot_mux #(.N(DcEntries), .Width(walk_pkg::DcW)) u_mux (.sel_i(hit), .data_i(dc_all), .data_o(dc_o));

  always_ff @(posedge clk_i) begin
    if (!rst_ni) ptr_q <= '0;
    else if (fill_i && !(|same)) ptr_q <= ptr_q + 1'b1;
  end

  logic unused;
  assign unused = ^inv;
endmodule
