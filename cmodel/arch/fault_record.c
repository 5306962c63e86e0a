// SPDX-License-Identifier: Apache-2.0
//
// Encoding of fault records (IOMMU spec 4.2).
#include "arch/fault_record.h"

#include "arch/causes.h"

void pcl_fault_record_encode(const pcl_request_t *request, const pcl_fault_t *fault, uint64_t dw[4]) {
  dw[0] = (fault->cause & 0xfff) | (uint64_t)(fault->ttyp & 0x3f) << 34;
  if (fault->ttyp != PCL_TTYP_NONE) {
    dw[0] |= (uint64_t)(request->device_id & 0xffffff) << 40;
    if (request->pv) {
      dw[0] |= (uint64_t)(request->process_id & 0xfffff) << 12 | UINT64_C(1) << 32 | (uint64_t)request->priv << 33;
    }
  }
  dw[1] = 0;
  dw[2] = fault->iotval;
  dw[3] = fault->iotval2;
}
