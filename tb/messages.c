// SPDX-License-Identifier: Apache-2.0
#include "messages.h"

#include <stddef.h>
#include <stdlib.h>

static void push(message_ring_t *ring, const pcl_msg_t *message) {
  if (ring->count == MESSAGE_RING) abort();
  ring->item[(ring->first + ring->count++) % MESSAGE_RING] = *message;
}

static void pop(message_ring_t *ring) {
  ring->first = (ring->first + 1) % MESSAGE_RING;
  ring->count--;
}

void messages_init(messages_t *messages, pcl_msg_t *drive, const bool *drive_ready, const pcl_msg_t *see, bool *see_ready,
                   uint64_t seed, unsigned stream) {
  *messages = (messages_t){.drive = drive, .drive_ready = drive_ready, .see = see, .see_ready = see_ready};
  rng_seed(&messages->rng, seed, stream);
  messages_set_pace(messages, 0, 1);
  messages_reset(messages);
}

void messages_set_pace(messages_t *messages, uint32_t stall, uint32_t longest) {
  throttle_init(&messages->in, stall, longest);
  throttle_init(&messages->out, stall, longest);
}

bool messages_room(const messages_t *messages) { return messages->to_send.count < MESSAGE_RING; }

void messages_send(messages_t *messages, const pcl_msg_t *message) {
  push(&messages->to_send, message);
  messages->to_send.item[(messages->to_send.first + messages->to_send.count - 1) % MESSAGE_RING].valid = true;
}

bool messages_take(messages_t *messages, pcl_msg_t *message) {
  if (!messages->received.count) return false;
  *message = messages->received.item[messages->received.first];
  pop(&messages->received);
  return true;
}

void messages_reset(messages_t *messages) {
  messages->to_send.count = messages->received.count = 0;
  messages->drive->valid = messages->shown.valid = false;
  *messages->see_ready = true;
  if (messages->reset) messages->reset(messages->context);
}

unsigned messages_pending(const messages_t *messages) { return messages->to_send.count + messages->drive->valid; }

static bool same(const pcl_msg_t *a, const pcl_msg_t *b) {
  return a->kind == b->kind && a->payload == b->payload && a->rid == b->rid && a->tag == b->tag && a->status == b->status &&
         a->dsv == b->dsv && a->segment == b->segment && a->pv == b->pv && a->pasid == b->pasid;
}

static void arrive(messages_t *messages, const pcl_msg_t *message) {
  messages->taken++;
  if (messages->receive) messages->receive(messages->context, message);
  else push(&messages->received, message);
}

const char *messages_clock(messages_t *messages, uint64_t cycle) {
  const pcl_msg_t *see = messages->see;
  const char *wrong = NULL;
  messages->cycle = cycle;
  if (messages->shown.valid && (!see->valid || !same(see, &messages->shown))) wrong = "msg_out changed before it was taken";
  messages->shown.valid = false;
  if (see->valid && *messages->see_ready) arrive(messages, see);
  else if (see->valid) messages->shown = *see;
  if (messages->drive->valid && *messages->drive_ready) {
    messages->drive->valid = false;
    messages->sent++;
  }
  if (messages->clock) messages->clock(messages->context, cycle);
  if (!messages->drive->valid && messages->to_send.count && throttle_open(&messages->in, &messages->rng)) {
    *messages->drive = messages->to_send.item[messages->to_send.first];
    pop(&messages->to_send);
  }
  *messages->see_ready =
    !messages->shut && messages->received.count < MESSAGE_RING && throttle_open(&messages->out, &messages->rng);
  return wrong;
}
