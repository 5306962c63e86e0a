// SPDX-License-Identifier: Apache-2.0
//
// Virtual interrupt files: which addresses are theirs, and the MSI page table entry (IOMMU spec 3.3.3, AIA spec "MSI page
// tables").
//
//   dw0  basic  63 C | 53:10 PPN | 2:1 M = 3 | 0 V                      dw1 ignored
//        MRIF   63 C | 53:7 MRIF address[55:9] | 2:1 M = 1 | 0 V        dw1  60 NID[10] | 53:10 NPPN | 9:0 NID[9:0]
#ifndef PCL_ARCH_MSI_PTE_H
#define PCL_ARCH_MSI_PTE_H

#include "arch/types.h"

// Whether `gpa` is in a page of a virtual interrupt file, msiptp being on.
bool pcl_msi_matches(const pcl_dc_t *dc, uint64_t gpa);

// Bits of the page number that the mask selects, packed: the interrupt file number.
uint64_t pcl_msi_file_number(const pcl_dc_t *dc, uint64_t gpa);

// Whether the naturally aligned range of 1 << shift bytes around `gpa` contains such a page; shift 12 to 56.
bool pcl_msi_in_range(const pcl_dc_t *dc, uint64_t gpa, unsigned shift);

typedef struct {
  uint64_t ppn;  // basic: where the access goes; MRIF: page of the notice
  pcl_mrif_t mrif;
  bool is_mrif;
} pcl_msi_pte_t;

// Decodes an entry in host order. 0, or the cause for which it does not translate (262, 263).
unsigned pcl_msi_pte_decode(uint64_t capabilities, const uint64_t dw[2], pcl_msi_pte_t *pte);

#endif
