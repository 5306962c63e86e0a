// SPDX-License-Identifier: Apache-2.0
// Writer of records, page requests, fence words, messages and updates of A and D, the twin of ds_write.sv
// (docs/microarchitecture.md, section 5.4).
//
// One burst at a time: a client's request is captured, then AW and W are shown together, each until taken. The data of a single
// beat is captured too, a record stays with its queue. B is told to the clients by their IDs; a walker finds its own at the
// pins.
#ifndef PCL_CYCLE_DS_WRITE_H
#define PCL_CYCLE_DS_WRITE_H

#include "buses.h"
#include "ds_client.h"
#include "regs.h"

// Clients but for the walkers. In the round robin the walkers stand between the queues and the others.
enum {
  PCL_DS_FAULT_QUEUE = 0,
  PCL_DS_CMD_QUEUE = 1,
  PCL_DS_IRQ = 2,
  PCL_DS_PAGE_QUEUE = 3,
  PCL_DS_MRIF = 4,
  PCL_DS_CLIENTS = 5,
  PCL_DS_QUEUES = 2
};

// An update of a PTE of 4 or 8 bytes by an exclusive write; `qos` as in iommu_qosid.
typedef struct {
  uint64_t addr;
  uint64_t value;
  uint32_t qos;
  uint8_t bytes;
} pcl_ds_update_t;

// What asks in this clock.
typedef struct {
  const pcl_regs_state_t *regs;
  const pcl_ds_write_req_t *client[PCL_DS_CLIENTS];
  uint32_t updates;  // one bit per walker
  uint32_t mrif_qos;  // counts with mrif_update
  bool mrif_update;   // mrif asks for its exclusive write of 8 bytes, else for the notice
} pcl_ds_write_in_t;

typedef struct {
  unsigned walkers;
  unsigned aw_ptr;
  unsigned index;    // of the client captured, in the round robin
  unsigned beat;
  uint64_t addr;
  uint64_t value;    // of a single beat
  uint32_t qos;
  uint8_t bytes;     // of a beat
  bool swap;         // a record's doublewords are big-endian
  bool lock;
  bool busy;
  bool aw_done;
  bool w_done;
} pcl_ds_write_t;

void pcl_ds_write_reset(pcl_ds_write_t *write, const pcl_config_t *config);

// The AW and W pins, and the place in the round robin of what is captured in this clock, or -1.
int pcl_ds_write_eval(const pcl_ds_write_t *write, const pcl_ds_write_in_t *in, pcl_ds_pins_out_t *pins);

// The walker at a place of the round robin, or -1.
static inline int pcl_ds_write_walker(const pcl_ds_write_t *write, int index) {
  return index >= PCL_DS_QUEUES && index < (int)(PCL_DS_QUEUES + write->walkers) ? index - PCL_DS_QUEUES : -1;
}

// Edge. `captured` as pcl_ds_write_eval() gave it; `update`: what it is if it is a walker. Sets `told`, by client.
void pcl_ds_write_commit(pcl_ds_write_t *write, const pcl_ds_write_in_t *in, int captured, const pcl_ds_update_t *update,
                         const pcl_ds_pins_in_t *pins, pcl_ds_write_told_t told[PCL_DS_CLIENTS]);

#endif
