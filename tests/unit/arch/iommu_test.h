// SPDX-License-Identifier: Apache-2.0
//
// An untimed IOMMU over the test memory of arch_test.h, set up through its registers, and what it did.
#ifndef PCL_IOMMU_TEST_H
#define PCL_IOMMU_TEST_H

#include "arch/iommu.h"
#include "arch_test.h"
#include "pcl_regs.h"

enum { CQ_PPN = 0x300, FQ_PPN = 0x301, PQ_PPN = 0x302, TEST_MESSAGES = 64 };

#define FENCE       UINT64_C(2)
#define FENCE_AV    PCL_BIT(10)
#define FENCE_WSI   PCL_BIT(11)
#define FENCE_PR    PCL_BIT(12)
#define FENCE_PW    PCL_BIT(13)
#define ATS_INVAL   UINT64_C(4)
#define ATS_PRGR    UINT64_C(0x84)
#define MSI_ADDR(v) (PCL_REG_MSI_ADDR_OFFSET + 16 * (v))
#define MSI_DATA(v) (PCL_REG_MSI_DATA_OFFSET + 16 * (v))
#define MSI_CTL(v)  (PCL_REG_MSI_VEC_CTL_OFFSET + 16 * (v))

#define IGS_WSI  ((uint64_t)PCL_CAPABILITIES_IGS_WSI << PCL_CAPABILITIES_IGS_SHIFT)
#define IGS_BOTH ((uint64_t)PCL_CAPABILITIES_IGS_BOTH << PCL_CAPABILITIES_IGS_SHIFT)
#define CAPS_ALL                                                                                                    \
  (CAPS_FULL | IGS_BOTH | PCL_CAP_SV39X4 | PCL_CAP_SV48X4 | PCL_CAP_SV57X4 | PCL_CAP_AMO_HWAD | PCL_CAP_ATS |       \
   PCL_CAP_T2GPA | PCL_CAP_END | PCL_CAP_HPM | PCL_CAP_DBG | PCL_CAP_PD8 | PCL_CAP_PD17 | PCL_CAP_PD20 |            \
   PCL_CAP_QOSID | PCL_CAP_NL | PCL_CAP_S)

typedef struct {
  machine_t m;
  pcl_iommu_t iommu;
  pcl_store_t store[TEST_MESSAGES];
  pcl_message_t message[TEST_MESSAGES];
  unsigned stores;
  unsigned messages;
  unsigned orders;
  bool order_reads;
  bool order_writes;
} world_t;

static inline void world_access(void *context, const pcl_access_t *access, pcl_response_t *response) {
  world_t *world = context;
  memory_read(&world->m.memory, access, response);
}

static inline pcl_mem_status_t world_store(void *context, const pcl_store_t *store) {
  world_t *world = context;
  for (unsigned i = 0; i < store->bytes; i += 8) {
    const test_word_t *word = memory_word(&world->m.memory, store->addr + i);
    if (word->status != PCL_MEM_OK) return word->status;
  }
  for (unsigned i = 0; i < store->bytes; i += 8) memory_set(&world->m.memory, store->addr + i, store->data[i / 8]);
  assert_true(world->stores < TEST_MESSAGES);
  world->store[world->stores++] = *store;
  return PCL_MEM_OK;
}

static inline void world_message(void *context, const pcl_message_t *message) {
  world_t *world = context;
  assert_true(world->messages < TEST_MESSAGES);
  world->message[world->messages++] = *message;
}

static inline void world_order(void *context, bool reads, bool writes) {
  world_t *world = context;
  world->orders++;
  world->order_reads = reads;
  world->order_writes = writes;
}

static inline void reg_write(world_t *world, uint32_t offset, unsigned bytes, uint64_t value) {
  pcl_iommu_write_register(&world->iommu, offset, bytes, value);
}
static inline void reg_write4(world_t *world, uint32_t offset, uint64_t value) { reg_write(world, offset, 4, value); }
static inline void reg_write8(world_t *world, uint32_t offset, uint64_t value) { reg_write(world, offset, 8, value); }
static inline uint64_t reg_read4(const world_t *world, uint32_t offset) {
  return pcl_iommu_read_register(&world->iommu, offset, 4);
}
static inline uint64_t reg_read8(const world_t *world, uint32_t offset) {
  return pcl_iommu_read_register(&world->iommu, offset, 8);
}

// After reset.
static inline void world_reset(world_t *world, uint64_t capabilities) {
  const pcl_iommu_config_t config = {
    .capabilities = capabilities, .fuse = ~UINT64_C(0), .event_counters = 4, .counter_bits = 64, .vectors = 16};
  const pcl_bus_t bus = {world_access, world_store, world_message, world_order, world};
  memset(world, 0, sizeof *world);
  machine_init(&world->m);
  pcl_iommu_init(&world->iommu, &config, &bus);
}

// Queues of 4 entries on, without interrupts; one-level directory with the machine's device 5.
static inline void world_init(world_t *world, uint64_t capabilities) {
  world_reset(world, capabilities);
  reg_write8(world, PCL_REG_CQB_OFFSET, (uint64_t)CQ_PPN << 10 | 1);
  reg_write8(world, PCL_REG_FQB_OFFSET, (uint64_t)FQ_PPN << 10 | 1);
  reg_write8(world, PCL_REG_PQB_OFFSET, (uint64_t)PQ_PPN << 10 | 1);
  reg_write4(world, PCL_REG_CQCSR_OFFSET, 1);
  reg_write4(world, PCL_REG_FQCSR_OFFSET, 1);
  reg_write4(world, PCL_REG_PQCSR_OFFSET, 1);
  reg_write8(world, PCL_REG_DDTP_OFFSET, world->m.regs.ddtp);
}

static inline uint64_t cq_addr(unsigned index) { return ((uint64_t)CQ_PPN << 12) + 16 * index; }
static inline uint64_t fq_addr(unsigned index) { return ((uint64_t)FQ_PPN << 12) + 32 * index; }
static inline uint64_t pq_addr(unsigned index) { return ((uint64_t)PQ_PPN << 12) + 16 * index; }
static inline uint64_t loaded(world_t *world, uint64_t addr) { return memory_word(&world->m.memory, addr)->value; }

// Puts a command at the tail and rings.
static inline void command(world_t *world, uint64_t dw0, uint64_t dw1) {
  const uint32_t tail = world->iommu.cq.tail;
  memory_set(&world->m.memory, cq_addr(tail), dw0);
  memory_set(&world->m.memory, cq_addr(tail) + 8, dw1);
  reg_write4(world, PCL_REG_CQT_OFFSET, (tail + 1) & 3);
}

static inline pcl_outcome_t request(world_t *world) { return pcl_iommu_translate(&world->iommu, &world->m.request); }

#endif
