// SPDX-License-Identifier: Apache-2.0
#include "stream.h"

#include <string.h>

#include "profile.h"
#include "stream_spoil.h"

void streams_init(streams_t *streams, const profile_t *profile, unsigned id_width, unsigned bus_bytes, uint64_t seed,
                  unsigned stream) {
  unsigned ids = 1u << id_width;
  memset(streams, 0, sizeof *streams);
  rng_seed(&streams->rng, seed, stream);
  streams->profile = profile;
  streams->count = ids < STREAMS ? ids : STREAMS;
  for (unsigned i = 0; i < streams->count; i++) {
    unsigned count = (ids - i + streams->count - 1) / streams->count;
    streams->stream[i] = (stream_t){
      .rng = &streams->rng, .targets = &streams->targets, .habits = profile, .bus_bytes = bus_bytes,
      .first_id = i, .id_step = streams->count, .id_count = count < 6 ? count : 6,
    };
  }
}

static void change_habits(streams_t *streams, stream_t *stream) {
  static const profile_t *const all[4] = {&profile_nic, &profile_nvme, &profile_gpu, &profile_rogue};
  if (streams->profile->next || stream->habits_left--) return;
  stream->habits = all[rng_below(&streams->rng, 4)];
  stream->habits_left = rng_range(&streams->rng, 200, 4000);
}

static bool next(void *context, unsigned channel, dma_t *dma) {
  streams_t *streams = context;
  stream_t *stream = &streams->stream[rng_below(&streams->rng, streams->count)];
  change_habits(streams, stream);
  bool made = stream->habits->next(stream, channel, dma);
  if (!made) {
    if (!rng_chance(&streams->rng, stream->habits->wild)) return false;
    dma->ax = (pcl_ax_t){.size = 3, .burst = PCL_BURST_INCR, .addr = rng_u64(&streams->rng) >> 25 & ~UINT64_C(7)};
    if (dma->ax.size > 2 && stream->bus_bytes == 4) dma->ax.size = 2;
  }
  dma->ax.id = (uint16_t)(stream->first_id + stream->id_step * rng_below(&streams->rng, stream->id_count));
  dma->ax.cache = (uint8_t)rng_below(&streams->rng, 16);
  dma->ax.prot = (uint8_t)rng_below(&streams->rng, 8);
  dma->ax.qos = (uint8_t)rng_below(&streams->rng, 16);
  dma->ax.user = rng_u64(&streams->rng);
  if (!made || rng_chance(&streams->rng, stream->habits->wild)) stream_spoil_place(stream, channel, dma);
  if (rng_chance(&streams->rng, stream->habits->illegal)) stream_spoil_burst(stream, dma);
  if (channel == PCL_WRITE) {
    dma->w_ahead = rng_below(&streams->rng, 4) == 0;
    if (dma->w_ahead) dma->hold = (uint16_t)rng_below(&streams->rng, 40);
    else if (rng_below(&streams->rng, 8) == 0) dma->w_hold = (uint16_t)rng_below(&streams->rng, 40);
    if (stream->habits->hostile && rng_chance(&streams->rng, 1)) dma->w_hold = 6000;
  }
  return true;
}

dma_source_t streams_source(streams_t *streams) { return (dma_source_t){.next = next, .context = streams}; }

void stream_name(stream_t *stream, const dma_target_t *target, pcl_ax_t *ax) {
  ax->device_id = target->device_id;
  if (!target->pv) return;
  ax->pv = true;
  ax->process_id = target->process_id;
  ax->priv = target->supervisor && rng_below(stream->rng, 2);
}

unsigned stream_request(stream_t *stream, const dma_target_t *target, uint64_t iova, unsigned bytes, dma_t *dma) {
  unsigned bus = stream->bus_bytes, to_page_end = 4096 - (unsigned)(iova & 4095), lead = (unsigned)iova & (bus - 1);
  unsigned size = 0;
  while (1u << size < bus) size++;
  if (bytes > to_page_end) bytes = to_page_end;
  unsigned beats = bytes ? (lead + bytes + bus - 1) / bus : 1;
  if (beats > 256) beats = 256;
  dma->ax = (pcl_ax_t){.addr = iova, .len = (uint8_t)(beats - 1), .size = (uint8_t)size, .burst = PCL_BURST_INCR};
  stream_name(stream, target, &dma->ax);
  return beats * bus - lead;
}

static bool allows(const dma_target_t *target, unsigned channel) {
  return channel == PCL_WRITE ? target->write : target->read;
}

const dma_target_t *stream_pick(stream_t *stream, unsigned channel) {
  const targets_t *targets = stream->targets;
  const dma_target_t *near = rng_below(stream->rng, 4) ? target_find(targets, stream->near_target) : NULL;
  if (near && allows(near, channel)) return near;
  for (unsigned attempt = 0; targets->count && attempt < 8; attempt++) {
    uint32_t i = rng_below(stream->rng, targets->count);
    if (!allows(&targets->item[i], channel)) continue;
    stream->near_target = targets->serial[i];
    stream->near_page = ~UINT64_C(0);
    return &targets->item[i];
  }
  return NULL;
}

uint64_t stream_place(stream_t *stream, const dma_target_t *target, unsigned bytes, unsigned align) {
  uint64_t base = target->iova, size = target->bytes;
  uint64_t offset = stream->near_page - base;
  if (offset < size && size - offset >= 4096 && bytes <= 4096 && rng_below(stream->rng, 8)) {
    base = stream->near_page;
    size = 4096;
  }
  uint64_t steps = (size > bytes ? size - bytes : 0) / align;
  uint64_t place = base + (uint64_t)rng_below(stream->rng, steps < UINT32_MAX ? (uint32_t)steps + 1 : UINT32_MAX) * align;
  stream->near_page = place & ~UINT64_C(4095);
  return place;
}

bool stream_continue(stream_t *stream, unsigned channel, unsigned bytes, dma_t *dma) {
  transfer_t *transfer = &stream->transfer[channel];
  const dma_target_t *target = transfer->left ? target_find(stream->targets, transfer->target) : NULL;
  if (!target) {
    transfer->left = 0;
    return false;
  }
  if (bytes > transfer->left) bytes = (unsigned)transfer->left;
  unsigned covered = stream_request(stream, target, transfer->cursor, bytes, dma);
  transfer->cursor += covered;
  transfer->left = transfer->left > covered ? transfer->left - covered : 0;
  return true;
}

bool stream_start(stream_t *stream, unsigned channel, unsigned bytes, unsigned burst, unsigned align, dma_t *dma) {
  const dma_target_t *target = stream_pick(stream, channel);
  if (!target) return false;
  transfer_t *transfer = &stream->transfer[channel];
  transfer->target = stream->near_target;
  transfer->cursor = stream_place(stream, target, bytes, align);
  transfer->left = bytes < target->bytes ? bytes : target->bytes;
  return stream_continue(stream, channel, burst, dma);
}

void stream_any_shape(stream_t *stream, const dma_target_t *target, unsigned channel, dma_t *dma) {
  rng_t *rng = stream->rng;
  pcl_ax_t *ax = &dma->ax;
  if (channel == PCL_WRITE && stream->exclusive.valid) {
    *ax = stream->exclusive;
    stream->exclusive.valid = false;
    return;
  }
  unsigned max_size = 0;
  while (1u << max_size < stream->bus_bytes) max_size++;
  *ax = (pcl_ax_t){.burst = PCL_BURST_INCR};
  stream_name(stream, target, ax);
  ax->size = (uint8_t)(rng_below(rng, 3) ? max_size : rng_below(rng, max_size + 1));
  ax->exec = channel == PCL_READ && target->exec && rng_below(rng, 4) == 0;
  unsigned bytes = 1u << ax->size, kind = rng_below(rng, 16);
  uint64_t place = stream_place(stream, target, bytes, 1);
  if (kind < 2) {  // FIXED: up to 16 beats
    ax->burst = PCL_BURST_FIXED;
    ax->len = (uint8_t)rng_below(rng, 16);
    ax->addr = place;
  } else if (kind < 5) {  // WRAP: 2, 4, 8, 16 aligned beats
    ax->burst = PCL_BURST_WRAP;
    ax->len = (uint8_t)((2u << rng_below(rng, 4)) - 1);
    ax->addr = place & ~(uint64_t)(bytes - 1);
  } else if (kind < 6) {  // exclusive: a power of two of beats, at most 16, at most 128 bytes, aligned to all
    unsigned beats = 1u << rng_below(rng, 5);
    while (beats * bytes > 128) beats /= 2;
    ax->lock = true;
    ax->len = (uint8_t)(beats - 1);
    ax->addr = place & ~(uint64_t)(beats * bytes - 1);
    if (channel == PCL_READ) {
      stream->exclusive = *ax;
      stream->exclusive.exec = false;
      stream->exclusive.valid = true;
    }
  } else {  // INCR, aligned or not, up to 256 beats in one page
    unsigned most = (4096 - (unsigned)(place & ~(uint64_t)(bytes - 1) & 4095)) / bytes;
    unsigned wish = 1 + (rng_below(rng, 12) ? rng_below(rng, 16) : rng_below(rng, 256));
    ax->addr = rng_below(rng, 3) ? place & ~(uint64_t)(bytes - 1) : place;
    ax->len = (uint8_t)((wish < most ? wish : most) - 1);
  }
}
