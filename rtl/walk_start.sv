// SPDX-License-Identifier: Apache-2.0
//
// Decides in START what becomes of a request before anything is read (IOMMU spec 3.3 steps 1 to 17): by ddtp, and by its device
// and process context when they are known. Combinational.
//
// With a known context stage B, or the walk itself, has checked the request against it: ok_i, code_i. ddtp may have changed since
// the context was found, so that device_id has become too wide. Neither fault_o nor done_o: the next table is to be read.
module walk_start (
  input  logic [3:0]  ddtp_mode_i,
  input  logic        ext_i,  // device contexts have the extended format
  input  logic [23:0] device_id_i,
  input  logic        illegal_i,
  input  logic        translated_i,  // or of ATS or PRI
  input  logic        high_i,  // IOVA[63:56] is not 0
  // What is known.
  input  logic        dc_known_i,
  input  logic        quiet_i,  // faults behind it are not reported
  input  logic        ok_i,
  input  logic [4:0]  code_i,
  input  logic        walks_i,  // something translates: a table is to be read
  output logic        bare_o,  // ddtp.iommu_mode is Bare
  output logic        fault_o,
  output logic        report_o,
  output logic [4:0]  code_o,
  output logic        done_o  // identity
);
  logic       off, wide, bare_fault;
  logic [4:0] bare_code;
  assign off = ddtp_mode_i == portcullis_pkg::DdtpOff;
  assign bare_o = ddtp_mode_i == portcullis_pkg::DdtpBare;
  assign bare_fault = illegal_i || translated_i || high_i;
  assign bare_code = translated_i ? walk_pkg::FaultType : walk_pkg::FaultAccess;

  // Step 5: DDI[2] (2LVL), DDI[2] and DDI[1] (1LVL) must be 0.
  logic did15, did_mid, did_top;
  assign did15 = device_id_i[15];
  assign did_top = (|device_id_i[23:16]) || (ext_i && did15);
  assign did_mid = (|device_id_i[14:7]) || did15 || (ext_i && device_id_i[6]);
  assign wide = (ddtp_mode_i == portcullis_pkg::Ddtp1Lvl && (did_top || did_mid)) ||
                (ddtp_mode_i == portcullis_pkg::Ddtp2Lvl && did_top);

  always_comb begin
    fault_o = off || (bare_o ? bare_fault : wide || (dc_known_i && !ok_i));
    report_o = off || bare_o || wide || !dc_known_i || !quiet_i;
    done_o = bare_o || (dc_known_i && !walks_i);
    if (illegal_i) code_o = walk_pkg::FaultIllegal;
    else if (off) code_o = walk_pkg::FaultOff;  // step 1
    else if (bare_o) code_o = bare_code;  // step 2
    else if (wide) code_o = walk_pkg::FaultType;  // step 5
    else code_o = code_i;  // steps 7 to 17
  end

  logic unused;
  assign unused = ^device_id_i[5:0];
endmodule
