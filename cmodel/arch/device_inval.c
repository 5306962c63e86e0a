// SPDX-License-Identifier: Apache-2.0
//
// ITags of Invalidation Requests.
#include "arch/device_inval.h"

int pcl_device_inval_send(pcl_device_inval_t *inval, uint16_t rid, bool dsv, uint8_t dseg) {
  for (unsigned itag = 0; itag < PCL_ITAGS; itag++) {
    if (inval->outstanding >> itag & 1) continue;
    inval->outstanding |= UINT32_C(1) << itag;
    inval->rid[itag] = rid;
    inval->dsv[itag] = dsv;
    inval->dseg[itag] = dseg;
    inval->received[itag] = 0;
    return (int)itag;
  }
  return -1;
}

void pcl_device_inval_complete(pcl_device_inval_t *inval, const pcl_inval_completion_t *completion) {
  const unsigned wanted = completion->count == 0 ? 8 : completion->count;
  for (unsigned itag = 0; itag < PCL_ITAGS; itag++) {
    if (!((completion->itags & inval->outstanding) >> itag & 1)) continue;
    if (completion->rid != inval->rid[itag] || completion->dsv != inval->dsv[itag]) continue;
    if (completion->dsv && completion->dseg != inval->dseg[itag]) continue;
    if (++inval->received[itag] >= wanted) inval->outstanding &= ~(UINT32_C(1) << itag);
  }
}

void pcl_device_inval_time_out(pcl_device_inval_t *inval, unsigned itag) {
  if (itag >= PCL_ITAGS || !(inval->outstanding >> itag & 1)) return;
  inval->outstanding &= ~(UINT32_C(1) << itag);
  inval->timed_out = true;
}
