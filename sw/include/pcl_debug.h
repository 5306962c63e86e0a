// SPDX-License-Identifier: Apache-2.0
//
// Translation of single addresses for debugging (IOMMU spec 6.26 to 6.28): what would become of an access. Faults are recorded as
// those of a device are.
#ifndef PCL_DEBUG_H
#define PCL_DEBUG_H

#include "pcl_ops.h"

typedef struct pcl_driver pcl_driver_t;

typedef struct {
  uint64_t iova;        // its page counts
  uint32_t device_id;
  uint32_t process_id;  // with pv
  bool pv;
  bool priv;            // with pv
  bool exec;
  bool write;
} pcl_debug_request_t;

typedef struct {
  bool fault;           // the rest is 0 then
  uint8_t pbmt;         // 1 non-cacheable, 2 I/O
  uint64_t addr;        // where the page of `bytes` around iova begins
  uint64_t bytes;       // a power of two, at least 4 KiB
} pcl_debug_answer_t;

// Waits for the answer. PCL_E_UNSUPPORTED without capabilities.DBG.
pcl_status_t pcl_debug_translate(pcl_driver_t *driver, const pcl_debug_request_t *request, pcl_debug_answer_t *answer);

#endif
