// SPDX-License-Identifier: Apache-2.0
//
// The memory of a replay: sparse doublewords, 0 where nothing was written, and pages that answer with an error. Addresses
// beyond the physical address size are access faults.
#ifndef PCL_ORACLE_MEMORY_H
#define PCL_ORACLE_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum { ORACLE_MEM_OK, ORACLE_MEM_POISON, ORACLE_MEM_ACCESS_FAULT } oracle_mem_status_t;

typedef struct {
  uint64_t key;  // doubleword index plus 1; 0 is a free place
  uint64_t value;
} oracle_word_t;

typedef struct {
  oracle_word_t *word;  // hash table, its size a power of two
  size_t size;
  size_t used;
  uint64_t broken[64];  // pages
  bool poisoned[64];
  unsigned breaks;
  uint32_t pas;
} oracle_memory_t;

bool oracle_memory_init(oracle_memory_t *memory, uint32_t pas);
void oracle_memory_free(oracle_memory_t *memory);

// Lets a page answer every access with an access fault, or every read with poison. False if there are too many.
bool oracle_memory_break(oracle_memory_t *memory, uint64_t ppn, bool poison);
oracle_mem_status_t oracle_memory_status(const oracle_memory_t *memory, uint64_t addr, bool write);

uint64_t oracle_memory_load(const oracle_memory_t *memory, uint64_t addr);  // the doubleword that holds addr
void oracle_memory_store(oracle_memory_t *memory, uint64_t addr, uint64_t value);
void oracle_memory_store32(oracle_memory_t *memory, uint64_t addr, uint32_t value);

#endif
