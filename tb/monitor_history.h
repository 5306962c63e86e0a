// SPDX-License-Identifier: Apache-2.0
//
// Older values of the words that may be table entries.
//
// A page is followed from the moment at which something that looks like a pointer to a table has named it: the IOMMU reads an
// entry only after it has read a pointer to it, so what the page held before never matters. Of each word the older values are
// kept, each once, with the last clock in which memory held it, newest first. Values that no table could use are kept as one
// representative, so that data written over former tables stay cheap.
#ifndef TB_MONITOR_HISTORY_H
#define TB_MONITOR_HISTORY_H

#include "monitor_map.h"

typedef struct {
  uint64_t value;
  uint64_t end;   // last clock
} monitor_old_t;

typedef struct {
  monitor_old_t *old;
  uint32_t count, capacity;
} monitor_word_t;

typedef struct {
  uint32_t word[512];   // index into words, 0: no older value
} monitor_page_t;

typedef struct {
  monitor_map_t pages;       // page number -> index into page
  monitor_page_t *page;
  uint64_t page_count, page_capacity;
  monitor_word_t *word;
  uint64_t word_count, word_capacity;
  uint64_t epoch;            // counts changes of followed pages
  uint64_t floor;            // what ended before may be forgotten
  bool both_orders;          // entries may be big-endian
  bool keep_all;             // no representatives: doublewords of extended contexts may hold anything
} monitor_history_t;

void monitor_history_init(monitor_history_t *history);
void monitor_history_free(monitor_history_t *history);

// Follows a page from now on.
void monitor_history_follow(monitor_history_t *history, uint64_t ppn);

void monitor_history_store(monitor_history_t *history, uint64_t addr, uint64_t before, uint64_t value, uint64_t cycle);

// The older values of the doubleword at addr, or NULL.
const monitor_word_t *monitor_history_find(const monitor_history_t *history, uint64_t addr);

#endif
