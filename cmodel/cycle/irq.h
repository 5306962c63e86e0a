// SPDX-License-Identifier: Apache-2.0
// The IOMMU's own interrupts by message, the twin of irq.sv (docs/microarchitecture.md, section 5.8): writes the messages that
// regs asks for, one at a time, and reports one that memory refuses.
#ifndef PCL_CYCLE_IRQ_H
#define PCL_CYCLE_IRQ_H

#include "buses.h"
#include "ds_client.h"
#include "regs.h"

typedef enum {
  PCL_IRQ_IDLE,  // offers what regs shows
  PCL_IRQ_WAIT,  // for B
  PCL_IRQ_FAULT  // offers a record
} pcl_irq_state_t;

typedef struct {
  uint64_t addr;  // of the message under way
  uint8_t state;  // pcl_irq_state_t
} pcl_irq_t;

// Functions of registers.
typedef struct {
  uint64_t data;
  pcl_ds_write_req_t write;  // 4 bytes; its data is the member above
} pcl_irq_out_t;

void pcl_irq_reset(pcl_irq_t *irq);

// `out` stays where it is until the edge.
void pcl_irq_eval(const pcl_irq_t *irq, const pcl_regs_state_t *regs, pcl_irq_out_t *out);

// Whether it is a source of the fault queue, and the record.
static inline bool pcl_irq_faults(const pcl_irq_t *irq) { return irq->state == PCL_IRQ_FAULT; }
pcl_fault_rec_t pcl_irq_record(const pcl_irq_t *irq);

// Edge. `fault_taken`: the fault queue takes the record. msi_taken is told->taken.
void pcl_irq_commit(pcl_irq_t *irq, const pcl_irq_out_t *out, const pcl_ds_write_told_t *told, bool fault_taken);

#endif
