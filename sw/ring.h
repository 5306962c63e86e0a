// SPDX-License-Identifier: Apache-2.0
//
// What the registers of the in-memory queues have in common (IOMMU spec 6.6 to 6.17, 7.2): base, the index that software moves,
// and a control and status register with enable, interrupt enable, on and busy at the same places. Private to the driver.
#ifndef PCL_RING_H
#define PCL_RING_H

#include "pcl_ops.h"

// Offsets of a queue's registers.
typedef struct {
  uint32_t base;
  uint32_t index;  // the software's
  uint32_t csr;
  uint32_t entry_bytes;
} pcl_ring_t;

// Pages of a queue of `entries`.
static inline uint32_t pcl_ring_pages(const pcl_ring_t *ring, uint32_t entries) {
  const uint64_t bytes = (uint64_t)entries * ring->entry_bytes;
  return bytes > PCL_PAGE ? (uint32_t)(bytes / PCL_PAGE) : 1;
}

// Base, index, enable; then waits until the queue is on. PCL_E_TIMEOUT if `ops->wait` gives up.
pcl_status_t pcl_ring_start(const pcl_ring_t *ring, const pcl_ops_t *ops, uint64_t base, uint32_t log2_entries, bool interrupts);

// Disables the queue and waits until it is off.
pcl_status_t pcl_ring_stop(const pcl_ring_t *ring, const pcl_ops_t *ops);

#endif
