// SPDX-License-Identifier: Apache-2.0
//
// The 32-byte fault record (IOMMU spec 4.2), as four doublewords in host order.
//
//   dw0: 63:40 DID | 39:34 TTYP | 33 PRIV | 32 PV | 31:12 PID | 11:0 CAUSE   dw1: 0   dw2: iotval   dw3: iotval2
#ifndef PCL_ARCH_FAULT_RECORD_H
#define PCL_ARCH_FAULT_RECORD_H

#include "arch/types.h"

#define PCL_FAULT_RECORD_BYTES 32

// PID and PRIV are those of the original request and 0 without PV; all of DID, PID, PV, PRIV are 0 if TTYP is 0.
void pcl_fault_record_encode(const pcl_request_t *request, const pcl_fault_t *fault, uint64_t dw[4]);

#endif
