// SPDX-License-Identifier: Apache-2.0
//
// MSI page table entries. "Item n" is item n of the process to translate addresses of MSIs, IOMMU spec 3.3.3.
#include "arch/msi_pte.h"

#include "arch/caps.h"
#include "arch/causes.h"

#define MSI_PTE_V      PCL_BIT(0)
#define MSI_PTE_C      PCL_BIT(63)
#define BASIC_RESERVED (UINT64_C(0x7fc0000000000000) | UINT64_C(0x3f8))
#define MRIF_RESERVED  (UINT64_C(0x7fc0000000000000) | UINT64_C(0x78))
#define NOTICE_RESERVED UINT64_C(0xefc0000000000000)

enum { MSI_MODE_MRIF = 1, MSI_MODE_BASIC = 3 };

// Bits in which a page differs from those of the interrupt files.
static uint64_t difference(const pcl_dc_t *dc, uint64_t gpa) {
  return ((gpa >> 12) ^ dc->msi_addr_pattern) & ~dc->msi_addr_mask;
}

bool pcl_msi_matches(const pcl_dc_t *dc, uint64_t gpa) { return difference(dc, gpa) == 0; }

uint64_t pcl_msi_file_number(const pcl_dc_t *dc, uint64_t gpa) {
  uint64_t number = 0;
  unsigned place = 0;
  for (uint64_t left = dc->msi_addr_mask; left != 0; left &= left - 1) {
    number |= (gpa >> 12 >> __builtin_ctzll(left) & 1) << place++;
  }
  return number;
}

bool pcl_msi_in_range(const pcl_dc_t *dc, uint64_t gpa, unsigned shift) { return difference(dc, gpa) >> (shift - 12) == 0; }

unsigned pcl_msi_pte_decode(uint64_t capabilities, const uint64_t dw[2], pcl_msi_pte_t *pte) {
  if (!(dw[0] & MSI_PTE_V)) return PCL_CAUSE_MSI_PTE_NOT_VALID;      // item 9
  if (dw[0] & MSI_PTE_C) return PCL_CAUSE_MSI_PTE_MISCONFIGURED;     // item 10: there is no custom format
  switch (dw[0] >> 1 & 3) {
    case MSI_MODE_BASIC:  // item 13; the second doubleword is ignored
      if (dw[0] & BASIC_RESERVED) return PCL_CAUSE_MSI_PTE_MISCONFIGURED;
      pte->is_mrif = false;
      pte->ppn = pcl_ppn_field(dw[0]);
      return 0;
    case MSI_MODE_MRIF:  // item 14
      if (!(capabilities & PCL_CAP_MSI_MRIF)) return PCL_CAUSE_MSI_PTE_MISCONFIGURED;
      if (dw[0] & MRIF_RESERVED || dw[1] & NOTICE_RESERVED) return PCL_CAUSE_MSI_PTE_MISCONFIGURED;
      pte->is_mrif = true;
      pte->ppn = pcl_ppn_field(dw[1]);
      pte->mrif.addr = (dw[0] >> 7 & (PCL_BIT(47) - 1)) << 9;
      pte->mrif.nid = (uint16_t)((dw[1] & 0x3ff) | (dw[1] >> 60 & 1) << 10);
      return 0;
    default: return PCL_CAUSE_MSI_PTE_MISCONFIGURED;  // item 12
  }
}
