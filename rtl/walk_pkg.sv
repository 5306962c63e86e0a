// SPDX-License-Identifier: Apache-2.0
//
// Types of the walkers and of what surrounds them: contexts, a new walk from stage B, what a walker shows to the shared units,
// and what these decide. All travel as flat vectors of the width named beside each struct.
//
// Fields of what is not built are 0. Levels: 0 is the lowest table of each kind.
package walk_pkg;

  // Fault codes as a walker keeps them; cause() gives the cause of the fault record (IOMMU spec 4.2).
  localparam logic [4:0] FaultAccess = 5'd0;  // 1, 5, 7
  localparam logic [4:0] FaultPage = 5'd1;  // 12, 13, 15
  localparam logic [4:0] FaultOff = 5'd2;  // 256 all inbound transactions disallowed
  localparam logic [4:0] FaultDdtAccess = 5'd3;  // 257 DDT entry load access fault
  localparam logic [4:0] FaultDdtInvalid = 5'd4;  // 258 DDT entry not valid
  localparam logic [4:0] FaultDdtMisconfig = 5'd5;  // 259 DDT entry misconfigured
  localparam logic [4:0] FaultType = 5'd6;  // 260 transaction type disallowed
  localparam logic [4:0] FaultDdtCorrupt = 5'd7;  // 268 DDT data corruption
  localparam logic [4:0] FaultPtCorrupt = 5'd8;  // 274 page table data corruption
  localparam logic [4:0] FaultIllegal = 5'd9;  // 2048 (custom) the bus request is malformed
  localparam logic [4:0] FaultGuest = 5'd16;  // 20, 21, 23
  localparam logic [4:0] FaultMsiAccess = 5'd17;  // 261 MSI PTE load access fault
  localparam logic [4:0] FaultMsiInvalid = 5'd18;  // 262 MSI PTE not valid
  localparam logic [4:0] FaultMsiMisconfig = 5'd19;  // 263 MSI PTE misconfigured
  localparam logic [4:0] FaultPdtAccess = 5'd20;  // 265 PDT entry load access fault
  localparam logic [4:0] FaultPdtInvalid = 5'd21;  // 266 PDT entry not valid
  localparam logic [4:0] FaultPdtMisconfig = 5'd22;  // 267 PDT entry misconfigured
  localparam logic [4:0] FaultPdtCorrupt = 5'd23;  // 269 PDT data corruption
  localparam logic [4:0] FaultMsiCorrupt = 5'd24;  // 270 MSI PT data corruption

  // States of a walker: one-hot, a state is one flip-flop.
  typedef enum logic [11:0] {
    StIdle  = 12'b000000000001,
    StStart = 12'b000000000010,
    StAr    = 12'b000000000100,
    StRead  = 12'b000000001000,
    StFault = 12'b000000010000,
    StResp  = 12'b000000100000,
    StGl    = 12'b000001000000,
    StXar   = 12'b000010000000,
    StXr    = 12'b000100000000,
    StXw    = 12'b001000000000,
    StXb    = 12'b010000000000,
    StGd    = 12'b100000000000
  } walk_e;

  localparam int BaseW = 48;  // places of the packed groups of an MSI mask (msi_base): 8 of 6 bits

  // MSI page table of a device context.
  typedef struct packed {
    logic        on;
    logic [43:0] ppn;
    logic [46:0] mask;  // of guest page numbers; the bits above 46 are reserved
    logic [46:0] pattern;
    logic [47:0] base;  // msi_base of the mask
  } msi_t;
  localparam int MsiW = 187;

  // Second stage of a device context.
  typedef struct packed {
    logic [1:0]  mode;  // portcullis_pkg::Fsc*: 0 Bare; Sv39x4 (with GXL Sv32x4), Sv48x4, Sv57x4
    logic [43:0] ppn;
  } hg_t;
  localparam int HgW = 46;

  // A device context as far as translation needs it.
  typedef struct packed {
    logic         dtf;
    logic         sade;
    logic         gade;
    logic         dpe;
    logic         sbe;
    logic         sxl;
    logic         pdtv;
    logic [1:0]   mode;  // pdtv = 0: portcullis_pkg::Fsc*, with SXL 1 is Sv32; pdtv = 1: 0 Bare, PD8, PD17, PD20
    logic [43:0]  ppn;  // root of the first-stage page table or of the process directory
    logic [19:0]  pscid;
    logic [15:0]  gscid;
    logic [45:0]  hg;  // an hg_t
    logic [186:0] msi;  // an msi_t
    logic [23:0]  qos;  // {MCID, RCID}
    logic         en_ats;
    logic         en_pri;
    logic         t2gpa;
    logic         prpr;
  } dc_t;
  localparam int DcW = 350;

  // A process context, with the virtual machine in whose memory it was found.
  typedef struct packed {
    logic        gv;
    logic [15:0] gscid;
    logic        ens;
    logic        sum;
    logic [1:0]  mode;
    logic [43:0] ppn;
    logic [19:0] pscid;
  } pc_t;
  localparam int PcW = 85;

  // A request for a walker, from stage B. req is a portcullis_pkg::miss_req_t. With dc_hit the request was checked against the
  // contexts known: ok, code, pdt, acc and what follows tell where the walk stands.
  typedef struct packed {
    logic [122:0] req;
    logic [3:0]   q;  // requester
    logic         high;  // IOVA[63:56] is not 0
    logic [3:0]   canon;  // IOVA is canonical for Sv39 (bit 0), Sv48, Sv57; IOVA[63:32] is 0 (Sv32)
    logic [1:0]   wide;  // process_id has more than 8, more than 17 bits
    logic         fast;  // needs no START
    logic         dc_hit;
    logic         ok;  // no fault in the request against its contexts
    logic [4:0]   code;  // the fault
    logic         pdt;  // the process directory is to be walked
    logic         acc;  // the first stage is Bare, the second not
    logic         direct;  // ppn is a supervisor page though the second stage is not Bare
    logic [2:0]   level;
    logic [1:0]   mode;  // of the first stage or, with pdt, of the process directory
    logic [43:0]  ppn;  // table to read, or with acc the page of the IOVA
    logic [19:0]  pscid;
    logic         dtf;
    logic         sade;
    logic         gade;
    logic         sbe;
    logic         sxl;
    logic         sum;
    logic [15:0]  gscid;
    logic [45:0]  hg;
    logic [186:0] msi;
    logic [2:0]   way;  // of the IOTLB, for the leaf
    logic [23:0]  qos;
    logic         t2gpa;
    logic         prpr;
  } new_t;
  localparam int NewW = 498;

  // What the checkers need of the walker whose beat arrives: its request, what is known, and what it gathered before.
  typedef struct packed {
    logic        illegal;
    logic        translated;
    logic        pv;
    logic        priv;
    logic        write;
    logic        exec;
    logic        high;
    logic [3:0]  canon;
    logic [1:0]  wide;
    logic        again;  // the exclusive read before an update
    logic        worn;  // it must not begin anew once more
    logic        dc_known;  // otherwise the read is of the device directory
    logic        pdt;  // of the process directory, or for it
    logic        acc;  // for the access itself: the first stage is done
    logic        upd;  // for the update of a first-stage entry
    logic        in_g;  // of the second stage
    logic        msi;  // an MSI PTE
    logic        direct;
    logic [2:0]  level;
    logic [2:0]  g_level;
    logic        turn;  // the bytes of the beat were turned around
    logic        half;  // a 4-byte entry is the one at the higher address of the beat
    logic [2:0]  beat;
    logic        err;  // a beat had an error response
    logic        poison;
    logic        valid;  // V of the context gathered
    logic        bad;  // a reserved or unsupported setting
    logic        dtf;
    logic        sade;
    logic        gade;
    logic        dpe;
    logic        sbe;
    logic        sxl;
    logic        pdtv;
    logic        ens;
    logic        sum;
    logic        gv;
    logic [15:0] gscid;
    logic [1:0]  mode;
    logic [19:0] pscid;
    logic [43:0] ppn;  // table that is read, or the PPN gathered
    logic [23:0] qos;  // {MCID, RCID} of the device context
    logic        ats;  // the request is of ATS, and does not want to write; is of PRI
    logic        nw;
    logic        pri;
    logic        en_ats;
    logic        en_pri;
    logic        t2gpa;
    logic        prpr;
    logic        debug;  // the request is of the debug interface; 0 without interrupt files in memory
  } ctx_t;
  localparam int CtxW = 161;

  // Which page of which device and process a beat is for.
  typedef struct packed {
    logic [23:0] device_id;
    logic        pv;
    logic [19:0] process_id;
    logic [51:0] vpn;
  } key_t;
  localparam int KeyW = 97;

  // A leaf of one stage.
  typedef struct packed {
    logic [2:0] size;
    logic       r;
    logic       w;  // with D
    logic       x;
    logic [1:0] pbmt;
  } leaf_t;
  localparam int LeafW = 8;

  // What a beat decides. beat...pos_we gather with each beat; the rest counts on the last beat only.
  typedef struct packed {
    logic [2:0]  beat;
    logic        err;
    logic        poison;
    logic        valid;
    logic        bad;
    logic        tc_we;  // keep what tc tells
    logic        hg_we;  // iohgatp
    logic        ta_we;  // PSCID
    logic        mode_we;
    logic [1:0]  mode;
    logic [1:0]  dc_mode;  // of fsc, for the cache of device contexts
    logic [1:0]  g_mode;  // of iohgatp
    logic        pc_we;  // ENS, SUM
    logic [2:0]  msi_we;  // msi_addr_pattern, msi_addr_mask, msiptp
    logic        pos_we;
    logic        root;  // pos is the PPN of a root, else that of an entry
    logic [43:0] pos;  // table of the next read, guest page to translate, or the page found
    logic        last;
    logic        fault;
    logic        report;  // the fault is reported
    logic [4:0]  code;
    logic        done;  // translated
    logic        again;  // the walk begins anew
    logic        gl;  // next comes a second-stage lookup
    logic        xar;  // next comes the exclusive read of this entry, or of the first-stage entry that is updated
    logic        s1_leaf;  // a first-stage leaf that grants, at once or after its update
    logic        s2_leaf;  // a second-stage leaf that grants, for the access itself
    logic        s1_due;  // it is to be updated
    logic        s2_due;
    logic        dc_fill;  // a valid DC was read
    logic        pc_fill;
    logic        nl_fill;  // a table of the first stage is known
    logic [2:0]  nl_level;
    logic        g_fill;
    logic        g_leaf;
    logic        pdt;  // of what comes next
    logic        acc;
    logic        upd;
    logic        in_g;
    logic [2:0]  level;
    logic [2:0]  g_level;
    logic [11:0] g_index;  // of the next second-stage entry: doubleword in the table, half of it
    logic [2:0]  s1_size;
    logic [7:0]  leaf;  // a leaf_t
    logic        u;
    logic        g;
    logic        rw_ok;  // this privilege may read and write: U, SUM
  } dec_t;
  localparam int DecW = 127;

  // What a second-stage lookup, and the end of an update, need of their walker.
  typedef struct packed {
    logic        write;
    logic        exec;
    logic        pdt;
    logic        acc;
    logic        upd;
    logic        in_g;
    logic        sxl;
    logic [2:0]  level;
    logic [2:0]  g_level;
    logic [51:0] gpn;  // to translate
    logic [15:0] gscid;
    logic [19:0] pscid;
    logic        ats;  // the request is of ATS
    logic        any;  // any right will do
  } view_t;
  localparam int ViewW = 103;

  // What decides the address of a walker's next read, besides its request, and what the counters want to know of it.
  typedef struct packed {
    logic        dc_known;
    logic        pdt;
    logic        in_g;
    logic        msi;
    logic        sxl;
    logic [2:0]  level;
    logic [43:0] ppn;  // table that is read
    logic [10:0] g_index;
    logic        gv;
    logic [15:0] gscid;
    logic        s1;  // the first-stage page tables are being walked, or done
    logic [19:0] pscid;
    logic        missed;  // the request's page tables were read before
  } read_t;
  localparam int ReadW = 102;

  // What a second-stage lookup decides.
  typedef struct packed {
    logic        fault;  // guest page fault
    logic        msi;  // the page of a virtual interrupt file
    logic        leaf;  // translated: pos and leaf tell
    logic [7:0]  found;  // a leaf_t
    logic [43:0] pos;
    logic [2:0]  g_level;
    logic [11:0] g_index;
    logic [2:0]  msi_near;  // a page as large as this, or larger, contains the page of an interrupt file; 7: none does
  } gl_t;
  localparam int GlW = 73;

  // What the non-leaf cache may be filled with.
  typedef struct packed {
    logic [2:0]  level;  // of the next read, plus 1
    logic [51:0] vpn;
    logic [37:0] space;  // a portcullis_pkg::space_t
    logic        sv32;
    logic [43:0] ppn;
  } nl_fill_t;
  localparam int NlFillW = 138;
  localparam int NlFills = 3;  // by a beat, by the end of an update, by a second-stage lookup

  // What the second-stage cache may be filled with.
  typedef struct packed {
    logic        leaf;
    logic [2:0]  level;
    logic [46:0] gpn;
    logic [15:0] gscid;
    logic [43:0] ppn;
    logic [4:0]  attr;  // r, w with D, x, pbmt
  } g_fill_t;
  localparam int GFillW = 116;
  localparam int GFills = 2;  // by a beat, by the end of an update

  // What a walker shows of itself for the response bus.
  typedef struct packed {
    logic         ok;
    logic [2:0]   size;
    logic [2:0]   s1_size;
    logic [43:0]  ppn;
    logic [3:0]   raw;  // r, w, x, u of both stages, whoever asks
    logic         rw_ok;
    logic [1:0]   pbmt;
    logic         g;
    logic         gv;
    logic [15:0]  gscid;
    logic         s1;
    logic [19:0]  pscid;
    logic         msi;
    logic [23:0]  qos;  // {MCID, RCID}
    logic [4:0]   code;  // the fault
    logic         t2gpa;
    logic         prpr;
    logic         msi_on;  // of the device context
    logic         bare;  // found in ddtp mode Bare
  } info_t;
  localparam int InfoW = 131;

  // What a walker shows of itself for a fault record.
  typedef struct packed {
    logic        exec;
    logic [4:0]  code;
    logic        pdt;
    logic        acc;
    logic        upd;
    logic        s1;
    logic        sxl;
    logic [2:0]  level;
    logic        ats;
    logic        pri;
  } rec_t;
  localparam int RecW = 16;

  // Cause of a fault record. Access and page faults take the access type of the request (IOMMU spec 4.2).
  function automatic logic [11:0] cause(input logic [4:0] code, input logic write, input logic exec);
    unique case (code)
      FaultAccess:       cause = write ? 12'd7 : exec ? 12'd1 : 12'd5;
      FaultPage:         cause = write ? 12'd15 : exec ? 12'd12 : 12'd13;
      FaultGuest:        cause = write ? 12'd23 : exec ? 12'd20 : 12'd21;
      FaultOff:          cause = 12'd256;
      FaultDdtAccess:    cause = 12'd257;
      FaultDdtInvalid:   cause = 12'd258;
      FaultDdtMisconfig: cause = 12'd259;
      FaultType:         cause = 12'd260;
      FaultMsiAccess:    cause = 12'd261;
      FaultMsiInvalid:   cause = 12'd262;
      FaultMsiMisconfig: cause = 12'd263;
      FaultPdtAccess:    cause = 12'd265;
      FaultPdtInvalid:   cause = 12'd266;
      FaultPdtMisconfig: cause = 12'd267;
      FaultDdtCorrupt:   cause = 12'd268;
      FaultPdtCorrupt:   cause = 12'd269;
      FaultMsiCorrupt:   cause = 12'd270;
      FaultPtCorrupt:    cause = 12'd274;
      default:           cause = 12'd2048;
    endcase
  endfunction

  // Class of a fault, for the answer to a device (IOMMU spec 3.6, 3.7): those of ClassNone are not reported for ATS.
  function automatic logic [1:0] fault_class(input logic [4:0] code);
    unique case (code)
      FaultPage, FaultGuest, FaultMsiInvalid, FaultPdtInvalid:         fault_class = portcullis_pkg::ClassNone;
      FaultOff, FaultDdtAccess, FaultDdtInvalid, FaultDdtMisconfig:    fault_class = portcullis_pkg::ClassUnsupported;
      FaultType:                                                       fault_class = portcullis_pkg::ClassDisallowed;
      default:                                                         fault_class = portcullis_pkg::ClassAbort;
    endcase
  endfunction

endpackage
