// SPDX-License-Identifier: Apache-2.0
//
// What the driver stands on in the testbench: registers and memory of the simulated system, the pool of pages, waiting; and the
// pages that wait for a fence.
#include "os_agent.h"

enum { PATIENCE = 200000 };

static uint32_t read_reg32(void *context, uint32_t offset) { return (uint32_t)tb_reg_read(((os_t *)context)->tb, offset, 4); }
static uint64_t read_reg64(void *context, uint32_t offset) { return tb_reg_read(((os_t *)context)->tb, offset, 8); }

static void write_reg32(void *context, uint32_t offset, uint32_t value) {
  tb_reg_write(((os_t *)context)->tb, offset, value, 4);
}

static void write_reg64(void *context, uint32_t offset, uint64_t value) {
  tb_reg_write(((os_t *)context)->tb, offset, value, 8);
}

static uint64_t load64(void *context, uint64_t addr) { return tb_load(((os_t *)context)->tb, addr); }
static void store64(void *context, uint64_t addr, uint64_t value) { tb_store(((os_t *)context)->tb, addr, value); }

// While one part of the system waits another maps a page: that needs no command.
static bool wait(void *context, uint32_t tries) {
  os_t *os = context;
  if (tries == PATIENCE) fail(tb_failure(os->tb), "software waits for ever");
  tb_run(os->tb, rng_range(&os->rng, 1, 12));
  if (!os->nested && os_chance(os, 10)) {
    os->nested = true;
    os_map(os);
    os->nested = false;
  }
  if (tries % 64 == 63) os_rescue_ports(os);
  return true;
}

static bool is_free(const os_t *os, uint32_t first, uint32_t pages) {
  for (uint32_t i = 0; i < pages; i++)
    if (os->used[first + i]) return false;
  return true;
}

static uint64_t take(os_t *os, uint32_t first, uint32_t pages) {
  for (uint32_t i = 0; i < pages; i++) os->used[first + i] = true;
  return OS_POOL + first * PCL_PAGE;
}

// A page given back a moment ago is the most interesting one.
static bool take_recent(os_t *os, uint32_t *first) {
  while (os->recents && os_below(os, 4)) {
    *first = os->recent[--os->recents];
    if (!os->used[*first]) return true;
  }
  return false;
}

static uint64_t find_pages(os_t *os, uint32_t pages) {
  uint32_t first = os_below(os, OS_PAGES) & ~(pages - 1);
  if (pages == 1 && take_recent(os, &first)) return take(os, first, 1);
  for (uint32_t i = 0; i < OS_PAGES; i += pages, first = (first + pages) % OS_PAGES)
    if (is_free(os, first, pages)) return take(os, first, pages);
  return 0;
}

static uint64_t page_alloc(void *context, uint32_t pages) {
  os_t *os = context;
  uint64_t addr = find_pages(os, pages);
  for (uint32_t i = 0; addr && i < pages * 512; i++)
    if (tb_load(os->tb, addr + i * 8)) tb_store(os->tb, addr + i * 8, 0);
  return addr;
}

static void page_free(void *context, uint64_t addr, uint32_t pages) {
  for (uint32_t i = 0; i < pages; i++) os_free_page(context, addr + i * PCL_PAGE);
}

void os_ops_init(os_t *os) {
  os->ops = (pcl_ops_t){os, read_reg32, read_reg64, write_reg32, write_reg64, load64, store64, page_alloc, page_free,
                      wait, false};
  bool either = read_reg64(os, PCL_REG_CAPABILITIES_OFFSET) & PCL_CAPABILITIES_END_MASK;
  os->ops.big_endian = either && os_below(os, 2);
  os_counts()->big_endian = os->ops.big_endian;
}

void os_check(os_t *os, pcl_status_t status, const char *what) {
  if (!status) return;
  fail(tb_failure(os->tb), "software cannot %s: status %d of the driver", what, (int)status);
  tb_step(os->tb);
}

uint64_t os_page(os_t *os) { return find_pages(os, 1); }

void os_free_page(os_t *os, uint64_t page) {
  uint32_t index = (uint32_t)((page - OS_POOL) / PCL_PAGE);
  if (page < OS_POOL || index >= OS_PAGES || !os->used[index]) {
    fail(tb_failure(os->tb), "software frees page 0x%llx that it does not have", (unsigned long long)page);
    tb_step(os->tb);
    return;
  }
  os->used[index] = false;
  if (os->recents == OS_PAGES) os->recents = 0;
  os->recent[os->recents++] = (uint16_t)index;
}

void os_retire(os_t *os, uint64_t page, bool invalidated) {
  if (!page) return;
  if (os->retirees == OS_RETIRED) os_flush(os);
  os->retired[os->retirees++] = (os_retired_t){.page = page, .invalidated = invalidated};
}

void os_collect(os_t *os) {
  for (unsigned i = os->retirees; i-- > 0;) {
    if (!os->retired[i].fence || !pcl_cmdq_passed(&os->driver.commands, os->retired[i].fence)) continue;
    os_free_page(os, os->retired[i].page);
    os->retired[i] = os->retired[--os->retirees];
  }
}

void os_forget_fences(os_t *os) {
  for (unsigned i = 0; i < os->retirees; i++) os->retired[i].invalidated = false, os->retired[i].fence = 0;
}

void os_flush(os_t *os) {
  os_cover_all(os);
  os_check(os, pcl_fence(&os->driver, PCL_CMD_PR | PCL_CMD_PW), "fence");
  for (unsigned i = 0; i < os->retirees; i++) os_free_page(os, os->retired[i].page);
  os->retirees = 0;
}

// PR and PW make the queue wait for whole bursts, so most fences go without. WSI is for wires only.
uint64_t os_fence_options(os_t *os) {
  uint64_t options = rng_u64(&os->rng) & (PCL_CMD_WSI | PCL_CMD_PR | PCL_CMD_PW);
  if (os->messages) options &= ~PCL_CMD_WSI;
  return os_below(os, 6) ? options & PCL_CMD_WSI : options;
}

void os_fence(os_t *os) {
  const uint64_t full = PCL_CMD_PR | PCL_CMD_PW;
  uint64_t options = os_fence_options(os);
  uint32_t fence = pcl_cmdq_fence(&os->driver.commands, options);
  for (unsigned i = 0; i < os->retirees && (options & full) == full; i++)
    if (os->retired[i].invalidated && !os->retired[i].fence) os->retired[i].fence = fence;
  if (!os_chance(os, os->habits->defer)) os_check(os, pcl_cmdq_wait(&os->driver.commands, fence), "wait for a fence");
}
