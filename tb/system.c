// SPDX-License-Identifier: Apache-2.0
#include "system.h"

static tb_t *tb_of(void *context) { return ((system_t *)context)->tb; }

static uint32_t read_reg32(void *context, uint32_t offset) { return (uint32_t)tb_reg_read(tb_of(context), offset, 4); }
static uint64_t read_reg64(void *context, uint32_t offset) { return tb_reg_read(tb_of(context), offset, 8); }
static void write_reg32(void *context, uint32_t offset, uint32_t value) { tb_reg_write(tb_of(context), offset, value, 4); }
static void write_reg64(void *context, uint32_t offset, uint64_t value) { tb_reg_write(tb_of(context), offset, value, 8); }
static uint64_t load64(void *context, uint64_t addr) { return tb_load(tb_of(context), addr); }
static void store64(void *context, uint64_t addr, uint64_t value) { tb_store(tb_of(context), addr, value); }

static bool wait(void *context, uint32_t tries) {
  tb_step(tb_of(context));
  return tries < 20000;
}

static uint64_t page_alloc(void *context, uint32_t pages) {
  system_t *system = context;
  uint64_t bytes = pages * PCL_PAGE, addr = (system->next_page + bytes - 1) / bytes * bytes;
  for (uint32_t i = 0; i < pages; i++) mem_zero_page(tb_memory(system->tb), addr + i * PCL_PAGE, MEM_BY_SOFTWARE);
  system->next_page = addr + bytes;
  return addr;
}

static void page_free(void *context, uint64_t addr, uint32_t pages) { (void)context, (void)addr, (void)pages; }

void system_expect(system_t *system, pcl_status_t status, const char *what) {
  if (!status) return;
  fail(tb_failure(system->tb), "cannot %s: status %d of the driver", what, (int)status);
  tb_step(system->tb);
}

void system_connect(system_t *system, tb_t *tb) {
  system->tb = tb;
  system->next_page = SYSTEM_PAGES;
  system->ops =
    (pcl_ops_t){system, read_reg32, read_reg64, write_reg32, write_reg64, load64, store64, page_alloc, page_free, wait, false};
}

void system_start(system_t *system, const pcl_setup_t *setup) {
  system_expect(system, pcl_init(&system->driver, &system->ops, setup), "initialise");
}
