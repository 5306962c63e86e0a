// SPDX-License-Identifier: Apache-2.0
// Writer of records and fence words, the twin of ds_write.sv (docs/microarchitecture.md, section 5.4).
//
// One burst at a time: a client's request is captured, then AW and W are shown together, each until taken. Data stays with the
// client. B is told to the client by its ID, any other B is dropped.
#ifndef PCL_CYCLE_DS_WRITE_H
#define PCL_CYCLE_DS_WRITE_H

#include "buses.h"
#include "ds_client.h"

enum { PCL_DS_FAULT_QUEUE = 0, PCL_DS_CMD_QUEUE = 1, PCL_DS_WRITERS = 2 };

typedef struct {
  unsigned walkers;  // fixes the IDs: Walkers = command queue, Walkers+1 = fault queue
  unsigned aw_ptr;
  unsigned client;
  unsigned beat;
  uint64_t addr;
  bool busy;
  bool aw_done;
  bool w_done;
} pcl_ds_write_t;

void pcl_ds_write_reset(pcl_ds_write_t *write, const pcl_config_t *config);

// The AW and W pins, and the client that is captured in this clock, or -1. `requests`: by client.
int pcl_ds_write_eval(const pcl_ds_write_t *write, const pcl_ds_write_req_t *const requests[PCL_DS_WRITERS],
                      pcl_ds_pins_out_t *pins);

// Edge. `captured` as pcl_ds_write_eval() gave it; sets `told`, by client.
void pcl_ds_write_commit(pcl_ds_write_t *write, const pcl_ds_write_req_t *const requests[PCL_DS_WRITERS], int captured,
                         const pcl_ds_pins_in_t *pins, pcl_ds_write_told_t told[PCL_DS_WRITERS]);

#endif
