// SPDX-License-Identifier: Apache-2.0
//
// T of the monitor: the clock in which the newest completed command that covers an entry was fetched, by what the entry is.
//   DDT leaf      INVAL_DDT of the device or of all            DDT non-leaf  INVAL_DDT of all
//   PTE leaf      IOTINVAL.VMA whose tags match, and AV=0 or ADDR in the page; PSCV=1 spares G=1
//   PTE non-leaf  the same with AV=0; under a global leaf only PSCV=0, because what was found lives in that leaf
// and the roots that a PSCID had before its DC was invalidated: they are admissible until its next AV=0.
#ifndef TB_MONITOR_TAGS_H
#define TB_MONITOR_TAGS_H

#include "monitor_map.h"

#define MONITOR_NOW UINT64_MAX   // end of what still holds

// A first-stage root as a DC gave it.
typedef struct {
  uint64_t ppn;
  uint64_t removed;   // fetch of the command that took the last DC with it away, or MONITOR_NOW
  uint32_t pscid;
  uint8_t mode;       // iosatp.MODE
} monitor_root_t;

typedef struct {
  monitor_root_t *item;
  uint32_t count, capacity;
} monitor_roots_t;

typedef struct {
  uint64_t reset;
  uint64_t epoch;               // counts advances of any T
  uint64_t ddt_all;
  monitor_map_t ddt_device;     // device_id -> T; every device_id that made a request is in it
  uint64_t vma_all;             // AV=0 PSCV=0
  monitor_map_t vma_pscid;      // AV=0 PSCV=1
  monitor_map_t vma_page;       // AV=1: (size, PSCID or none), page -> T
  monitor_roots_t past;         // roots taken away
} monitor_tags_t;

// A page size as the number of bits of a page number below it: 0, 4, 9, 18, 27, 36.
typedef struct {
  uint64_t vpn;
  uint32_t pscid;
  uint8_t size_bits;
  bool global;
} monitor_leaf_t;

void monitor_tags_reset(monitor_tags_t *tags, uint64_t cycle);
void monitor_tags_free(monitor_tags_t *tags);

uint64_t monitor_tags_device(const monitor_tags_t *tags, uint32_t device_id);
uint64_t monitor_tags_table(const monitor_tags_t *tags, uint32_t pscid, bool global);
uint64_t monitor_tags_leaf(const monitor_tags_t *tags, const monitor_leaf_t *leaf);

void monitor_tags_vma_all(monitor_tags_t *tags, uint64_t fetched);
void monitor_tags_vma_pscid(monitor_tags_t *tags, uint32_t pscid, uint64_t fetched);
void monitor_tags_vma_page(monitor_tags_t *tags, uint64_t vpn, bool pscv, uint32_t pscid, uint64_t fetched);

// Adds a root, or makes the one known later.
void monitor_roots_add(monitor_roots_t *roots, const monitor_root_t *root);

#endif
