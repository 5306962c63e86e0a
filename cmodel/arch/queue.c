// SPDX-License-Identifier: Apache-2.0
//
// Writes to the registers of a queue.
#include "arch/queue.h"

#define BASE_FIELDS UINT64_C(0x3ffffffffffc1f)  // PPN, LOG2SZ-1

void pcl_queue_write_base(pcl_queue_t *queue, uint32_t *index, uint64_t value) {
  if (queue->csr & PCL_QUEUE_ON) return;
  queue->base = value & BASE_FIELDS;
  *index = 0;
}

void pcl_queue_write_csr(pcl_queue_t *queue, uint32_t *index, uint32_t status, uint32_t value) {
  const bool enabled = value & PCL_QUEUE_EN && !(queue->csr & PCL_QUEUE_EN);
  const uint32_t cleared = enabled ? status : value & status;  // status bits are RW1C; disabling clears none
  queue->csr = (queue->csr & status & ~cleared) | (value & (PCL_QUEUE_EN | PCL_QUEUE_IE));
  if (value & PCL_QUEUE_EN) queue->csr |= PCL_QUEUE_ON;
  if (enabled) *index = 0;
}
