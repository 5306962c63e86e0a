// SPDX-License-Identifier: Apache-2.0
//
// What the devices of one port have been told by software: ranges of IOVA that they may use, without a process_id or as a
// process. The agent adds and removes ranges; the streams choose addresses in them. A range in this list is a hint, not a
// promise: software may unmap under a running DMA.
#ifndef TB_TARGET_H
#define TB_TARGET_H

#include <stdbool.h>
#include <stdint.h>

typedef struct {
  uint64_t iova;
  uint64_t bytes;
  uint32_t device_id;
  bool read, write, exec;
  bool pv;              // as a process:
  bool supervisor;      // its requests may have supervisor privilege
  uint32_t process_id;
} dma_target_t;

enum { TARGETS = 512 };

typedef struct {
  dma_target_t item[TARGETS];
  uint32_t serial[TARGETS];  // tells who reuses an index from who had it before
  uint32_t count;
  uint32_t next_serial;
} targets_t;

// Returns a number for target_remove(); never 0. When the list is full an old range is forgotten.
uint32_t target_add(targets_t *targets, const dma_target_t *target);

// Unknown numbers are ignored.
void target_remove(targets_t *targets, uint32_t serial);

// Removes all ranges of a device.
void target_remove_device(targets_t *targets, uint32_t device_id);

// NULL if it is gone.
const dma_target_t *target_find(const targets_t *targets, uint32_t serial);

#endif
