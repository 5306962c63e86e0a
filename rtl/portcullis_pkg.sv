// SPDX-License-Identifier: Apache-2.0
//
// Types, widths and small functions shared by all blocks. docs/microarchitecture.md section 3 defines the buses.
// Functions take and return vectors; structs are looked at through scalar variables (what Yosys 0.23 reads rightly).
package portcullis_pkg;

  // Page sizes (3 bits).
  localparam logic [2:0] Size4K = 3'd0;
  localparam logic [2:0] Size64K = 3'd1;
  localparam logic [2:0] Size2M = 3'd2;
  localparam logic [2:0] Size1G = 3'd3;
  localparam logic [2:0] Size512G = 3'd4;
  localparam logic [2:0] Size256T = 3'd5;
  localparam logic [2:0] SizeIdentity = 3'd6;

  // ddtp.iommu_mode (IOMMU spec 6.5).
  localparam logic [3:0] DdtpOff = 4'd0;
  localparam logic [3:0] DdtpBare = 4'd1;
  localparam logic [3:0] Ddtp1Lvl = 4'd2;
  localparam logic [3:0] Ddtp2Lvl = 4'd3;
  localparam logic [3:0] Ddtp3Lvl = 4'd4;

  // First-stage modes as blocks carry them (not the iosatp.MODE encoding).
  localparam logic [1:0] FscBare = 2'd0;
  localparam logic [1:0] FscSv39 = 2'd1;
  localparam logic [1:0] FscSv48 = 2'd2;
  localparam logic [1:0] FscSv57 = 2'd3;

  // Invalidation operations.
  localparam logic [2:0] InvVma = 3'd0;  // IOTINVAL.VMA
  localparam logic [2:0] InvDdt = 3'd1;  // IODIR.INVAL_DDT of one device
  localparam logic [2:0] InvAll = 3'd2;  // IODIR.INVAL_DDT of all devices, or a ddtp write
  localparam logic [2:0] InvGvma = 3'd3;  // IOTINVAL.GVMA
  localparam logic [2:0] InvPdt = 3'd4;  // IODIR.INVAL_PDT

  // Quiesce modes (qctl.mode).
  localparam logic [1:0] ModeRun = 2'd0;
  localparam logic [1:0] ModeHold = 2'd1;
  localparam logic [1:0] ModeAbort = 2'd2;

  localparam int SlotW = 5;  // a channel has at most 32 slots

  // Address space of a translation.
  typedef struct packed {
    logic        gv;  // the second stage is not Bare
    logic [15:0] gscid;  // 0 without gv
    logic        s1;  // the first stage is not Bare
    logic [19:0] pscid;  // 0 without s1
  } space_t;
  localparam int SpaceW = 38;

  // Miss request, port channel -> core; also that of a requester above the ports. process_id and priv are 0 when pv is 0.
  typedef struct packed {
    logic        ats;  // translation request of ATS; these three are 0 for others
    logic        nw;  // ATS: without writing
    logic        pri;  // only the device context of a page request is wanted
    logic [4:0]  slot;
    logic [63:0] iova;
    logic [23:0] device_id;
    logic [19:0] process_id;
    logic        pv;
    logic        priv;
    logic        exec;
    logic        translated;
    logic        illegal;
    logic        write;
    logic        solo;  // not to be merged
  } miss_req_t;
  localparam int MissReqW = 123;

  // Response, core -> ports. The slot mask travels beside it.
  typedef struct packed {
    logic        lead;
    logic [3:0]  lead_q;
    logic [4:0]  lead_slot;
    logic        ok;
    logic [23:0] device_id;
    logic        pv;
    logic [19:0] process_id;
    logic        priv;
    logic [51:0] vpn;
    logic [2:0]  size;
    logic [2:0]  s1_size;
    logic [43:0] spn;
    logic        r;
    logic        w;
    logic        x;
    logic [1:0]  pbmt;
    logic        g;
    logic        gv;
    logic [15:0] gscid;
    logic        s1;
    logic [19:0] pscid;
    logic [11:0] rcid;  // of the accesses that it permits (QOSID)
    logic [11:0] mcid;
    logic        bare;  // identity of ddtp mode Bare: those two change with iommu_qosid (QOSID)
    logic        mrif;  // the page is that of an MSI PTE in MRIF mode; spn is its NPPN (MSI_MRIF)
    logic [46:0] file;  // address of the interrupt file without its lowest 9 bits; 0 without mrif, as the next two
    logic [10:0] nid;
    logic        dtf;  // of the device context
    logic        nofill;  // not to be kept: the walk was of a translated request, or for ATS or PRI
  } resp_t;
  localparam int RespW = 289;

  // What a port asks of mrif: an update of a memory-resident interrupt file for a device's write. nppn, nid: the notice.
  typedef struct packed {
    logic [46:0] file;
    logic [43:0] nppn;
    logic [10:0] nid;
    logic        beyond;  // not at offset 0 or 4 of the page
    logic        high;  // at offset 4
    logic [31:0] data;
    logic [11:0] rcid;
    logic [11:0] mcid;
    logic        dtf;
    logic [63:0] iova;
    logic [23:0] device_id;
    logic [19:0] process_id;
    logic        pv;
    logic        priv;
    logic        translated;
  } mrif_req_t;
  localparam int MrifReqW = 272;

  // What stands beside the response to a requester of ATS or PRI.
  typedef struct packed {
    logic [1:0]  fault_class;  // Class*
    logic        prpr;  // of the device context, 0 when the fault came before it, as the next one
    logic        t2gpa;
    logic        msi;  // the page is that of an MSI PTE
    logic [46:0] gpn;  // guest page of the IOVA
  } ats_resp_t;
  localparam int AtsRespW = 52;
  localparam logic [1:0] ClassNone = 2'd0;  // no fault, or one that grants nothing
  localparam logic [1:0] ClassUnsupported = 2'd1;  // Unsupported Request
  localparam logic [1:0] ClassDisallowed = 2'd2;  // Unsupported Request; an invalid Page Request
  localparam logic [1:0] ClassAbort = 2'd3;  // Completer Abort

  // Invalidation broadcast.
  typedef struct packed {
    logic        kill;
    logic [2:0]  op;
    logic        av;
    logic [51:0] vpn;
    logic [51:0] range;  // bits of vpn that the command leaves open
    logic        pscv;
    logic [19:0] pscid;
    logic        gv;
    logic [15:0] gscid;
    logic [23:0] device_id;
    logic [19:0] process_id;
    logic        nl;
  } inv_t;
  localparam int InvW = 192;

  // Fault record as carried inside (IOMMU spec 4.2). Without a second stage iotval2, the highest bits, is 0.
  typedef struct packed {
    logic [63:0] iotval2;
    logic [11:0] cause;
    logic [19:0] process_id;
    logic        pv;
    logic        priv;
    logic [5:0]  ttyp;
    logic [23:0] device_id;
    logic [63:0] iotval;
  } fault_t;
  localparam int FaultW = 192;

  // Events for the counters (HPM), each for one clock. Of a port channel: it has taken a request.
  typedef struct packed {
    logic        valid;
    logic        translated;
    logic [23:0] device_id;
    logic        pv;
    logic [19:0] process_id;
  } ev_port_t;
  localparam int EvPortW = 47;

  // A requester above the ports: its request was taken.
  typedef struct packed {
    logic        valid;
    logic        ats;  // it is of ATS, otherwise of the debug interface
    logic [23:0] device_id;
    logic        pv;
    logic [19:0] process_id;
  } ev_req_t;
  localparam int EvReqW = 47;

  // A read of a directory or page table.
  typedef struct packed {
    logic        valid;
    logic [1:0]  kind;  // EvDdt...
    logic        miss;  // the first one of a request's page tables
    logic [23:0] device_id;
    logic        pv;
    logic [19:0] process_id;
    logic        gscv;
    logic [15:0] gscid;
    logic        pscv;
    logic [19:0] pscid;
  } ev_walk_t;
  localparam int EvWalkW = 87;
  localparam logic [1:0] EvDdt = 2'd0;
  localparam logic [1:0] EvPdt = 2'd1;
  localparam logic [1:0] EvFirst = 2'd2;  // first stage
  localparam logic [1:0] EvSecond = 2'd3;

  // A doubleword with its bytes in the opposite order; its 4-byte halves change places.
  function automatic logic [63:0] bytes_turned(input logic [63:0] word);
    bytes_turned = {word[7:0], word[15:8], word[23:16], word[31:24], word[39:32], word[47:40], word[55:48], word[63:56]};
  endfunction

  // Page-number bits below a page size, as a mask.
  function automatic logic [43:0] lowmask(input logic [2:0] size);
    unique case (size)
      Size4K:   lowmask = 44'h000_0000_0000;
      Size64K:  lowmask = 44'h000_0000_000f;
      Size2M:   lowmask = 44'h000_0000_01ff;
      Size1G:   lowmask = 44'h000_0003_ffff;
      Size512G: lowmask = 44'h000_07ff_ffff;
      Size256T: lowmask = 44'h00f_ffff_ffff;
      default:  lowmask = 44'hfff_ffff_ffff;
    endcase
  endfunction

endpackage
