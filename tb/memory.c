// SPDX-License-Identifier: Apache-2.0
//
// Open addressing over page numbers; the table doubles at half load. A small direct-mapped cache of pages serves the common case.
#include "memory.h"

#include <stdlib.h>

#include "rng.h"

enum { PAGE_WORDS = 512, RECENT = 64 };

typedef struct {
  uint64_t number;  // address / 4096
  uint64_t stores;
  uint64_t word[PAGE_WORDS];
} page_t;

struct mem {
  page_t **table;
  uint64_t slots;  // a power of two
  uint64_t used;
  page_t *recent[RECENT];
  mem_journal_t journal;
  void *context;
  uint64_t cycle;
};

static void *checked(void *p) {
  if (!p) abort();
  return p;
}

mem_t *mem_create(void) {
  mem_t *mem = checked(calloc(1, sizeof *mem));
  mem->slots = 1024;
  mem->table = checked(calloc(mem->slots, sizeof *mem->table));
  return mem;
}

void mem_destroy(mem_t *mem) {
  for (uint64_t i = 0; i < mem->slots; i++) free(mem->table[i]);
  free(mem->table);
  free(mem);
}

void mem_set_journal(mem_t *mem, mem_journal_t journal, void *context) {
  mem->journal = journal;
  mem->context = context;
}

void mem_set_cycle(mem_t *mem, uint64_t cycle) { mem->cycle = cycle; }

uint64_t mem_initial64(uint64_t addr) { return rng_mix(addr >> 3); }

static page_t **find_slot(mem_t *mem, uint64_t number) {
  uint64_t i = rng_mix(number) & (mem->slots - 1);
  while (mem->table[i] && mem->table[i]->number != number) i = (i + 1) & (mem->slots - 1);
  return &mem->table[i];
}

static void grow(mem_t *mem) {
  page_t **old = mem->table;
  uint64_t count = mem->slots;
  mem->slots *= 2;
  mem->table = checked(calloc(mem->slots, sizeof *mem->table));
  for (uint64_t i = 0; i < count; i++)
    if (old[i]) *find_slot(mem, old[i]->number) = old[i];
  free(old);
}

// The page of addr, or NULL if it was never written.
static page_t *lookup(mem_t *mem, uint64_t addr) {
  uint64_t number = addr >> 12;
  page_t *page = mem->recent[number % RECENT];
  if (page && page->number == number) return page;
  page = *find_slot(mem, number);
  if (page) mem->recent[number % RECENT] = page;
  return page;
}

static page_t *make(mem_t *mem, uint64_t addr) {
  page_t *page = lookup(mem, addr);
  if (page) return page;
  if (mem->used * 2 >= mem->slots) grow(mem);
  page = checked(malloc(sizeof *page));
  page->number = addr >> 12;
  page->stores = 0;
  for (unsigned i = 0; i < PAGE_WORDS; i++) page->word[i] = mem_initial64(page->number << 12 | i * 8);
  *find_slot(mem, page->number) = page;
  mem->used++;
  return page;
}

uint64_t mem_read64(mem_t *mem, uint64_t addr) {
  page_t *page = lookup(mem, addr);
  return page ? page->word[addr >> 3 & (PAGE_WORDS - 1)] : mem_initial64(addr);
}

uint64_t mem_page_stores(mem_t *mem, uint64_t addr) {
  page_t *page = lookup(mem, addr);
  return page ? page->stores : 0;
}

void mem_write64(mem_t *mem, uint64_t addr, uint64_t value, uint8_t strobe, mem_source_t source) {
  if (!strobe) return;
  uint64_t mask = 0;
  for (unsigned i = 0; i < 8; i++)
    if (strobe >> i & 1) mask |= UINT64_C(0xff) << (8 * i);
  page_t *page = make(mem, addr);
  uint64_t *word = &page->word[addr >> 3 & (PAGE_WORDS - 1)];
  page->stores++;
  mem_store_t store = {
    .cycle = mem->cycle, .addr = addr & ~UINT64_C(7), .before = *word, .strobe = strobe, .source = (uint8_t)source,
  };
  *word = (*word & ~mask) | (value & mask);
  store.value = *word;
  if (mem->journal) mem->journal(mem->context, &store);
}

void mem_read(mem_t *mem, uint64_t addr, void *data, unsigned bytes) {
  uint8_t *to = data;
  for (unsigned i = 0; i < bytes; i++) to[i] = (uint8_t)(mem_read64(mem, addr + i) >> (8 * ((addr + i) & 7)));
}

void mem_write(mem_t *mem, uint64_t addr, const void *data, unsigned bytes, mem_source_t source) {
  const uint8_t *from = data;
  while (bytes) {
    unsigned first = addr & 7, count = 8 - first < bytes ? 8 - first : bytes;
    uint64_t value = 0;
    for (unsigned i = 0; i < count; i++) value |= (uint64_t)from[i] << (8 * (first + i));
    mem_write64(mem, addr, value, (uint8_t)(((1u << count) - 1) << first), source);
    addr += count;
    from += count;
    bytes -= count;
  }
}

void mem_zero_page(mem_t *mem, uint64_t addr, mem_source_t source) {
  for (unsigned i = 0; i < PAGE_WORDS; i++) mem_write64(mem, (addr & ~UINT64_C(4095)) | i * 8, 0, 0xff, source);
}
