// SPDX-License-Identifier: Apache-2.0
//
// One cached process context, of a device_id and the process_id of requests ({pv, process_id}; 0 for those without one).
// docs/microarchitecture.md section 5.2.
//
// An entry written in the clock of an invalidation stays: the walker has checked it against that invalidation.
module pc_entry #(
  parameter bit TwoStage = 1'b0
) (
  input  logic                            clk_i,
  input  logic                            rst_ni,
  input  logic [44:0]                     key_i,  // device_id, pv, process_id
  output logic                            hit_o,
  output logic [walk_pkg::PcW-1:0]        pc_o,
  input  logic                            write_i,
  input  logic [44:0]                     fill_key_i,
  input  logic [walk_pkg::PcW-1:0]        fill_pc_i,
  output logic                            same_o,  // holds the process that is filled
  input  logic [portcullis_pkg::InvW-1:0] inv_i
);
  portcullis_pkg::inv_t inv;
  walk_pkg::pc_t        pc_q;
  logic                 valid_q;
  logic [44:0]          key_q;
  assign inv = inv_i;

  assign hit_o = valid_q && key_i == key_q;
  assign same_o = valid_q && fill_key_i == key_q;
  assign pc_o = pc_q;

  logic same_device, killed;
  assign same_device = inv.device_id == key_q[44:21];
  always_comb begin
    unique case (inv.op)
      portcullis_pkg::InvAll:  killed = 1'b1;
      portcullis_pkg::InvDdt:  killed = same_device;
      portcullis_pkg::InvPdt:  killed = same_device && inv.process_id == key_q[19:0];
      portcullis_pkg::InvGvma: killed = TwoStage && pc_q.gv && (!inv.gv || inv.gscid == pc_q.gscid);
      default:                 killed = 1'b0;
    endcase
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) valid_q <= 1'b0;
    else if (write_i) valid_q <= 1'b1;
    else if (inv.kill && killed) valid_q <= 1'b0;
    if (write_i) begin
      key_q <= fill_key_i;
      pc_q <= fill_pc_i;
    end
  end

  logic unused;
  assign unused = ^inv;
endmodule
