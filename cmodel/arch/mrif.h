// SPDX-License-Identifier: Apache-2.0
//
// A whole access of a device: translation, and what becomes of it if its page is a virtual interrupt file in MRIF mode, which is
// kept in memory (IOMMU spec 3.3.3; AIA spec, "MSI PTE, MRIF mode").
//
//   not 4 aligned bytes                       refused
//   read                                      absorbed; the device reads 0
//   write of an identity 0 to 2047 in little-endian order at page offset 0, or, with capabilities.END, in big-endian order at
//   offset 4                                  absorbed: sets the interrupt-pending bit, then writes the notice MSI
//   any other write                           absorbed, discarded
//
// The notice MSI is little-endian whatever fctl.BE says, as the file is.
#ifndef PCL_ARCH_MRIF_H
#define PCL_ARCH_MRIF_H

#include "arch/iommu.h"

typedef enum {
  PCL_VERDICT_PASS,    // goes on to memory with outcome.translation
  PCL_VERDICT_ABSORB,  // answered without an error, nothing goes on
  PCL_VERDICT_REFUSE   // answered with an error
} pcl_verdict_t;

// An untranslated or translated request of `bytes` at request->iova; `data`: what a write of 4 bytes puts there, read as
// little-endian. A fault, one of the update (264, 271) too, is recorded and in *outcome. A notice MSI that memory refuses is
// recorded as cause 273 with its address; the device's write stands.
pcl_verdict_t pcl_iommu_access(pcl_iommu_t *iommu, const pcl_request_t *request, unsigned bytes, uint32_t data,
                               pcl_outcome_t *outcome);

#endif
