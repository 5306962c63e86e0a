// SPDX-License-Identifier: Apache-2.0
//
// Checks of one doubleword of a device context (IOMMU spec 3.1.3, 3.1.4), as the beats of its read arrive in order.
// Combinational.
//
//   beat  0 tc   1 iohgatp   2 ta   3 fsc   extended format also  4 msiptp   5 msi_addr_mask   6 msi_addr_pattern   7 reserved
//
// Custom bits (tc[31:24]) do not matter, nor do PPN and GSCID of a Bare second stage, nor ta.PSCID with PDTV.
// TwoStage, Pdt, AmoHwad, MsiFlat, Sv32, End, Qosid, Ats, T2gpa: 0 if not built; then its setting is
// misconfigured, whatever caps_i says.
module walk_dc #(
  parameter bit TwoStage = 1'b0,
  parameter bit Pdt = 1'b0,
  parameter int AmoHwad = 0,
  parameter int MsiFlat = 0,
  parameter int Sv32 = 0,
  parameter int End = 0,
  parameter int Qosid = 0,
  parameter int Ats = 0,
  parameter int T2gpa = 0
) (
  input  logic [63:0] data_i,
  input  logic [2:0]  beat_i,
  input  logic        pdtv_i,  // tc.PDTV and tc.SXL of beat 0; count in beat 3
  input  logic        sxl_i,
  input  logic        t2gpa_i,  // tc.T2GPA; counts in beat 1
  input  logic        gv_i,  // the second stage of beat 1 is not Bare; counts in beat 4
  input  logic [63:0] caps_i,
  input  logic [51:0] beyond_i,  // page-number bits that no guest physical address has
  input  logic        gxl_i,
  output logic        bad_o,  // item of 3.1.4 violated in this doubleword
  output logic [1:0]  mode_o,  // beat 3: walk_pkg::dc_t.mode
  output logic [1:0]  g_mode_o  // beat 1: walk_pkg::hg_t.mode
);
  // Bits that are reserved, or of something that is not built (items 1 to 7, 16, 18, 19, 21, 22). SXL, PDTV and DPE are looked at
  // below.
  logic [63:0] reserved;
  logic        hwad, ats;
  assign ats = Ats != 0 && caps_i[25];
  assign hwad = AmoHwad != 0 && caps_i[24];
  always_comb begin
    unique case (beat_i)
      3'd0: begin
        reserved = 64'hffff_ffff_00ff_f44e;  // all but V, DTF, PDTV, GADE, SADE, DPE, SXL, custom
        reserved[8:7] = {2{!hwad}};
        reserved[2:1] = {2{!ats}};
        reserved[3] = !(T2gpa != 0 && caps_i[26]);
        reserved[6] = !ats;
        reserved[10] = !(End != 0 && caps_i[27]);  // SBE: BE is 0 without END, and writable with it
      end
      3'd1: reserved = 64'd0;
      3'd2: reserved = (Qosid != 0 && caps_i[41]) ? 64'h0000_00ff_0000_0fff : 64'hffff_ffff_0000_0fff;  // MCID, RCID, PSCID
      3'd3: reserved = 64'h0fff_f000_0000_0000;  // all but MODE and PPN
      3'd4: begin
        reserved = (MsiFlat != 0) ? 64'hefff_f000_0000_0000 : 64'd0;
        reserved[60] = MsiFlat != 0 && !(TwoStage && gv_i);  // Off, or Flat if there is a second stage
      end
      3'd5, 3'd6: reserved = (MsiFlat != 0) ? {12'hfff, beyond_i} : 64'd0;
      default: reserved = (MsiFlat != 0) ? 64'hffff_ffff_ffff_ffff : 64'd0;
    endcase
  end

  // Items 8 to 11: MODE of pdtp 0 Bare, 1 to 3 PD8, PD17, PD20; of iosatp 0 Bare, 8 to 10 Sv39, Sv48, Sv57, or with SXL 8 Sv32.
  logic       mode_ok, iosatp_ok;
  logic [3:0] mode;
  logic [1:0] iosatp_mode;
  assign mode = data_i[63:60];
  walk_mode #(.Sv32(Sv32)) u_mode (.mode_i(mode), .sxl_i, .caps_i, .ok_o(iosatp_ok), .mode_o(iosatp_mode));
  always_comb begin
    if (pdtv_i) begin
      mode_ok = mode == 4'd0 || (Pdt && mode[3:2] == 2'd0 && ((mode[1:0] == 2'd1 && caps_i[38]) ||
                                 (mode[1:0] == 2'd2 && caps_i[39]) || (mode[1:0] == 2'd3 && caps_i[40])));
      mode_o = (Pdt && mode_ok) ? mode[1:0] : 2'd0;
    end else begin
      mode_ok = iosatp_ok;
      mode_o = iosatp_mode;
    end
  end

  // Items 3 to 5: T2GPA or EN_PRI without EN_ATS, PRPR without EN_PRI. Item 12: DPE without PDTV. Item 20: SXL as GXL; with GXL
  // 0 it may be 1 if GXL is writable.
  logic tc_bad;
  assign tc_bad = (data_i[9] && !data_i[5]) || (gxl_i && !data_i[11]) ||
                  (data_i[11] && !(Sv32 != 0 && (caps_i[8] || caps_i[16]))) ||
                  (Ats != 0 && (((data_i[3] || data_i[2]) && !data_i[1]) || (data_i[6] && !data_i[2])));

  // Items 13 to 15, 17: MODE of iohgatp 0 Bare, 8 to 10 Sv39x4, Sv48x4, Sv57x4, or with GXL 8 Sv32x4; the root is 16 KiB.
  // Item 7: T2GPA needs a second stage.
  logic hg_ok;
  always_comb begin
    g_mode_o = 2'd0;
    hg_ok = mode == 4'd0;
    if (TwoStage) begin
      unique case (mode)
        4'd8:    begin hg_ok = gxl_i ? caps_i[16] : caps_i[17]; g_mode_o = portcullis_pkg::FscSv39; end
        4'd9:    begin hg_ok = !gxl_i && caps_i[18]; g_mode_o = portcullis_pkg::FscSv48; end
        4'd10:   begin hg_ok = !gxl_i && caps_i[19]; g_mode_o = portcullis_pkg::FscSv57; end
        default: ;
      endcase
      if (mode != 4'd0 && data_i[1:0] != 2'd0) hg_ok = 1'b0;
    end
  end

  always_comb begin
    bad_o = |(data_i & reserved);
    if (beat_i == 3'd0 && tc_bad) bad_o = 1'b1;
    if (beat_i == 3'd1 && (!hg_ok || (T2gpa != 0 && t2gpa_i && mode == 4'd0))) bad_o = 1'b1;
    if (beat_i == 3'd3 && !mode_ok) bad_o = 1'b1;
  end

  logic unused;
  assign unused = ^caps_i;
endmodule
