// SPDX-License-Identifier: Apache-2.0
//
// What stands beside the response to a request of ATS or PRI: the class of the fault, and of the device context what the answer
// to the device depends on. docs/microarchitecture.md section 5.3, *ATS*.
//
// There is one such walk at most, so its guest page is kept once. T2gpa: 0 if no answer has guest addresses.
module walk_ats #(
  parameter int T2gpa = 0
) (
  input  logic                                clk_i,
  // Second-stage lookup granted.
  input  logic                                gl_we_i,
  input  logic [walk_pkg::ViewW-1:0]          gl_view_i,
  input  logic [walk_pkg::InfoW-1:0]          info_i,  // of the response
  output logic [portcullis_pkg::AtsRespW-1:0] ats_resp_o
);
  walk_pkg::info_t info;
  walk_pkg::view_t gl_view;
  assign info = info_i;
  assign gl_view = gl_view_i;

  logic [46:0] gpn;
  if (T2gpa != 0) begin : gen_gpn
    logic [46:0] gpn_q;
    always_ff @(posedge clk_i) if (gl_we_i && gl_view.ats && gl_view.acc) gpn_q <= gl_view.gpn[46:0];
    assign gpn = gpn_q;
  end else begin : gen_no_gpn
    assign gpn = '0;
    logic unused;
    assign unused = ^{clk_i, gl_we_i};
  end

  portcullis_pkg::ats_resp_t ats_resp;
  always_comb begin
    ats_resp = '0;
    ats_resp.gpn = gpn;
    ats_resp.msi = info.msi;
    if (info.ok) {ats_resp.prpr, ats_resp.t2gpa} = {info.prpr, T2gpa != 0 && info.t2gpa};
    else ats_resp.fault_class = walk_pkg::fault_class(info.code);
  end
  assign ats_resp_o = ats_resp;

  logic unused;
  assign unused = ^{info, gl_view};
endmodule
