// SPDX-License-Identifier: Apache-2.0
//
// A hash table of doublewords with linear probing.
#include "memory.h"

#include <stdlib.h>

bool oracle_memory_init(oracle_memory_t *memory, uint32_t pas) {
  *memory = (oracle_memory_t){.size = 1u << 14, .pas = pas};
  memory->word = calloc(memory->size, sizeof *memory->word);
  return memory->word;
}

void oracle_memory_free(oracle_memory_t *memory) { free(memory->word); }

static oracle_word_t *place(const oracle_memory_t *memory, uint64_t addr) {
  const uint64_t key = (addr >> 3) + 1;
  size_t at = key * UINT64_C(0x9e3779b97f4a7c15) >> 20 & (memory->size - 1);
  while (memory->word[at].key && memory->word[at].key != key) at = (at + 1) & (memory->size - 1);
  return &memory->word[at];
}

static void grow(oracle_memory_t *memory) {
  oracle_memory_t larger = *memory;
  larger.size *= 2;
  larger.word = calloc(larger.size, sizeof *larger.word);
  if (!larger.word) abort();
  for (size_t i = 0; i < memory->size; i++) {
    if (memory->word[i].key) *place(&larger, (memory->word[i].key - 1) << 3) = memory->word[i];
  }
  free(memory->word);
  *memory = larger;
}

bool oracle_memory_break(oracle_memory_t *memory, uint64_t ppn, bool poison) {
  if (memory->breaks == sizeof memory->broken / sizeof memory->broken[0]) return false;
  memory->broken[memory->breaks] = ppn;
  memory->poisoned[memory->breaks++] = poison;
  return true;
}

oracle_mem_status_t oracle_memory_status(const oracle_memory_t *memory, uint64_t addr, bool write) {
  if (addr >> memory->pas) return ORACLE_MEM_ACCESS_FAULT;
  for (unsigned i = 0; i < memory->breaks; i++) {
    if (memory->broken[i] != addr >> 12) continue;
    if (!memory->poisoned[i]) return ORACLE_MEM_ACCESS_FAULT;
    return write ? ORACLE_MEM_OK : ORACLE_MEM_POISON;
  }
  return ORACLE_MEM_OK;
}

uint64_t oracle_memory_load(const oracle_memory_t *memory, uint64_t addr) {
  const oracle_word_t *word = place(memory, addr);
  return word->key ? word->value : 0;
}

void oracle_memory_store(oracle_memory_t *memory, uint64_t addr, uint64_t value) {
  oracle_word_t *word = place(memory, addr);
  if (word->key) {
    word->value = value;
    return;
  }
  *word = (oracle_word_t){(addr >> 3) + 1, value};
  if (2 * ++memory->used > memory->size) grow(memory);
}

void oracle_memory_store32(oracle_memory_t *memory, uint64_t addr, uint32_t value) {
  const unsigned shift = addr & 4 ? 32 : 0;
  const uint64_t old = oracle_memory_load(memory, addr);
  oracle_memory_store(memory, addr, (old & ~(UINT64_C(0xffffffff) << shift)) | (uint64_t)value << shift);
}
