// SPDX-License-Identifier: Apache-2.0
#include "ds_write.h"

#include <string.h>

#include "rr_arb.h"

void pcl_ds_write_reset(pcl_ds_write_t *write, const pcl_config_t *config) {
  *write = (pcl_ds_write_t){.walkers = config->walkers};
}

static unsigned last_beat(const pcl_ds_write_t *write) { return write->client == PCL_DS_FAULT_QUEUE ? 3 : 0; }

static void drive_aw(const pcl_ds_write_t *write, pcl_ax_t *aw) {
  const bool record = write->client == PCL_DS_FAULT_QUEUE;
  *aw = (pcl_ax_t){
    .addr = write->addr,
    .id = (uint16_t)(write->walkers + (record ? 1 : 0)),
    .len = record ? 3 : 0,
    .size = record ? 3 : 2,
    .burst = PCL_BURST_INCR,
    .cache = 2,
    .valid = true,
  };
}

static void drive_w(const pcl_ds_write_t *write, const uint64_t *data, pcl_w_t *w) {
  w->valid = true;
  w->last = write->beat == last_beat(write);
  if (write->client == PCL_DS_FAULT_QUEUE) {
    w->data[0] = data[write->beat];
    w->strb = 0xff;
  } else {
    w->data[0] = (data[0] & 0xffffffff) | data[0] << 32;
    w->strb = write->addr & 4 ? 0xf0 : 0x0f;
  }
}

int pcl_ds_write_eval(const pcl_ds_write_t *write, const pcl_ds_write_req_t *const requests[PCL_DS_WRITERS],
                      pcl_ds_pins_out_t *pins) {
  pins->aw.valid = false;
  pins->w.valid = false;
  if (!write->busy) {
    const uint64_t valid = (uint64_t)requests[0]->valid | (uint64_t)requests[1]->valid << 1;
    return valid == 0 ? -1 : (int)pcl_rr_pick(valid, write->aw_ptr);
  }
  if (!write->aw_done) drive_aw(write, &pins->aw);
  if (!write->w_done) drive_w(write, requests[write->client]->data, &pins->w);
  return -1;
}

static void tell_b(const pcl_ds_write_t *write, const pcl_b_t *b, pcl_ds_write_told_t told[PCL_DS_WRITERS]) {
  if (!b->valid) return;
  for (unsigned client = 0; client < PCL_DS_WRITERS; client++) {
    if (b->id != write->walkers + (client == PCL_DS_FAULT_QUEUE ? 1 : 0)) continue;
    told[client].b_valid = true;
    told[client].b_error = b->resp >= PCL_RESP_SLVERR;
  }
}

void pcl_ds_write_commit(pcl_ds_write_t *write, const pcl_ds_write_req_t *const requests[PCL_DS_WRITERS], int captured,
                         const pcl_ds_pins_in_t *pins, pcl_ds_write_told_t told[PCL_DS_WRITERS]) {
  memset(told, 0, PCL_DS_WRITERS * sizeof *told);
  tell_b(write, &pins->b, told);
  if (captured >= 0) {
    write->client = (unsigned)captured;
    write->addr = requests[captured]->addr;
    write->aw_ptr = pcl_rr_next(write->client, PCL_DS_WRITERS);
    write->beat = 0;
    write->aw_done = false;
    write->w_done = false;
    write->busy = true;
    told[captured].taken = true;
    return;
  }
  if (!write->busy) return;
  if (pins->aw_ready) write->aw_done = true;
  if (!write->w_done && pins->w_ready) {
    write->w_done = write->beat == last_beat(write);
    told[write->client].w_done = write->w_done;
    write->beat++;
  }
  write->busy = !(write->aw_done && write->w_done);
}
