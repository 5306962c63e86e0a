// SPDX-License-Identifier: Apache-2.0
#include "ds_write.h"

#include <string.h>

#include "arch/caps.h"
#include "rr_arb.h"

enum { FAULT_BEATS = 4, PAGE_BEATS = 2 };

void pcl_ds_write_reset(pcl_ds_write_t *write, const pcl_config_t *config) {
  *write = (pcl_ds_write_t){.walkers = config->walkers};
}

static bool is_update(const pcl_ds_write_t *write) { return pcl_ds_write_walker(write, (int)write->index) >= 0; }

// Client and place in the round robin, of what is no walker.
static unsigned client_at(const pcl_ds_write_t *write, unsigned index) {
  return index < PCL_DS_QUEUES ? index : index - write->walkers;
}

static unsigned place_of(const pcl_ds_write_t *write, unsigned client) {
  return client < PCL_DS_QUEUES ? client : client + write->walkers;
}

// Doublewords of the record that is being written, 0 if it is something else.
static unsigned record_beats(const pcl_ds_write_t *write) {
  if (write->index == PCL_DS_FAULT_QUEUE) return FAULT_BEATS;
  return write->index == place_of(write, PCL_DS_PAGE_QUEUE) ? PAGE_BEATS : 0;
}

static bool is_record(const pcl_ds_write_t *write) { return record_beats(write) != 0; }

static unsigned last_beat(const pcl_ds_write_t *write) { return is_record(write) ? record_beats(write) - 1 : 0; }

static uint16_t id_of(const pcl_ds_write_t *write, unsigned client) {
  static const uint8_t above[PCL_DS_CLIENTS] = {
    [PCL_DS_CMD_QUEUE] = 0, [PCL_DS_FAULT_QUEUE] = 1, [PCL_DS_IRQ] = 2, [PCL_DS_PAGE_QUEUE] = 3, [PCL_DS_MRIF] = 4};
  return (uint16_t)(write->walkers + above[client]);
}

static void drive_aw(const pcl_ds_write_t *write, pcl_ax_t *aw) {
  const int walker = pcl_ds_write_walker(write, (int)write->index);
  *aw = (pcl_ax_t){
    .addr = write->addr,
    .id = walker >= 0 ? (uint16_t)walker : id_of(write, client_at(write, write->index)),
    .rcid = write->qos & 0xfff,
    .mcid = write->qos >> 16 & 0xfff,
    .len = (uint8_t)last_beat(write),
    .size = write->bytes == 8 ? 3 : 2,
    .burst = PCL_BURST_INCR,
    .cache = 2,
    .lock = write->lock,
    .valid = true,
  };
}

static uint64_t beat_of_record(const pcl_ds_write_t *write, const pcl_ds_write_in_t *in) {
  const uint64_t data = in->client[client_at(write, write->index)]->data[write->beat];
  return write->swap ? __builtin_bswap64(data) : data;
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

static uint64_t asking(const pcl_ds_write_t *write, const pcl_ds_write_in_t *in) {
  uint64_t valid = (uint64_t)in->updates << PCL_DS_QUEUES;
  for (unsigned client = 0; client < PCL_DS_CLIENTS; client++) {
    valid |= (uint64_t)in->client[client]->valid << place_of(write, client);
  }
  return valid;
}

int pcl_ds_write_eval(const pcl_ds_write_t *write, const pcl_ds_write_in_t *in, pcl_ds_pins_out_t *pins) {
  pins->aw.valid = false;
  pins->w.valid = false;
  if (!write->busy) {
    const uint64_t valid = asking(write, in);
    return valid == 0 ? -1 : (int)pcl_rr_pick(valid, write->aw_ptr);
  }
  if (!write->aw_done) drive_aw(write, &pins->aw);
  if (!write->w_done) {
    drive_w(write, is_record(write) ? beat_of_record(write, in) : write->value, &pins->w);
  }
  return -1;
}

static void tell_b(const pcl_ds_write_t *write, const pcl_b_t *b, pcl_ds_write_told_t told[PCL_DS_CLIENTS]) {
  if (!b->valid) return;
  for (unsigned client = 0; client < PCL_DS_CLIENTS; client++) {
    if (b->id != id_of(write, client)) continue;
    told[client].b_valid = true;
    told[client].b_error = b->resp >= PCL_RESP_SLVERR;
  }
}

// All but updates and what mrif writes follow fctl.BE; an update's value is what memory shall hold.
static void capture(pcl_ds_write_t *write, const pcl_ds_write_in_t *in, unsigned index, const pcl_ds_update_t *update) {
  write->index = index;
  write->aw_ptr = pcl_rr_next(index, place_of(write, PCL_DS_CLIENTS));
  write->beat = 0;
  write->aw_done = false;
  write->w_done = false;
  write->busy = true;
  if (is_update(write)) {
    write->addr = update->addr & ((UINT64_C(1) << 56) - 1);
    write->value = update->value;
    write->qos = update->qos;
    write->bytes = update->bytes;
    write->lock = true;
    return;
  }
  const pcl_ds_write_req_t *request = in->client[client_at(write, index)];
  const bool mrif = client_at(write, index) == PCL_DS_MRIF;
  write->lock = mrif && in->mrif_update;
  write->swap = in->regs->fctl & PCL_FCTL_BE && !mrif;
  write->addr = request->addr;
  write->qos = write->lock ? in->mrif_qos : in->regs->qosid;
  write->bytes = is_record(write) || write->lock ? 8 : 4;
  if (!is_record(write)) write->value = write->swap ? __builtin_bswap32((uint32_t)*request->data) : *request->data;
}

void pcl_ds_write_commit(pcl_ds_write_t *write, const pcl_ds_write_in_t *in, int captured, const pcl_ds_update_t *update,
                         const pcl_ds_pins_in_t *pins, pcl_ds_write_told_t told[PCL_DS_CLIENTS]) {
  memset(told, 0, PCL_DS_CLIENTS * sizeof *told);
  tell_b(write, &pins->b, told);
  if (captured >= 0) {
    capture(write, in, (unsigned)captured, update);
    if (!is_update(write)) told[client_at(write, write->index)].taken = true;
    return;
  }
  if (!write->busy) return;
  if (pins->aw_ready) write->aw_done = true;
  if (!write->w_done && pins->w_ready) {
    write->w_done = write->beat == last_beat(write);
    if (!is_update(write)) told[client_at(write, write->index)].w_done = write->w_done;
    write->beat++;
  }
  write->busy = !(write->aw_done && write->w_done);
}
