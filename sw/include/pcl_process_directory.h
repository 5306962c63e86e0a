// SPDX-License-Identifier: Apache-2.0
//
// The process directory table of a device in memory (IOMMU spec 3.2): one process context (PC) for each process_id that its
// requests may carry. Only memory: these functions queue no command; pcl_driver.h says which invalidations a change needs.
//
// `ops` are those of the memory that the table lies in. Behind a second stage that is guest memory (pcl_vm.h): the root, the
// pointers and fsc are GPAs then, as the IOMMU wants them.
//
//   process_id   levels 1 (PD8): 7:0      levels 2 (PD17): 16:8, 7:0      levels 3 (PD20): 19:17, 16:8, 7:0
#ifndef PCL_PROCESS_DIRECTORY_H
#define PCL_PROCESS_DIRECTORY_H

#include "pcl_ops.h"

// Bits of the first doubleword of a PC.
#define PCL_PROCESS_VALID (UINT64_C(1) << 0)
#define PCL_PROCESS_ENS (UINT64_C(1) << 1)  // requests with supervisor privilege are allowed
#define PCL_PROCESS_SUM (UINT64_C(1) << 2)  // they may read and write pages with U=1; never execute them

typedef struct {
  uint64_t ta;   // 31:12 PSCID
  uint64_t fsc;  // 63:60 mode, 43:0 PPN of the page table's root
} pcl_process_context_t;

typedef struct {
  uint64_t root;
  uint32_t levels;  // 1, 2, 3
} pcl_process_directory_t;

// The value of a PC that translates through a first-stage page table. levels: 3 Sv39, 4 Sv48, 5 Sv57, 0 Bare (root 0).
static inline pcl_process_context_t pcl_process_context(uint64_t root, uint32_t levels, uint32_t pscid, uint64_t flags) {
  return (pcl_process_context_t){.ta = (uint64_t)pscid << 12 | flags | PCL_PROCESS_VALID,
                                 .fsc = levels ? (uint64_t)(levels + 5) << 60 | root >> 12 : 0};
}

// An empty directory: every request with a process_id is refused. Frees it, but no page table that PCs name.
pcl_status_t pcl_process_directory_init(const pcl_ops_t *ops, pcl_process_directory_t *directory, uint32_t levels);
void pcl_process_directory_free(const pcl_ops_t *ops, pcl_process_directory_t *directory);

// Whether the directory has a place for this process_id.
bool pcl_process_directory_fits(const pcl_process_directory_t *directory, uint32_t process_id);

// Address of the entry of `level` (0: the PC) on the way to a process, or 0 (also for a process_id that does not fit). With
// `make` missing tables are made (V 0 to 1).
uint64_t pcl_process_directory_entry(const pcl_ops_t *ops, const pcl_process_directory_t *directory, uint32_t process_id,
                                     uint32_t level, bool make);

// Reads a PC; false if no table holds one.
bool pcl_process_directory_get(const pcl_ops_t *ops, const pcl_process_directory_t *directory, uint32_t process_id,
                               pcl_process_context_t *context);

// Writes a PC whose V was 0: ta, which holds V, comes last. No command is needed. PCL_E_ARGUMENT, PCL_E_MEMORY, PCL_E_MAPPED.
pcl_status_t pcl_process_directory_put(const pcl_ops_t *ops, const pcl_process_directory_t *directory, uint32_t process_id,
                                       const pcl_process_context_t *context);

// Clears V. Needs IODIR.INVAL_PDT, and IOTINVAL.VMA for the address space that the process leaves (IOMMU spec 7.3.2).
void pcl_process_directory_clear(const pcl_ops_t *ops, const pcl_process_directory_t *directory, uint32_t process_id);

#endif
