// SPDX-License-Identifier: Apache-2.0
//
// What the driver needs from its surroundings: access to the registers and to memory, pages, and a way to wait. A board gives
// it plain loads and stores, the testbench gives it buses on which each access takes simulated clocks.
//
// Addresses of memory are the supervisor physical addresses that the IOMMU sees.
// Order: a write_reg is seen by the IOMMU after every earlier store (on a board: a fence before the store to the register), and a
// load after read_reg sees what the IOMMU stored before it advanced the register.
#ifndef PCL_OPS_H
#define PCL_OPS_H

#include <stdbool.h>
#include <stdint.h>

// What became of a driver call.
typedef enum {
  PCL_OK = 0,
  PCL_E_VERSION,      // the IOMMU has another version of the specification
  PCL_E_UNSUPPORTED,  // the IOMMU does not have what was asked for
  PCL_E_MEMORY,       // no page left
  PCL_E_ARGUMENT,     // unaligned, out of range, or it would split a larger page
  PCL_E_MAPPED,       // something is mapped there already
  PCL_E_TIMEOUT       // wait() gave up
} pcl_status_t;

typedef struct {
  void *context;  // the first argument of each function

  // Registers, by their offset: 4 bytes (a multiple of 4) or 8 bytes (a multiple of 8).
  uint32_t (*read_reg32)(void *context, uint32_t offset);
  uint64_t (*read_reg64)(void *context, uint32_t offset);
  void (*write_reg32)(void *context, uint32_t offset, uint32_t value);
  void (*write_reg64)(void *context, uint32_t offset, uint64_t value);

  // One doubleword of memory, loaded or stored at once; addr is a multiple of 8.
  uint64_t (*load64)(void *context, uint64_t addr);
  void (*store64)(void *context, uint64_t addr, uint64_t value);

  // `pages` (a power of two) pages of 4 KiB, zeroed, aligned to their size; 0 if there are none. And back.
  uint64_t (*page_alloc)(void *context, uint32_t pages);
  void (*page_free)(void *context, uint64_t addr, uint32_t pages);

  // Called between two looks at something that the IOMMU will change, `tries` = 0, 1, 2, ... False gives up.
  bool (*wait)(void *context, uint32_t tries);

  // Byte order of the data structures in this memory (IOMMU spec 2.1.3): queues, directories, page tables. load64 and store64
  // are little-endian whatever it is. Needs capabilities.END if true.
  bool big_endian;
} pcl_ops_t;

#define PCL_PAGE UINT64_C(4096)

static inline uint64_t pcl_turned(uint64_t value, bool turned) {
  uint64_t result = 0;
  if (!turned) return value;
  for (uint32_t i = 0; i < 8; i++) result = result << 8 | (value >> (8 * i) & 0xff);
  return result;
}

// A doubleword of a data structure.
static inline uint64_t pcl_load(const pcl_ops_t *ops, uint64_t addr) {
  return pcl_turned(ops->load64(ops->context, addr), ops->big_endian);
}

static inline void pcl_store(const pcl_ops_t *ops, uint64_t addr, uint64_t value) {
  ops->store64(ops->context, addr, pcl_turned(value, ops->big_endian));
}

#endif
