// SPDX-License-Identifier: Apache-2.0
//
// Process-context configuration checks (IOMMU spec 3.2.4).
#include "arch/pc.h"

#include "arch/dc.h"

#define PC_TA_RESERVED  (UINT64_C(0xffffffff00000000) | UINT64_C(0xff8))
#define PC_FSC_RESERVED UINT64_C(0x0ffff00000000000)

bool pcl_pc_misconfigured(uint64_t capabilities, uint64_t tc, const pcl_pc_t *pc) {
  // Item 1.
  if (pc->ta & PC_TA_RESERVED || pc->fsc & PC_FSC_RESERVED) return true;
  // Items 2 to 4.
  return !pcl_iosatp_mode_supported(pcl_mode_field(pc->fsc), tc & PCL_TC_SXL, capabilities);
}
