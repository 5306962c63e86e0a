// SPDX-License-Identifier: Apache-2.0
#include "off_drain.h"

void pcl_off_drain_reset(pcl_off_drain_t *off) { off->state = PCL_OFF_IDLE; }

bool pcl_off_drain_commit(pcl_off_drain_t *off, const pcl_off_drain_in_t *in) {
  switch (off->state) {
    case PCL_OFF_IDLE:
      if (!in->inv_done) return false;
      if (in->ddtp_mode != PCL_DDTP_OFF) return true;
      off->state = PCL_OFF_START;
      return false;
    case PCL_OFF_START:
      off->state = PCL_OFF_DRAIN;
      return false;
    default:
      if (!in->drained) return false;
      off->state = PCL_OFF_IDLE;
      return true;
  }
}
