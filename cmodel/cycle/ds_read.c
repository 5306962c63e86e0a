// SPDX-License-Identifier: Apache-2.0
#include "ds_read.h"

#include "rr_arb.h"

void pcl_ds_read_reset(pcl_ds_read_t *read, const pcl_config_t *config) {
  *read = (pcl_ds_read_t){.count = config->walkers + 2};
}

int pcl_ds_read_eval(const pcl_ds_read_t *read, uint32_t requests) {
  if (requests == 0) return -1;
  if (read->locked) return (int)read->choice;
  return (int)pcl_rr_pick(requests, read->ar_ptr);
}

void pcl_ds_read_drive(const pcl_ds_read_t *read, pcl_ax_t *ar, unsigned id, uint64_t addr, unsigned beats, unsigned lock,
                       uint32_t qos) {
  const bool half = lock == 4;
  if (read->locked) qos = read->qos;
  *ar = (pcl_ax_t){
    .addr = addr & ((UINT64_C(1) << 56) - (half ? 4 : 8)),
    .id = (uint16_t)id,
    .rcid = qos & 0xfff,
    .mcid = qos >> 16 & 0xfff,
    .len = (uint8_t)(beats - 1),
    .size = half ? 2 : 3,
    .burst = PCL_BURST_INCR,
    .cache = 2,
    .lock = lock != 0,
    .valid = true,
  };
}

void pcl_ds_read_commit(pcl_ds_read_t *read, int shown, const pcl_ax_t *ar, bool ar_ready) {
  if (shown < 0) return;
  read->choice = (unsigned)shown;
  read->qos = ar->rcid | (uint32_t)ar->mcid << 16;
  read->locked = !ar_ready;
  if (ar_ready) read->ar_ptr = pcl_rr_next((unsigned)shown, read->count);
}
