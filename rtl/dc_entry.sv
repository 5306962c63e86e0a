// SPDX-License-Identifier: Apache-2.0
//
// One cached device context. docs/microarchitecture.md section 5.2.
//
// An entry written in the clock of an invalidation stays: the walker has checked it against that invalidation.
module dc_entry (
  input  logic                            clk_i,
  input  logic                            rst_ni,
  input  logic [23:0]                     id_i,
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

  assign hit_o = valid_q && id_i == id_q;
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
