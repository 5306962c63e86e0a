// SPDX-License-Identifier: Apache-2.0
//
// What a walker's next read is for the counters (HPM; IOMMU spec 6.23): the kind of walk, whether it is the first one of the
// request's page tables, and the IDs that filters look at. docs/microarchitecture.md section 5.3, *Event*.
//
// event_o.valid only says that the read counts when it is taken (not one of an MSI PTE, nor one before an update).
module walk_event (
  input  logic                             clk_i,
  input  logic                             alloc_i,  // a new request
  input  logic                             in_ar_i,
  input  logic                             ar_taken_i,
  input  logic [23:0]                      device_id_i,
  input  logic                             pv_i,
  input  logic [19:0]                      process_id_i,
  // Where the walk stands.
  input  logic                             dc_known_i,
  input  logic                             pdt_i,
  input  logic                             in_g_i,
  input  logic                             msi_i,
  input  logic                             gv_i,
  input  logic [15:0]                      gscid_i,
  input  logic                             s1_i,  // the first-stage page tables are being walked, or done
  input  logic [19:0]                      pscid_i,
  output logic [portcullis_pkg::EvWalkW-1:0] event_o
);
  logic       missed_q, counts, tables, gscv, pscv;
  logic [1:0] kind;
  assign counts = in_ar_i && !msi_i;
  assign tables = dc_known_i && !pdt_i;  // of the first stage, or of the second one for it or for the access
  assign gscv = dc_known_i && gv_i;
  assign pscv = dc_known_i && s1_i;
  always_comb begin
    if (!dc_known_i) kind = portcullis_pkg::EvDdt;
    else if (in_g_i) kind = portcullis_pkg::EvSecond;
    else kind = pdt_i ? portcullis_pkg::EvPdt : portcullis_pkg::EvFirst;
  end
  always_ff @(posedge clk_i) begin
    if (alloc_i) missed_q <= 1'b0;
    else if (counts && ar_taken_i && tables) missed_q <= 1'b1;
  end
  assign event_o = {counts, kind, tables && !missed_q, device_id_i, pv_i, process_id_i, gscv, gscid_i & {16{gscv}}, pscv,
                    pscid_i & {20{pscv}}};
endmodule
