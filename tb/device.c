// SPDX-License-Identifier: Apache-2.0
//
// A request goes: queued (posted only) -> slot of its channel (AR, AW at the pins) -> outstanding list of its ID -> done.
// A write is also in the W list, from the slot on, until its last W beat is taken.
#include "device.h"

#include <stdlib.h>
#include <string.h>

#include "burst.h"
#include "throttle.h"

enum { POOL = 1024 };

typedef struct {
  dma_t *head, *tail;
} list_t;

// Elements of the W list: a write is in two lists at once.
typedef struct {
  dma_t *item[POOL];
  unsigned first, count;
} ring_t;

struct device {
  pcl_port_pins_in_t *drive;
  const pcl_port_pins_out_t *see;
  unsigned bus_bytes;
  uint64_t user_mask;
  rng_t rng;
  device_pace_t pace;
  throttle_t request_throttle[PCL_CHANNELS], w_throttle, r_throttle, b_throttle;
  dma_source_t source;
  list_t queued[PCL_CHANNELS];
  dma_t *slot[PCL_CHANNELS];
  list_t outstanding[PCL_CHANNELS][PCL_MAX_IDS];
  unsigned pending[PCL_CHANNELS];
  ring_t w;
  bool paused, held, deaf;
  uint64_t cycle;
  device_counts_t counts;
  dma_t pool[POOL];
  dma_t *free_list;
};

static void push(list_t *list, dma_t *dma) {
  dma->next = NULL;
  if (list->head) list->tail->next = dma;
  else list->head = dma;
  list->tail = dma;
}

static dma_t *pop(list_t *list) {
  dma_t *dma = list->head;
  if (dma) list->head = dma->next;
  return dma;
}

device_t *device_create(pcl_port_pins_in_t *drive, const pcl_port_pins_out_t *see, unsigned bus_bytes, uint64_t seed,
                        unsigned stream) {
  device_t *device = calloc(1, sizeof *device);
  if (!device) abort();
  device->drive = drive;
  device->see = see;
  device->bus_bytes = bus_bytes;
  device_set_user_width(device, 1);
  rng_seed(&device->rng, seed, stream);
  for (unsigned i = 0; i < POOL; i++) device_release(device, &device->pool[i]);
  device_set_pace(device, &(device_pace_t){.longest = 1, .outstanding = POOL / 4});
  drive->dev_r_ready = drive->dev_b_ready = true;
  return device;
}

void device_destroy(device_t *device) { free(device); }

void device_set_pace(device_t *device, const device_pace_t *pace) {
  device->pace = *pace;
  for (unsigned c = 0; c < PCL_CHANNELS; c++) throttle_init(&device->request_throttle[c], pace->stall_request, pace->longest);
  throttle_init(&device->w_throttle, pace->stall_data, pace->longest);
  throttle_init(&device->r_throttle, pace->stall_answer, pace->longest);
  throttle_init(&device->b_throttle, pace->stall_answer, pace->longest);
}

void device_set_user_width(device_t *device, unsigned bits) { device->user_mask = ~UINT64_C(0) >> (64 - bits); }
void device_set_source(device_t *device, const dma_source_t *source) { device->source = *source; }
void device_pause(device_t *device, bool paused) { device->paused = paused; }
void device_set_deaf(device_t *device, bool deaf) { device->deaf = deaf; }
unsigned device_pending(const device_t *device, unsigned channel) { return device->pending[channel]; }
const device_counts_t *device_counts(const device_t *device) { return &device->counts; }

static dma_t *take_free(device_t *device) {
  dma_t *dma = device->free_list;
  if (!dma) return NULL;
  device->free_list = dma->next;
  memset(dma, 0, sizeof *dma);
  return dma;
}

void device_release(device_t *device, dma_t *dma) {
  dma->next = device->free_list;
  device->free_list = dma;
}

dma_t *device_post(device_t *device, unsigned channel, const pcl_ax_t *ax, void *data, unsigned bytes) {
  dma_t *dma = take_free(device);
  if (!dma) abort();
  dma->ax = *ax;
  dma->channel = (uint8_t)channel;
  dma->data = data;
  dma->bytes = bytes;
  dma->posted = true;
  push(&device->queued[channel], dma);
  device->pending[channel]++;
  return dma;
}

static void finish(device_t *device, dma_t *dma, dma_state_t state) {
  device->pending[dma->channel]--;
  dma->state = (uint8_t)state;
  dma->done_cycle = device->cycle;
  if (state == DMA_LOST) device->counts.lost++;
  if (dma->posted) return;
  if (device->source.finished) device->source.finished(device->source.context, dma);
  if (!dma->w_owed) device_release(device, dma);
}

// Takes the head out of the W list.
static void drop_w(device_t *device) {
  dma_t *dma = device->w.item[device->w.first];
  device->w.first = (device->w.first + 1) % POOL;
  dma->w_owed = false;
  if (dma->state == DMA_DONE && !dma->posted) device_release(device, dma);
}

void device_hold(device_t *device, bool held) {
  device->held = held;
  if (!held) return;
  for (; device->w.count; device->w.count--) drop_w(device);
  for (unsigned c = 0; c < PCL_CHANNELS; c++) {
    device->drive->dev_ax[c].valid = false;
    if (device->slot[c]) finish(device, device->slot[c], DMA_LOST);
    device->slot[c] = NULL;
    for (dma_t *dma; (dma = pop(&device->queued[c]));) finish(device, dma, DMA_LOST);
    for (unsigned id = 0; id < PCL_MAX_IDS; id++)
      for (dma_t *dma; (dma = pop(&device->outstanding[c][id]));) finish(device, dma, DMA_LOST);
  }
  device->drive->dev_w.valid = false;
  device->drive->dev_r_ready = device->drive->dev_b_ready = true;
}

// Where in dma->data the byte of lane `lane` of a beat at `addr` belongs.
static unsigned data_offset(const dma_t *dma, uint64_t addr, unsigned lane, unsigned bus_bytes) {
  uint64_t byte = (addr & ~(uint64_t)(bus_bytes - 1)) + lane, base = dma->ax.addr;
  if (dma->ax.burst == PCL_BURST_FIXED) return (unsigned)(dma->beat * (1u << dma->ax.size) + (byte - addr));
  if (dma->ax.burst == PCL_BURST_WRAP) base -= base % ((dma->ax.len + 1u) << dma->ax.size);
  return (unsigned)(byte - base);
}

static void take_r(device_t *device, const pcl_r_t *r) {
  dma_t *dma = device->outstanding[PCL_READ][r->id].head;
  device->counts.beats[PCL_READ]++;
  if (!dma) {
    device->counts.strays++;
    return;
  }
  if (dma->data) {
    uint64_t addr = burst_address(&dma->ax, dma->beat), lanes = burst_lanes(addr, dma->ax.size, device->bus_bytes);
    for (unsigned lane = 0; lane < device->bus_bytes; lane++) {
      if (!(lanes >> lane & 1)) continue;
      unsigned offset = data_offset(dma, addr, lane, device->bus_bytes);
      if (offset < dma->bytes) dma->data[offset] = (uint8_t)(r->data[lane / 8] >> (8 * (lane % 8)));
    }
  }
  dma->beat++;
  if (r->resp > dma->resp) dma->resp = r->resp;
  if (!r->last) return;
  device->counts.errors += dma->resp >= PCL_RESP_SLVERR;
  pop(&device->outstanding[PCL_READ][r->id]);
  finish(device, dma, DMA_DONE);
}

static void take_b(device_t *device, const pcl_b_t *b) {
  dma_t *dma = pop(&device->outstanding[PCL_WRITE][b->id]);
  if (!dma) {
    device->counts.strays++;
    return;
  }
  dma->resp = b->resp;
  device->counts.errors += b->resp >= PCL_RESP_SLVERR;
  finish(device, dma, DMA_DONE);
}

// A request for the free slot of a channel: posted ones first, then the source's.
static dma_t *next_request(device_t *device, unsigned channel) {
  dma_t *dma = pop(&device->queued[channel]);
  if (dma) return dma;
  if (!device->source.next || device->paused || device->pending[channel] >= device->pace.outstanding) return NULL;
  if (channel == PCL_WRITE && device->w.count == POOL) return NULL;
  if (!throttle_open(&device->request_throttle[channel], &device->rng)) return NULL;
  dma = take_free(device);
  if (!dma) return NULL;
  dma->channel = (uint8_t)channel;
  if (!device->source.next(device->source.context, channel, dma)) {
    device_release(device, dma);
    return NULL;
  }
  device->pending[channel]++;
  return dma;
}

static void clock_ax(device_t *device, unsigned channel) {
  pcl_ax_t *ax = &device->drive->dev_ax[channel];
  dma_t *dma = device->slot[channel];
  if (dma && ax->valid && device->see->dev_ax_ready[channel]) {
    dma->state = DMA_SENT;
    dma->taken_cycle = device->cycle;
    device->counts.requests[channel]++;
    push(&device->outstanding[channel][ax->id], dma);
    ax->valid = false;
    device->slot[channel] = dma = NULL;
  }
  if (!dma) {
    dma = device->slot[channel] = next_request(device, channel);
    if (!dma) return;
    if (channel == PCL_WRITE) {
      device->w.item[(device->w.first + device->w.count++) % POOL] = dma;
      dma->w_owed = true;
    }
  }
  if (ax->valid) return;
  if (dma->hold) {
    dma->hold--;
    return;
  }
  *ax = dma->ax;
  ax->user &= device->user_mask;
  ax->valid = true;
  dma->valid_cycle = device->cycle + 1;
}

static void fill_w(device_t *device, const dma_t *dma, pcl_w_t *w) {
  uint64_t addr = burst_address(&dma->ax, dma->beat), lanes = burst_lanes(addr, dma->ax.size, device->bus_bytes);
  w->last = device->pace.wild_last ? rng_below(&device->rng, 2) : dma->beat == dma->ax.len;
  w->user = rng_u64(&device->rng) & device->user_mask;
  w->strb = lanes;
  for (unsigned i = 0; i < device->bus_bytes; i += 8) w->data[i / 8] = rng_u64(&device->rng);
  if (device->bus_bytes == 4) w->data[0] &= 0xffffffff;
  if (!dma->data) {
    if (!rng_below(&device->rng, 8)) w->strb &= rng_u64(&device->rng);
    return;
  }
  for (unsigned lane = 0; lane < device->bus_bytes; lane++) {
    if (!(lanes >> lane & 1)) continue;
    unsigned offset = data_offset(dma, addr, lane, device->bus_bytes), shift = 8 * (lane % 8);
    if (offset >= dma->bytes) w->strb &= ~(UINT64_C(1) << lane);
    else w->data[lane / 8] = (w->data[lane / 8] & ~(UINT64_C(0xff) << shift)) | (uint64_t)dma->data[offset] << shift;
  }
}

static void clock_w(device_t *device) {
  pcl_w_t *w = &device->drive->dev_w;
  if (w->valid && device->see->dev_w_ready) {
    dma_t *sent = device->w.item[device->w.first];
    device->counts.beats[PCL_WRITE]++;
    w->valid = false;
    if (sent->beat++ == sent->ax.len) {
      drop_w(device);
      device->w.count--;
    }
  }
  if (w->valid && rng_chance(&device->rng, device->pace.withdraw)) {
    w->valid = false;
    return;
  }
  if (w->valid || !device->w.count || !throttle_open(&device->w_throttle, &device->rng)) return;
  dma_t *dma = device->w.item[device->w.first];
  if (dma->state == DMA_QUEUED && !dma->w_ahead) return;
  if (dma->w_hold) {
    dma->w_hold--;
    return;
  }
  fill_w(device, dma, w);
  w->valid = true;
}

void device_clock(device_t *device, uint64_t cycle) {
  pcl_port_pins_in_t *drive = device->drive;
  const pcl_port_pins_out_t *see = device->see;
  device->cycle = cycle;
  if (device->held) return;
  if (see->dev_r.valid && drive->dev_r_ready) take_r(device, &see->dev_r);
  if (see->dev_b.valid && drive->dev_b_ready) take_b(device, &see->dev_b);
  clock_ax(device, PCL_READ);
  clock_ax(device, PCL_WRITE);
  clock_w(device);
  drive->dev_r_ready = throttle_open(&device->r_throttle, &device->rng) && !device->deaf;
  drive->dev_b_ready = throttle_open(&device->b_throttle, &device->rng) && !device->deaf;
}
