// SPDX-License-Identifier: Apache-2.0
#include "ats_device.h"

#include <stddef.h>
#include <string.h>

enum { RIGHT_R = 1, RIGHT_W = 2, UNTRANSLATED = 4, RIGHT_X = 8, RANGE = 1 << 11, LAST = 4 };

static uint32_t below(ats_t *ats, uint32_t n) { return rng_below(&ats->rng, n); }

static pcl_msg_t message_of(const ats_device_t *device, unsigned kind, uint64_t payload) {
  return (pcl_msg_t){.kind = (uint8_t)kind, .rid = (uint16_t)device->device_id, .dsv = device->device_id >> 16,
                     .segment = (uint8_t)(device->device_id >> 16), .payload = payload};
}

static ats_device_t *device_of(ats_t *ats, const pcl_msg_t *message) {
  uint32_t id = (uint32_t)(message->dsv ? message->segment : 0) << 16 | message->rid;
  for (unsigned i = 0; i < ATS_DEVICES; i++)
    if (ats->device[i].port && ats->device[i].device_id == id) return &ats->device[i];
  return NULL;
}

// ---- What arrives

static uint64_t range_of(uint64_t payload) {
  uint64_t bytes = 4096;
  if (!(payload & RANGE)) return bytes;
  for (bytes = 8192; bytes && (payload & bytes >> 1); bytes <<= 1) continue;
  return bytes;
}

static void take_completion(ats_t *ats, ats_device_t *device, const pcl_msg_t *m) {
  if (!device->asking || m->tag != device->question.tag) {
    ats->counts.strays++;
    return;
  }
  device->asking = false;
  const pcl_msg_t *q = &device->question;
  bool rights = m->status == 0 && (m->payload & (RIGHT_R | RIGHT_W)) && !(m->payload & UNTRANSLATED);
  if (rights) {
    uint64_t bytes = range_of(m->payload), base = m->payload & ~UINT64_C(4095) & ~(bytes - 1);
    device->entry[below(ats, ATS_ENTRIES)] = (ats_entry_t){
      .valid = true, .read = m->payload & RIGHT_R, .write = m->payload & RIGHT_W, .exec = m->payload & RIGHT_X,
      .pv = q->pv, .priv = q->pv && q->priv, .pasid = q->pasid, .iova = q->payload & ~(bytes - 1), .bytes = bytes,
      .address = base,
    };
    ats->counts.granted++;
  }
  if (m->status || (m->payload & RIGHT_R) || !device->pages || device->paging || below(ats, 2)) return;
  device->group = (uint16_t)((device->group + 1) & 0x1ff);
  for (unsigned left = 1 + below(ats, 3); left; left--) {
    uint64_t payload = ((q->payload & ~UINT64_C(4095)) + (left - 1) * 4096) | (uint64_t)device->group << 3;
    pcl_msg_t request = message_of(device, PCL_MSG_PAGE_REQUEST, payload | (left == 1 ? LAST : 0) | (1 + below(ats, 3)));
    request.pv = q->pv, request.pasid = q->pasid, request.priv = q->priv, request.exec = q->exec;
    messages_send(ats->messages, &request);
    ats->counts.pages++;
  }
  device->paging = true;
  device->paging_until = ats->messages->cycle + 30000;
}

static void take_response(ats_t *ats, ats_device_t *device, const pcl_msg_t *m) {
  ats->counts.answered[m->payload >> 44 & 15]++;
  if (device->paging && (m->payload >> 32 & 0x1ff) == device->group) device->paging = false;
}

static void take_invalidation(ats_t *ats, ats_device_t *device, const pcl_msg_t *m) {
  uint64_t bytes = range_of(m->payload), base = bytes ? m->payload & ~UINT64_C(4095) & ~(bytes - 1) : 0;
  for (unsigned i = 0; i < ATS_ENTRIES; i++) {
    ats_entry_t *e = &device->entry[i];
    bool process = (m->payload & 1) || (e->pv == m->pv && (!m->pv || e->pasid == m->pasid));
    bool meets = !bytes || bytes >> 63 || !e->bytes || (e->iova <= base + (bytes - 1) && base <= e->iova + (e->bytes - 1));
    if (process && meets) e->valid = false;
  }
  ats_inval_t *inval = &device->inval[m->tag % ATS_ITAGS];
  uint32_t kind = below(ats, 200);
  *inval = (ats_inval_t){.live = kind != 0, .itag = m->tag, .completions = (uint8_t)(below(ats, 4) ? 1 : 1 + below(ats, 8)),
                         .due = ats->messages->cycle + (kind < 3 ? ats->patience * kind : below(ats, 60))};
  for (unsigned i = 0; i < ATS_FLIGHTS; i++)
    if (device->flight[i]) inval->waits |= (uint8_t)(1u << i);
  ats->counts.never += kind == 0;
  ats->counts.late += kind == 1 || kind == 2;
}

static void receive(void *context, const pcl_msg_t *m) {
  ats_t *ats = context;
  ats_device_t *device = device_of(ats, m);
  if (!device) return;  // a device that is not there: software's invalidation of it times out
  switch (m->kind) {
    case PCL_MSG_TRANSLATION_COMPLETION: take_completion(ats, device, m); break;
    case PCL_MSG_PRG_RESPONSE: take_response(ats, device, m); break;
    case PCL_MSG_INVAL_REQUEST: take_invalidation(ats, device, m); break;
    default: ats->counts.strays++; break;
  }
}

// ---- What leaves

static void complete(ats_t *ats, ats_device_t *device, ats_inval_t *inval) {
  uint64_t payload = (uint64_t)(inval->completions & 7) << 32 | UINT64_C(1) << inval->itag;
  pcl_msg_t m = message_of(device, PCL_MSG_INVAL_COMPLETION, payload);
  for (unsigned i = 0; i < inval->completions; i++) messages_send(ats->messages, &m);
  inval->live = false;
  ats->counts.invalidated++;
}

static const dma_target_t *any_target(ats_t *ats, const ats_device_t *device) {
  for (unsigned tries = 0; device->targets->count && tries < 8; tries++) {
    const dma_target_t *target = &device->targets->item[below(ats, device->targets->count)];
    if (target->device_id == device->device_id) return target;
  }
  return NULL;
}

static void ask(ats_t *ats, ats_device_t *device) {
  const dma_target_t *target = any_target(ats, device);
  if (!target) return;
  uint64_t pages = target->bytes / 4096;
  uint64_t iova = (target->iova & ~UINT64_C(4095)) + (uint64_t)below(ats, pages < 64 ? (uint32_t)pages + 1 : 64) * 4096;
  pcl_msg_t *q = &device->question;
  *q = message_of(device, PCL_MSG_TRANSLATION_REQUEST, iova | !below(ats, 4));
  q->tag = (uint16_t)below(ats, 1024);
  q->pv = target->pv;
  q->pasid = target->pv ? target->process_id : below(ats, 1u << 20);
  q->priv = target->supervisor && below(ats, 2);
  q->exec = !below(ats, 4);
  q->cxl = !below(ats, 4);
  messages_send(ats->messages, q);
  device->asking = true;
  ats->counts.asked++;
}

static void use(ats_t *ats, ats_device_t *device) {
  const ats_entry_t *e = &device->entry[below(ats, ATS_ENTRIES)];
  unsigned slot = below(ats, ATS_FLIGHTS);
  if (!e->valid || device->flight[slot]) return;
  unsigned channel = e->write && (!e->read || below(ats, 2)) ? PCL_WRITE : PCL_READ;
  unsigned size = (unsigned)__builtin_ctz(ats->bus_bytes);
  uint64_t pages = e->bytes >> 12 ? e->bytes >> 12 : 64;
  uint64_t page = below(ats, pages < 64 ? (uint32_t)pages : 64), beat = below(ats, 4096 / ats->bus_bytes - 16);
  if (!device->gpas && e->address + page * 4096 - ats->tables < ats->tables_bytes) return;
  const pcl_ax_t ax = {.addr = e->address + page * 4096 + beat * ats->bus_bytes, .device_id = device->device_id, .pv = e->pv,
                       .process_id = e->pasid, .priv = e->priv, .translated = true,
                       .exec = channel == PCL_READ && e->exec && below(ats, 2), .size = (uint8_t)size,
                       .len = (uint8_t)below(ats, 16), .burst = PCL_BURST_INCR, .cache = 2,
                       .id = (uint16_t)below(ats, ats->ids)};
  device->flight[slot] = device_post(device->port, channel, &ax, NULL, 0);
  ats->counts.translated++;
}

static void land(ats_t *ats, ats_device_t *device, unsigned slot) {
  dma_t *dma = device->flight[slot];
  if (dma->state < DMA_DONE || dma->w_owed) return;
  ats->counts.errors += dma->resp >= PCL_RESP_SLVERR;
  device_release(device->port, dma);
  device->flight[slot] = NULL;
  for (unsigned i = 0; i < ATS_ITAGS; i++) device->inval[i].waits &= (uint8_t)~(1u << slot);
}

static void clock_device(ats_t *ats, ats_device_t *device, uint64_t cycle) {
  for (unsigned i = 0; i < ATS_FLIGHTS; i++)
    if (device->flight[i]) land(ats, device, i);
  for (unsigned i = 0; i < ATS_ITAGS; i++) {
    ats_inval_t *inval = &device->inval[i];
    if (inval->live && !inval->waits && inval->due <= cycle) complete(ats, device, inval);
  }
  if (device->paging && device->paging_until <= cycle) device->paging = false;
  if (ats->paused || !device->live) return;
  uint32_t what = below(ats, 256);
  if (what < 2 && !device->asking && !device->paging) ask(ats, device);
  if (what >= 2 && what < 10) use(ats, device);
  if (what == 10 && device->pages && !below(ats, 64)) {
    pcl_msg_t marker = message_of(device, PCL_MSG_PAGE_REQUEST, LAST);
    marker.pv = true;
    messages_send(ats->messages, &marker);
    ats->counts.markers++;
  }
}

static void clock_all(void *context, uint64_t cycle) {
  ats_t *ats = context;
  if (ats->messages->to_send.count > MESSAGE_RING / 4) return;
  for (unsigned i = 0; i < ATS_DEVICES; i++)
    if (ats->device[i].port) clock_device(ats, &ats->device[i], cycle);
}

static void reset(void *context) {
  ats_t *ats = context;
  for (unsigned i = 0; i < ATS_DEVICES; i++) {
    ats_device_t *device = &ats->device[i];
    memset(device->entry, 0, sizeof device->entry);
    memset(device->inval, 0, sizeof device->inval);
    device->asking = device->paging = false;
  }
}

void ats_init(ats_t *ats, messages_t *messages, uint64_t seed, unsigned stream) {
  *ats = (ats_t){.messages = messages};
  rng_seed(&ats->rng, seed, stream);
  messages->receive = receive;
  messages->clock = clock_all;
  messages->reset = reset;
  messages->context = ats;
}

void ats_set(ats_t *ats, unsigned index, const ats_device_t *value) {
  ats_device_t *device = &ats->device[index];
  device->live = value->live;
  device->device_id = value->device_id;
  device->port = value->port;
  device->targets = value->targets;
  device->pages = value->pages;
  if (device->gpas != value->gpas) memset(device->entry, 0, sizeof device->entry);
  device->gpas = value->gpas;
}

void ats_pause(ats_t *ats, bool paused) { ats->paused = paused; }
