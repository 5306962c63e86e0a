// SPDX-License-Identifier: Apache-2.0
//
// T of the monitor: the clock in which the newest completed command that covers an entry was fetched, by what the entry is.
//   DDT leaf       INVAL_DDT of the device or of all           DDT non-leaf  INVAL_DDT of all
//   PC             INVAL_PDT of device and process, or one for the DDT leaf   PDT non-leaf  as the DDT leaf
//   PTE leaf       IOTINVAL.VMA whose tags match, and AV=0 or its range meets the page; PSCV=1 spares G=1
//   PTE non-leaf   the same with AV=0, or NL=1 and a range that meets the page asked for; under a global leaf only PSCV=0.
//                  What was found through it lives in a leaf: while that is spared, so is the way to it
//   second stage   IOTINVAL.GVMA alike, by GPA; an MSI PTE is a leaf of 4 KiB
// and the roots that an address space or a VM had before its DC or PC was invalidated: they are admissible until its next AV=0.
//
// Cost: AV=1 makes one map entry for the range and one for each page size above it. Ranges are powers of two and aligned, so
// one that meets a page lies within it or contains it.
#ifndef TB_MONITOR_TAGS_H
#define TB_MONITOR_TAGS_H

#include "monitor_map.h"

#define MONITOR_NOW UINT64_MAX   // end of what still holds

// Whose second stage: MONITOR_HOST if it is Bare, or MONITOR_VM | GSCID.
enum { MONITOR_HOST = 0, MONITOR_VM = 1 << 16 };

// The root of a first or second stage as a DC or PC gave it.
typedef struct {
  uint64_t ppn;
  uint64_t removed;     // fetch of the command that took the last DC or PC with it away, or MONITOR_NOW
  uint32_t vm;
  uint32_t pscid;       // of a first stage
  uint8_t mode;         // iosatp.MODE, iohgatp.MODE
  bool sv32;            // mode 8 is Sv32, Sv32x4
  bool second;
  bool big;             // its entries are big-endian
  bool msi;             // of a second stage: msiptp is Flat, and its table, mask and pattern (page numbers)
  uint64_t msi_ppn, msi_mask, msi_pattern;
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
  monitor_map_t pdt_process;    // (device_id, process_id) -> T; also every pair that made a request
  monitor_map_t vma_vm;         // AV=0 PSCV=0: vm -> T; every vm that a context named is in it
  monitor_map_t vma_pscid;      // AV=0 PSCV=1: (vm, PSCID) -> T
  uint64_t gvma_all;            // GV=0
  monitor_map_t gvma_vm;        // AV=0: vm -> T
  monitor_map_t ranges;         // AV=1, keys in monitor_tags.c
  uint64_t used_sizes[2];       // sizes of ranges seen, one bit each; [1]: with NL=1
  monitor_roots_t past;         // roots taken away
} monitor_tags_t;

// An entry of a page table. size_bits: page-number bits below the page of a leaf; of a table 0.
typedef struct {
  uint64_t page;        // page number of the address translated
  uint32_t vm, pscid;
  uint8_t size_bits;
  bool global;          // a leaf with G=1, or a table on the way to one
  bool second;          // of the second stage
  bool table;           // not a leaf
} monitor_entry_t;

// IOTINVAL.VMA, or GVMA (second). all: GVMA with GV=0.
typedef struct {
  uint64_t page;
  uint32_t vm, pscid;
  uint8_t size_bits;    // of the range
  bool av, pscv, nl, second, all;
} monitor_iotinval_t;

void monitor_tags_reset(monitor_tags_t *tags, uint64_t cycle);
void monitor_tags_free(monitor_tags_t *tags);

uint64_t monitor_tags_device(const monitor_tags_t *tags, uint32_t device_id);
uint64_t monitor_tags_process(const monitor_tags_t *tags, uint32_t device_id, uint32_t process_id);
uint64_t monitor_tags_entry(const monitor_tags_t *tags, const monitor_entry_t *entry);
// Of a root: AV=0 only.
uint64_t monitor_tags_root(const monitor_tags_t *tags, const monitor_root_t *root, bool global);

void monitor_tags_iotinval(monitor_tags_t *tags, const monitor_iotinval_t *command, uint64_t fetched);

// What ended before was excluded everywhere.
uint64_t monitor_tags_oldest(const monitor_tags_t *tags);

static inline uint64_t monitor_process_key(uint32_t device_id, uint32_t process_id) {
  return (uint64_t)device_id << 20 | process_id;
}

bool monitor_root_is(const monitor_root_t *a, const monitor_root_t *b);   // but for when it was removed
// Adds a root, or makes the one known later.
void monitor_roots_add(monitor_roots_t *roots, const monitor_root_t *root);

#endif
