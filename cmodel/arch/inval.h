// SPDX-License-Identifier: Apache-2.0
//
// Which cached entries an invalidation command covers (IOMMU spec 4.1.1, 4.1.3 and the NL and S extensions). Exactly the
// entries that it must invalidate, where the tags can tell; where they cannot (GVMA by guest physical address), all
// of the address space.
#ifndef PCL_ARCH_INVAL_H
#define PCL_ARCH_INVAL_H

#include "arch/commands.h"
#include "arch/walk.h"

// Address-space tags of a cached translation or table pointer.
typedef struct {
  uint16_t gscid;
  uint32_t pscid;
  bool gv;  // second stage not Bare: gscid counts
} pcl_space_t;

// IOTINVAL.VMA or .GVMA against a cached leaf: `iova` is any address of the *first-stage* leaf and `size` (pcl_size_t) its
// size, even if the entry holds a fragment of it. Other commands cover no leaf here, and none covers an identity, which holds
// no page table entry (spec 4.1.1, note). All 64 address bits count: a cache with narrower tags masks addr and iova alike.
bool pcl_inval_covers(const pcl_command_t *command, const pcl_space_t *space, bool g, uint64_t iova, unsigned size);

// IOTINVAL.VMA or .GVMA against a cached first-stage table pointer. AV=1 covers it only with NL=1.
bool pcl_inval_covers_nonleaf(const pcl_command_t *command, const pcl_space_t *space, uint64_t va_prefix, unsigned level);

// IODIR against a cached DC, or an entry tagged with the device_id that depends on one.
bool pcl_inval_covers_device(const pcl_command_t *command, uint32_t device_id);

// IODIR against a cached PC, or an entry tagged with device_id and process_id that depends on one.
bool pcl_inval_covers_process(const pcl_command_t *command, uint32_t device_id, uint32_t process_id);

#endif
