// SPDX-License-Identifier: Apache-2.0
//
// The rows of the performance table, one function each: what is measured, how, and what it has to reach.
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "bench.h"
#include "pcl_regs.h"
#include "rng.h"

enum { N = BENCH_SAMPLES, PAGES_256 = 256 };

#define MIB BENCH_MIB
#define REGION_2M (2 * MIB)

static bench_t *setup(tb_t *tb, void *arguments) {
  bench_t *bench = ((bench_arguments_t *)arguments)->bench;
  bench_init(bench, tb);
  return bench;
}

static void pick(uint64_t *list, uint32_t count, uint64_t base, uint32_t pages, uint32_t bytes) {
  rng_t rng;
  rng_seed(&rng, 1, 77);
  for (uint32_t i = 0; i < count; i++)
    list[i] = base + rng_below(&rng, pages) * PCL_PAGE + rng_below(&rng, (uint32_t)PCL_PAGE / bytes) * bytes;
}

static void hits(tb_t *tb, void *arguments) {
  static uint64_t list[N];
  bench_t *bench = setup(tb, arguments);
  bench_map(bench, REGION_2M, 4);
  bench_touch(bench, 0, REGION_2M, 4);
  bench_add("hit_latency", (double)bench_read(bench, 0, REGION_2M + 64), 0, 1);

  pick(list, N, REGION_2M, 4, 64);
  bench_load_t loads[2] = {
    {.iova = list, .count = N, .device_id = BENCH_DEVICE, .outstanding = 60, .channel = PCL_READ},
    {.iova = list, .count = N, .device_id = BENCH_DEVICE, .outstanding = 60, .channel = PCL_WRITE},
  };
  bench_run(bench, 0, &loads[0], 1);
  bench_add("hit_rate_read", bench_rate(&loads[0]), 1, 0);
  bench_run(bench, 0, &loads[1], 1);
  bench_add("hit_rate_write", bench_rate(&loads[1]), 1, 0);
  bench_run(bench, 0, loads, 2);
  bench_add("hit_rate_both", bench_rate(&loads[0]) + bench_rate(&loads[1]), 2, 0);
}

// 64-byte bursts one after the other over pages that were never used, relative to the same without an IOMMU.
// `baseline` is the rate without.
static double stream(bench_t *bench, uint64_t base, unsigned channel, unsigned outstanding, double *baseline) {
  static uint64_t list[N];
  for (uint32_t i = 0; i < N; i++) list[i] = base + i * 64;
  bench_load_t load = {.iova = list, .count = N, .device_id = BENCH_DEVICE, .outstanding = (uint8_t)outstanding,
                       .channel = (uint8_t)channel, .len = (uint8_t)(64 * 8 / tb_config()->data_width - 1)};
  bench_map(bench, base, (N * 64 + 4095) / 4096);
  bench_run(bench, 0, &load, 1);
  double with = bench_rate(&load);
  bench_run_direct(&load);
  *baseline = bench_rate(&load) * (load.len + 1);
  return with / bench_rate(&load);
}

static void streams(tb_t *tb, void *arguments) {
  bench_t *bench = setup(tb, arguments);
  uint64_t base = UINT64_C(0x40000000);
  static const struct {
    const char *key, *baseline;
    unsigned outstanding;
    double at_least;
  } rows[3] = {
    {"stream_ratio_1", "stream_baseline_1", 1, 0.95},
    {"stream_ratio_2", "stream_baseline_2", 2, 0.935},
    {"stream_ratio_4", "stream_baseline_4", 4, 0.955},
  };
  double baseline;
  for (unsigned i = 0; i < 3; i++) {
    bench_add(rows[i].key, stream(bench, base + 16 * i * MIB, PCL_READ, rows[i].outstanding, &baseline), rows[i].at_least, 0);
    bench_add(rows[i].baseline, baseline, 0, 0);
  }
  double reads = stream(bench, base + 48 * MIB, PCL_READ, 16, &baseline);
  double writes = stream(bench, base + 64 * MIB, PCL_WRITE, 16, &baseline);
  bench_add("stream_ratio_16", reads < writes ? reads : writes, 0.99, 0);
  bench_add("stream_baseline_16", baseline, 0, 0);
}

double bench_random256(bench_t *bench, uint64_t *reads) {
  static uint64_t list[N];
  const tally_t *tally = tb_tally(bench->system.tb);
  uint64_t before = tally->table_reads;
  pick(list, N, 4 * MIB, PAGES_256, 64);
  uint8_t len = (uint8_t)(64 * 8 / tb_config()->data_width - 1);
  bench_load_t load = {.iova = list, .count = N, .device_id = BENCH_DEVICE, .outstanding = 16, .channel = PCL_READ, .len = len};
  bench_run(bench, 0, &load, 1);
  *reads = tally->table_reads - before;
  return bench_rate(&load) * (len + 1);
}

static void random_pages(tb_t *tb, void *arguments) {
  bench_t *bench = setup(tb, arguments);
  uint64_t reads;
  bench_map(bench, 4 * MIB, PAGES_256);
  bench_touch(bench, 0, 4 * MIB, PAGES_256);
  bench_add("random256_rate_s1", bench_random256(bench, &reads), 0.95, 0);
  bench_add("random256_rate_s1_reads", (double)reads, 0, 0);
}

bench_misses_t bench_misses(bench_t *bench, uint64_t iova) {
  const tally_t *tally = tb_tally(bench->system.tb);
  bench_misses_t found;
  bench_map(bench, iova, 8);
  bench_read(bench, 0, iova);
  bench_forget(bench);
  uint64_t before = tally->table_reads;
  found.cold = (double)bench_read(bench, 0, iova + PCL_PAGE);
  found.cold_reads = (double)(tally->table_reads - before);
  before = tally->table_reads;
  found.warm = (double)bench_read(bench, 0, iova + 2 * PCL_PAGE);
  found.warm_reads = (double)(tally->table_reads - before);
  return found;
}

static void misses(tb_t *tb, void *arguments) {
  const bench_misses_t found = bench_misses(setup(tb, arguments), REGION_2M);
  bench_add("miss_s1_cold", found.cold, 0, 68);
  bench_add("miss_s1_cold_reads", found.cold_reads, 3, 3);
  bench_add("miss_s1_warm", found.warm, 0, 26);
  bench_add("miss_s1_warm_reads", found.warm_reads, 1, 1);
}

double bench_new_pages(bench_t *bench) {
  static uint64_t list[BENCH_NEW_PAGES];
  rng_t rng;
  rng_seed(&rng, 1, 78);
  for (uint32_t i = 0; i < BENCH_NEW_PAGES; i++) list[i] = 16 * MIB + i * PCL_PAGE;
  for (uint32_t i = BENCH_NEW_PAGES - 1; i > 0; i--) {
    uint32_t j = rng_below(&rng, i + 1);
    uint64_t iova = list[i];
    list[i] = list[j];
    list[j] = iova;
  }
  bench_map(bench, 16 * MIB, BENCH_NEW_PAGES);
  bench_load_t load = {.iova = list, .count = BENCH_NEW_PAGES, .device_id = BENCH_DEVICE, .outstanding = 16, .channel = PCL_READ};
  bench_run(bench, 0, &load, 1);
  return 1000 * bench_rate(&load);
}

static void new_pages(tb_t *tb, void *arguments) {
  bench_add("new_pages_s1", bench_new_pages(setup(tb, arguments)), 300, 0);
}

// Latency of a hit that is valid `after` clocks later than the first clock of a cold miss.
static uint64_t hit_behind_miss(bench_t *bench, unsigned hit_port, unsigned after, uint64_t missing) {
  tb_t *tb = bench->system.tb;
  pcl_ax_t ax = {.addr = missing, .size = (uint8_t)__builtin_ctz(tb_config()->data_width / 8), .burst = PCL_BURST_INCR,
                 .device_id = BENCH_DEVICE};
  dma_t *miss = device_post(tb_device(tb, 0), PCL_READ, &ax, NULL, 0);
  tb_run(tb, after);
  ax = (pcl_ax_t){.addr = REGION_2M, .size = ax.size, .burst = PCL_BURST_INCR, .device_id = BENCH_DEVICE + hit_port, .id = 1};
  dma_t *hit = device_post(tb_device(tb, hit_port), PCL_READ, &ax, NULL, 0);
  bench->latency = 0;
  while (!bench->latency) tb_step(tb);
  uint64_t latency = bench->latency;
  tb_wait_dma(tb, hit, 1000);
  tb_wait_dma(tb, miss, 1000);
  device_release(tb_device(tb, 0), miss);
  device_release(tb_device(tb, hit_port), hit);
  return latency;
}

static void hits_behind_misses(tb_t *tb, void *arguments) {
  bench_t *bench = setup(tb, arguments);
  unsigned other = tb_config()->num_ports > 1 ? 1 : 0;
  uint64_t other_port = 0, other_id = 0;
  bench_map(bench, REGION_2M, 64);
  bench_read(bench, 0, REGION_2M);
  bench_read(bench, other, REGION_2M);
  for (unsigned after = 1; after <= 20; after++) {
    uint64_t latency = hit_behind_miss(bench, other, after, REGION_2M + (2 * after) * PCL_PAGE);
    if (latency > other_port) other_port = latency;
    tb_run(tb, 100);
    latency = hit_behind_miss(bench, 0, after, REGION_2M + (2 * after + 1) * PCL_PAGE);
    if (latency > other_id) other_id = latency;
    tb_run(tb, 100);
    bench_read(bench, 0, REGION_2M);
  }
  bench_add("hit_behind_miss_other_port", (double)other_port, 0, 1);
  bench_add("hit_behind_miss_other_id", (double)other_id, 0, 2);
}

static void faults(tb_t *tb, void *arguments) {
  enum { COUNT = 1000 };
  static uint64_t list[COUNT];
  bench_t *bench = setup(tb, arguments);
  bench_map(bench, REGION_2M, 1);
  bench_read(bench, 0, REGION_2M);
  for (uint32_t i = 0; i < COUNT; i++) list[i] = REGION_2M + (1 + i % 400) * PCL_PAGE;
  bench_load_t load = {.iova = list, .count = COUNT, .device_id = BENCH_DEVICE, .outstanding = 16, .channel = PCL_READ};
  bench_run(bench, 0, &load, 1);
  while (tb_reg_read(tb, PCL_REG_FQT_OFFSET, 4) != COUNT) tb_step(tb);
  bench_add("fault_cost", (double)(load.last - load.first) / (COUNT - 1), 0, 8);
  bench_add("fault_records", (double)tb_tally(tb)->faults, COUNT, COUNT);
}

static void invalidations(tb_t *tb, void *arguments) {
  enum { COUNT = 1000 };
  bench_t *bench = setup(tb, arguments);
  pcl_cmdq_t *queue = &bench->system.driver.commands;
  uint64_t reads;
  bench_map(bench, 4 * MIB, PAGES_256);
  bench_touch(bench, 0, 4 * MIB, PAGES_256);
  for (uint32_t i = 0; i < COUNT; i++) {
    pcl_cmd_words_t command = pcl_cmd_vma(&(pcl_vma_t){.av = true, .pscv = true, .pscid = BENCH_PSCID,
                                                       .iova = 64 * MIB + i * PCL_PAGE});
    system_expect(&bench->system, pcl_cmdq_put(queue, &command), "queue a command");
  }
  const pcl_top_t *top = tb_model(tb);
  uint32_t target = queue->tail;
  pcl_cmdq_ring(queue);
  while (top->regs.cq.tail != target) tb_step(tb);
  uint64_t start = tb_cycle(tb);
  while (top->regs.cq.head != target) tb_step(tb);
  bench_add("iotinval_cost", (double)(tb_cycle(tb) - start) / COUNT, 0, 6);
  bench_add("random256_after_inval", bench_random256(bench, &reads), 0.95, 0);
  bench_add("random256_after_inval_reads", (double)reads, 0, 0.5);
}

static double seconds_of(const char *command) {
  struct timespec before, after;
  clock_gettime(CLOCK_MONOTONIC, &before);
  if (system(command) != 0) return 0;
  clock_gettime(CLOCK_MONOTONIC, &after);
  return (double)(after.tv_sec - before.tv_sec) + 1e-9 * (double)(after.tv_nsec - before.tv_nsec);
}

static int compare(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

// The random run with everything checked against the RTL alone: same program, same seed; median of five interleaved pairs.
static void lockstep_speed(tb_t *tb, void *arguments) {
  enum { PAIRS = 5 };
  (void)tb;
  const char *program = ((bench_arguments_t *)arguments)->context->program;
  double ratio[PAIRS];
  char with[600], without[600];
  snprintf(with, sizeof with, "'%s' --quiet --cycles 100000", program);
  snprintf(without, sizeof without, "'%s' --quiet --cycles 100000 --no-checks", program);
  for (unsigned i = 0; i < PAIRS; i++) {
    double bare = seconds_of(without), checked = seconds_of(with);
    ratio[i] = checked > 0 ? bare / checked : 0;
  }
  qsort(ratio, PAIRS, sizeof ratio[0], compare);
  bench_add("lockstep_speed_ratio", ratio[PAIRS / 2], 0.5, 0);
}

const bench_entry_t bench_rows[] = {
  {"hits", hits},
  {"streams", streams},
  {"random pages", random_pages},
  {"misses", misses},
  {"new pages", new_pages},
  {"random pages, two stages", bench_guest_random_pages},
  {"misses, two stages", bench_guest_misses},
  {"new pages, two stages", bench_guest_new_pages},
  {"hits behind misses", hits_behind_misses},
  {"faults", faults},
  {"invalidations", invalidations},
  {"lockstep speed", lockstep_speed},
  {"model", bench_model},
  {"model, two stages", bench_guest_model},
  {NULL, NULL},
};
