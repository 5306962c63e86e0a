// SPDX-License-Identifier: Apache-2.0
//
// Decides what a beat of a data-structure read means for its walker: one entry checker for all walkers, since one beat arrives
// in a clock. IOMMU spec 3.1.4, 3.2.4, 3.3 to 3.3.3 and the page-table walks of the privileged spec. Combinational.
//
// ctx_i is of the walker that owns the beat. Contexts and MSI PTEs are gathered over their beats: the gathered fields of the
// decision go back to the walker with each beat. Everything else holds on the last beat. Order of the checks of one entry:
// error response, poison, V = 0, misconfigured.
//
// The exclusive read before an update (ctx again) only compares the entry with the value found before; the last try is a fault.
// TwoStage, Pdt, AmoHwad, MsiFlat, Sv32, End, Qosid, Ats, T2gpa: 0 leaves the feature out. MsiFlat: the extended
// format can occur (ext_i).
module walk_decide #(
  parameter bit TwoStage = 1'b0,
  parameter bit Pdt = 1'b0,
  parameter int AmoHwad = 0,
  parameter int MsiFlat = 0,
  parameter int MsiMrif = 0,
  parameter int Sv32 = 0,
  parameter int End = 0,
  parameter int Qosid = 0,
  parameter int Ats = 0,
  parameter int T2gpa = 0
) (
  input  logic                      ext_i,  // device contexts have the extended format
  input  logic [63:0]               caps_i,
  input  logic [51:0]               beyond_i,  // see walk_dc
  input  logic                      gxl_i,
  input  logic [walk_pkg::CtxW-1:0] ctx_i,
  input  logic [walk_pkg::KeyW-1:0] key_i,
  input  logic [46:0]               gpn_i,  // that the second stage translates, or has translated last
  input  logic [63:0]               entry_i,  // to be updated
  input  logic                      mrif_i,  // with the second beat of an MSI PTE: it is in MRIF mode
  input  logic [63:0]               data_i,  // with its bytes in order
  input  logic [1:0]                resp_i,
  input  logic                      poison_i,
  output logic [63:0]               pte_o,  // the entry, if it is a PTE
  output logic [43:0]               page_o,  // that it gives, if it is a leaf
  output logic [walk_pkg::DecW-1:0] dec_o
);
  walk_pkg::ctx_t ctx;
  walk_pkg::key_t key;
  assign ctx = ctx_i;
  assign key = key_i;

  // Kind of read.
  logic is_dc, is_ddte, is_pc, is_pdte, is_msi, is_g, is_s1, again, first, fsc_beat, gv;
  assign is_dc = !ctx.dc_known && ctx.level == 3'd0;
  assign is_ddte = !ctx.dc_known && ctx.level != 3'd0;
  assign is_g = TwoStage && ctx.dc_known && ctx.in_g;
  assign is_msi = MsiFlat != 0 && ctx.dc_known && ctx.msi;
  assign is_pc = Pdt && ctx.dc_known && ctx.pdt && !is_g && ctx.level == 3'd0;
  assign is_pdte = Pdt && ctx.dc_known && ctx.pdt && !is_g && ctx.level != 3'd0;
  assign is_s1 = ctx.dc_known && !is_g && !is_msi && !(Pdt && ctx.pdt);
  assign again = AmoHwad != 0 && ctx.again;
  assign first = ctx.beat == 3'd0;
  assign fsc_beat = ctx.beat == 3'd3;
  assign gv = TwoStage && ctx.gv;

  // Device context, process context, directory entries.
  logic       dc_bad, pc_bad;
  logic [1:0] fsc_mode, g_mode, pc_mode;
  walk_dc #(
    .TwoStage(TwoStage), .Pdt(Pdt), .AmoHwad(AmoHwad), .MsiFlat(MsiFlat), .Sv32(Sv32), .End(End), .Qosid(Qosid), .Ats(Ats),
    .T2gpa(T2gpa)
  ) u_dc (
    .data_i, .beat_i(ctx.beat), .pdtv_i(ctx.pdtv), .sxl_i(ctx.sxl), .t2gpa_i(ctx.t2gpa), .gv_i(ctx.gv),
    .caps_i, .beyond_i, .gxl_i, .bad_o(dc_bad), .mode_o(fsc_mode), .g_mode_o(g_mode)
  );
  walk_pc #(.Sv32(Sv32)) u_pc (
    .data_i, .leaf_i(is_pc), .second_i(!first), .sxl_i(ctx.sxl), .caps_i, .bad_o(pc_bad), .mode_o(pc_mode)
  );

  // Page-table entry, of either stage. Implicit accesses of the second stage read, or write for an update (IOMMU spec 3.3 step
  // 19); its U is checked as for a user.
  logic [63:0] pte;
  logic        pte_fault, pte_leaf, pte_due, pte_w, pte_rw_ok, store, fetch, sv32, big;
  logic [2:0]  pte_size, pte_level;
  assign sv32 = Sv32 != 0 && (is_g ? gxl_i : ctx.sxl);
  assign pte = sv32 ? {32'd0, ctx.half != ctx.turn ? data_i[63:32] : data_i[31:0]} : data_i;
  assign pte_level = is_g ? ctx.g_level : ctx.level;
  assign store = is_g ? ctx.upd || (ctx.acc && ctx.write) : ctx.write;
  assign fetch = ctx.exec && (!is_g || ctx.acc);
  walk_pte #(.Pdt(Pdt), .AmoHwad(AmoHwad), .Sv32(Sv32), .Ats(Ats)) u_pte (
    .pte_i(pte), .level_i(pte_level), .sv32_i(sv32), .svpbmt_i(caps_i[15]), .svrsw_i(caps_i[14]),
    .write_i(store), .exec_i(fetch), .ats_i(ctx.ats && (!is_g || ctx.acc)), .nw_i(ctx.nw),
    .priv_i(ctx.priv && !is_g), .sum_i(ctx.sum), .update_i(is_g ? ctx.gade : ctx.sade),
    .fault_o(pte_fault), .leaf_o(pte_leaf), .due_o(pte_due), .rw_ok_o(pte_rw_ok), .size_o(pte_size),
    .w_o(pte_w)
  );
  assign big = sv32 && pte_level == 3'd1;
  assign pte_o = pte;
  assign page_o = page;

  // Gathered so far, with this beat. What tc tells comes in the first beat, which is never the last.
  logic [2:0] beat;
  logic       err, poison, valid, bad, last, gather_bad, mrif;
  logic [1:0] dc_mode;
  assign beat = {MsiFlat != 0 && (ctx.beat[2] ^ (&ctx.beat[1:0])), ctx.beat[1] ^ ctx.beat[0], ~ctx.beat[0]};
  assign err = ctx.err || resp_i[1];
  assign poison = ctx.poison || poison_i;
  assign valid = first ? data_i[0] : ctx.valid;
  assign mrif = MsiMrif != 0 && caps_i[23] && (first ? data_i[2:1] == 2'd1 : mrif_i);
  always_comb begin
    gather_bad = dc_bad;
    if (is_pc || is_pdte) gather_bad = pc_bad;
    // Custom, a reserved mode (MRIF without the capability, too) or bit (IOMMU spec 3.3.3). Of a PTE in basic mode the second
    // doubleword does not matter.
    if (is_msi) gather_bad = first && ((!mrif && (data_i[2:1] != 2'd3 || (|data_i[9:7]))) || (|data_i[6:3]) || (|data_i[63:54]));
    if (is_msi && !first && mrif) gather_bad = (|data_i[63:61]) || (|data_i[59:54]);
  end
  assign bad = ctx.bad || gather_bad;
  assign dc_mode = (fsc_beat || MsiFlat == 0) ? fsc_mode : ctx.mode;
  always_comb begin
    last = 1'b1;
    if (is_dc) last = (fsc_beat && !ext_i) || (MsiFlat != 0 && ctx.beat == 3'd7);
    if (is_pc || is_msi) last = !first;
  end

  // Errors of an entry of a directory or of the MSI page table (3.3.1 to 3.3.3). A non-leaf DDT entry has reserved bits 9:1 and
  // 63:54.
  logic       entry_fault;
  logic [4:0] entry_code;
  assign entry_fault = err || poison || !valid || (is_ddte ? (|data_i[9:1]) || (|data_i[63:54]) : bad);
  always_comb begin
    if (is_msi) begin
      if (err) entry_code = walk_pkg::FaultMsiAccess;
      else if (poison) entry_code = walk_pkg::FaultMsiCorrupt;
      else if (!valid) entry_code = walk_pkg::FaultMsiInvalid;
      else entry_code = walk_pkg::FaultMsiMisconfig;
    end else if (is_pc || is_pdte) begin
      if (err) entry_code = walk_pkg::FaultPdtAccess;
      else if (poison) entry_code = walk_pkg::FaultPdtCorrupt;
      else if (!valid) entry_code = walk_pkg::FaultPdtInvalid;
      else entry_code = walk_pkg::FaultPdtMisconfig;
    end else begin
      if (ctx.illegal) entry_code = walk_pkg::FaultIllegal;
      else if (err) entry_code = walk_pkg::FaultDdtAccess;
      else if (poison) entry_code = walk_pkg::FaultDdtCorrupt;
      else if (!valid) entry_code = walk_pkg::FaultDdtInvalid;
      else entry_code = walk_pkg::FaultDdtMisconfig;
    end
  end

  // Errors of a page-table entry. An error of the second stage on the way to the process directory is one of the directory.
  logic [4:0] pte_code, pte_access, pte_corrupt;
  assign pte_access = (Pdt && ctx.pdt) ? walk_pkg::FaultPdtAccess : walk_pkg::FaultAccess;
  assign pte_corrupt = (Pdt && ctx.pdt) ? walk_pkg::FaultPdtCorrupt : walk_pkg::FaultPtCorrupt;
  assign pte_code = err ? pte_access : poison ? pte_corrupt : is_g ? walk_pkg::FaultGuest : walk_pkg::FaultPage;
  logic       pte_bad;
  assign pte_bad = err || poison || pte_fault;

  // A valid device or process context: the request against it.
  logic       req_fault, req_pdt, req_identity, req_access, needs_pc, unused_fault;
  logic [4:0] req_code;
  logic [1:0] req_mode;
  walk_request #(.TwoStage(TwoStage), .Pdt(Pdt), .Sv32(Sv32), .Ats(Ats)) u_request (
    .illegal_i(ctx.illegal), .translated_i(ctx.translated), .ats_i(ctx.ats), .pri_i(ctx.pri), .en_ats_i(ctx.en_ats),
    .en_pri_i(ctx.en_pri), .t2gpa_i(ctx.t2gpa), .pv_i(ctx.pv), .priv_i(ctx.priv), .high_i(ctx.high),
    .canon_i(ctx.canon), .wide_i(ctx.wide), .pdtv_i(ctx.pdtv), .dpe_i(ctx.dpe), .sxl_i(ctx.sxl), .mode_i(dc_mode), .gv_i(ctx.gv),
    .at_pc_i(is_pc), .pc_i(is_pc), .ens_i(ctx.ens), .pc_mode_i(pc_mode),
    .fault_o(req_fault), .late_fault_o(unused_fault), .code_o(req_code), .needs_pc_o(needs_pc), .pdt_o(req_pdt),
    .identity_o(req_identity), .access_o(req_access), .mode_o(req_mode)
  );

  // The exclusive read: the memory must be able to, and the entry must be as it was found.
  logic changed;
  assign changed = pte != entry_i;

  // The page that a leaf gives for this address. Without a second stage and Sv32 the low bits are put in when it is shown.
  logic [43:0] page, leaf_page;
  assign leaf_page = pte[53:10];
  if (TwoStage || Sv32 != 0) begin : gen_place
    walk_place u_place (
      .leaf_i(leaf_page), .low_i(is_g ? gpn_i[43:0] : key.vpn[43:0]), .size_i(pte_size), .big_i(big), .page_o(page)
    );
  end else begin : gen_no_place
    assign page = leaf_page;
  end

  logic [11:0] g_index;
  walk_g_index #(.Sv32(Sv32)) u_g_index (
    .gpn_i, .level_i(ctx.g_level - 3'd1), .root_i(1'b0), .gxl_i, .index_o(g_index)
  );

  // Outcome on the last beat. A fault is reported unless a valid device context has DTF = 1 (IOMMU spec 4.2), or it only means
  // for ATS that nothing is granted.
  walk_pkg::dec_t  dec;
  walk_pkg::leaf_t leaf;
  logic            ctx_end;  // a context is complete
  assign ctx_end = is_dc || is_pc;
  always_comb begin
    dec = '0;
    dec.beat = beat;
    {dec.err, dec.poison, dec.valid, dec.bad} = {err, poison, valid, bad};
    dec.last = last;

    // Gathering.
    dec.tc_we = is_dc && first;
    dec.hg_we = TwoStage && is_dc && ctx.beat == 3'd1;
    dec.ta_we = (is_dc && ctx.beat == 3'd2) || (is_pc && first);
    dec.pc_we = is_pc && first;
    dec.mode_we = is_dc ? fsc_beat || ((Pdt || Ats != 0) && last) : is_pc && last;
    dec.mode = ((Pdt || Ats != 0) && last) ? req_mode : dc_mode;
    {dec.dc_mode, dec.g_mode} = {dc_mode, g_mode};
    if (MsiFlat != 0 && is_dc) dec.msi_we = {ctx.beat == 3'd6, ctx.beat == 3'd5, ctx.beat == 3'd4};

    // The next position.
    dec.pos_we = is_dc ? fsc_beat || (TwoStage && last) : !(is_pc && first) && !(is_msi && !first && !mrif);
    dec.root = is_dc;
    if (is_dc || is_pc) dec.pos = (fsc_beat || MsiFlat == 0 || is_pc) ? data_i[43:0] : ctx.ppn;
    else dec.pos = data_i[53:10];
    if ((TwoStage || Sv32 != 0) && (is_g || is_s1)) dec.pos = pte_leaf ? page : leaf_page;
    if (TwoStage && ctx_end && last && req_access) dec.pos = key.vpn[43:0];
    dec.level = ctx.level - 3'd1;
    if (is_dc) dec.level = {1'b0, req_mode} + 3'd1;
    if (Sv32 != 0 && ctx_end && ctx.sxl) dec.level = 3'd1;
    if (Pdt && is_dc && req_pdt) dec.level = {1'b0, req_mode} - 3'd1;
    if (Pdt && is_pc && !(Sv32 != 0 && ctx.sxl)) dec.level = {1'b0, req_mode} + 3'd1;
    if (is_g) dec.level = ctx.level;
    dec.g_level = ctx.g_level - 3'd1;
    dec.g_index = g_index;
    {dec.pdt, dec.acc, dec.upd} = {is_pdte || (is_g && ctx.pdt), is_g && ctx.acc, is_g && ctx.upd};

    if (again) begin
      dec.fault = err || !resp_i[0] || poison || (changed && ctx.worn);
      dec.code = (poison && !err && resp_i[0]) ? pte_corrupt : pte_access;
      dec.pos_we = 1'b0;
    end else if (is_g || is_s1) begin
      dec.fault = pte_bad;
      dec.code = pte_code;
    end else begin
      dec.fault = entry_fault || (ctx_end && req_fault);
      dec.code = entry_fault ? entry_code : req_code;
      // An MSI page is never executable: after all checks of its PTE (3.3.3 item 15).
      if (is_msi && !entry_fault && ctx.exec && !ctx.write) {dec.fault, dec.code} = {1'b1, walk_pkg::FaultAccess};
      // The debug interface stores no MSI (IOMMU spec 5).
      if (is_msi && !entry_fault && mrif && ctx.debug) {dec.fault, dec.code} = {1'b1, walk_pkg::FaultType};
    end

    dec.report = (!ctx.dc_known && entry_fault) || !ctx.dtf;
    if (Ats != 0 && ctx.ats && walk_pkg::fault_class(dec.code) == portcullis_pkg::ClassNone) dec.report = 1'b0;

    // Where it goes on without a fault. (After one only code and report count, and that nothing is filled.)
    if (!again) begin
      if (ctx_end) begin
        dec.done = req_identity;
        dec.gl = gv;
        {dec.pdt, dec.acc} = {req_pdt, req_access};
      end else if (is_pdte) begin
        dec.gl = gv;
      end else if (is_msi) begin
        dec.done = 1'b1;
      end else if (!pte_bad) begin
        if (is_g && pte_leaf) begin
          dec.done = ctx.acc && !pte_due;
          dec.xar = pte_due || ctx.upd;
          dec.in_g = pte_due;
          {dec.s2_leaf, dec.s2_due} = {ctx.acc, pte_due};
          {dec.g_fill, dec.g_leaf} = {2{!ctx.acc && !pte_due}};
          dec.nl_fill = !ctx.acc && !ctx.pdt && !ctx.upd && !pte_due;
          if (pte_due) dec.pos_we = 1'b0;  // the table stays, for the update
        end else if (is_g) begin
          dec.in_g = 1'b1;
          dec.g_fill = 1'b1;
        end else if (is_s1 && pte_leaf) begin
          {dec.s1_leaf, dec.s1_due} = {1'b1, pte_due};
          if (TwoStage || AmoHwad != 0) dec.level = ctx.level;
          if (!pte_due) begin
            dec.done = !gv;
            {dec.gl, dec.acc} = {gv, gv};
          end else begin
            dec.xar = !gv;
            dec.gl = gv && !ctx.direct;
            dec.again = gv && ctx.direct;
            dec.upd = gv;
            dec.pos_we = gv;
            if (gv) dec.pos = gpn_i[43:0];  // the guest page of the table that holds the entry
          end
        end else if (is_s1) begin
          dec.gl = gv;
          dec.nl_fill = !gv;
        end
      end
    end
    if (again) dec.again = changed && !err && resp_i[0] && !poison && !ctx.worn;  // known last
    dec.nl_level = is_g ? ctx.level + 3'd1 : ctx.level;
    dec.dc_fill = is_dc && !entry_fault;
    dec.pc_fill = is_pc && !entry_fault;

    // A leaf gives the rights of the entry, an MSI page all but X.
    dec.s1_size = big ? portcullis_pkg::Size1G : pte_size;
    {dec.u, dec.g, dec.rw_ok} = {pte[4], pte[5] && is_s1, pte_rw_ok};
    leaf = '0;
    leaf = {pte_size, pte[1], pte_w, pte[3], pte[62:61]};
    if (is_msi) leaf = {portcullis_pkg::Size4K, 5'b11000};
    dec.leaf = leaf;
  end
  assign dec_o = dec;

  logic unused;
  assign unused = ^{ctx, key, resp_i[0], needs_pc, unused_fault, entry_i, mrif_i};
endmodule
