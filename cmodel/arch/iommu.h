// SPDX-License-Identifier: Apache-2.0
//
// An untimed IOMMU for use as a library: translation, fault queue and command queue over a memory callback. It has no
// caches, so invalidations have nothing to do, and every command completes at once.
//
// Limits: register access semantics (WARL, RW1C, busy, interrupts) are the caller's: it fills in the values. The enable
// and error bits of the queues are plain booleans.
#ifndef PCL_ARCH_IOMMU_H
#define PCL_ARCH_IOMMU_H

#include "arch/commands.h"
#include "arch/walk.h"

// Memory. `write` stores doublewords in host order: 32 bytes (a fault record), or 4 bytes (the low half of *data) for IOFENCE.C.
typedef struct {
  pcl_read_fn read;
  pcl_mem_status_t (*write)(void *context, uint64_t addr, const uint64_t *data, unsigned bytes);
  void *context;
} pcl_memory_t;

// One queue: xqb value, head and tail index, enabled, memory fault (xqmf).
typedef struct {
  uint64_t base;
  uint32_t head;
  uint32_t tail;
  bool on;
  bool mf;
} pcl_queue_t;

typedef struct {
  pcl_regs_t regs;
  pcl_memory_t memory;
  pcl_queue_t cq;
  pcl_queue_t fq;
  bool cmd_ill;
  bool fence_w_ip;
  bool fqof;
} pcl_iommu_t;

// Translates and, if the request faults and DTF lets it, records the fault.
pcl_outcome_t pcl_iommu_translate(pcl_iommu_t *iommu, const pcl_request_t *request);

// Writes a record for a fault that must be reported, or drops it as spec 4.2 says (queue off, error pending, full).
void pcl_iommu_record_fault(pcl_iommu_t *iommu, const pcl_request_t *request, const pcl_fault_t *fault);

// Processes commands until the queue is empty, off or stopped by an error. ATS commands complete without a message.
void pcl_iommu_process_commands(pcl_iommu_t *iommu);

#endif
