// SPDX-License-Identifier: Apache-2.0
#include "ring.h"

#include "pcl_regs.h"

// csr.on has become `on`, and busy is 0. The places of the bits are those of cqcsr, in fqcsr and pqcsr too.
static pcl_status_t wait_on(const pcl_ring_t *ring, const pcl_ops_t *ops, bool on) {
  for (uint32_t tries = 0;; tries++) {
    uint32_t csr = ops->read_reg32(ops->context, ring->csr);
    if (!(csr & PCL_CQCSR_BUSY_MASK) && !(csr & PCL_CQCSR_CQON_MASK) == !on) return PCL_OK;
    if (!ops->wait(ops->context, tries)) return PCL_E_TIMEOUT;
  }
}

pcl_status_t pcl_ring_start(const pcl_ring_t *ring, const pcl_ops_t *ops, uint64_t base, uint32_t log2_entries, bool interrupts) {
  ops->write_reg64(ops->context, ring->base, base >> 12 << PCL_CQB_PPN_SHIFT | (log2_entries - 1));
  ops->write_reg32(ops->context, ring->index, 0);
  ops->write_reg32(ops->context, ring->csr, PCL_CQCSR_CQEN_MASK | (interrupts ? PCL_CQCSR_CIE_MASK : 0));
  return wait_on(ring, ops, true);
}

pcl_status_t pcl_ring_stop(const pcl_ring_t *ring, const pcl_ops_t *ops) {
  ops->write_reg32(ops->context, ring->csr, 0);
  return wait_on(ring, ops, false);
}
