// SPDX-License-Identifier: Apache-2.0
//
// See monitor_history.h. Cost: one hash lookup per store to a page that is not followed.
#include "monitor_history.h"

enum { PRUNE_AT = 24 };

void monitor_history_init(monitor_history_t *history) {
  *history = (monitor_history_t){0};
  history->word_count = history->page_count = 1;   // index 0 means none
}

void monitor_history_free(monitor_history_t *history) {
  for (uint64_t i = 1; i < history->word_count; i++) free(history->word[i].old);
  free(history->word);
  free(history->page);
  free(history->pages.slot);
}

void monitor_history_follow(monitor_history_t *history, uint64_t ppn) {
  uint64_t *index = monitor_map_at(&history->pages, ppn, 0);
  if (*index) return;
  if (history->page_count >= history->page_capacity) {
    history->page_capacity = history->page_capacity ? history->page_capacity * 2 : 64;
    history->page = monitor_alloc(history->page, history->page_capacity * sizeof *history->page);
  }
  *index = history->page_count++;
  memset(&history->page[*index], 0, sizeof *history->page);
}

// A non-leaf entry of a directory or page table: V=1, R=W=X=U=A=D=0, bits 63:54 zero.
static bool is_table_pointer(uint64_t value) { return (value & 0xdf) == 1 && value >> 54 == 0; }

// DC.fsc with a paged mode.
static bool is_root_pointer(uint64_t value) {
  uint64_t mode = value >> 60;
  return mode >= 8 && mode <= 10 && (value >> 44 & 0xffff) == 0;
}

// What stands for a value: itself if it could be a valid PTE or directory entry, DC.tc, DC.ta or DC.fsc.
static uint64_t representative(const monitor_history_t *history, uint64_t value) {
  bool entry = (value & 1) && (value >> 54 & 0x7f) == 0;
  bool attributes = (value & ~UINT64_C(0xfffff000)) == 0;
  bool pointer = (value >> 44 & 0xffff) == 0;
  if (history->keep_all || entry || attributes || pointer) return value;
  return (value >> 60 ? UINT64_C(15) << 60 : 0) | UINT64_C(1) << 58 | (value & 1);
}

static void forget(monitor_word_t *word, uint64_t floor) {
  while (word->count && word->old[word->count - 1].end < floor) word->count--;
}

static void remember(monitor_history_t *history, monitor_word_t *word, uint64_t value, uint64_t cycle) {
  value = representative(history, value);
  uint32_t at = 0;
  while (at < word->count && word->old[at].value != value) at++;
  if (at == word->count) {
    if (word->count >= PRUNE_AT) forget(word, history->floor);
    if (word->count >= word->capacity) {
      word->capacity = word->capacity ? word->capacity * 2 : 4;
      word->old = monitor_alloc(word->old, word->capacity * sizeof *word->old);
    }
    at = word->count++;
  }
  memmove(&word->old[1], &word->old[0], at * sizeof *word->old);
  word->old[0] = (monitor_old_t){.value = value, .end = cycle};
}

static void follow_pointer(monitor_history_t *history, uint64_t value) {
  if (is_table_pointer(value)) monitor_history_follow(history, value >> 10);
  if (is_root_pointer(value)) monitor_history_follow(history, value & ((UINT64_C(1) << 44) - 1));
}

void monitor_history_store(monitor_history_t *history, uint64_t addr, uint64_t before, uint64_t value, uint64_t cycle) {
  if (before == value) return;
  follow_pointer(history, value);
  if (history->both_orders) follow_pointer(history, __builtin_bswap64(value));
  const uint64_t *index = monitor_map_find(&history->pages, addr >> 12, 0);
  if (!index) return;
  history->epoch++;
  uint32_t *slot = &history->page[*index].word[addr >> 3 & 511];
  if (!*slot) {
    if (history->word_count >= history->word_capacity) {
      history->word_capacity = history->word_capacity ? history->word_capacity * 2 : 256;
      history->word = monitor_alloc(history->word, history->word_capacity * sizeof *history->word);
    }
    *slot = (uint32_t)history->word_count++;
    history->word[*slot] = (monitor_word_t){0};
  }
  remember(history, &history->word[*slot], before, cycle);
}

const monitor_word_t *monitor_history_find(const monitor_history_t *history, uint64_t addr) {
  const uint64_t *index = monitor_map_find(&history->pages, addr >> 12, 0);
  if (!index) return NULL;
  uint32_t word = history->page[*index].word[addr >> 3 & 511];
  return word ? &history->word[word] : NULL;
}
