// SPDX-License-Identifier: Apache-2.0
// What a port's write channel does with a write to an interrupt file in memory, the twin of port_mrif.sv (microarchitecture 4.6):
// keeps what the MSI PTE gave, looks at the one beat, has `mrif` carry the update out.
#ifndef PCL_CYCLE_PORT_MRIF_H
#define PCL_CYCLE_PORT_MRIF_H

#include "buses.h"

typedef enum {
  PCL_UPD_IDLE,
  PCL_UPD_W,    // waits for the beat
  PCL_UPD_ASK,  // asks `mrif`
  PCL_UPD_RUN   // `mrif` is at work
} pcl_upd_state_t;

typedef struct {
  uint64_t file;       // MRIF address, bits 55:9
  uint16_t nid;
  bool dtf;
  uint32_t data;       // the 4 bytes written
  bool beyond;         // the offset in the page is beyond the two registers for MSIs
  bool high;           // it is that of the big-endian one
  bool old;            // a fence waits for what was granted before it
  uint8_t upd;         // pcl_upd_state_t
  unsigned bus_size;   // log2 of the bytes of the data bus
} pcl_port_mrif_t;

// What happens in a clock, besides `mrif`'s answers.
typedef struct {
  const pcl_w_t *w;        // device W
  uint64_t addr;           // of the absorbed write
  bool load;               // the answer register loads an absorbed write
  bool holds;              // it holds one
  bool holds_next;         // it will
  bool swallow_done;
  bool flush;
  bool ready;              // mrif_ready
  bool done;               // mrif_done
  bool ok;                 // with done
  bool fence_start;
} pcl_port_mrif_edge_t;

// What becomes of the answer.
typedef struct {
  bool ready;
  bool err;   // with ready
} pcl_port_mrif_told_t;

// Reset.
void pcl_port_mrif_init(pcl_port_mrif_t *mrif, const pcl_config_t *config);

// A response makes a slot MRIF.
void pcl_port_mrif_grant(pcl_port_mrif_t *mrif, const pcl_resp_t *resp);

// Edge.
pcl_port_mrif_told_t pcl_port_mrif_commit(pcl_port_mrif_t *mrif, const pcl_port_mrif_edge_t *edge);

#endif
