// SPDX-License-Identifier: Apache-2.0
//
// Streams of random requests: several masters share a port, each with its own IDs, its own place in its work and its own habits
// (profile.h). They address what software has given to the port (target.h), and now and then what it has not.
#ifndef TB_STREAM_H
#define TB_STREAM_H

#include "device.h"
#include "rng.h"
#include "target.h"

typedef struct profile profile_t;
typedef struct stream stream_t;

// The next request of a stream on this channel: fills dma->ax (the ID included). False: nothing to do there.
typedef bool (*stream_next_t)(stream_t *stream, unsigned channel, dma_t *dma);

enum { STREAMS = 4 };

// One transfer of consecutive bytes, cut into bursts.
typedef struct {
  uint64_t cursor;
  uint64_t left;    // bytes
  uint32_t target;  // serial number
} transfer_t;

struct stream {
  rng_t *rng;
  const targets_t *targets;
  const profile_t *habits;   // whose `next` it plays
  uint32_t habits_left;      // requests until it may change them
  unsigned bus_bytes;
  unsigned first_id, id_step, id_count;
  transfer_t transfer[PCL_CHANNELS];
  uint32_t near_target;      // where it was last: it stays in that page for a while
  uint64_t near_page;
  pcl_ax_t exclusive;        // read half of an exclusive pair whose write half is due; valid tells
};

typedef struct {
  rng_t rng;
  targets_t targets;
  const profile_t *profile;
  stream_t stream[STREAMS];
  unsigned count;
} streams_t;

void streams_init(streams_t *streams, const profile_t *profile, unsigned id_width, unsigned bus_bytes, uint64_t seed,
                  unsigned stream);

// The streams as a source of a device.
dma_source_t streams_source(streams_t *streams);

// What the profiles are made of.

// Fills a plain INCR request of about `bytes` bytes (at most; at least one beat) that is legal: full bus width, cut at 4 KiB.
// Returns the bytes that it covers.
unsigned stream_request(stream_t *stream, const dma_target_t *target, uint64_t iova, unsigned bytes, dma_t *dma);

// Who asks: device_id, and for a process its process_id and any privilege that it may have.
void stream_name(stream_t *stream, const dma_target_t *target, pcl_ax_t *ax);

// A range that allows this channel, often that of the request before; or NULL.
const dma_target_t *stream_pick(stream_t *stream, unsigned channel);

// A place in the range, often in the page of the request before: a multiple of `align`, `bytes` before the end if possible.
uint64_t stream_place(stream_t *stream, const dma_target_t *target, unsigned bytes, unsigned align);

// Continues the transfer of this channel by up to `bytes`; false if it is over or its range is gone.
bool stream_continue(stream_t *stream, unsigned channel, unsigned bytes, dma_t *dma);

// Starts a transfer of `bytes` at a random place and makes its first request.
bool stream_start(stream_t *stream, unsigned channel, unsigned bytes, unsigned burst, unsigned align, dma_t *dma);

// Any legal burst shape in the range: INCR, WRAP, FIXED, narrow, unaligned, long, exclusive.
void stream_any_shape(stream_t *stream, const dma_target_t *target, unsigned channel, dma_t *dma);

#endif
