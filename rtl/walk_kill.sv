// SPDX-License-Identifier: Apache-2.0
//
// What invalidations do to one walk. docs/microarchitecture.md section 5.3, *kill*.
//
// killed_q: something that the walk has read was invalidated. inv_size_q: a first-stage leaf of this size or larger was, of the
// walk's page; 7 none. Both are cleared when the walk begins (clear_i). stale_q_o: by what these registers say; stale_o: with the
// invalidation of this clock; new_stale_o: a leaf of new_size_i that is found in this clock is void.
//
// VaW: width of IOVAs. Early: a walk may go on after its first-stage leaf (leaf_i, of size_i).
module walk_kill #(
  parameter int VaW = 48,
  parameter bit TwoStage = 1'b0,
  parameter bit Pdt = 1'b0,
  parameter bit Early = 1'b0
) (
  input  logic                            clk_i,
  input  logic [portcullis_pkg::InvW-1:0] inv_i,
  input  logic                            clear_i,
  // The walk.
  input  logic [23:0]                     device_id_i,
  input  logic [19:0]                     process_id_i,
  input  logic [51:0]                     vpn_i,
  input  logic                            known_i,  // its device context, and so:
  input  logic                            gv_i,
  input  logic [15:0]                     gscid_i,
  input  logic                            s1_i,  // the first stage is known and not Bare
  input  logic [19:0]                     pscid_i,
  input  logic                            g_i,
  input  logic                            identity_i,
  input  logic                            leaf_i,
  input  logic [2:0]                      size_i,
  input  logic [2:0]                      new_size_i,
  output logic                            kill_dc_o,  // the device context
  output logic                            kill_pdt_o,  // the process context
  output logic                            covered_o,  // a response
  output logic                            stale_q_o,
  output logic                            stale_o,
  output logic                            new_stale_o
);
  portcullis_pkg::inv_t inv;
  assign inv = inv_i;

  logic       same_vm, same_device, kill_gvma, kill_vma, kill_walk, kill_page, killed_q;
  logic [2:0] near, inv_size, inv_size_q;
  assign same_vm = !TwoStage || !inv.gv || inv.gscid == gscid_i;
  assign same_device = inv.device_id == device_id_i;
  walk_near #(.Width(VaW - 12)) u_near (
    .differ_i((vpn_i[VaW-13:0] ^ inv.vpn[VaW-13:0]) & ~inv.range[VaW-13:0]), .size_o(near)
  );

  assign kill_dc_o = inv.kill && (inv.op == portcullis_pkg::InvAll || (inv.op == portcullis_pkg::InvDdt && same_device));
  assign kill_pdt_o = Pdt && inv.kill && inv.op == portcullis_pkg::InvPdt && same_device && inv.process_id == process_id_i;
  assign kill_gvma = TwoStage && inv.kill && inv.op == portcullis_pkg::InvGvma && gv_i && same_vm;
  assign kill_vma = inv.kill && inv.op == portcullis_pkg::InvVma && s1_i && (!TwoStage || inv.gv == gv_i) && same_vm &&
                    (!inv.pscv || inv.pscid == pscid_i);

  assign kill_walk = kill_dc_o || (known_i && (kill_pdt_o || kill_gvma || (kill_vma && (!inv.av || inv.nl))));
  assign kill_page = known_i && kill_vma && inv.av;
  assign inv_size = (kill_page && near < inv_size_q) ? near : inv_size_q;
  assign stale_q_o = killed_q || (Early && leaf_i && size_i >= inv_size_q);
  assign stale_o = killed_q || kill_walk || (Early && leaf_i && size_i >= inv_size);
  assign new_stale_o = new_size_i >= inv_size;
  assign covered_o = kill_dc_o || kill_pdt_o || (!identity_i && (kill_gvma ||
                     (kill_vma && !(inv.pscv && g_i) && (!inv.av || size_i >= near))));

  always_ff @(posedge clk_i) begin
    if (clear_i) killed_q <= 1'b0;
    else if (kill_walk) killed_q <= 1'b1;
    if (clear_i) inv_size_q <= 3'd7;
    else inv_size_q <= inv_size;
  end

  logic unused;
  assign unused = ^{inv, vpn_i, process_id_i, gscid_i, leaf_i, size_i};
endmodule
