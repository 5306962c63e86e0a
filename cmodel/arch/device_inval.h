// SPDX-License-Identifier: Apache-2.0
//
// Invalidation Requests to devices that wait for their completions (IOMMU spec 4.1.4, PCIe ATS). An ITag names each.
#ifndef PCL_ARCH_DEVICE_INVAL_H
#define PCL_ARCH_DEVICE_INVAL_H

#include <stdbool.h>
#include <stdint.h>

enum { PCL_ITAGS = 32 };

typedef struct {
  uint16_t rid[PCL_ITAGS];
  uint8_t dseg[PCL_ITAGS];
  uint8_t received[PCL_ITAGS];  // completions so far
  bool dsv[PCL_ITAGS];
  uint32_t outstanding;  // bit per ITag
  bool timed_out;        // one of them did, and no fence has told so yet
} pcl_device_inval_t;

// An Invalidation Completion message: `itags` has a bit for each request that it completes, `count` is the Completion Count, that
// is how many such messages complete a request (0 means 8).
typedef struct {
  uint32_t itags;
  uint16_t rid;
  uint8_t dseg;
  uint8_t count;
  bool dsv;
} pcl_inval_completion_t;

// A free ITag, now in use for a request to this device; -1 if there is none.
int pcl_device_inval_send(pcl_device_inval_t *inval, uint16_t rid, bool dsv, uint8_t dseg);

// Completions of other devices than the one that was asked are ignored.
void pcl_device_inval_complete(pcl_device_inval_t *inval, const pcl_inval_completion_t *completion);

void pcl_device_inval_time_out(pcl_device_inval_t *inval, unsigned itag);

#endif
