// SPDX-License-Identifier: Apache-2.0
//
// How fast the untimed model is: whole translations per second of processor time, nothing cached, tables in an array.
// The best of short rounds counts: whatever else the machine does can only lower it.
#define _POSIX_C_SOURCE 200809L
#include <stdlib.h>
#include <time.h>

#include "arch/walk.h"
#include "bench.h"
#include "pcl_regs.h"

enum { PAGES = 256, TRANSLATIONS = 50000, ROUNDS = 40 };

// All pages that the driver has taken: directory and tables.
typedef struct {
  uint64_t base;
  uint64_t bytes;
  uint64_t *word;
} image_t;

static void read_image(void *context, const pcl_access_t *access, pcl_response_t *response) {
  const image_t *image = context;
  const uint64_t offset = access->addr - image->base;
  response->status = offset < image->bytes ? PCL_MEM_OK : PCL_MEM_ACCESS_FAULT;
  if (response->status != PCL_MEM_OK) return;
  for (unsigned i = 0; i < access->beats; i++) response->data[i] = image->word[offset / 8 + i];
}

static image_t take_image(const system_t *system) {
  image_t image = {.base = SYSTEM_PAGES, .bytes = system->next_page - SYSTEM_PAGES};
  image.word = malloc(image.bytes);
  if (!image.word) abort();
  for (uint64_t i = 0; i < image.bytes; i += 8) image.word[i / 8] = tb_load(system->tb, image.base + i);
  return image;
}

static double seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

// 0 if a request is not granted.
static double translations_per_second(bench_t *bench) {
  tb_t *tb = bench->system.tb;
  const pcl_regs_t regs = {.capabilities = tb_reg_read(tb, PCL_REG_CAPABILITIES_OFFSET, 8),
                           .ddtp = tb_reg_read(tb, PCL_REG_DDTP_OFFSET, 8),
                           .fctl = (uint32_t)tb_reg_read(tb, PCL_REG_FCTL_OFFSET, 4)};
  double best = 0;
  bench_map(bench, 4 * BENCH_MIB, PAGES);
  image_t image = take_image(&bench->system);
  unsigned faults = 0;
  for (unsigned round = 0; round < ROUNDS; round++) {
    double start = seconds();
    for (unsigned i = 0; i < TRANSLATIONS; i++) {
      const pcl_request_t request = {.iova = 4 * BENCH_MIB + i * 17 % PAGES * PCL_PAGE, .device_id = BENCH_DEVICE};
      faults += pcl_translate(&regs, &request, read_image, &image).faulted;
    }
    double rate = TRANSLATIONS / (seconds() - start);
    if (rate > best) best = rate;
  }
  free(image.word);
  return faults ? 0 : best;
}

void bench_model(tb_t *tb, void *arguments) {
  bench_t *bench = ((bench_arguments_t *)arguments)->bench;
  bench_init(bench, tb);
  bench_add("model_s1_per_s", translations_per_second(bench), 5e6, 0);
}

void bench_guest_model(tb_t *tb, void *arguments) {
  bench_t *bench = ((bench_arguments_t *)arguments)->bench;
  if (!tb_config()->sv39x4) return;
  bench_init_guest(bench, tb);
  bench_add("model_s2_per_s", translations_per_second(bench), 1.5e6, 0);
}
