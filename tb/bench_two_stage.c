// SPDX-License-Identifier: Apache-2.0
//
// The rows of the performance table that go through both stages, Sv39 and Sv39x4.
#include "bench.h"

enum { PAGES_256 = 256 };

#define REGION_2M (2 * BENCH_MIB)

// NULL without a second stage.
static bench_t *setup(tb_t *tb, void *arguments) {
  bench_t *bench = ((bench_arguments_t *)arguments)->bench;
  if (!tb_config()->sv39x4) return NULL;
  bench_init_guest(bench, tb);
  return bench;
}

void bench_guest_random_pages(tb_t *tb, void *arguments) {
  bench_t *bench = setup(tb, arguments);
  uint64_t reads;
  if (!bench) return;
  bench_map(bench, 4 * BENCH_MIB, PAGES_256);
  bench_touch(bench, 0, 4 * BENCH_MIB, PAGES_256);
  bench_add("random256_rate_s2", bench_random256(bench, &reads), 0.95, 0);
  bench_add("random256_rate_s2_reads", (double)reads, 0, 0);
}

// The guest's tables of REGION_2M, root, middle and last, and what they map lie in four regions of 1 GiB each: no second-stage
// walk of a cold miss helps another, so it reads 4 x 3 entries of the second stage and 3 of the first.
static void spread_tables(bench_t *bench) {
  const pcl_ops_t *ops = &bench->vm.memory;
  for (uint32_t level = 2; level-- > 0;) {
    bench->vm.next = BENCH_GIB * (3 - level) + BENCH_MIB;
    if (!pcl_page_table_entry(ops, &bench->domain.table, REGION_2M, level, true)) {
      system_expect(&bench->system, PCL_E_MEMORY, "make a table of the guest");
    }
  }
}

void bench_guest_misses(tb_t *tb, void *arguments) {
  bench_t *bench = setup(tb, arguments);
  if (!bench) return;
  spread_tables(bench);
  const bench_misses_t found = bench_misses(bench, REGION_2M);
  bench_add("miss_s2_cold", found.cold, 0, 330);
  bench_add("miss_s2_cold_reads", found.cold_reads, 15, 15);
  bench_add("miss_s2_warm", found.warm, 0, 50);
  bench_add("miss_s2_warm_reads", found.warm_reads, 2, 2);
}

void bench_guest_new_pages(tb_t *tb, void *arguments) {
  bench_t *bench = setup(tb, arguments);
  if (bench) bench_add("new_pages_s2", bench_new_pages(bench), 150, 0);
}
