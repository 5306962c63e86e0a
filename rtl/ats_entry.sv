// SPDX-License-Identifier: Apache-2.0
//
// The translation that a device is told: the payload of a Translation Completion, from the response to its request (IOMMU spec
// 3.6; docs/microarchitecture.md section 5.10). Combinational. 0 if neither reading nor writing is granted.
//
//   63:12 address | 11 S | 9 CXL.io | 5 Global | 4 Priv | 3 Exe | 2 U | 1 W | 0 R
//
// With T2GPA the address is the guest physical one. A range of more than 4 KiB has S = 1, and its length in the address bits: the
// lowest 0 bit is its highest one. MRIF mode: the device has to use untranslated requests (U = 1).
module ats_entry (
  input  logic [portcullis_pkg::RespW-1:0]    resp_i,
  input  logic [portcullis_pkg::AtsRespW-1:0] ats_resp_i,
  input  logic                                pv_i,
  input  logic                                priv_i,
  input  logic                                exec_i,
  input  logic                                cxl_i,
  output logic [63:0]                         entry_o
);
  portcullis_pkg::resp_t     resp;
  portcullis_pkg::ats_resp_t more;
  logic [43:0]               low;
  logic [51:0]               page;
  assign resp = resp_i;
  assign more = ats_resp_i;
  assign low = portcullis_pkg::lowmask(resp.size);
  assign page = more.t2gpa ? {5'd0, more.gpn} : {8'd0, resp.spn};

  always_comb begin
    entry_o = '0;
    if (!resp.mrif) begin
      entry_o[63:12] = (page & ~{8'd0, low}) | {9'd0, low[43:1]};
      entry_o[11] = resp.size != portcullis_pkg::Size4K;
    end
    entry_o[9] = cxl_i && (more.msi || more.t2gpa || resp.pbmt != 2'd0);
    entry_o[5] = pv_i && resp.g && !more.msi;
    entry_o[4] = priv_i;
    entry_o[3] = exec_i && resp.r && resp.x;
    entry_o[2] = resp.mrif;
    entry_o[1:0] = {resp.w, resp.r};
    if (!resp.ok || !(resp.r || resp.w)) entry_o = '0;
  end

  logic unused;
  assign unused = ^{resp, more};
endmodule
