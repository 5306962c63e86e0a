// SPDX-License-Identifier: Apache-2.0
#include "pcl_fault_queue.h"

#include "pcl_regs.h"
#include "ring.h"

static uint32_t read32(const pcl_faultq_t *queue, uint32_t offset) {
  return queue->ops->read_reg32(queue->ops->context, offset);
}

static void write32(const pcl_faultq_t *queue, uint32_t offset, uint32_t value) {
  queue->ops->write_reg32(queue->ops->context, offset, value);
}

static const pcl_ring_t ring = {PCL_REG_FQB_OFFSET, PCL_REG_FQH_OFFSET, PCL_REG_FQCSR_OFFSET, 32};

pcl_status_t pcl_faultq_enable(pcl_faultq_t *queue, const pcl_ops_t *ops, uint32_t log2_entries, bool interrupts) {
  *queue = (pcl_faultq_t){.ops = ops, .entries = UINT32_C(1) << log2_entries};
  queue->base = ops->page_alloc(ops->context, pcl_ring_pages(&ring, queue->entries));
  if (!queue->base) return PCL_E_MEMORY;
  return pcl_ring_start(&ring, ops, queue->base, log2_entries, interrupts);
}

pcl_status_t pcl_faultq_disable(pcl_faultq_t *queue) {
  if (!queue->base) return PCL_OK;
  pcl_status_t status = pcl_ring_stop(&ring, queue->ops);
  if (status) return status;
  queue->ops->page_free(queue->ops->context, queue->base, pcl_ring_pages(&ring, queue->entries));
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
