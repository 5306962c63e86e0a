// SPDX-License-Identifier: Apache-2.0
#include "irq.h"

#include "arch/causes.h"

void pcl_irq_reset(pcl_irq_t *irq) { irq->state = PCL_IRQ_IDLE; }

void pcl_irq_eval(const pcl_irq_t *irq, const pcl_regs_state_t *regs, pcl_irq_out_t *out) {
  const int vector = irq->state == PCL_IRQ_IDLE ? pcl_regs_msi_shown(&regs->msi, regs->fctl) : -1;
  out->write.valid = vector >= 0;
  out->write.data = &out->data;
  if (vector < 0) return;
  out->write.addr = regs->msi.entry[vector].addr;
  out->data = regs->msi.entry[vector].data;
}

// IOMMU spec 4.2: no transaction is at fault.
pcl_fault_rec_t pcl_irq_record(const pcl_irq_t *irq) {
  return (pcl_fault_rec_t){.cause = PCL_CAUSE_MSI_WRITE_ACCESS, .ttyp = PCL_TTYP_NONE, .iotval = irq->addr, .valid = true};
}

void pcl_irq_commit(pcl_irq_t *irq, const pcl_irq_out_t *out, const pcl_ds_write_told_t *told, bool fault_taken) {
  switch (irq->state) {
    case PCL_IRQ_IDLE:
      if (!told->taken) break;
      irq->addr = out->write.addr;
      irq->state = PCL_IRQ_WAIT;
      break;
    case PCL_IRQ_WAIT:
      if (told->b_valid) irq->state = told->b_error ? PCL_IRQ_FAULT : PCL_IRQ_IDLE;
      break;
    default:
      if (fault_taken) irq->state = PCL_IRQ_IDLE;
      break;
  }
}
