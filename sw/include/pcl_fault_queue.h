// SPDX-License-Identifier: Apache-2.0
//
// The fault queue (IOMMU spec 4.2): a ring in memory whose tail is the IOMMU's (fqt) and whose head is ours (fqh). A full ring
// (fqof) or a memory fault (fqmf) makes the IOMMU drop records until software clears the bit.
#ifndef PCL_FAULT_QUEUE_H
#define PCL_FAULT_QUEUE_H

#include "pcl_ops.h"

// One record (IOMMU spec 4.2).
//   dw0: 63:40 DID | 39:34 TTYP | 33 PRIV | 32 PV | 31:12 PID | 11:0 CAUSE    dw2: iotval    dw3: iotval2
typedef struct {
  uint64_t iotval;   // of a translation fault: the IOVA
  uint64_t iotval2;
  uint32_t cause;
  uint32_t device_id;
  uint32_t process_id;
  uint32_t ttyp;     // 1 fetch, 2 read, 3 write; +4 translated; 0 none
  bool pv;
  bool priv;
} pcl_fault_event_t;

typedef struct {
  const pcl_ops_t *ops;
  uint64_t base;        // of the ring; 0 while off
  uint32_t entries;     // a power of two; one always stays free
  uint32_t head;        // the next record to look at
  uint32_t overflows;   // fqof seen
  uint32_t faults;      // fqmf seen
} pcl_faultq_t;

// Turns the queue on with 2^log2_entries records (1..16), with interrupts or without.
pcl_status_t pcl_faultq_enable(pcl_faultq_t *queue, const pcl_ops_t *ops, uint32_t log2_entries, bool interrupts);

// Turns it off: returns when fqon is 0, so that nothing is written into it any more.
pcl_status_t pcl_faultq_disable(pcl_faultq_t *queue);

// Takes the oldest record; false if there is none. The ring's entry is free for the IOMMU after that.
bool pcl_faultq_take(pcl_faultq_t *queue, pcl_fault_event_t *event);

// Clears fqof and fqmf, so that faults are recorded again; returns the error bits that it found.
uint32_t pcl_faultq_recover(pcl_faultq_t *queue);

#endif
