// SPDX-License-Identifier: Apache-2.0
//
// One in-memory queue (IOMMU spec chapter 4): its base, indices and control and status register, and what software's writes do
// to them (spec 6.15 to 6.17). A queue turns on and off at once: xqon follows xqen, busy is always 0.
//
//   csr  16 on | 11 fence_w_ip | 10 cmd_ill | 9 cmd_to (command queue), overflow (others) | 8 memory fault | 1 ie | 0 en
//
// Limits: a write to xqb while the queue is on, which the specification leaves open, is ignored.
#ifndef PCL_ARCH_QUEUE_H
#define PCL_ARCH_QUEUE_H

#include "arch/caps.h"

#define PCL_QUEUE_EN    UINT32_C(0x1)
#define PCL_QUEUE_IE    UINT32_C(0x2)
#define PCL_QUEUE_MF    UINT32_C(0x100)
#define PCL_QUEUE_TO    UINT32_C(0x200)  // cmd_to
#define PCL_QUEUE_OF    UINT32_C(0x200)  // fqof, pqof
#define PCL_QUEUE_ILL   UINT32_C(0x400)
#define PCL_QUEUE_FENCE UINT32_C(0x800)
#define PCL_QUEUE_ON    UINT32_C(0x10000)

// Status bits of the command queue, and of the others.
#define PCL_CQ_STATUS  (PCL_QUEUE_MF | PCL_QUEUE_TO | PCL_QUEUE_ILL | PCL_QUEUE_FENCE)
#define PCL_CQ_STOPPED (PCL_QUEUE_MF | PCL_QUEUE_TO | PCL_QUEUE_ILL)
#define PCL_XQ_STATUS  (PCL_QUEUE_MF | PCL_QUEUE_OF)

typedef struct {
  uint64_t base;  // 53:10 PPN, 4:0 LOG2SZ-1
  uint32_t head;
  uint32_t tail;
  uint32_t csr;
} pcl_queue_t;

static inline uint32_t pcl_queue_index(const pcl_queue_t *queue, uint64_t index) {
  return (uint32_t)(index & (pcl_queue_entries(queue->base) - 1));
}

static inline uint32_t pcl_queue_next(const pcl_queue_t *queue, uint32_t index) {
  return pcl_queue_index(queue, (uint64_t)index + 1);
}

// One entry stays free: N-1 fill the queue.
static inline bool pcl_queue_full(const pcl_queue_t *queue) { return pcl_queue_next(queue, queue->tail) == queue->head; }

static inline uint64_t pcl_queue_entry(const pcl_queue_t *queue, uint32_t index, unsigned bytes) {
  return (pcl_ppn_field(queue->base) << 12) + (uint64_t)index * bytes;
}

// Writes xqb. `index` is the one that software moves (cqt, fqh, pqh): it starts anew.
void pcl_queue_write_base(pcl_queue_t *queue, uint32_t *index, uint64_t value);

// Writes xqcsr. `index` is the one that the IOMMU moves (cqh, fqt, pqt): enabling the queue makes it and the status bits 0.
void pcl_queue_write_csr(pcl_queue_t *queue, uint32_t *index, uint32_t status, uint32_t value);

#endif
