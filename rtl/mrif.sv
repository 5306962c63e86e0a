// SPDX-License-Identifier: Apache-2.0
//
// Memory-resident interrupt files: sets the interrupt-pending bit that a device's write names, with an exclusive read and write,
// and sends the notice. AIA spec, "Format of a memory-resident interrupt file" and "MSI PTE, MRIF mode".
// docs/microarchitecture.md section 5.9.
//
//   IDLE --port chosen--> CHECK --> XAR --> XR --> XW --> XB --> NW --> NB --> DONE --> IDLE
//                           |        ^---- lost ----------'        |    |        ^
//                           '-- no MSI: discarded -----------------(----(--------|
//                                    errors of XR, XB, NB --> REC --record taken-'
//
// One write at a time, of any port; a port waits for done_o before it asks again. Enable bits are not looked at, and the notice
// is sent also when the bit was set before. File and notice are little-endian.
// Limits: 64 lost exclusive writes end an update with an access fault. NumPorts: 1, 2 or 4.
module mrif #(
  parameter int NumPorts = 1
) (
  input  logic                                         clk_i,
  input  logic                                         rst_ni,
  input  logic                                         big_endian_i,  // capabilities.END: offset 4 takes MSIs too
  // Ports.
  input  logic [NumPorts-1:0]                          valid_i,
  output logic [NumPorts-1:0]                          ready_o,
  input  logic [NumPorts*portcullis_pkg::MrifReqW-1:0] req_i,
  output logic [NumPorts-1:0]                          done_o,
  output logic                                         ok_o,  // with done: the write succeeds
  // Exclusive read of 8 bytes.
  output logic                                         ar_valid_o,
  output logic [55:0]                                  ar_addr_o,
  input  logic                                         ar_taken_i,
  input  logic                                         r_valid_i,
  input  logic [63:0]                                  r_data_i,
  input  logic [1:0]                                   r_resp_i,
  input  logic                                         r_poison_i,
  // Write: the exclusive one of 8 bytes (update), or the notice of 4.
  output logic                                         dw_valid_o,
  output logic                                         dw_update_o,
  output logic [55:0]                                  dw_addr_o,
  output logic [63:0]                                  dw_data_o,
  input  logic                                         dw_taken_i,
  input  logic                                         dw_b_valid_i,
  input  logic [1:0]                                   dw_b_resp_i,
  output logic [11:0]                                  rcid_o,  // of the exclusive pair
  output logic [11:0]                                  mcid_o,
  // Fault record; rec_o is 0 unless granted.
  output logic                                         rec_valid_o,
  input  logic                                         rec_taken_i,
  input  logic                                         rec_grant_i,
  output logic [portcullis_pkg::FaultW-1:0]            rec_o
);
  typedef enum logic [3:0] {StIdle, StCheck, StXar, StXr, StXw, StXb, StNw, StNb, StRec, StDone} state_e;
  typedef enum logic [1:0] {FaultNone, FaultAccess, FaultCorrupt, FaultNotice} fault_e;
  localparam logic [1:0] Okay = 2'd0;
  localparam logic [1:0] ExOkay = 2'd1;
  localparam int IdxW = (NumPorts > 1) ? $clog2(NumPorts) : 1;

  state_e                              state_q, state_d;
  fault_e                              fault_q, fault_d;
  portcullis_pkg::mrif_req_t           req_q;
  logic [portcullis_pkg::MrifReqW-1:0] req;
  logic [NumPorts-1:0]                 grant, owner_q;
  logic [63:0]                         value_q;
  logic [5:0]                          retries_q;
  logic                                idle, any, lost, silent;

  assign idle = state_q == StIdle;
  logic [IdxW-1:0] unused_idx;
  rr_arb #(.N(NumPorts)) u_arb (
    .clk_i, .rst_ni, .req_i(valid_i), .use_i(idle), .grant_o(grant), .idx_o(unused_idx), .any_o(any)
  );
  onehot_mux #(.N(NumPorts), .Width(portcullis_pkg::MrifReqW)) u_req (.sel_i(grant), .data_i(req_i), .data_o(req));
  assign ready_o = grant & {NumPorts{idle}};

  // The identity: 4 bytes, at offset 4 the highest first.
  logic [31:0] identity;
  logic [63:0] pending;
  logic        no_msi;
  assign identity = req_q.high ? {req_q.data[7:0], req_q.data[15:8], req_q.data[23:16], req_q.data[31:24]} : req_q.data;
  assign no_msi = req_q.beyond || (|identity[31:11]) || (req_q.high && !big_endian_i);
  assign pending = 64'd1 << identity[5:0];

  assign lost = dw_b_resp_i == Okay && retries_q != 6'd63;
  assign silent = req_q.dtf && fault_q != FaultNotice;
  always_comb begin
    state_d = state_q;
    fault_d = fault_q;
    unique case (state_q)
      StIdle: begin
        fault_d = FaultNone;
        if (any) state_d = StCheck;
      end
      StCheck: state_d = no_msi ? StDone : StXar;
      StXar: if (ar_taken_i) state_d = StXr;
      StXr: begin
        if (r_valid_i) begin
          if (r_resp_i != ExOkay) fault_d = FaultAccess;
          else if (r_poison_i) fault_d = FaultCorrupt;
          state_d = (fault_d == FaultNone) ? StXw : StRec;
        end
      end
      StXw: if (dw_taken_i) state_d = StXb;
      StXb: begin
        if (dw_b_valid_i) begin
          if (dw_b_resp_i == ExOkay) state_d = StNw;
          else if (lost) state_d = StXar;
          else begin
            state_d = StRec;
            fault_d = FaultAccess;
          end
        end
      end
      StNw: if (dw_taken_i) state_d = StNb;
      StNb: begin
        if (dw_b_valid_i) begin
          if (dw_b_resp_i[1]) fault_d = FaultNotice;
          state_d = dw_b_resp_i[1] ? StRec : StDone;
        end
      end
      StRec: if (silent || rec_taken_i) state_d = StDone;
      default: state_d = StIdle;
    endcase
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) state_q <= StIdle;
    else state_q <= state_d;
    fault_q <= fault_d;
    if (idle) begin
      req_q <= req;
      owner_q <= grant;
      retries_q <= 6'd0;
    end else if (state_q == StXb && dw_b_valid_i) retries_q <= retries_q + 6'd1;
    if (state_q == StXr) value_q <= r_data_i | pending;
  end

  assign done_o = owner_q & {NumPorts{state_q == StDone}};
  assign ok_o = fault_q == FaultNone || fault_q == FaultNotice;

  assign ar_valid_o = state_q == StXar;
  assign ar_addr_o = {req_q.file, identity[10:6], 4'd0};
  assign dw_valid_o = state_q == StXw || state_q == StNw;
  assign dw_update_o = state_q == StXw;
  assign dw_addr_o = dw_update_o ? ar_addr_o : {req_q.nppn, 12'd0};
  assign dw_data_o = dw_update_o ? value_q : {2{21'd0, req_q.nid}};
  assign rcid_o = req_q.rcid;
  assign mcid_o = req_q.mcid;

  // IOMMU spec 4.2: 264 MRIF access fault, 271 MRIF data corruption, of the write; 273 of the notice, which is no device's.
  portcullis_pkg::fault_t rec;
  assign rec_valid_o = state_q == StRec && !silent;
  always_comb begin
    rec = '0;
    if (fault_q == FaultNotice) begin
      rec.cause = 12'd273;
      rec.iotval = {8'd0, req_q.nppn, 12'd0};
    end else begin
      rec.cause = (fault_q == FaultCorrupt) ? 12'd271 : 12'd264;
      rec.process_id = req_q.process_id;
      rec.pv = req_q.pv;
      rec.priv = req_q.priv;
      rec.ttyp = {3'd0, req_q.translated, 2'b11};
      rec.device_id = req_q.device_id;
      rec.iotval = req_q.iova;
    end
  end
  assign rec_o = rec & {portcullis_pkg::FaultW{rec_grant_i}};
endmodule
