// SPDX-License-Identifier: Apache-2.0
//
// The memory of the simulated system: sparse, in pages of 4 KiB, little-endian, 56-bit addresses.
// A page that was never written holds a fixed hash of its address, so that a read of a wrong place shows.
// Every store, by whomever, goes through mem_write(), which tells the journal about each doubleword it changes.
#ifndef TB_MEMORY_H
#define TB_MEMORY_H

#include <stdbool.h>
#include <stdint.h>

typedef enum {
  MEM_BY_SOFTWARE,  // a store of the agent or of a scenario
  MEM_BY_DMA,       // a beat of a translated write
  MEM_BY_IOMMU      // a write of the data-structure port
} mem_source_t;

// One doubleword after a store: addr is a multiple of 8.
typedef struct {
  uint64_t cycle;
  uint64_t addr;
  uint64_t before;
  uint64_t value;
  uint8_t strobe;  // the bytes that were stored
  uint8_t source;  // mem_source_t
} mem_store_t;

typedef void (*mem_journal_t)(void *context, const mem_store_t *store);

typedef struct mem mem_t;

mem_t *mem_create(void);
void mem_destroy(mem_t *mem);

// At most one journal; NULL stops it.
void mem_set_journal(mem_t *mem, mem_journal_t journal, void *context);

// The clock that the journal is told; tb_step() keeps it right.
void mem_set_cycle(mem_t *mem, uint64_t cycle);

// One doubleword; the low three bits of addr are ignored.
uint64_t mem_read64(mem_t *mem, uint64_t addr);

// Stores the bytes of `value` that `strobe` names into the doubleword at addr.
void mem_write64(mem_t *mem, uint64_t addr, uint64_t value, uint8_t strobe, mem_source_t source);

// Any bytes at any address.
void mem_read(mem_t *mem, uint64_t addr, void *data, unsigned bytes);
void mem_write(mem_t *mem, uint64_t addr, const void *data, unsigned bytes, mem_source_t source);

// What a doubleword holds before its first store.
uint64_t mem_initial64(uint64_t addr);

// How many stores the page of addr has seen.
uint64_t mem_page_stores(mem_t *mem, uint64_t addr);

// Stores 0 into the 4 KiB page that contains addr.
void mem_zero_page(mem_t *mem, uint64_t addr, mem_source_t source);

#endif
