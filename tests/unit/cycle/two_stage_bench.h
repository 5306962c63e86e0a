// SPDX-License-Identifier: Apache-2.0
// The core's bench with a second stage under the device's tables (core_bench.h), Sv39x4.
//
// Guest pages 0 .. 127 are supervisor pages in the same order, beginning with HOST_PPN; each has its own leaf. So the device's
// tables, at guest pages ROOT_PPN, MIDDLE_PPN and LEAVES_PPN, are moved there, and page n of the IOVA is guest page DATA_GPN + n.
#ifndef PCL_TWO_STAGE_BENCH_H
#define PCL_TWO_STAGE_BENCH_H

#include "core_bench.h"

enum { GSCID = 3, G_ROOT_PPN = 0x40, G_MIDDLE_PPN = 0x44, G_LEAVES_PPN = 0x45, HOST_PPN = 0x80, DATA_GPN = 0x30 };

static inline uint64_t host(uint64_t gpn) { return (HOST_PPN + gpn) << 12; }
static inline uint64_t g_leaf_addr(uint64_t gpn) { return (G_LEAVES_PPN << 12) + 8 * gpn; }
static inline uint64_t s1_leaf_addr(unsigned page) { return host(LEAVES_PPN) + 8 * page; }

static inline void set_g_leaf(bench_t *b, uint64_t gpn, uint64_t flags) {
  set_word(b, g_leaf_addr(gpn), (HOST_PPN + gpn) << 10 | flags);
}

static inline void set_s1_leaf(bench_t *b, unsigned page, uint64_t flags) {
  set_word(b, s1_leaf_addr(page), (uint64_t)(DATA_GPN + page) << 10 | flags);
}

// SADE and GADE are set if the capability is there.
static inline void two_stage_init(bench_t *b, const pcl_config_t *config) {
  bench_init(b, config);
  b->regs.capabilities |= PCL_CAP_SV39X4 | (config->amo_hwad ? PCL_CAP_AMO_HWAD : 0);
  const uint64_t dc = (DDT_PPN << 12) + DEVICE * 32;
  set_word(b, dc, PCL_TC_V | (config->amo_hwad ? PCL_TC_SADE | PCL_TC_GADE : 0));
  set_word(b, dc + 8, (uint64_t)PCL_IOHGATP_SV39X4 << 60 | (uint64_t)GSCID << 44 | G_ROOT_PPN);
  set_word(b, G_ROOT_PPN << 12, G_MIDDLE_PPN << 10 | PCL_PTE_V);
  set_word(b, G_MIDDLE_PPN << 12, G_LEAVES_PPN << 10 | PCL_PTE_V);
  for (unsigned gpn = 0; gpn < 0x80; gpn++) set_g_leaf(b, gpn, LEAF);
  set_word(b, host(ROOT_PPN) + 8 * (IOVA >> 30 & 511), MIDDLE_PPN << 10 | PCL_PTE_V);
  set_word(b, host(MIDDLE_PPN) + 8 * (IOVA >> 21 & 511), LEAVES_PPN << 10 | PCL_PTE_V);
  for (unsigned page = 0; page < 16; page++) set_s1_leaf(b, page, LEAF);
  ticks(b, 20);  // the sweep after reset
}

// Asserts the addresses of all reads since `reads` was set to 0.
#define assert_reads(b, ...) \
  do { \
    const uint64_t expected[] = {__VA_ARGS__}; \
    assert_int_equal((b)->reads, sizeof expected / sizeof expected[0]); \
    for (unsigned i_ = 0; i_ < (b)->reads; i_++) assert_int_equal((b)->ar[i_].addr, expected[i_]); \
  } while (0)

#endif
