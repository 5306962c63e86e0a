// SPDX-License-Identifier: Apache-2.0
//
// Types of the walkers and of what surrounds them: a new walk from stage B, what a walker shows to the shared checkers, and what
// they decide on a beat. All travel as flat vectors of the width named beside each struct.
package walk_pkg;

  // Fault codes as a walker keeps them; cause() gives the cause of the fault record (IOMMU spec 4.2).
  localparam logic [3:0] FaultAccess = 4'd0;  // 1, 5, 7
  localparam logic [3:0] FaultPage = 4'd1;  // 12, 13, 15
  localparam logic [3:0] FaultOff = 4'd2;  // 256 all inbound transactions disallowed
  localparam logic [3:0] FaultDdtAccess = 4'd3;  // 257 DDT entry load access fault
  localparam logic [3:0] FaultDdtInvalid = 4'd4;  // 258 DDT entry not valid
  localparam logic [3:0] FaultDdtMisconfig = 4'd5;  // 259 DDT entry misconfigured
  localparam logic [3:0] FaultType = 4'd6;  // 260 transaction type disallowed
  localparam logic [3:0] FaultDdtCorrupt = 4'd7;  // 268 DDT data corruption
  localparam logic [3:0] FaultPtCorrupt = 4'd8;  // 274 page table data corruption
  localparam logic [3:0] FaultIllegal = 4'd9;  // 2048 (custom) the bus request is malformed

  localparam int ReqDeviceIdLsb = 26;  // device_id in a portcullis_pkg::miss_req_t

  // A device context as far as translation needs it. With pdtv = 1 (legal only with pdtp.MODE Bare) mode is Bare.
  typedef struct packed {
    logic        dtf;
    logic        pdtv;
    logic [1:0]  mode;  // portcullis_pkg::Fsc*
    logic [43:0] ppn;  // root of the first-stage page table
    logic [19:0] pscid;
  } dc_t;
  localparam int DcW = 68;

  // A request for a walker, from stage B. req is a portcullis_pkg::miss_req_t.
  typedef struct packed {
    logic [118:0] req;
    logic [2:0]   q;  // requester
    logic         high;  // IOVA[63:56] is not 0
    logic [2:0]   canon;  // IOVA is canonical for Sv39 (bit 0), Sv48, Sv57
    logic         fast;  // starts with a page-table read at `level`; dc.ppn is then the table to read
    logic [2:0]   level;
    logic         dc_hit;
    logic [67:0]  dc;  // a dc_t
    logic [2:0]   way;  // of the IOTLB, for the leaf
  } new_t;
  localparam int NewW = 202;

  // What the checkers need of the walker whose beat arrives: its request, and what it gathered from the beats before.
  typedef struct packed {
    logic        illegal;
    logic        translated;
    logic        pv;
    logic        write;
    logic        exec;
    logic        high;
    logic [2:0]  canon;
    logic        dc_known;  // the read is a PTE; otherwise of the device directory
    logic [2:0]  level;
    logic [2:0]  beat;
    logic        err;  // a beat had an error response
    logic        poison;
    logic        valid;  // tc.V
    logic        bad;  // a reserved or unsupported setting
    logic        dtf;
    logic        pdtv;
    logic [1:0]  mode;
    logic [19:0] pscid;
    logic [43:0] ppn;  // table that is read, or the fsc.PPN gathered (extended format)
  } ctx_t;
  localparam int CtxW = 88;

  // What a beat decides. beat...fsc_we gather with each beat; the rest counts on the last beat only.
  typedef struct packed {
    logic [2:0]  beat;
    logic        err;
    logic        poison;
    logic        valid;
    logic        bad;
    logic        is_dc;  // the beat is of a device context
    logic        tc_we;  // keep DTF, PDTV
    logic        ta_we;  // keep PSCID
    logic        fsc_we;  // keep mode, PPN
    logic [1:0]  mode;
    logic        last;
    logic        fault;
    logic        report;  // the fault is reported
    logic [3:0]  code;
    logic        done;  // translated: identity or leaf
    logic        leaf;
    logic        dc_fill;  // a valid DC was read
    logic        nl_fill;  // a valid non-leaf PTE was read
    logic [2:0]  level;  // of the next read
    logic [2:0]  size;
    logic        r;
    logic        w;
    logic        x;
    logic [1:0]  pbmt;
    logic        g;
  } dec_t;
  localparam int DecW = 36;

  // What a walker shows of itself for the response bus.
  typedef struct packed {
    logic [118:0] req;  // a portcullis_pkg::miss_req_t
    logic [2:0]   q;
    logic         ok;
    logic [2:0]   size;
    logic [43:0]  ppn;
    logic         r;
    logic         w;
    logic         x;
    logic [1:0]   pbmt;
    logic         g;
    logic [19:0]  pscid;
    logic [2:0]   way;  // of the IOTLB, for the leaf
  } info_t;
  localparam int InfoW = 199;

  // What a walker shows of itself for a fault record.
  typedef struct packed {
    logic [19:0] process_id;
    logic        pv;
    logic        priv;
    logic        translated;
    logic        write;
    logic        exec;
    logic [3:0]  code;
    logic [23:0] device_id;
    logic [63:0] iova;
  } rec_t;
  localparam int RecW = 117;

  // Which page of which device a beat is for, for the cache fills.
  typedef struct packed {
    logic [23:0] device_id;
    logic [51:0] vpn;
  } key_t;
  localparam int KeyW = 76;

  // Cause of a fault record. Access and page faults take the access type of the request (IOMMU spec 4.2).
  function automatic logic [11:0] cause(input logic [3:0] code, input logic write, input logic exec);
    unique case (code)
      FaultAccess:       cause = write ? 12'd7 : exec ? 12'd1 : 12'd5;
      FaultPage:         cause = write ? 12'd15 : exec ? 12'd12 : 12'd13;
      FaultOff:          cause = 12'd256;
      FaultDdtAccess:    cause = 12'd257;
      FaultDdtInvalid:   cause = 12'd258;
      FaultDdtMisconfig: cause = 12'd259;
      FaultType:         cause = 12'd260;
      FaultDdtCorrupt:   cause = 12'd268;
      FaultPtCorrupt:    cause = 12'd274;
      default:           cause = 12'd2048;
    endcase
  endfunction

endpackage
