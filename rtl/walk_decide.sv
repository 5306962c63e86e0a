// SPDX-License-Identifier: Apache-2.0
//
// Decides what a beat of a data-structure read means for its walker: one entry checker for all walkers, since one beat arrives
// in a clock. IOMMU spec 3.1.4, 3.3, 3.3.1 and the page-table walk of the privileged spec. Combinational.
//
// ctx_i is of the walker that owns the beat. A context of 4 (extended format 8) beats is gathered: the gathered fields of the
// decision go back to the walker with each beat. Everything else holds on the last beat. Order of the checks of one entry:
// error response, poison, V = 0, misconfigured.
//
// MsiFlat: the extended format can occur (ext_i).
module walk_decide #(
  parameter int MsiFlat = 0
) (
  input  logic                      ext_i,  // device contexts have the extended format
  input  logic [2:0]                modes_i,  // supported first stages: Sv39, Sv48, Sv57
  input  logic [5:0]                pas_i,  // capabilities.PAS
  input  logic                      svpbmt_i,
  input  logic [walk_pkg::CtxW-1:0] ctx_i,
  input  logic [63:0]               data_i,
  input  logic                      err_i,
  input  logic                      poison_i,
  output logic [walk_pkg::DecW-1:0] dec_o
);
  walk_pkg::ctx_t ctx;
  assign ctx = ctx_i;

  // Kind of read.
  logic is_dc, is_ddte, first, fsc_beat;
  assign is_dc = !ctx.dc_known && ctx.level == 3'd0;
  assign is_ddte = !ctx.dc_known && ctx.level != 3'd0;
  assign first = ctx.beat == 3'd0;
  assign fsc_beat = ctx.beat == 3'd3;

  logic       dc_bad;
  logic [1:0] fsc_mode;
  walk_dc #(.MsiFlat(MsiFlat)) u_dc (
    .data_i, .beat_i(ctx.beat), .pdtv_i(ctx.pdtv), .modes_i, .pas_i, .bad_o(dc_bad), .mode_o(fsc_mode)
  );

  logic       pte_fault, pte_leaf, pte_w;
  logic [2:0] pte_size;
  walk_pte u_pte (
    .pte_i(data_i), .level_i(ctx.level), .svpbmt_i, .write_i(ctx.write), .exec_i(ctx.exec),
    .fault_o(pte_fault), .leaf_o(pte_leaf), .size_o(pte_size), .w_o(pte_w)
  );

  // Gathered so far, with this beat. DTF and PDTV come in the first beat, which is never the last.
  logic [2:0] beat;
  logic       err, poison, valid, bad, last;
  logic [1:0] mode;
  assign beat = {MsiFlat != 0 && (ctx.beat[2] ^ (&ctx.beat[1:0])), ctx.beat[1] ^ ctx.beat[0], ~ctx.beat[0]};
  assign err = ctx.err || err_i;
  assign poison = ctx.poison || poison_i;
  assign valid = first ? data_i[0] : ctx.valid;
  assign bad = ctx.bad || dc_bad;
  assign mode = (fsc_beat || MsiFlat == 0) ? fsc_mode : ctx.mode;
  assign last = !is_dc || (fsc_beat && !ext_i) || (MsiFlat != 0 && ctx.beat == 3'd7);

  // The device directory (3.3.1): a non-leaf entry has reserved bits 9:1 and 63:54.
  logic       ddt_fault;
  logic [3:0] ddt_code;
  assign ddt_fault = err || poison || !valid ||
                     (is_ddte ? (|data_i[9:1]) || (|data_i[63:54]) : bad);
  always_comb begin
    if (ctx.illegal) ddt_code = walk_pkg::FaultIllegal;
    else if (err) ddt_code = walk_pkg::FaultDdtAccess;
    else if (poison) ddt_code = walk_pkg::FaultDdtCorrupt;
    else if (!valid) ddt_code = walk_pkg::FaultDdtInvalid;
    else ddt_code = walk_pkg::FaultDdtMisconfig;
  end

  // A valid device context: the request against it.
  logic       req_fault, req_identity;
  logic [3:0] req_code;
  walk_request u_request (
    .illegal_i(ctx.illegal), .translated_i(ctx.translated), .pv_i(ctx.pv), .high_i(ctx.high), .canon_i(ctx.canon),
    .pdtv_i(ctx.pdtv), .mode_i(mode), .fault_o(req_fault), .code_o(req_code), .identity_o(req_identity)
  );

  // Outcome on the last beat. A fault is reported unless a valid device context has DTF = 1 (IOMMU spec 4.2).
  logic       fault, report, done;
  logic [3:0] code;
  logic [2:0] level;
  always_comb begin
    if (ctx.dc_known) begin
      fault = err || poison || pte_fault;
      code = err ? walk_pkg::FaultAccess : poison ? walk_pkg::FaultPtCorrupt : walk_pkg::FaultPage;
      report = !ctx.dtf;
      done = pte_leaf;
    end else begin
      fault = ddt_fault || (is_dc && req_fault);
      code = ddt_fault ? ddt_code : req_code;
      report = ddt_fault || !ctx.dtf;
      done = is_dc && req_identity;
    end
    // Root of the first stage: 2, 3 or 4; else one level down.
    level = is_dc ? {1'b0, mode} + 3'd1 : ctx.level - 3'd1;
  end

  // A leaf gives the rights of the entry, an identity all of them.
  assign dec_o = {
    beat, err, poison, valid, bad, is_dc, is_dc && first, is_dc && ctx.beat == 3'd2, is_dc && fsc_beat, mode,
    last, fault, report, code, done,
    ctx.dc_known && pte_leaf,  // leaf
    is_dc && !ddt_fault,  // dc_fill
    ctx.dc_known && !fault && !pte_leaf,  // nl_fill
    level, ctx.dc_known ? pte_size : portcullis_pkg::SizeIdentity,
    !ctx.dc_known || data_i[1], !ctx.dc_known || pte_w, !ctx.dc_known || data_i[3],  // r, w, x
    ctx.dc_known ? data_i[62:61] : 2'd0, ctx.dc_known && data_i[5]  // pbmt, g
  };

  logic unused;
  assign unused = ^ctx;
endmodule
