// SPDX-License-Identifier: Apache-2.0
// One address channel of a port with its answers, the twin of port_channel.sv (microarchitecture 4.2).
//
// A hit goes to the out register at once (direct). Anything else waits in a slot: NEED (a miss to be asked) -> SENT -> OK or
// FAULT.
// OK slots leave through the out register, FAULT slots through the answer register, whose beats share R (B) with memory's.
// Slots are sets of bits here: a slot is FREE if it is in none of need, sent, ok, mrif, fault, and in at most one of them.
// Limits: 32 slots, 256 IDs, 255 bursts in memory per ID.
// Invariants: blocked has exactly the slots with dep != 0; cnt_sum and snap_sum are the sums over all IDs.
#ifndef PCL_CYCLE_PORT_CHANNEL_H
#define PCL_CYCLE_PORT_CHANNEL_H

#include "buses.h"
#include "port_mrif.h"
#include "port_tlb.h"
#include "port_w.h"

typedef struct {
  pcl_ax_t ax;
  pcl_grant_t grant;  // counts in OK
  uint32_t dep;  // slots that must be FREE before this one goes on
} pcl_port_slot_t;

// A refused burst on its way to the device.
typedef struct {
  bool valid;
  bool ready;  // writes: its W beats are swallowed, or what absorbed it is done
  bool absorb; // a write to an interrupt file in memory
  bool err;    // SLVERR, else OKAY
  uint8_t slot;
  uint8_t left;  // beats after the one shown
  uint16_t id;
} pcl_port_answer_t;

typedef struct {
  unsigned channel;  // PCL_READ or PCL_WRITE
  unsigned q;        // its requester number
  unsigned slots;
  uint32_t all;      // one bit per slot
  unsigned max_outstanding;
  unsigned bus_size;  // log2 of the bytes of the data bus
  bool counts;        // there are counters for its events

  uint32_t need;
  uint32_t sent;
  uint32_t ok;
  uint32_t mrif;     // granted, to an interrupt file in memory (write channel)
  uint32_t fault;
  uint32_t drop;
  uint32_t solo;     // shared a walk in vain: the next one is its own
  uint32_t word;     // has the length (and for a read the size and place) of an access to an interrupt file
  uint32_t late;     // of an interrupt file in memory, but not yet the oldest
  uint32_t okay;     // FAULT, but not an error: a read of an interrupt file
  uint32_t illegal;
  uint32_t aborted;  // refused when they came: `drained` does not wait for them
  uint32_t blocked;
  unsigned alloc_ptr;
  unsigned send_ptr;
  unsigned leave_ptr;
  unsigned fault_ptr;
  pcl_ax_t out;
  pcl_port_answer_t answer;
  bool sel;  // the answer owns R (B)
  bool absorbs;              // `absorber` is built
  pcl_port_mrif_t absorber;
  pcl_ev_t ev;  // the request taken in the clock before
  unsigned cnt_sum;
  unsigned snap_sum;
  uint8_t cnt[PCL_MAX_IDS];   // bursts in memory, per ID
  uint8_t snap[PCL_MAX_IDS];  // those of them that a fence waits for
  pcl_port_slot_t slot[PCL_MAX_PORT_MISSES];
} pcl_port_channel_t;

// What the channel sees of the rest of its port in this clock.
typedef struct {
  const pcl_port_tlb_t *tlb;
  const pcl_ax_t *ax;  // device Ax
  uint32_t qosid;      // iommu_qosid
  bool mem_ax_ready;
  bool refuse;         // mode ABORT, or isolated
  bool hold;           // mode HOLD, not isolated
  bool flush;
  bool isolated;
  bool w_full;         // write channel: W FIFO
  bool mem_valid;      // memory R (B)
  bool mem_last;
  const pcl_w_t *w;    // write channel: device W
  bool dev_ready;      // device R (B)
  uint16_t mem_id;
} pcl_port_channel_in_t;

// What eval found out; commit uses it.
typedef struct {
  pcl_port_tlb_hit_t hit;  // its flag is hit_ok
  uint32_t same;      // slots that the device's request must follow
  bool illegal;
  bool direct;
  bool enqueue;
  bool leaves;        // slot `leaving` loads the out register
  uint8_t leaving;
  bool mem_ready;     // mem_r_ready_o (mem_b_ready_o)
  bool dev_valid;     // dev_r_valid_o (dev_b_valid_o)
} pcl_port_channel_found_t;

// What the edge needs beyond eval's inputs.
typedef struct {
  const pcl_resp_t *resp;
  const pcl_inv_t *inv;
  bool resp_covered;  // granted, but covered by a kill in this clock
  bool req_ready;
  bool fence_start;
  bool swallow_done;
  bool mrif_ready;     // write channel: of `mrif`
  bool mrif_done;
  bool mrif_ok;
} pcl_port_channel_edge_t;

// Reset.
void pcl_port_channel_init(pcl_port_channel_t *ch, const pcl_config_t *config, unsigned port, unsigned channel);

static inline uint32_t pcl_port_channel_busy(const pcl_port_channel_t *ch) {
  return ch->need | ch->sent | ch->ok | ch->mrif | ch->fault;
}

// Nothing of this channel is under way, but for requests that were refused when they came.
static inline bool pcl_port_channel_drained(const pcl_port_channel_t *ch) {
  return (pcl_port_channel_busy(ch) & ~ch->aborted) == 0 && ch->cnt_sum == 0;
}

// The miss request shown to the core.
void pcl_port_channel_req(const pcl_port_channel_t *ch, bool flush, pcl_miss_req_t *req);

// Whether the channel asks `mrif`, and what.
bool pcl_port_channel_mrif_req(const pcl_port_channel_t *ch, bool flush, pcl_mrif_req_t *req);

// The pins' handshakes. The memory side's Ax is ch->out, the answer's payload is ch->answer while ch->sel.
void pcl_port_channel_eval(const pcl_port_channel_t *ch, const pcl_port_channel_in_t *in, pcl_port_channel_found_t *found);

// Edge. Returns whether the W FIFO gets an entry (write channel), and which.
bool pcl_port_channel_commit(pcl_port_channel_t *ch, const pcl_port_channel_in_t *in, const pcl_port_channel_found_t *found,
                             const pcl_port_channel_edge_t *edge, pcl_port_w_entry_t *pushed);

#endif
