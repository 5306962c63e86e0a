// SPDX-License-Identifier: Apache-2.0
//
// Follows each device request from its handshake to its last answer, from pins alone.
//
// What it holds against the IOMMU (per port):
//   * each memory-side request is that of the oldest request of its ID (reads) or of the port (writes) that has neither gone
//     there nor been refused, with all fields passed on; so no request passes an earlier one that AXI orders before it;
//   * answers come in AXI order: memory's answers pass unchanged, a refusal answers SLVERR and zeros on every beat and touches
//     no memory; a write's beats go to memory unchanged, in order, and only for a request whose AWVALID has been seen; those of a
//     refused write are swallowed;
//   * what an interrupt file in memory absorbs is answered OKAY (a read with 0) by the port and touches nothing else; whether
//     the file got it is for the security monitor;
//   * valid and payload are stable until taken;
//   * an isolated port lets no new request out and no byte into memory, and gives no answer of memory to the device.
// The memory models turn the memory-side pins into reads and stores, so what a device reads is what memory held there.
// It takes only one thing from the model: in which clocks a port is isolated, which no pin shows.
#ifndef TB_SCOREBOARD_H
#define TB_SCOREBOARD_H

#include <stdio.h>

#include "failure.h"
#include "observe.h"

typedef struct {
  uint64_t hits;            // left in the clock after their handshake
  uint64_t misses;          // left later
  uint64_t refused[PCL_CHANNELS];
  uint64_t absorbed[PCL_CHANNELS];  // answered OKAY by the port: interrupt files in memory
  uint64_t dropped;         // cut off by the isolator
  uint64_t isolations;
  uint64_t hit_passed_miss; // hits granted while an older request of the port waited
  uint64_t refused_w_ahead; // refused writes whose W was ahead of AW
  uint64_t beats[PCL_CHANNELS];  // of granted requests
} sb_counts_t;

typedef struct scoreboard scoreboard_t;

scoreboard_t *scoreboard_create(const pcl_config_t *config, failure_t *failure, const tb_observer_t *observers,
                                const unsigned *observer_count);
void scoreboard_destroy(scoreboard_t *scoreboard);
void scoreboard_reset(scoreboard_t *scoreboard);

// The pins of one clock.
void scoreboard_clock(scoreboard_t *scoreboard, const tb_view_t *view);

// Requests without their last answer.
unsigned scoreboard_pending(const scoreboard_t *scoreboard);
const sb_counts_t *scoreboard_counts(const scoreboard_t *scoreboard);

// Writes the requests of a port and channel under way, oldest first; at most `limit` lines.
void scoreboard_describe(const scoreboard_t *scoreboard, unsigned port, unsigned channel, unsigned limit, char *text,
                         size_t size);

#endif
