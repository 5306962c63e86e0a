// SPDX-License-Identifier: Apache-2.0
//
// A board for tests of the driver: the untimed model, two megabytes of memory for tables, and notes of the commands fetched.
#ifndef DRIVER_BOARD_H
#define DRIVER_BOARD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "arch/caps.h"
#include "arch/iommu.h"
#include "pcl_driver.h"
#include "pcl_regs.h"

enum { PAGES = 512, COMMANDS = 64, DEVICE = 0x1a5 };

#define POOL_BASE UINT64_C(0x80000000)
#define CAPABILITIES \
  (0x10 | PCL_CAP_SV39 | PCL_CAP_SV48 | PCL_CAP_SV57 | PCL_CAP_SVPBMT | (UINT64_C(1) << 28) | (UINT64_C(56) << 32))

typedef struct {
  pcl_iommu_t iommu;
  uint64_t memory[PAGES][512];
  bool used[PAGES];
  uint32_t waits;
  pcl_cmd_words_t command[COMMANDS];  // IOTINVAL and IODIR, the newest at index commands - 1
  uint32_t commands;
} board_t;

static board_t board;

static inline uint64_t *word(uint64_t addr) {
  assert_true(addr >= POOL_BASE && addr < POOL_BASE + PAGES * PCL_PAGE);
  return &board.memory[(addr - POOL_BASE) >> 12][addr >> 3 & 511];
}

static inline void model_read(void *context, const pcl_access_t *access, pcl_response_t *response) {
  (void)context;
  response->status = PCL_MEM_OK;
  if (access->update) {
    response->status = *word(access->addr) == access->old_value ? PCL_MEM_OK : PCL_MEM_CHANGED;
    if (response->status == PCL_MEM_OK) *word(access->addr) = access->new_value;
    return;
  }
  for (unsigned i = 0; i < access->beats; i++) response->data[i] = *word(access->addr + 8 * i);
  if (access->kind != PCL_ACCESS_COMMAND || !(response->data[0] & 1)) return;
  memcpy(board.command[board.commands++ % COMMANDS].dw, response->data, 16);
}

static inline pcl_mem_status_t model_store(void *context, const pcl_store_t *store) {
  (void)context;
  memcpy((uint8_t *)word(store->addr) + (store->addr & 7), store->data, store->bytes);
  return PCL_MEM_OK;
}

static inline uint32_t read32(void *context, uint32_t offset) {
  (void)context;
  return (uint32_t)pcl_iommu_read_register(&board.iommu, offset, 4);
}
static inline uint64_t read64(void *context, uint32_t offset) {
  (void)context;
  return pcl_iommu_read_register(&board.iommu, offset, 8);
}
static inline void write32(void *context, uint32_t offset, uint32_t value) {
  (void)context;
  pcl_iommu_write_register(&board.iommu, offset, 4, value);
}
static inline void write64(void *context, uint32_t offset, uint64_t value) {
  (void)context;
  pcl_iommu_write_register(&board.iommu, offset, 8, value);
}
static inline uint64_t load64(void *context, uint64_t addr) { (void)context; return *word(addr); }
static inline void store64(void *context, uint64_t addr, uint64_t value) { (void)context; *word(addr) = value; }
static inline bool wait(void *context, uint32_t tries) { (void)context; board.waits++; return tries < 100; }

static inline uint64_t page_alloc(void *context, uint32_t pages) {
  (void)context;
  for (uint32_t i = 0; i < PAGES; i += pages) {
    uint32_t n = 0;
    while (n < pages && !board.used[i + n]) n++;
    if (n < pages) continue;
    for (n = 0; n < pages; n++) board.used[i + n] = true;
    memset(board.memory[i], 0, pages * PCL_PAGE);
    return POOL_BASE + i * PCL_PAGE;
  }
  return 0;
}

static inline void page_free(void *context, uint64_t addr, uint32_t pages) {
  (void)context;
  for (uint32_t i = 0; i < pages; i++) {
    assert_true(board.used[((addr - POOL_BASE) >> 12) + i]);
    board.used[((addr - POOL_BASE) >> 12) + i] = false;
  }
}

static inline uint32_t pages_used(void) {
  uint32_t count = 0;
  for (uint32_t i = 0; i < PAGES; i++) count += board.used[i];
  return count;
}

static const pcl_ops_t ops = {
  NULL, read32, read64, write32, write64, load64, store64, page_alloc, page_free, wait, false,
};

static pcl_driver_t driver;

static const pcl_bus_t bus = {.access = model_read, .store = model_store};

static inline void start_with(uint64_t capabilities, uint32_t device_id_bits) {
  const pcl_iommu_config_t config = {.capabilities = capabilities, .fuse = ~UINT64_C(0), .vectors = 16};
  memset(&board, 0, sizeof board);
  pcl_iommu_init(&board.iommu, &config, &bus);
  const pcl_setup_t setup = {.device_id_bits = device_id_bits, .log2_commands = 4, .log2_faults = 2, .interrupts = true};
  assert_int_equal(pcl_init(&driver, &ops, &setup), PCL_OK);
}

#endif
