// SPDX-License-Identifier: Apache-2.0
// The pins of the IOMMU and the buses between its blocks, as C structs (docs/microarchitecture.md, sections 2 and 3).
//
// A struct with `valid` carries the valid wire of its channel; the ready wire stands beside it, on the side that drives it.
// Payload means something only while `valid` is true, and may then be compared; otherwise it may hold anything.
// Limits: 4 ports, 512 data bits, 64 user bits, 8 ID bits, 32 slots per channel.
#ifndef PCL_CYCLE_BUSES_H
#define PCL_CYCLE_BUSES_H

#include <stdbool.h>
#include <stdint.h>

#include "arch/hpm.h"
#include "config.h"

enum {
  PCL_CHANNELS = 2,     // of a port: 0 read (AR, R), 1 write (AW, W, B)
  PCL_REQUESTERS = 2 * PCL_MAX_PORTS + 2,  // requester q = 2 * port + channel; above the ports' those of pcl_debug_requester()
  PCL_DATA_WORDS = 8    // 64-bit words of the widest data bus
};

enum { PCL_READ = 0, PCL_WRITE = 1 };
enum { PCL_RESP_OKAY = 0, PCL_RESP_EXOKAY = 1, PCL_RESP_SLVERR = 2, PCL_RESP_DECERR = 3 };
enum { PCL_BURST_FIXED = 0, PCL_BURST_INCR = 1, PCL_BURST_WRAP = 2 };
enum { PCL_INV_VMA = 0, PCL_INV_DDT = 1, PCL_INV_ALL = 2, PCL_INV_GVMA = 3, PCL_INV_PDT = 4 };
enum {
  PCL_MSG_INVAL_REQUEST = 1,
  PCL_MSG_INVAL_COMPLETION = 2,
  PCL_MSG_PAGE_REQUEST = 4,
  PCL_MSG_PRG_RESPONSE = 5,
  PCL_MSG_TRANSLATION_REQUEST = 8,
  PCL_MSG_TRANSLATION_COMPLETION = 9
};
enum { PCL_MODE_RUN = 0, PCL_MODE_HOLD = 1, PCL_MODE_ABORT = 2 };  // qctl.mode

// AR or AW. The device side drives all but pbmt, rcid, mcid; the memory side all but process_id .. translated; the
// data-structure port drives id .. qos, lock, rcid and mcid.
typedef struct {
  uint64_t addr;        // device side: IOVA; memory side: SPA, 56 bits
  uint64_t user;
  uint32_t device_id;   // 24 bits
  uint32_t process_id;  // 20 bits
  uint16_t id;
  uint16_t rcid;
  uint16_t mcid;
  uint8_t len;
  uint8_t size;
  uint8_t burst;
  uint8_t cache;
  uint8_t prot;
  uint8_t qos;
  uint8_t pbmt;
  bool lock;
  bool pv;
  bool priv;
  bool exec;
  bool translated;
  bool valid;
} pcl_ax_t;

typedef struct {
  uint64_t data[PCL_DATA_WORDS];
  uint64_t strb;
  uint64_t user;
  bool last;
  bool valid;
} pcl_w_t;

// On the data-structure port, `user` bit 0 means poison.
typedef struct {
  uint64_t data[PCL_DATA_WORDS];
  uint64_t user;
  uint16_t id;
  uint8_t resp;
  bool last;
  bool valid;
} pcl_r_t;

typedef struct {
  uint64_t user;
  uint16_t id;
  uint8_t resp;
  bool valid;
} pcl_b_t;

// The address space of a translation.
typedef struct {
  uint32_t pscid;  // 0 without s1
  uint16_t gscid;  // 0 without gv
  bool gv;         // the second stage is not Bare
  bool s1;         // the first stage is not Bare
} pcl_addr_space_t;

// Miss request of a requester to the core. process_id and priv are 0 without pv.
typedef struct {
  uint64_t iova;
  uint32_t device_id;
  uint32_t process_id;
  uint8_t slot;
  bool pv;
  bool priv;
  bool exec;
  bool translated;
  bool illegal;
  bool solo;  // wants a walk of its own
  bool write;
  bool ats;   // translation request
  bool nw;    // of it: no write permission is asked for
  bool pri;   // page request
  bool valid;
} pcl_miss_req_t;

// Response, core -> every port; taken in the clock in which it is valid.
typedef struct {
  uint64_t vpn;                    // IOVA[63:12]
  uint64_t spn;                    // SPA[55:12]
  uint32_t mask[PCL_REQUESTERS];   // one bit per slot of each requester
  uint32_t device_id;
  uint32_t process_id;
  pcl_addr_space_t space;
  uint16_t rcid;                   // QoS IDs that the request goes on with
  uint16_t mcid;
  bool bare;                       // they are those of iommu_qosid: START answered in ddtp mode Bare
  uint8_t lead_q;
  uint8_t lead_slot;
  uint8_t size;                    // coded as in section 3, 6 = identity
  uint8_t s1_size;                 // of the first-stage leaf
  uint8_t pbmt;
  bool lead;                       // comes from a walk; lead_q, lead_slot name who started it
  bool ok;
  bool pv;
  bool priv;
  bool r;                          // rights of this pv and priv
  bool w;
  bool x;
  bool g;
  bool mrif;                       // the page is that of an MSI PTE in MRIF mode: spn is its NPPN
  bool dtf;                        // with mrif: DC.tc.DTF
  uint16_t nid;                    // with mrif
  uint64_t file;                   // with mrif: MRIF address, bits 55:9
  bool nofill;                     // not for a cache of untranslated requests
  bool valid;
} pcl_resp_t;

// What stands beside the response of a walk, for `ats`.
typedef struct {
  uint64_t gpn;   // guest page of the IOVA
  uint8_t fault_class;  // 0 none, or one that a translation request survives; 1, 2 (cause 260) Unsupported Request; 3 abort
  bool prpr;      // of the DC, 0 if none was found
  bool t2gpa;
  bool msi;       // the page is an MSI page
} pcl_ats_resp_t;

// A device's write to an interrupt file in memory, port -> mrif.
typedef struct {
  uint64_t file;        // MRIF address, bits 55:9
  uint64_t nppn;
  uint64_t iova;
  uint32_t data;
  uint32_t device_id;
  uint32_t process_id;  // 0 without pv, as priv
  uint16_t nid;
  uint16_t rcid;
  uint16_t mcid;
  bool beyond;          // not to one of the two registers for MSIs
  bool high;            // to the big-endian one
  bool dtf;
  bool pv;
  bool priv;
  bool translated;
} pcl_mrif_req_t;

// Invalidation, one clock long; `kill` is its valid.
typedef struct {
  uint64_t vpn;
  uint64_t range;  // bits of vpn that the command leaves open
  uint32_t pscid;
  uint32_t device_id;
  uint32_t process_id;
  uint16_t gscid;
  uint8_t op;      // PCL_INV_*
  bool av;
  bool pscv;
  bool gv;
  bool nl;         // pointers too
  bool kill;
} pcl_inv_t;

// Fault record inside (IOMMU spec 4.2).
typedef struct {
  uint64_t iotval;
  uint64_t iotval2;
  uint32_t process_id;
  uint32_t device_id;
  uint16_t cause;
  uint8_t ttyp;
  bool pv;
  bool priv;
  bool valid;
} pcl_fault_rec_t;

// An event as the block that it happened in keeps it for the counters, one clock long: `event` is PCL_EVENT_NONE in a clock
// without one. What a kind of event has no IDs for is 0.
typedef struct {
  pcl_event_ids_t ids;
  uint8_t event;  // pcl_event_t
  bool miss;      // a walk: also PCL_EVENT_TLB_MISS
} pcl_ev_t;

// ATS/PRI message; inwards it has no status.
typedef struct {
  uint64_t payload;
  uint32_t pasid;
  uint16_t rid;
  uint16_t tag;
  uint8_t kind;     // PCL_MSG_*
  uint8_t segment;
  uint8_t status;
  bool dsv;         // segment counts
  bool pv;
  bool priv;
  bool exec;
  bool cxl;
  bool valid;
} pcl_msg_t;

// Pins of one port; index of [PCL_CHANNELS]: PCL_READ is AR, PCL_WRITE is AW.
typedef struct {
  pcl_ax_t dev_ax[PCL_CHANNELS];
  pcl_w_t dev_w;
  pcl_r_t mem_r;
  pcl_b_t mem_b;
  bool dev_r_ready;
  bool dev_b_ready;
  bool mem_ax_ready[PCL_CHANNELS];
  bool mem_w_ready;
} pcl_port_pins_in_t;

typedef struct {
  pcl_ax_t mem_ax[PCL_CHANNELS];
  pcl_w_t mem_w;
  pcl_r_t dev_r;
  pcl_b_t dev_b;
  bool dev_ax_ready[PCL_CHANNELS];
  bool dev_w_ready;
  bool mem_r_ready;
  bool mem_b_ready;
} pcl_port_pins_out_t;

// Pins of the data-structure port (64 data bits: data[0]).
typedef struct {
  pcl_r_t r;
  pcl_b_t b;
  bool ar_ready;
  bool aw_ready;
  bool w_ready;
} pcl_ds_pins_in_t;

typedef struct {
  pcl_ax_t ar;
  pcl_ax_t aw;
  pcl_w_t w;
  bool r_ready;
  bool b_ready;
} pcl_ds_pins_out_t;

// Pins of the register interface (AXI4-Lite).
typedef struct {
  uint64_t w_data;
  uint16_t aw_addr;
  uint16_t ar_addr;
  uint8_t aw_prot;
  uint8_t ar_prot;
  uint8_t w_strb;
  bool aw_valid;
  bool w_valid;
  bool b_ready;
  bool ar_valid;
  bool r_ready;
} pcl_reg_pins_in_t;

typedef struct {
  uint64_t r_data;
  uint8_t r_resp;
  uint8_t b_resp;
  bool aw_ready;
  bool w_ready;
  bool b_valid;
  bool ar_ready;
  bool r_valid;
} pcl_reg_pins_out_t;

// All pins of the top but clock and reset.
typedef struct {
  pcl_port_pins_in_t port[PCL_MAX_PORTS];
  pcl_ds_pins_in_t ds;
  pcl_reg_pins_in_t reg;
  pcl_msg_t msg_in;
  bool msg_out_ready;
  uint64_t fuse_caps;  // sampled while in reset
  uint8_t fuse_hpm;
} pcl_in_t;

typedef struct {
  pcl_port_pins_out_t port[PCL_MAX_PORTS];
  pcl_ds_pins_out_t ds;
  pcl_reg_pins_out_t reg;
  pcl_msg_t msg_out;
  bool msg_in_ready;
  uint16_t irq;
} pcl_out_t;

// Requesters above those of the ports: the debug interface and ats; and the number of requesters.
static inline unsigned pcl_debug_requester(const pcl_config_t *config) { return 2 * config->num_ports; }
static inline unsigned pcl_ats_requester(const pcl_config_t *config) { return 2 * config->num_ports + 1; }
static inline unsigned pcl_requesters(const pcl_config_t *config) {
  return 2 * config->num_ports + (config->ats ? 2 : config->dbg ? 1 : 0);
}

// Page-number bits below a page size, as a mask.
static inline uint64_t pcl_lowmask(unsigned size) {
  static const uint8_t ones[8] = {0, 4, 9, 18, 27, 36, 44, 44};
  return (UINT64_C(1) << ones[size]) - 1;
}

// VaW: bits of the largest virtual address that the configuration translates.
static inline unsigned pcl_va_width(const pcl_config_t *config) {
  return config->sv57 ? 57 : config->sv48 ? 48 : 39;
}

// The page-number bits IOVA[VaW-1:12] of a vpn, as a mask.
static inline uint64_t pcl_va_mask(unsigned va_width) {
  return (UINT64_C(1) << (va_width - 12)) - 1;
}

// Whether bits 63 .. va_width-1 of an IOVA are equal.
static inline bool pcl_canonical(uint64_t iova, unsigned va_width) {
  uint64_t upper = (uint64_t)((int64_t)iova >> (va_width - 1));
  return upper == 0 || upper == ~UINT64_C(0);
}

// A cached leaf, as an invalidation sees it.
typedef struct {
  uint64_t vpn;
  uint32_t device_id;
  uint32_t process_id;  // 0 without pv
  pcl_addr_space_t space;
  uint8_t s1_size;
  bool g;
} pcl_leaf_tag_t;

static inline pcl_leaf_tag_t pcl_resp_tag(const pcl_resp_t *resp) {
  return (pcl_leaf_tag_t){
    .vpn = resp->vpn,
    .device_id = resp->device_id,
    .process_id = resp->process_id,
    .space = resp->space,
    .s1_size = resp->s1_size,
    .g = resp->g,
  };
}

// Whether a GVMA concerns a virtual machine.
static inline bool pcl_inv_meets_vm(const pcl_inv_t *inv, bool gv, uint16_t gscid) {
  return gv && (!inv->gv || inv->gscid == gscid);
}

// Whether a VMA concerns a first-stage address space, but for G.
static inline bool pcl_inv_meets_space(const pcl_inv_t *inv, const pcl_addr_space_t *space) {
  if (!space->s1 || inv->gv != space->gv || (inv->gv && inv->gscid != space->gscid)) return false;
  return !inv->pscv || inv->pscid == space->pscid;
}

// Whether a kill with this payload covers a leaf that has device_id and process_id (IOMMU spec 4.1.1, 4.1.3).
static inline bool pcl_inv_covers(const pcl_inv_t *inv, const pcl_leaf_tag_t *leaf, uint64_t va_mask) {
  switch (inv->op) {
    case PCL_INV_ALL: return true;
    case PCL_INV_DDT: return inv->device_id == leaf->device_id;
    case PCL_INV_PDT: return inv->device_id == leaf->device_id && inv->process_id == leaf->process_id;
    case PCL_INV_GVMA: return pcl_inv_meets_vm(inv, leaf->space.gv, leaf->space.gscid);
    default: break;
  }
  if (!pcl_inv_meets_space(inv, &leaf->space) || (inv->pscv && leaf->g)) return false;
  return !inv->av || ((inv->vpn ^ leaf->vpn) & va_mask & ~(pcl_lowmask(leaf->s1_size) | inv->range)) == 0;
}

#endif
