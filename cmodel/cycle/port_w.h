// SPDX-License-Identifier: Apache-2.0
// Write data of a port, the twin of port_w.sv (microarchitecture 4.3).
//
// A FIFO of {pass, len} keeps W beats in AW order: a burst passes to memory, or is swallowed because its AW was refused.
// Beats are counted, the device's WLAST is ignored. Isolated, the port itself finishes (pass) or forgets (swallow) the
// bursts that it owes.
// Limits: 64 bursts. Invariant: nothing is pushed into a full FIFO (the write channel looks at pcl_port_w_full()).
#ifndef PCL_CYCLE_PORT_W_H
#define PCL_CYCLE_PORT_W_H

#include "buses.h"

typedef struct {
  bool pass;
  uint8_t len;
} pcl_port_w_entry_t;

typedef struct {
  unsigned depth;
  unsigned words;  // 64-bit words of the data bus
  unsigned head;
  unsigned count;
  unsigned owed;   // bursts left from before the isolation
  uint8_t beat;    // beats of the head that are done
  bool own;        // isolated, and the port may drive W itself
  pcl_port_w_entry_t entry[PCL_MAX_W_FIFO_DEPTH];
} pcl_port_w_t;

// What happens to the head in this clock.
typedef struct {
  bool step;          // a beat is done
  bool pop;
  bool swallow_done;  // a swallowed burst's last beat
  bool stalled;       // mem_w_valid_o and not mem_w_ready_i
} pcl_port_w_found_t;

// What the edge needs to know from the rest of the port.
typedef struct {
  bool push;
  pcl_port_w_entry_t pushed;
  bool isolated;
  bool iso_enter;
  bool iso_leave;
} pcl_port_w_edge_t;

// Reset.
void pcl_port_w_init(pcl_port_w_t *w, const pcl_config_t *config);

static inline bool pcl_port_w_full(const pcl_port_w_t *w) { return w->count == w->depth; }

// Whether the port itself is busy with owed bursts.
static inline bool pcl_port_w_owns(const pcl_port_w_t *w) { return w->own && w->owed != 0; }

// The W pins.
void pcl_port_w_eval(const pcl_port_w_t *w, const pcl_port_pins_in_t *in, pcl_port_pins_out_t *out, pcl_port_w_found_t *found);

// Edge.
void pcl_port_w_commit(pcl_port_w_t *w, const pcl_port_w_found_t *found, const pcl_port_w_edge_t *edge);

#endif
