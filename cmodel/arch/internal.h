// SPDX-License-Identifier: Apache-2.0
//
// What the parts of the untimed IOMMU (iommu.h) do for each other.
#ifndef PCL_ARCH_INTERNAL_H
#define PCL_ARCH_INTERNAL_H

#include "arch/iommu.h"

// A byte-swapped value if fctl.BE is 1 (IOMMU spec, fctl).
static inline uint64_t pcl_order64(const pcl_iommu_t *iommu, uint64_t value) {
  return iommu->regs.fctl & PCL_FCTL_BE ? __builtin_bswap64(value) : value;
}
static inline uint32_t pcl_order32(const pcl_iommu_t *iommu, uint32_t value) {
  return iommu->regs.fctl & PCL_FCTL_BE ? __builtin_bswap32(value) : value;
}

// Whether there is no memory at an address: beyond the physical address size if that is checked (regs.check_pas), else beyond
// the bus. Nothing is accessed then: it is an access fault.
static inline bool pcl_outside_memory(const pcl_iommu_t *iommu, uint64_t addr) {
  return addr >> (iommu->regs.check_pas ? pcl_cap_pas(iommu->regs.capabilities) : PCL_SPA_BITS);
}

pcl_mem_status_t pcl_store(pcl_iommu_t *iommu, const pcl_store_t *store);
pcl_mem_status_t pcl_store32(pcl_iommu_t *iommu, pcl_store_kind_t kind, uint64_t addr, uint32_t data);

// records.c: puts `count` doublewords in host order at a queue's tail.
typedef enum { PCL_PUT_DONE, PCL_PUT_OFF, PCL_PUT_MEMORY_FAULT, PCL_PUT_FULL } pcl_put_t;
pcl_put_t pcl_queue_put(pcl_iommu_t *iommu, pcl_queue_t *queue, pcl_store_kind_t kind, const uint64_t *dw, unsigned count);

// interrupts.c. `cause` is an ipsr bit.
void pcl_interrupt_raise(pcl_iommu_t *iommu, uint32_t cause);
void pcl_interrupt_follow_levels(pcl_iommu_t *iommu);
void pcl_interrupt_follow_masks(pcl_iommu_t *iommu);  // once a mask or fctl.WSI is cleared

// command_queue.c, debug.c.
void pcl_command_queue_run(pcl_iommu_t *iommu);
void pcl_debug_write_ctl(pcl_iommu_t *iommu, uint64_t value);

// iommu.c: the whole walk of a request, with its events counted and its fault recorded.
void pcl_iommu_walk(pcl_iommu_t *iommu, const pcl_request_t *request, pcl_walk_t *walk);

#endif
