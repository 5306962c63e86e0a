// SPDX-License-Identifier: Apache-2.0
//
// The state that a walker is in next. docs/microarchitecture.md section 5.3. Combinational.
//
//   IDLE --fast--> AR or GL         IDLE --> START --> AR, GL, RESP, FAULT
//   AR --read taken--> R --last beat--> AR (next entry), GL, XAR, RESP, FAULT, START (killed)
//   GL --lookup granted--> GD --> AR (second-stage, MSI or translated entry), XAR, RESP, FAULT, START (killed)
//   XAR --> XR --> XW --> XB: exclusive read and write that set A and D; then as after R
//   FAULT --record taken--> RESP --shown--> IDLE
//
// At most one of start_go_i, read_end_i, gl_end_i (GD), xr_end_i, xb_end_i is 1, and only in its state. restart_o: what the
// walk knows is void. TwoStage, AmoHwad: 0 leaves the feature out.
module walk_next #(
  parameter bit TwoStage = 1'b0,
  parameter int AmoHwad = 0
) (
  input  logic [11:0]               state_i,  // one-hot: walk_pkg::walk_e
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
  input  logic                      gl_grant_i,
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
  output logic [11:0]               state_o,
  output logic                      restart_o
);
  localparam bit Hwad = AmoHwad != 0;
  walk_pkg::new_t nw;
  walk_pkg::dec_t dec;
  walk_pkg::gl_t  gl;
  assign nw = new_i;
  assign dec = dec_i;
  assign gl = gl_i;

  logic in_idle, in_start, in_ar, in_read, in_fault, in_resp, in_gl, in_xar, in_xr, in_xw, in_xb;
  assign {in_resp, in_fault, in_read, in_ar, in_start, in_idle} = state_i[5:0];
  assign in_gl = TwoStage && state_i[6];
  assign {in_xb, in_xw, in_xr, in_xar} = state_i[10:7] & {4{Hwad}};

  // The walk begins anew. What is stale is known last, so it is looked at last: each state has its own sum of products.
  logic read_void, gl_void, xr_void, xw_void, xb_void;
  assign read_void = read_stale_i || (Hwad && dec.again);
  assign gl_void = stale_i;
  assign xr_void = stale_i || dec.again;
  assign xw_void = stale_q_i;
  assign xb_void = stale_i;
  assign restart_o = (read_end_i && read_void) || (gl_end_i && gl_void) || (xr_end_i && xr_void) || (in_xw && xw_void) ||
                     (xb_end_i && xb_void) || (in_resp && !shown_i && covered_i);

  // What comes next unless it does.
  logic alloc_gl, start_gl, start_on, read_on, gl_on, gl_acc, xb_on, quiet;
  assign alloc_gl = TwoStage && (nw.acc || (nw.hg[45:44] != 2'd0 && !nw.direct));
  assign start_gl = TwoStage && dc_known_i && gv_i;
  assign start_on = start_go_i && !s_fault_i && !s_done_i;
  assign read_on = read_end_i && !dec.fault && !dec.done && !read_void;
  assign gl_on = gl_end_i && !gl.fault && !gl_void;
  assign gl_acc = gl.leaf && !gl.msi && acc_i;
  assign xb_on = xb_end_i && !b_fault_i && !b_lost_i && !xb_void;
  assign quiet = dtf_i || ats_i;

  logic next_idle, next_start, next_ar, next_read, next_fault, next_resp, next_gl, next_gd, next_xar, next_xr, next_xw, next_xb;
  always_comb begin
    next_idle = (in_idle || (in_resp && shown_i)) && !alloc_i;
    next_start = (alloc_i && !nw.fast) || (in_start && !start_go_i) || restart_o;
    next_ar = (alloc_i && nw.fast && !alloc_gl) || (start_on && !start_gl) || (in_ar && !ar_taken_i) ||
              (read_on && !(TwoStage && dec.gl) && !(Hwad && dec.xar)) || (gl_on && !gl_acc && !(gl.leaf && upd_i)) ||
              (xb_on && in_g_i && !acc_i && !upd_i);
    next_read = (in_ar && ar_taken_i) || (in_read && !read_end_i);
    next_gl = (alloc_i && nw.fast && alloc_gl) || (start_on && start_gl) || (read_on && TwoStage && dec.gl) ||
              (in_gl && !gl_grant_i) || (xb_on && !in_g_i && gv_i);
    next_gd = in_gl && gl_grant_i;
    next_xar = (read_on && !(TwoStage && dec.gl) && Hwad && dec.xar) || (gl_on && !gl_acc && gl.leaf && upd_i) ||
               (in_xar && !ar_taken_i) || (xb_end_i && !b_fault_i && b_lost_i && !xb_void) ||
               (xb_on && in_g_i && !acc_i && upd_i);
    next_xr = (in_xar && ar_taken_i) || (in_xr && !xr_end_i);
    next_xw = (xr_end_i && !dec.fault && !xr_void) || (in_xw && !xw_taken_i && !xw_void);
    next_xb = (in_xw && xw_taken_i && !xw_void) || (in_xb && !xb_end_i);
    next_fault = (start_go_i && s_fault_i && s_report_i) || (read_end_i && dec.fault && dec.report && !read_void) ||
                 (gl_end_i && gl.fault && !quiet && !gl_void) || (xr_end_i && dec.fault && dec.report && !xr_void) ||
                 (xb_end_i && b_fault_i && !dtf_i && !xb_void) || (in_fault && !fault_taken_i);
    next_resp = (start_go_i && (s_fault_i ? !s_report_i : s_done_i)) ||
                (read_end_i && (dec.fault ? !dec.report : dec.done) && !read_void) ||
                (gl_end_i && (gl.fault ? quiet : gl_acc) && !gl_void) || (xr_end_i && dec.fault && !dec.report && !xr_void) ||
                (xb_end_i && b_fault_i && dtf_i && !xb_void) || (xb_on && (in_g_i ? acc_i : !gv_i)) ||
                (in_fault && fault_taken_i) || (in_resp && !shown_i && !covered_i);
  end
  assign state_o = {next_gd, next_xb, next_xw, next_xr, next_xar, next_gl, next_resp, next_fault, next_read, next_ar, next_start,
                    next_idle};

  logic unused;
  assign unused = ^{nw, dec, gl, state_i, upd_i};
endmodule
