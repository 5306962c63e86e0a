// SPDX-License-Identifier: Apache-2.0
// Twin of fault_queue.sv: takes records, writes them to the queue in memory (docs/microarchitecture.md section 5.7; IOMMU
// spec 4.2).
#ifndef PCL_CYCLE_FAULT_QUEUE_H
#define PCL_CYCLE_FAULT_QUEUE_H

#include "buses.h"
#include "config.h"
#include "ds_client.h"
#include "regs.h"

typedef struct {
  uint64_t fifo[PCL_MAX_FQ_DEPTH][4];  // records as doublewords
  uint32_t issue_idx;
  uint8_t depth;
  uint8_t sources;
  uint8_t src_ptr;
  uint8_t first;      // index of the head in fifo
  uint8_t count;
  uint8_t in_flight;  // records captured by ds_write whose B is missing
  bool writing;       // the head's W beats are being sent
  bool awaiting;      // an error was seen: later records in flight do not count
} pcl_fault_queue_t;

// Functions of registers.
typedef struct {
  pcl_ds_write_req_t write;  // 32 bytes
  int taken;                 // the source whose record is taken (or discarded) in this clock, -1 = none
  bool idle;
} pcl_fault_queue_out_t;

void pcl_fault_queue_reset(pcl_fault_queue_t *state, const pcl_config_t *config);

// `sources`: bit w = walker w in FAULT, bit Walkers+p = rec_pend of port p, bit Walkers+P = irq, next mrif.
void pcl_fault_queue_eval(const pcl_fault_queue_t *state, const pcl_regs_state_t *regs, uint32_t sources,
                          pcl_fault_queue_out_t *out);

// Advances by a clock and sets fq_done, fq_set_* and fq_idle of `events` (all of them, false if not). `record` is that of the
// source taken, if any.
void pcl_fault_queue_commit(pcl_fault_queue_t *state, const pcl_regs_state_t *regs, const pcl_fault_queue_out_t *out,
                            const pcl_fault_rec_t *record, const pcl_ds_write_told_t *told, pcl_regs_events_t *events);

#endif
