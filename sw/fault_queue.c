// SPDX-License-Identifier: Apache-2.0
#include "pcl_fault_queue.h"

#include "pcl_regs.h"

static uint32_t read32(const pcl_faultq_t *queue, uint32_t offset) {
  return queue->ops->read_reg32(queue->ops->context, offset);
}

static void write32(const pcl_faultq_t *queue, uint32_t offset, uint32_t value) {
  queue->ops->write_reg32(queue->ops->context, offset, value);
}

static uint32_t pages_of(const pcl_faultq_t *queue) {
  return queue->entries > 128 ? queue->entries / 128 : 1;
}

// Waits until fqcsr.fqon is `on` and busy is 0.
static pcl_status_t wait_on(const pcl_faultq_t *queue, bool on) {
  for (uint32_t tries = 0;; tries++) {
    uint32_t csr = read32(queue, PCL_REG_FQCSR_OFFSET);
    if (!(csr & PCL_FQCSR_BUSY_MASK) && !(csr & PCL_FQCSR_FQON_MASK) == !on) return PCL_OK;
    if (!queue->ops->wait(queue->ops->context, tries)) return PCL_E_TIMEOUT;
  }
}

// IOMMU spec 7.2: ring, fqb, fqh, fqen, then wait for fqon.
pcl_status_t pcl_faultq_enable(pcl_faultq_t *queue, const pcl_ops_t *ops, uint32_t log2_entries, bool interrupts) {
  *queue = (pcl_faultq_t){.ops = ops, .entries = UINT32_C(1) << log2_entries};
  queue->base = ops->page_alloc(ops->context, pages_of(queue));
  if (!queue->base) return PCL_E_MEMORY;
  ops->write_reg64(ops->context, PCL_REG_FQB_OFFSET, queue->base >> 12 << PCL_FQB_PPN_SHIFT | (log2_entries - 1));
  write32(queue, PCL_REG_FQH_OFFSET, 0);
  write32(queue, PCL_REG_FQCSR_OFFSET, PCL_FQCSR_FQEN_MASK | (interrupts ? PCL_FQCSR_FIE_MASK : 0));
  return wait_on(queue, true);
}

pcl_status_t pcl_faultq_disable(pcl_faultq_t *queue) {
  if (!queue->base) return PCL_OK;
  write32(queue, PCL_REG_FQCSR_OFFSET, 0);
  pcl_status_t status = wait_on(queue, false);
  if (status) return status;
  queue->ops->page_free(queue->ops->context, queue->base, pages_of(queue));
  queue->base = 0;
  return PCL_OK;
}

bool pcl_faultq_take(pcl_faultq_t *queue, pcl_fault_event_t *event) {
  const pcl_ops_t *ops = queue->ops;
  if (read32(queue, PCL_REG_FQT_OFFSET) == queue->head) return false;
  uint64_t at = queue->base + queue->head * 32, dw0 = pcl_load(ops, at);
  *event = (pcl_fault_event_t){
    .cause = dw0 & 0xfff,
    .process_id = dw0 >> 12 & 0xfffff,
    .pv = dw0 >> 32 & 1,
    .priv = dw0 >> 33 & 1,
    .ttyp = dw0 >> 34 & 0x3f,
    .device_id = (uint32_t)(dw0 >> 40),
    .iotval = pcl_load(ops, at + 16),
    .iotval2 = pcl_load(ops, at + 24),
  };
  queue->head = (queue->head + 1) & (queue->entries - 1);
  write32(queue, PCL_REG_FQH_OFFSET, queue->head);
  return true;
}

uint32_t pcl_faultq_recover(pcl_faultq_t *queue) {
  uint32_t csr = read32(queue, PCL_REG_FQCSR_OFFSET), errors = csr & (PCL_FQCSR_FQMF_MASK | PCL_FQCSR_FQOF_MASK);
  if (!errors) return 0;
  if (errors & PCL_FQCSR_FQOF_MASK) queue->overflows++;
  if (errors & PCL_FQCSR_FQMF_MASK) queue->faults++;
  write32(queue, PCL_REG_FQCSR_OFFSET, (csr & (PCL_FQCSR_FQEN_MASK | PCL_FQCSR_FIE_MASK)) | errors);
  return errors;
}
