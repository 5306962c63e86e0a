// SPDX-License-Identifier: Apache-2.0
//
// The rows of the performance table that go through both stages, Sv39 and Sv39x4.
#include "bench.h"
#include "tally.h"

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

// A cold walk reads up to 15 entries. Here 11: the guest's three tables lie in one 2 MiB, so that the last two are found with one
// second-stage read each instead of three; 3 + 1 + 1 for the tables, 3 of the first stage, 3 for the page.
void bench_guest_misses(tb_t *tb, void *arguments) {
  bench_t *bench = setup(tb, arguments);
  const tally_t *tally = tb_tally(tb);
  if (!bench) return;
  bench_map(bench, REGION_2M, 8);
  bench_read(bench, 0, REGION_2M);
  bench_forget(bench);
  uint64_t before = tally->table_reads;
  bench_add("miss_s2_cold", (double)bench_read(bench, 0, REGION_2M + PCL_PAGE), 0, 330);
  bench_add("miss_s2_cold_reads", (double)(tally->table_reads - before), 0, 15);
  before = tally->table_reads;
  bench_add("miss_s2_warm", (double)bench_read(bench, 0, REGION_2M + 2 * PCL_PAGE), 0, 50);
  bench_add("miss_s2_warm_reads", (double)(tally->table_reads - before), 2, 2);
}

void bench_guest_new_pages(tb_t *tb, void *arguments) {
  bench_t *bench = setup(tb, arguments);
  if (bench) bench_add("new_pages_s2", bench_new_pages(bench), 150, 0);
}
