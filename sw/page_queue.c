// SPDX-License-Identifier: Apache-2.0
//
// The page-request queue (IOMMU spec 3.7, 6.8 to 6.10, 6.17): as the fault queue, records of 16 bytes.
#include "pcl_ats.h"
#include "pcl_regs.h"
#include "ring.h"

static uint32_t read32(const pcl_pageq_t *queue, uint32_t offset) {
  return queue->ops->read_reg32(queue->ops->context, offset);
}

static void write32(const pcl_pageq_t *queue, uint32_t offset, uint32_t value) {
  queue->ops->write_reg32(queue->ops->context, offset, value);
}

static const pcl_ring_t ring = {PCL_REG_PQB_OFFSET, PCL_REG_PQH_OFFSET, PCL_REG_PQCSR_OFFSET, 16};

pcl_status_t pcl_pageq_enable(pcl_pageq_t *queue, const pcl_ops_t *ops, uint32_t log2_entries, bool interrupts) {
  *queue = (pcl_pageq_t){.ops = ops, .entries = UINT32_C(1) << log2_entries};
  queue->base = ops->page_alloc(ops->context, pcl_ring_pages(&ring, queue->entries));
  if (!queue->base) return PCL_E_MEMORY;
  return pcl_ring_start(&ring, ops, queue->base, log2_entries, interrupts);
}

pcl_status_t pcl_pageq_disable(pcl_pageq_t *queue) {
  if (!queue->base) return PCL_OK;
  pcl_status_t status = pcl_ring_stop(&ring, queue->ops);
  if (status) return status;
  queue->ops->page_free(queue->ops->context, queue->base, pcl_ring_pages(&ring, queue->entries));
  queue->base = 0;
  return PCL_OK;
}

bool pcl_pageq_take(pcl_pageq_t *queue, pcl_page_ask_t *request) {
  if (!queue->base || read32(queue, PCL_REG_PQT_OFFSET) == queue->head) return false;
  uint64_t at = queue->base + queue->head * 16, dw0 = pcl_load(queue->ops, at), dw1 = pcl_load(queue->ops, at + 8);
  *request = (pcl_page_ask_t){
    .space = {.device_id = (uint32_t)(dw0 >> 40), .pv = dw0 >> 32 & 1, .process_id = dw0 >> 12 & 0xfffff},
    .priv = dw0 >> 33 & 1,
    .exec = dw0 >> 34 & 1,
    .read = dw1 & 1,
    .write = dw1 >> 1 & 1,
    .last = dw1 >> 2 & 1,
    .group = dw1 >> 3 & 0x1ff,
    .iova = dw1 & ~UINT64_C(0xfff),
  };
  queue->head = (queue->head + 1) & (queue->entries - 1);
  write32(queue, PCL_REG_PQH_OFFSET, queue->head);
  return true;
}

uint32_t pcl_pageq_recover(pcl_pageq_t *queue) {
  if (!queue->base) return 0;
  uint32_t csr = read32(queue, PCL_REG_PQCSR_OFFSET), errors = csr & (PCL_PQCSR_PQMF_MASK | PCL_PQCSR_PQOF_MASK);
  if (!errors) return 0;
  if (errors & PCL_PQCSR_PQOF_MASK) queue->overflows++;
  if (errors & PCL_PQCSR_PQMF_MASK) queue->faults++;
  write32(queue, PCL_REG_PQCSR_OFFSET, (csr & (PCL_PQCSR_PQEN_MASK | PCL_PQCSR_PIE_MASK)) | errors);
  return errors;
}
