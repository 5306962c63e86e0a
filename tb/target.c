// SPDX-License-Identifier: Apache-2.0
#include "target.h"

#include <stddef.h>

static void remove_index(targets_t *targets, uint32_t i) {
  targets->count--;
  targets->item[i] = targets->item[targets->count];
  targets->serial[i] = targets->serial[targets->count];
}

uint32_t target_add(targets_t *targets, const dma_target_t *target) {
  if (targets->count == TARGETS) remove_index(targets, targets->next_serial % TARGETS);
  targets->item[targets->count] = *target;
  targets->serial[targets->count++] = ++targets->next_serial;
  return targets->next_serial;
}

void target_remove(targets_t *targets, uint32_t serial) {
  for (uint32_t i = 0; i < targets->count; i++)
    if (targets->serial[i] == serial) {
      remove_index(targets, i);
      return;
    }
}

void target_remove_device(targets_t *targets, uint32_t device_id) {
  for (uint32_t i = targets->count; i-- > 0;)
    if (targets->item[i].device_id == device_id) remove_index(targets, i);
}

const dma_target_t *target_find(const targets_t *targets, uint32_t serial) {
  for (uint32_t i = 0; i < targets->count; i++)
    if (targets->serial[i] == serial) return &targets->item[i];
  return NULL;
}
