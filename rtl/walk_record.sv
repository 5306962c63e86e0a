// SPDX-License-Identifier: Apache-2.0
//
// The fault record of the walker whose record is granted (IOMMU spec 4.2). Combinational; 0 when none is granted.
//
// TTYP 1, 2, 3: untranslated execute, read, write; 5, 6, 7: translated; 8: ATS; 9: PRI. iotval2 of a guest page fault is the
// guest physical address, of the access or of the entry that was to be read or (bit 1) updated (bit 0).
// VaW: width of IOVAs. TwoStage, Pdt, Sv32, Ats: 0 leaves the feature out.
module walk_record #(
  parameter int VaW = 48,
  parameter bit TwoStage = 1'b0,
  parameter bit Pdt = 1'b0,
  parameter int Sv32 = 0,
  parameter int Ats = 0
) (
  input  logic                              granted_i,
  input  logic [walk_pkg::RecW-1:0]         rec_i,
  input  logic [portcullis_pkg::MissReqW-1:0] req_i,
  input  logic [46:0]                       gpn_i,  // that the second stage was to translate
  output logic [portcullis_pkg::FaultW-1:0] fault_o
);
  walk_pkg::rec_t rec;
  portcullis_pkg::miss_req_t req;
  logic [63:0]    iotval2;
  logic [5:0]     ttyp;
  assign rec = rec_i;
  assign req = req_i;

  if (TwoStage) begin : gen_iotval2
    logic [55:0] entry;
    logic [2:0]  unused_len;
    walk_addr #(.VaW(VaW), .TwoStage(1'b0), .Pdt(Pdt), .MsiFlat(0), .Sv32(Sv32)) u_entry (
      .dc_known_i(1'b1), .pdt_i(rec.pdt), .g_i(1'b0), .msi_i(1'b0), .sxl_i(rec.sxl), .level_i(rec.level), .table_i(gpn_i[43:0]),
      .g_index_i(11'd0), .vpn_i(req.iova[VaW-1:12]), .device_id_i(24'd0), .process_id_i(req.process_id), .ext_i(1'b0),
      .addr_o(entry), .len_o(unused_len)
    );
    always_comb begin
      iotval2 = {8'd0, entry[55:3], 1'b0, rec.upd, 1'b1};
      if (Sv32 != 0 && rec.sxl && !rec.pdt) iotval2[2] = rec.level[0] ? req.iova[22] : req.iova[12];
      if (rec.acc) iotval2 = {rec.s1 ? {8'd0, gpn_i[43:0]} : req.iova[63:12], req.iova[11:2], 2'd0};
      if (rec.code != walk_pkg::FaultGuest) iotval2 = '0;
    end
    logic unused;
    assign unused = ^{gpn_i, entry, unused_len};
  end else begin : gen_no_iotval2
    assign iotval2 = '0;
    logic unused;
    assign unused = ^gpn_i;
  end

  always_comb begin
    ttyp = {3'd0, req.translated, req.write || !rec.exec, req.write || rec.exec};
    if (Ats != 0 && (rec.ats || rec.pri)) ttyp = {5'b00100, rec.pri};
    fault_o = '0;
    if (granted_i) begin
      fault_o = {iotval2, walk_pkg::cause(rec.code, req.write, rec.exec), req.process_id & {20{req.pv}}, req.pv,
                 req.priv && req.pv, ttyp, req.device_id, req.iova};
    end
  end

  logic unused;
  assign unused = ^{rec, req};
endmodule
