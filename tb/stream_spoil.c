// SPDX-License-Identifier: Apache-2.0
#include "stream_spoil.h"

void stream_spoil_place(stream_t *stream, unsigned channel, dma_t *dma) {
  rng_t *rng = stream->rng;
  pcl_ax_t *ax = &dma->ax;
  const targets_t *targets = stream->targets;
  uint64_t offset = ax->addr & 4095;
  switch (rng_below(rng, 12)) {
    case 0: ax->addr = (rng_u64(rng) & UINT64_C(0x3ffffff000)) | offset; break;
    case 1: ax->addr = (rng_u64(rng) & ~UINT64_C(4095)) | offset; break;
    case 2: ax->addr ^= UINT64_C(1) << rng_range(rng, 38, 63); break;
    case 3: ax->addr ^= UINT64_C(1) << rng_range(rng, 12, 30); break;
    case 4: ax->device_id = rng_below(rng, 1u << rng_range(rng, 1, 24)); break;
    case 5:
      if (targets->count) ax->device_id = targets->item[rng_below(rng, targets->count)].device_id;
      break;
    case 6:
      ax->pv = true;
      ax->process_id = rng_below(rng, 1u << rng_range(rng, 0, 20));
      ax->priv = rng_below(rng, 2);
      break;
    case 7: ax->translated = true; break;
    case 8:
      ax->process_id = rng_below(rng, 1u << 20);
      ax->priv = rng_below(rng, 2);
      ax->exec = channel == PCL_READ || rng_below(rng, 2);
      break;
    case 9:
      if (ax->pv) ax->priv = !ax->priv;
      else ax->addr ^= UINT64_C(1) << rng_range(rng, 12, 16);
      break;
    case 10:
      if (ax->pv) ax->process_id ^= 1u << rng_below(rng, 20);
      else if (targets->count) ax->process_id = targets->item[rng_below(rng, targets->count)].process_id, ax->pv = true;
      break;
    default:
      if (targets->count) {
        const dma_target_t *target = &targets->item[rng_below(rng, targets->count)];
        ax->device_id = target->device_id;
        ax->addr = (target->iova & ~UINT64_C(4095)) | offset;
      }
      break;
  }
}

void stream_spoil_burst(stream_t *stream, dma_t *dma) {
  rng_t *rng = stream->rng;
  pcl_ax_t *ax = &dma->ax;
  unsigned bus_size = 0;
  while (1u << bus_size < stream->bus_bytes) bus_size++;
  ax->lock = false;
  switch (rng_below(rng, 9)) {
    case 0:
      ax->burst = PCL_BURST_INCR;
      ax->addr |= 4095 & ~((1u << ax->size) - 1u);
      ax->len = (uint8_t)rng_range(rng, 1, 7);
      break;
    case 1: ax->burst = 3; break;
    case 2:
      ax->size = (uint8_t)rng_range(rng, bus_size + 1, 7);
      ax->len = (uint8_t)rng_below(rng, 4);
      break;
    case 3:
      ax->burst = PCL_BURST_WRAP;
      ax->len = (uint8_t)(2 * rng_below(rng, 16));
      break;
    case 4:
      ax->burst = PCL_BURST_WRAP;
      ax->size = (uint8_t)(ax->size ? ax->size : 1);
      ax->len = 3;
      ax->addr |= 1;
      break;
    case 5:
      ax->burst = PCL_BURST_FIXED;
      ax->len = (uint8_t)rng_range(rng, 16, 40);
      break;
    case 6:
      ax->lock = true;
      ax->len = (uint8_t)rng_range(rng, 16, 40);
      break;
    case 7:
      ax->lock = true;
      ax->len = (uint8_t)(2 + 2 * rng_below(rng, 4));
      break;
    default:
      ax->lock = true;
      ax->size = (uint8_t)bus_size;
      ax->len = 1;
      ax->addr |= 1u << bus_size;
      break;
  }
}
