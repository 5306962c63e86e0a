// SPDX-License-Identifier: Apache-2.0
//
// How fast the untimed model is: whole translations per second, nothing cached, tables in the testbench's memory.
#define _POSIX_C_SOURCE 200809L
#include <time.h>

#include "arch/walk.h"
#include "bench.h"
#include "pcl_regs.h"

enum { PAGES = 256, TRANSLATIONS = 200000 };

static void read_memory(void *context, const pcl_access_t *access, pcl_response_t *response) {
  response->status = PCL_MEM_OK;
  for (unsigned i = 0; i < access->beats; i++) response->data[i] = tb_load(context, access->addr + 8 * i);
}

static double seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

// 0 if one is not granted.
static double translations_per_second(bench_t *bench) {
  tb_t *tb = bench->system.tb;
  const pcl_regs_t regs = {.capabilities = tb_reg_read(tb, PCL_REG_CAPABILITIES_OFFSET, 8),
                           .ddtp = tb_reg_read(tb, PCL_REG_DDTP_OFFSET, 8),
                           .fctl = (uint32_t)tb_reg_read(tb, PCL_REG_FCTL_OFFSET, 4)};
  bench_map(bench, 4 * BENCH_MIB, PAGES);
  double start = seconds();
  for (unsigned i = 0; i < TRANSLATIONS; i++) {
    const pcl_request_t request = {.iova = 4 * BENCH_MIB + i * 17 % PAGES * PCL_PAGE, .device_id = BENCH_DEVICE};
    if (pcl_translate(&regs, &request, read_memory, tb).faulted) return 0;
  }
  return TRANSLATIONS / (seconds() - start);
}

void bench_model(tb_t *tb, void *arguments) {
  bench_t *bench = ((bench_arguments_t *)arguments)->bench;
  bench_init(bench, tb);
  bench_add("model_s1_per_s", translations_per_second(bench), 1, 0);
}

void bench_guest_model(tb_t *tb, void *arguments) {
  bench_t *bench = ((bench_arguments_t *)arguments)->bench;
  if (!tb_config()->sv39x4) return;
  bench_init_guest(bench, tb);
  bench_add("model_s2_per_s", translations_per_second(bench), 1, 0);
}
