// SPDX-License-Identifier: Apache-2.0
//
// The translation-request interface for debugging (IOMMU spec 5, 6.26 to 6.28): tr_req_iova, tr_req_ctl, tr_response, and the
// requester that asks for the translation. docs/microarchitecture.md section 6.
//
//   tr_req_ctl 63:40 DID | 32 PV | 31:12 PID | 3 NW | 2 Exe | 1 Priv | 0 Go/Busy
//
// Writing 1 to Go/Busy offers the request from the next clock until it is taken; the response clears Go/Busy. Writes while it is
// 1 are ignored. Superpages are told with their size in PPN: ones below the size but for the highest of these bits, which is 0;
// an identity has no range, so that it is told as a page.
module regs_debug (
  input  logic                                clk_i,
  input  logic                                rst_ni,
  input  logic                                present_i,  // capabilities.DBG: else all reads 0 and writes are ignored
  // Bus. Addresses count doublewords.
  input  logic [8:0]                          wr_addr_i,
  input  logic [1:0]                          wr_word_i,
  input  logic [63:0]                         wr_data_i,
  input  logic [8:0]                          rd_addr_i,
  output logic [63:0]                         rd_data_o,
  // Core.
  output logic                                req_valid_o,
  input  logic                                req_ready_i,
  output logic [portcullis_pkg::MissReqW-1:0] req_o,
  input  logic                                resp_valid_i,  // a response is for this requester
  input  logic [portcullis_pkg::RespW-1:0]    resp_i
);
  localparam logic [8:0] IovaDw = portcullis_regs_pkg::TrReqIovaOffset[11:3];
  localparam logic [8:0] CtlDw = portcullis_regs_pkg::TrReqCtlOffset[11:3];
  localparam logic [8:0] ResponseDw = portcullis_regs_pkg::TrResponseOffset[11:3];
  localparam int FaultLsb = portcullis_regs_pkg::TrResponseFaultLsb;
  localparam int PbmtLsb = portcullis_regs_pkg::TrResponsePbmtLsb;
  localparam int SLsb = portcullis_regs_pkg::TrResponseSLsb;
  localparam int PpnLsb = portcullis_regs_pkg::TrResponsePpnLsb;

  logic [51:0] vpn_q;
  logic        busy_q, priv_q, exe_q, nw_q, pv_q, fault_q, super_q;
  logic [19:0] pid_q;
  logic [23:0] did_q;
  logic [1:0]  pbmt_q;
  logic [43:0] ppn_q;

  logic [1:0] wr, wr_iova, wr_ctl;
  assign wr = wr_word_i & {2{present_i && !busy_q}};
  assign wr_iova = wr & {2{wr_addr_i == IovaDw}};
  assign wr_ctl = wr & {2{wr_addr_i == CtlDw}};

  portcullis_pkg::resp_t resp;
  logic                  range;  // a superpage
  logic [43:0]           below;  // bits of a page number below its size
  logic                  unused;
  assign resp = resp_i;
  assign range = resp.size != portcullis_pkg::Size4K && resp.size != portcullis_pkg::SizeIdentity;
  assign below = portcullis_pkg::lowmask(resp.size) & {44{range}};
  assign unused = ^{wr_data_i, resp};

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      {vpn_q, busy_q, req_valid_o, priv_q, exe_q, nw_q, pv_q, pid_q, did_q} <= '0;
      {fault_q, super_q, pbmt_q, ppn_q} <= '0;
    end else begin
      if (wr_iova[0]) vpn_q[19:0] <= wr_data_i[31:12];
      if (wr_iova[1]) vpn_q[51:20] <= wr_data_i[63:32];
      if (wr_ctl[0]) {pid_q, nw_q, exe_q, priv_q} <= {wr_data_i[31:12], wr_data_i[3:1]};
      if (wr_ctl[1]) {did_q, pv_q} <= {wr_data_i[63:40], wr_data_i[32]};
      busy_q <= (wr_ctl[0] && wr_data_i[0]) || (busy_q && !resp_valid_i);
      req_valid_o <= (wr_ctl[0] && wr_data_i[0]) || (req_valid_o && !req_ready_i);
      if (resp_valid_i) begin
        fault_q <= !resp.ok;
        super_q <= resp.ok && range;
        pbmt_q <= resp.ok ? resp.pbmt : '0;
        ppn_q <= resp.ok ? (resp.spn & ~below) | (below >> 1) : '0;
      end
    end
  end

  // Asked for by itself (solo); Priv counts only with PV, and a request to write is none to execute.
  portcullis_pkg::miss_req_t req;
  always_comb begin
    req = '0;
    req.iova = {vpn_q, 12'd0};
    req.device_id = did_q;
    req.pv = pv_q;
    if (pv_q) {req.process_id, req.priv} = {pid_q, priv_q};
    req.exec = exe_q;
    req.write = !nw_q;
    req.solo = 1'b1;
  end
  assign req_o = req;

  logic [63:0] response;
  always_comb begin
    response = '0;
    response[FaultLsb] = fault_q;
    response[PbmtLsb +: 2] = pbmt_q;
    response[SLsb] = super_q;
    response[PpnLsb +: 44] = ppn_q;
    rd_data_o = ({vpn_q, 12'd0} & {64{rd_addr_i == IovaDw}}) | (response & {64{rd_addr_i == ResponseDw}}) |
                ({did_q, 7'd0, pv_q, pid_q, 8'd0, nw_q, exe_q, priv_q, busy_q} & {64{rd_addr_i == CtlDw}});
  end
endmodule
