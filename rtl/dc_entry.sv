// SPDX-License-Identifier: Apache-2.0
//
// One cached device context. docs/microarchitecture.md section 5.2.
//
// Lookups: number of device_ids compared in a clock; one of them is selected (sel_i, one-hot or 0) and hit_o tells its match.
// An entry written in the clock of an invalidation stays: the walker has checked it against that invalidation.
module dc_entry #(
  parameter int Lookups = 4
) (
  input  logic                            clk_i,
  input  logic                            rst_ni,
  input  logic [Lookups*24-1:0]           id_i,
  input  logic [Lookups-1:0]              sel_i,
  output logic                            hit_o,
  output logic [walk_pkg::DcW-1:0]        dc_o,
  input  logic                            write_i,
  input  logic [23:0]                     fill_id_i,
  input  logic [walk_pkg::DcW-1:0]        fill_dc_i,
  output logic                            same_o,  // holds the device that is filled
  input  logic                            kill_all_i,
  input  logic                            kill_device_i,
  input  logic [23:0]                     kill_id_i
);
  logic                     valid_q;
  logic [23:0]              id_q;
  logic [walk_pkg::DcW-1:0] dc_q;
  logic [Lookups-1:0]       match;

  for (genvar i = 0; i < Lookups; i++) begin : gen_match
    assign match[i] = id_i[i*24 +: 24] == id_q;
  end
  assign hit_o = valid_q && (|(match & sel_i));
  assign same_o = valid_q && fill_id_i == id_q;
  assign dc_o = dc_q;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) valid_q <= 1'b0;
    else if (write_i) valid_q <= 1'b1;
    else if (kill_all_i || (kill_device_i && kill_id_i == id_q)) valid_q <= 1'b0;
    if (write_i) begin
      id_q <= fill_id_i;
      dc_q <= fill_dc_i;
    end
  end
endmodule
