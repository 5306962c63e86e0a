// SPDX-License-Identifier: Apache-2.0
//
// Stores by the IOMMU, and the queues that it fills: fault queue and page-request queue (IOMMU spec 4.2, 4.3).
#include "arch/fault_record.h"
#include "arch/internal.h"
#include "pcl_regs.h"

pcl_mem_status_t pcl_store(pcl_iommu_t *iommu, const pcl_store_t *store) {
  if (pcl_outside_memory(iommu, store->addr)) return PCL_MEM_ACCESS_FAULT;
  return iommu->bus.store(iommu->bus.context, store);
}

pcl_mem_status_t pcl_store32(pcl_iommu_t *iommu, pcl_store_kind_t kind, uint64_t addr, uint32_t data) {
  const pcl_store_t store = {.addr = addr, .data = {data}, .bytes = 4, .kind = (uint8_t)kind};
  return pcl_store(iommu, &store);
}

// While an error bit is set every record is dropped; of two error bits the memory fault is the graver.
pcl_put_t pcl_queue_put(pcl_iommu_t *iommu, pcl_queue_t *queue, pcl_store_kind_t kind, const uint64_t *dw, unsigned count) {
  if (!(queue->csr & PCL_QUEUE_ON)) return PCL_PUT_OFF;
  if (queue->csr & PCL_QUEUE_MF) return PCL_PUT_MEMORY_FAULT;
  if (queue->csr & PCL_QUEUE_OF) return PCL_PUT_FULL;
  if (pcl_queue_full(queue)) {
    queue->csr |= PCL_QUEUE_OF;
    return PCL_PUT_FULL;
  }
  pcl_store_t store = {.bytes = (uint8_t)(8 * count), .kind = (uint8_t)kind};
  store.addr = pcl_queue_entry(queue, queue->tail, store.bytes);
  for (unsigned i = 0; i < count; i++) store.data[i] = pcl_order64(iommu, dw[i]);
  if (pcl_store(iommu, &store) != PCL_MEM_OK) {
    queue->csr |= PCL_QUEUE_MF;
    return PCL_PUT_MEMORY_FAULT;
  }
  queue->tail = pcl_queue_next(queue, queue->tail);
  return PCL_PUT_DONE;
}

void pcl_iommu_record_fault(pcl_iommu_t *iommu, const pcl_request_t *request, const pcl_fault_t *fault) {
  uint64_t dw[4];
  pcl_fault_record_encode(request, fault, dw);
  // A new record sets fip by itself, an error as long as it stands.
  if (pcl_queue_put(iommu, &iommu->fq, PCL_STORE_FAULT_RECORD, dw, 4) == PCL_PUT_DONE && iommu->fq.csr & PCL_QUEUE_IE) {
    pcl_interrupt_raise(iommu, PCL_IPSR_FIP_MASK);
  }
  pcl_interrupt_follow_levels(iommu);
}
