// SPDX-License-Identifier: Apache-2.0
// A write to the register page as the storage sees it: one aligned 8-byte word, of which it touches one half or both.
#ifndef PCL_CYCLE_REGS_WORD_H
#define PCL_CYCLE_REGS_WORD_H

#include <stdbool.h>
#include <stdint.h>

typedef struct {
  uint64_t data;
  uint16_t offset;  // of the word
  bool lo;
  bool hi;
} pcl_word_write_t;

// The word after the write.
static inline uint64_t pcl_word_merge(uint64_t old, const pcl_word_write_t *write) {
  const uint64_t mask = (write->lo ? UINT64_C(0xffffffff) : 0) | (write->hi ? UINT64_C(0xffffffff00000000) : 0);
  return (old & ~mask) | (write->data & mask);
}

#endif
