// SPDX-License-Identifier: Apache-2.0
//
// How the IOMMU calls: by wires or by messages (IOMMU spec 6.24, 6.25, 7.8). Each of its causes names a vector; a vector is a
// wire, or an address and data that are stored there. A message is sent when a cause's bit of ipsr rises: whoever handles one
// clears ipsr, or no other follows. A masked vector keeps one message until it is unmasked.
#ifndef PCL_INTERRUPTS_H
#define PCL_INTERRUPTS_H

#include "pcl_ops.h"

typedef struct pcl_driver pcl_driver_t;

enum { PCL_VECTORS = 16 };

typedef struct {
  uint64_t addr;  // a multiple of 4, below 2^56
  uint32_t data;  // 4 bytes, big-endian if the driver's data structures are
} pcl_irq_message_t;

// The vector of each cause.
typedef struct {
  uint8_t commands, faults, counters, pages;
} pcl_vectors_t;

// Chooses messages, or wires. While ddtp is Off: PCL_E_ARGUMENT; PCL_E_UNSUPPORTED if the IOMMU has only the other.
pcl_status_t pcl_use_messages(pcl_driver_t *driver, bool messages);

// PCL_E_ARGUMENT: a vector that is not there (causes that are not built may name any).
pcl_status_t pcl_set_vectors(pcl_driver_t *driver, const pcl_vectors_t *vectors);

// Sets a vector's message and unmasks it; it is masked meanwhile. PCL_E_ARGUMENT.
pcl_status_t pcl_set_message(pcl_driver_t *driver, uint32_t vector, const pcl_irq_message_t *message);

// A message that is due when a vector is unmasked is sent then.
void pcl_mask_message(pcl_driver_t *driver, uint32_t vector, bool masked);
bool pcl_message_masked(pcl_driver_t *driver, uint32_t vector);

#endif
