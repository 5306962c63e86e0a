// SPDX-License-Identifier: Apache-2.0
// The fault queue (docs/microarchitecture.md, section 5.7).
#ifndef PCL_CYCLE_FAULT_QUEUE_H
#define PCL_CYCLE_FAULT_QUEUE_H

#include "buses.h"
#include "ds_client.h"
#include "regs.h"
#include "ds_client.h"
#include "regs.h"

typedef struct {
  bool unused;
} pcl_fault_queue_t;

// Functions of registers.
typedef struct {
  pcl_ds_write_req_t write;  // 32 bytes
  int taken;                 // the source whose record is taken (or discarded) in this clock, -1 = none
  bool idle;
} pcl_fault_queue_out_t;

void pcl_fault_queue_reset(pcl_fault_queue_t *state, const pcl_config_t *config);

// `sources`: bit w = walker w in FAULT, bit Walkers+p = rec_pend of port p.
void pcl_fault_queue_eval(const pcl_fault_queue_t *state, const pcl_regs_state_t *regs, uint32_t sources,
                          pcl_fault_queue_out_t *out);

// Advances by a clock and sets fq_done and fq_set_* of `events` (all of them, false if not). `record` is that of the source
// taken, if any.
void pcl_fault_queue_commit(pcl_fault_queue_t *state, const pcl_regs_state_t *regs, const pcl_fault_queue_out_t *out,
                            const pcl_fault_rec_t *record, const pcl_ds_write_told_t *told, pcl_regs_events_t *events);

#endif
