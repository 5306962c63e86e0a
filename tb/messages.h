// SPDX-License-Identifier: Apache-2.0
//
// The root port at the message pins: carries the messages of PCIe devices to the IOMMU and back, in order in each direction.
//
// All pins are registers. Whoever sends says nothing of valid. What arrives goes to `receive`, or if there is none waits in a
// ring for messages_take(). Limits: 256 messages in each direction.
#ifndef TB_MESSAGES_H
#define TB_MESSAGES_H

#include "cycle/buses.h"
#include "throttle.h"

enum { MESSAGE_RING = 256 };

typedef struct {
  pcl_msg_t item[MESSAGE_RING];
  unsigned first, count;
} message_ring_t;

typedef struct {
  pcl_msg_t *drive;        // msg_in
  const bool *drive_ready;
  const pcl_msg_t *see;    // msg_out
  bool *see_ready;
  rng_t rng;
  throttle_t in, out;
  message_ring_t to_send, received;
  pcl_msg_t shown;         // on msg_out, not taken in the clock before; valid tells
  void (*receive)(void *context, const pcl_msg_t *message);
  void (*clock)(void *context, uint64_t cycle);  // at each edge, for those who send
  void (*reset)(void *context);
  void *context;
  uint64_t cycle;
  bool shut;               // takes nothing
  uint64_t sent, taken;    // messages
} messages_t;

void messages_init(messages_t *messages, pcl_msg_t *drive, const bool *drive_ready, const pcl_msg_t *see, bool *see_ready,
                   uint64_t seed, unsigned stream);

// Permille of slow times in each direction.
void messages_set_pace(messages_t *messages, uint32_t stall, uint32_t longest);

// Whether there is room for a message to the IOMMU; and puts one.
bool messages_room(const messages_t *messages);
void messages_send(messages_t *messages, const pcl_msg_t *message);

// The oldest that arrived; false if there is none.
bool messages_take(messages_t *messages, pcl_msg_t *message);

// Forgets everything that is under way.
void messages_reset(messages_t *messages);

// Messages to the IOMMU not yet taken by it.
unsigned messages_pending(const messages_t *messages);

// The edge at the end of clock `cycle`. Returns NULL, or what is wrong with what the IOMMU drove.
const char *messages_clock(messages_t *messages, uint64_t cycle);

#endif
