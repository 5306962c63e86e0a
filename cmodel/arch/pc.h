// SPDX-License-Identifier: Apache-2.0
//
// Fields of a process context and of a process directory entry, and their configuration checks (IOMMU spec 3.2).
//
//   ta   63:32 rsvd | 31:12 PSCID | 11:3 rsvd | 2 SUM | 1 ENS | 0 V
//   fsc  63:60 MODE (iosatp) | 59:44 rsvd | 43:0 PPN
#ifndef PCL_ARCH_PC_H
#define PCL_ARCH_PC_H

#include "arch/caps.h"
#include "arch/types.h"

#define PCL_PC_V   PCL_BIT(0)
#define PCL_PC_ENS PCL_BIT(1)
#define PCL_PC_SUM PCL_BIT(2)

// Whether a PC with V=1 is misconfigured (cause 267); `tc` is that of its DC.
bool pcl_pc_misconfigured(uint64_t capabilities, uint64_t tc, const pcl_pc_t *pc);

#endif
