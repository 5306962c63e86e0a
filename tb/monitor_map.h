// SPDX-License-Identifier: Apache-2.0
//
// A hash map from two words to one, open addressing with linear probing, never more than half full. No entry is removed alone.
#ifndef TB_MONITOR_MAP_H
#define TB_MONITOR_MAP_H

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
  uint64_t key, key2, value;
  bool used;
} monitor_slot_t;

typedef struct {
  monitor_slot_t *slot;
  uint64_t mask;    // slots - 1
  uint64_t count;
} monitor_map_t;

static inline monitor_slot_t *monitor_map_probe(const monitor_map_t *map, uint64_t key, uint64_t key2) {
  uint64_t hash = (key ^ (key2 + UINT64_C(0x9e3779b97f4a7c15)) * UINT64_C(0xff51afd7ed558ccd)) * UINT64_C(0xc4ceb9fe1a85ec53);
  uint64_t i = (hash >> 29) & map->mask;
  while (map->slot[i].used && (map->slot[i].key != key || map->slot[i].key2 != key2)) i = (i + 1) & map->mask;
  return &map->slot[i];
}

// The value, or NULL.
static inline uint64_t *monitor_map_find(const monitor_map_t *map, uint64_t key, uint64_t key2) {
  if (!map->count) return NULL;
  monitor_slot_t *slot = monitor_map_probe(map, key, key2);
  return slot->used ? &slot->value : NULL;
}

static inline void *monitor_alloc(void *old, uint64_t bytes) {
  void *p = realloc(old, bytes);
  if (!p) abort();
  return p;
}

// The value, made 0 if there was none.
static inline uint64_t *monitor_map_at(monitor_map_t *map, uint64_t key, uint64_t key2) {
  if (!map->slot || map->count * 2 > map->mask) {
    monitor_map_t larger = {.mask = map->slot ? map->mask * 2 + 1 : 63, .count = map->count};
    larger.slot = monitor_alloc(NULL, (larger.mask + 1) * sizeof *larger.slot);
    memset(larger.slot, 0, (larger.mask + 1) * sizeof *larger.slot);
    for (uint64_t i = 0; map->slot && i <= map->mask; i++)
      if (map->slot[i].used) *monitor_map_probe(&larger, map->slot[i].key, map->slot[i].key2) = map->slot[i];
    free(map->slot);
    *map = larger;
  }
  monitor_slot_t *slot = monitor_map_probe(map, key, key2);
  if (!slot->used) {
    *slot = (monitor_slot_t){.key = key, .key2 = key2, .used = true};
    map->count++;
  }
  return &slot->value;
}

static inline void monitor_map_clear(monitor_map_t *map) {
  if (map->slot) memset(map->slot, 0, (map->mask + 1) * sizeof *map->slot);
  map->count = 0;
}

#endif
