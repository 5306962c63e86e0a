// SPDX-License-Identifier: Apache-2.0
//
// Memory-resident interrupt files: interrupts of a guest that does not run. Messages to a page set pending bits in memory, and a
// notice tells the host: a 4-byte write of `nid` to a page of a real interrupt file.
#ifndef PCL_MRIF_H
#define PCL_MRIF_H

#include "pcl_vm.h"

#define PCL_MRIF_BYTES UINT64_C(512)

enum { PCL_MRIF_IDENTITIES = 2048 };

typedef struct {
  uint64_t file;    // 512 bytes of memory, aligned: for each 64 identities 8 bytes of pending bits, then 8 of enable bits
  uint64_t notice;  // the page that notices go to
  uint32_t nid;     // 11 bits: what they say
} pcl_memory_file_t;

// Connects the file of the VM at gpa to it, as pcl_msi_map(); pcl_msi_unmap() disconnects it. PCL_E_UNSUPPORTED without
// capabilities.MSI_MRIF, PCL_E_ARGUMENT, PCL_E_MAPPED.
pcl_status_t pcl_mrif_map(pcl_driver_t *driver, pcl_vm_t *vm, uint64_t gpa, const pcl_memory_file_t *mrif);

// Whether that interrupt is pending.
bool pcl_mrif_pending(const pcl_driver_t *driver, const pcl_memory_file_t *mrif, uint32_t identity);

// Takes it. The IOMMU updates a doubleword atomically, this does not: disconnect the file first, or find no message under way.
void pcl_mrif_clear(pcl_driver_t *driver, const pcl_memory_file_t *mrif, uint32_t identity);

#endif
