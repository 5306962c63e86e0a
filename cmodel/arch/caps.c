// SPDX-License-Identifier: Apache-2.0
//
// What an SoC's fuses leave of the capabilities.
#include "arch/caps.h"

#include "pcl_regs.h"

uint64_t pcl_capabilities_narrow(uint64_t built, uint64_t fuse) {
  const uint64_t numbers = PCL_CAPABILITIES_VERSION_MASK | PCL_CAPABILITIES_IGS_MASK | PCL_CAPABILITIES_PAS_MASK;
  const uint64_t built_igs = (built & PCL_CAPABILITIES_IGS_MASK) >> PCL_CAPABILITIES_IGS_SHIFT;
  const uint64_t fuse_igs = (fuse & PCL_CAPABILITIES_IGS_MASK) >> PCL_CAPABILITIES_IGS_SHIFT;
  const bool igs = built_igs == PCL_CAPABILITIES_IGS_BOTH && fuse_igs <= PCL_CAPABILITIES_IGS_BOTH;
  const bool pas = pcl_cap_pas(fuse) >= 32 && pcl_cap_pas(fuse) < pcl_cap_pas(built);
  return (built & fuse & ~numbers) | (built & PCL_CAPABILITIES_VERSION_MASK) |
         ((igs ? fuse : built) & PCL_CAPABILITIES_IGS_MASK) | ((pas ? fuse : built) & PCL_CAPABILITIES_PAS_MASK);
}
