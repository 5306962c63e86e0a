// SPDX-License-Identifier: Apache-2.0
//
// The state that a walker is in next. docs/microarchitecture.md section 5.3. Combinational.
//
//   IDLE --fast--> AR or GL         IDLE --> START --> AR, GL, RESP, FAULT
//   AR --read taken--> R --last beat--> AR (next entry), GL, XAR, RESP, FAULT, START (killed)
//   GL --lookup granted--> AR (second-stage, MSI or translated entry), XAR, RESP, FAULT, START (killed)
//   XAR --> XR --> XW --> XB: exclusive read and write that set A and D; then as after R
//   FAULT --record taken--> RESP --shown--> IDLE
//
// At most one of start_go_i, read_end_i, gl_end_i, xr_end_i, xb_end_i is 1, and only in its state. restart_o: what the walk knows
// is void. TwoStage, AmoHwad: 0 leaves the feature out.
module walk_next #(
  parameter bit TwoStage = 1'b0,
  parameter int AmoHwad = 0
) (
  input  walk_pkg::walk_e           state_i,
  // A new request.
  input  logic                      alloc_i,
  input  logic [walk_pkg::NewW-1:0] new_i,
  // What is known.
  input  logic                      dc_known_i,
  input  logic                      gv_i,
  input  logic                      dtf_i,
  input  logic                      ats_i,  // guest page faults are not reported
  input  logic                      acc_i,
  input  logic                      upd_i,
  input  logic                      in_g_i,
  input  logic                      stale_q_i,  // by registers
  input  logic                      stale_i,
  // START decides.
  input  logic                      start_go_i,
  input  logic                      s_fault_i,
  input  logic                      s_report_i,
  input  logic                      s_done_i,
  // Reads.
  input  logic                      ar_taken_i,
  input  logic                      read_end_i,
  input  logic                      read_stale_i,
  input  logic                      xr_end_i,
  input  logic [walk_pkg::DecW-1:0] dec_i,
  // Second-stage lookups.
  input  logic                      gl_end_i,
  input  logic [walk_pkg::GlW-1:0]  gl_i,
  // Exclusive writes.
  input  logic                      xw_taken_i,
  input  logic                      xb_end_i,
  input  logic                      b_lost_i,
  input  logic                      b_fault_i,
  // The end.
  input  logic                      fault_taken_i,
  input  logic                      shown_i,
  input  logic                      covered_i,  // by an invalidation, and ok
  output walk_pkg::walk_e           state_o,
  output logic                      restart_o
);
  localparam bit Hwad = AmoHwad != 0;
  walk_pkg::new_t nw;
  walk_pkg::dec_t dec;
  walk_pkg::gl_t  gl;
  assign nw = new_i;
  assign dec = dec_i;
  assign gl = gl_i;

  logic in_ar, in_xar, in_xw, in_fault, in_resp;
  assign in_ar = state_i[2];
  assign in_fault = state_i[4];
  assign in_resp = state_i[5];
  assign in_xar = Hwad && state_i[7];
  assign in_xw = Hwad && state_i[9];

  always_comb begin
    state_o = state_i;
    restart_o = 1'b0;
    if (alloc_i) begin
      if (!nw.fast) state_o = walk_pkg::StStart;
      else state_o = (TwoStage && (nw.acc || (nw.hg[45:44] != 2'd0 && !nw.direct))) ? walk_pkg::StGl : walk_pkg::StAr;
    end else if (start_go_i) begin
      if (s_fault_i) state_o = s_report_i ? walk_pkg::StFault : walk_pkg::StResp;
      else if (s_done_i) state_o = walk_pkg::StResp;
      else state_o = (TwoStage && dc_known_i && gv_i) ? walk_pkg::StGl : walk_pkg::StAr;
    end else if (in_ar) begin
      if (ar_taken_i) state_o = walk_pkg::StRead;
    end else if (read_end_i) begin
      if (read_stale_i || (Hwad && dec.again)) restart_o = 1'b1;
      else if (dec.fault) state_o = dec.report ? walk_pkg::StFault : walk_pkg::StResp;
      else if (dec.done) state_o = walk_pkg::StResp;
      else if (TwoStage && dec.gl) state_o = walk_pkg::StGl;
      else if (Hwad && dec.xar) state_o = walk_pkg::StXar;
      else state_o = walk_pkg::StAr;
    end else if (gl_end_i) begin
      if (stale_i) restart_o = 1'b1;
      else if (gl.fault) state_o = (dtf_i || ats_i) ? walk_pkg::StResp : walk_pkg::StFault;
      else if (gl.leaf && !gl.msi && acc_i) state_o = walk_pkg::StResp;
      else if (gl.leaf && upd_i) state_o = walk_pkg::StXar;
      else state_o = walk_pkg::StAr;
    end else if (in_xar) begin
      if (ar_taken_i) state_o = walk_pkg::StXr;
    end else if (xr_end_i) begin
      if (stale_i || dec.again) restart_o = 1'b1;
      else if (dec.fault) state_o = dec.report ? walk_pkg::StFault : walk_pkg::StResp;
      else state_o = walk_pkg::StXw;
    end else if (in_xw) begin
      if (stale_q_i) restart_o = 1'b1;
      else if (xw_taken_i) state_o = walk_pkg::StXb;
    end else if (xb_end_i) begin
      if (stale_i) restart_o = 1'b1;
      else if (b_fault_i) state_o = dtf_i ? walk_pkg::StResp : walk_pkg::StFault;
      else if (b_lost_i) state_o = walk_pkg::StXar;
      else if (in_g_i) state_o = acc_i ? walk_pkg::StResp : upd_i ? walk_pkg::StXar : walk_pkg::StAr;
      else state_o = gv_i ? walk_pkg::StGl : walk_pkg::StResp;
    end else if (in_fault) begin
      if (fault_taken_i) state_o = walk_pkg::StResp;
    end else if (in_resp) begin
      if (shown_i) state_o = walk_pkg::StIdle;
      else if (covered_i) restart_o = 1'b1;
    end
    if (restart_o) state_o = walk_pkg::StStart;
  end

  logic unused;
  assign unused = ^{nw, dec, gl, state_i};
endmodule
