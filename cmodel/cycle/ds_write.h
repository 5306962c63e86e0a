// SPDX-License-Identifier: Apache-2.0
// Writer of records, fence words and updates of A and D, the twin of ds_write.sv (docs/microarchitecture.md, section 5.4).
//
// One burst at a time: a client's request is captured, then AW and W are shown together, each until taken. The data of a queue
// stays with it, that of a walker is captured. B is told to the queues by their IDs; a walker finds its own at the pins.
#ifndef PCL_CYCLE_DS_WRITE_H
#define PCL_CYCLE_DS_WRITE_H

#include "buses.h"
#include "ds_client.h"

// Clients; walker w is PCL_DS_QUEUES + w.
enum { PCL_DS_FAULT_QUEUE = 0, PCL_DS_CMD_QUEUE = 1, PCL_DS_QUEUES = 2 };

// An update of a PTE of 4 or 8 bytes by an exclusive write.
typedef struct {
  uint64_t addr;
  uint64_t value;
  uint8_t bytes;
} pcl_ds_update_t;

// What asks in this clock.
typedef struct {
  const pcl_ds_write_req_t *queue[PCL_DS_QUEUES];
  uint32_t updates;  // one bit per walker
} pcl_ds_write_in_t;

typedef struct {
  unsigned walkers;  // fixes the IDs: Walkers = command queue, Walkers+1 = fault queue
  unsigned clients;
  unsigned aw_ptr;
  unsigned client;
  unsigned beat;
  uint64_t addr;
  uint64_t value;    // of an update
  uint8_t bytes;     // of a beat
  bool busy;
  bool aw_done;
  bool w_done;
} pcl_ds_write_t;

void pcl_ds_write_reset(pcl_ds_write_t *write, const pcl_config_t *config);

// The AW and W pins, and the client that is captured in this clock, or -1.
int pcl_ds_write_eval(const pcl_ds_write_t *write, const pcl_ds_write_in_t *in, pcl_ds_pins_out_t *pins);

// Edge. `captured` as pcl_ds_write_eval() gave it; `update`: what it is if it is a walker. Sets `told`, by queue.
void pcl_ds_write_commit(pcl_ds_write_t *write, const pcl_ds_write_in_t *in, int captured, const pcl_ds_update_t *update,
                         const pcl_ds_pins_in_t *pins, pcl_ds_write_told_t told[PCL_DS_QUEUES]);

#endif
