// SPDX-License-Identifier: Apache-2.0
#include "ds_write.h"

#include <string.h>

#include "rr_arb.h"

enum { RECORD_BEATS = 4 };

void pcl_ds_write_reset(pcl_ds_write_t *write, const pcl_config_t *config) {
  *write = (pcl_ds_write_t){
    .walkers = config->walkers,
    .clients = PCL_DS_QUEUES + (config->amo_hwad ? config->walkers : 0),
  };
}

static bool is_update(const pcl_ds_write_t *write) { return write->client >= PCL_DS_QUEUES; }

static unsigned last_beat(const pcl_ds_write_t *write) {
  return write->client == PCL_DS_FAULT_QUEUE ? RECORD_BEATS - 1 : 0;
}

static uint16_t id_of(const pcl_ds_write_t *write, unsigned client) {
  if (client >= PCL_DS_QUEUES) return (uint16_t)(client - PCL_DS_QUEUES);
  return (uint16_t)(write->walkers + (client == PCL_DS_FAULT_QUEUE));
}

static void drive_aw(const pcl_ds_write_t *write, pcl_ax_t *aw) {
  *aw = (pcl_ax_t){
    .addr = write->addr,
    .id = id_of(write, write->client),
    .len = (uint8_t)last_beat(write),
    .size = write->bytes == 8 ? 3 : 2,
    .burst = PCL_BURST_INCR,
    .cache = 2,
    .lock = is_update(write),
    .valid = true,
  };
}

static void drive_w(const pcl_ds_write_t *write, uint64_t data, pcl_w_t *w) {
  w->valid = true;
  w->last = write->beat == last_beat(write);
  if (write->bytes == 8) {
    w->data[0] = data;
    w->strb = 0xff;
  } else {
    w->data[0] = (data & 0xffffffff) | data << 32;
    w->strb = write->addr & 4 ? 0xf0 : 0x0f;
  }
}

int pcl_ds_write_eval(const pcl_ds_write_t *write, const pcl_ds_write_in_t *in, pcl_ds_pins_out_t *pins) {
  pins->aw.valid = false;
  pins->w.valid = false;
  if (!write->busy) {
    const uint64_t valid = (uint64_t)in->queue[PCL_DS_FAULT_QUEUE]->valid | (uint64_t)in->queue[PCL_DS_CMD_QUEUE]->valid << 1 |
                           (uint64_t)in->updates << PCL_DS_QUEUES;
    return valid == 0 ? -1 : (int)pcl_rr_pick(valid, write->aw_ptr);
  }
  if (!write->aw_done) drive_aw(write, &pins->aw);
  if (!write->w_done) {
    drive_w(write, is_update(write) ? write->value : in->queue[write->client]->data[write->beat], &pins->w);
  }
  return -1;
}

static void tell_b(const pcl_ds_write_t *write, const pcl_b_t *b, pcl_ds_write_told_t told[PCL_DS_QUEUES]) {
  if (!b->valid) return;
  for (unsigned client = 0; client < PCL_DS_QUEUES; client++) {
    if (b->id != id_of(write, client)) continue;
    told[client].b_valid = true;
    told[client].b_error = b->resp >= PCL_RESP_SLVERR;
  }
}

static void capture(pcl_ds_write_t *write, const pcl_ds_write_in_t *in, unsigned client, const pcl_ds_update_t *update) {
  write->client = client;
  write->aw_ptr = pcl_rr_next(client, write->clients);
  write->beat = 0;
  write->aw_done = false;
  write->w_done = false;
  write->busy = true;
  if (is_update(write)) {
    write->addr = update->addr & ((UINT64_C(1) << 56) - 1);
    write->value = update->value;
    write->bytes = update->bytes;
  } else {
    write->addr = in->queue[client]->addr;
    write->bytes = client == PCL_DS_FAULT_QUEUE ? 8 : 4;
  }
}

void pcl_ds_write_commit(pcl_ds_write_t *write, const pcl_ds_write_in_t *in, int captured, const pcl_ds_update_t *update,
                         const pcl_ds_pins_in_t *pins, pcl_ds_write_told_t told[PCL_DS_QUEUES]) {
  memset(told, 0, PCL_DS_QUEUES * sizeof *told);
  tell_b(write, &pins->b, told);
  if (captured >= 0) {
    capture(write, in, (unsigned)captured, update);
    if (captured < PCL_DS_QUEUES) told[captured].taken = true;
    return;
  }
  if (!write->busy) return;
  if (pins->aw_ready) write->aw_done = true;
  if (!write->w_done && pins->w_ready) {
    write->w_done = write->beat == last_beat(write);
    if (!is_update(write)) told[write->client].w_done = write->w_done;
    write->beat++;
  }
  write->busy = !(write->aw_done && write->w_done);
}
