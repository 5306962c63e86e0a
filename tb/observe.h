// SPDX-License-Identifier: Apache-2.0
//
// What a checker sees of a run. Register it with tb_observe(); it is called in each clock while checks are on. It reports what is
// wrong with fail() (failure.h) and changes nothing else.
//
// Order within clock t, after the pins were compared:
//   grant, refuse, answer   as the scoreboard matches the pins of clock t
//   clock                   the pins of clock t
//   store                   memory changes made at the edge that ends clock t carry cycle t; so do stores of software made
//                           between this clock's edge and the next tb_step()
// A read of the data-structure port that is valid on R in clock t was sampled from memory after the edge of some clock from its
// AR handshake to t-1.
#ifndef TB_OBSERVE_H
#define TB_OBSERVE_H

#include "memory.h"
#include "cycle/portcullis.h"

// The pins of one clock.
typedef struct {
  uint64_t cycle;
  const pcl_in_t *in;
  const pcl_out_t *out;
  const pcl_top_t *top;  // the model's registers in this clock: for counting coverage, not for judging
} tb_view_t;

typedef enum { SB_WAITING, SB_GRANTED, SB_REFUSED } sb_state_t;

// One DMA request as the scoreboard follows it; lives from its handshake to its last answer.
typedef struct sb_request {
  pcl_ax_t ax;               // as the device drove it
  struct sb_request *next, *older, *newer;
  uint64_t valid_cycle;      // first clock of ARVALID, AWVALID
  uint64_t taken_cycle;      // the device-side handshake
  uint64_t grant_cycle;      // first clock of the memory side's valid
  uint16_t beats;            // answered
  uint16_t w_beats;          // taken from the device
  uint64_t w_data;           // its newest W beat: lanes 0 to 7
  uint64_t w_strobe;
  uint8_t port;
  uint8_t channel;           // PCL_READ, PCL_WRITE
  uint8_t state;             // sb_state_t
  bool w_ahead;              // its first W beat was valid before AW was taken
  void *tag;                 // for the observer that wants one; NULL at first
} sb_request_t;

// Any function may be NULL.
typedef struct {
  void *context;
  void (*grant)(void *context, const tb_view_t *view, sb_request_t *request, const pcl_ax_t *granted);
  void (*refuse)(void *context, const tb_view_t *view, sb_request_t *request);  // first clock of its SLVERR answer's handshake
  void (*absorb)(void *context, const tb_view_t *view, sb_request_t *request);  // answered OKAY by the port
  void (*answer)(void *context, const tb_view_t *view, sb_request_t *request);  // its last answer was taken; it ends here
  void (*drop)(void *context, const tb_view_t *view, sb_request_t *request);    // the isolator cut it off; it ends here
  void (*clock)(void *context, const tb_view_t *view);
  void (*store)(void *context, const mem_store_t *store);
  void (*reset)(void *context);    // the IOMMU and its buses were reset; memory keeps its contents
  void (*finish)(void *context);   // end of the test, drained: last chance to fail()
} tb_observer_t;

#endif
