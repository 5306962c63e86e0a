// SPDX-License-Identifier: Apache-2.0
//
// The smallest software that keeps DMA running: one directory table of one level, some devices with Sv39 tables of 4 KiB pages,
// both queues. Now and then it moves a page to another frame (invalidate, fence), takes fault records, clears error bits and
// resumes isolated ports.
#include "agent.h"
#include "pcl_regs.h"

enum { DEVICES = 6, PAGES = 48, CQ_LOG2 = 6, FQ_LOG2 = 7, PTE_RIGHTS = 0xd1 };  // PTE_RIGHTS: D A U V

typedef struct {
  tb_t *tb;
  rng_t rng;
  uint64_t next_table;              // tables come from one region, data frames from all over
  uint64_t ddt, cq, fq, fence_addr;
  uint32_t cq_tail;
  uint64_t leaf_table[DEVICES];
  uint32_t device_id[DEVICES];
  uint64_t iova[DEVICES];
} software_t;

static uint64_t new_table(software_t *sw, unsigned pages) {
  uint64_t addr = sw->next_table;
  for (unsigned i = 0; i < pages; i++) mem_zero_page(tb_memory(sw->tb), addr + 4096 * i, MEM_BY_SOFTWARE);
  sw->next_table += 4096 * pages;
  return addr;
}

static uint64_t pte_of(uint64_t addr, uint64_t bits) { return addr >> 12 << 10 | bits; }

static void map_page(software_t *sw, unsigned device, unsigned page) {
  uint64_t frame = (rng_u64(&sw->rng) & UINT64_C(0xfffffff000)) | UINT64_C(1) << 41;
  uint64_t rights = page % 8 == 7 ? 2 : page % 8 == 6 ? 10 : 6;  // R, RX, RW
  tb_store(sw->tb, sw->leaf_table[device] + 8 * page, pte_of(frame, PTE_RIGHTS | rights));
}

static void create_device(software_t *sw, unsigned device) {
  tb_t *tb = sw->tb;
  sw->device_id[device] = 1 + device * 19;
  sw->iova[device] = UINT64_C(0x40000000) * (device % 2) + UINT64_C(0x200000) * (device + 1);
  uint64_t root = new_table(sw, 1), middle = new_table(sw, 1);
  sw->leaf_table[device] = new_table(sw, 1);
  tb_store(tb, root + 8 * (sw->iova[device] >> 30 & 511), pte_of(middle, 1));
  tb_store(tb, middle + 8 * (sw->iova[device] >> 21 & 511), pte_of(sw->leaf_table[device], 1));
  for (unsigned page = 0; page < PAGES; page++) map_page(sw, device, page);
  uint64_t dc = sw->ddt + 32 * sw->device_id[device];
  tb_store(tb, dc + 8, 0);
  tb_store(tb, dc + 16, (uint64_t)(device + 1) << 12);
  tb_store(tb, dc + 24, UINT64_C(8) << 60 | root >> 12);
  tb_store(tb, dc, 1);
  unsigned port = device % tb_config()->num_ports;
  for (unsigned page = 0; page < PAGES; page += 8) {
    dma_target_t target = {.iova = sw->iova[device] + 4096 * page, .bytes = 6 * 4096, .device_id = sw->device_id[device],
                           .read = true, .write = true};
    target_add(tb_targets(tb, port), &target);
    target.iova += 6 * 4096;
    target.bytes = 2 * 4096;
    target.write = false;
    target.exec = true;
    target_add(tb_targets(tb, port), &target);
  }
}

static void write_queue_base(software_t *sw, unsigned offset, uint64_t addr, unsigned log2_entries) {
  tb_reg_write(sw->tb, offset, addr >> 12 << 10 | (log2_entries - 1), 8);
}

static void set_up(software_t *sw) {
  tb_t *tb = sw->tb;
  sw->next_table = UINT64_C(0x80000000);
  sw->ddt = new_table(sw, 1);
  sw->cq = new_table(sw, 1);
  sw->fq = new_table(sw, 1);
  sw->fence_addr = new_table(sw, 1);
  for (unsigned device = 0; device < DEVICES; device++) create_device(sw, device);
  write_queue_base(sw, PCL_REG_CQB_OFFSET, sw->cq, CQ_LOG2);
  write_queue_base(sw, PCL_REG_FQB_OFFSET, sw->fq, FQ_LOG2);
  tb_reg_write(tb, PCL_REG_ICVEC_OFFSET, 0x21, 8);
  tb_reg_write(tb, PCL_REG_CQCSR_OFFSET, PCL_CQCSR_CQEN_MASK | PCL_CQCSR_CIE_MASK, 4);
  tb_reg_write(tb, PCL_REG_FQCSR_OFFSET, PCL_FQCSR_FQEN_MASK | PCL_FQCSR_FIE_MASK, 4);
  tb_reg_write(tb, PCL_REG_DDTP_OFFSET, sw->ddt >> 12 << 10 | PCL_DDTP_IOMMU_MODE_LVL1, 8);
  for (unsigned port = 0; port < tb_config()->num_ports; port++)
    tb_reg_write(tb, PCL_REG_ISOTIME_OFFSET + port * PCL_REG_ISOTIME_STRIDE, 5000, 4);
}

static void put_command(software_t *sw, uint64_t dw0, uint64_t dw1) {
  uint64_t slot = sw->cq + 16 * (uint64_t)sw->cq_tail;
  tb_store(sw->tb, slot, dw0);
  tb_store(sw->tb, slot + 8, dw1);
  sw->cq_tail = (sw->cq_tail + 1) % (1u << CQ_LOG2);
}

// Posts what was put and waits until it is done; clears what stops the queue (memory that answers with an error).
static void run_commands(software_t *sw) {
  tb_t *tb = sw->tb;
  tb_reg_write(tb, PCL_REG_CQT_OFFSET, sw->cq_tail, 4);
  while (tb_reg_read(tb, PCL_REG_CQH_OFFSET, 4) != sw->cq_tail) {
    uint64_t csr = tb_reg_read(tb, PCL_REG_CQCSR_OFFSET, 4);
    if (csr & (PCL_CQCSR_CQMF_MASK | PCL_CQCSR_CMD_ILL_MASK)) tb_reg_write(tb, PCL_REG_CQCSR_OFFSET, csr & 0xffff, 4);
    tb_run(tb, 10);
  }
}

static void move_page(software_t *sw) {
  unsigned device = rng_below(&sw->rng, DEVICES), page = rng_below(&sw->rng, PAGES);
  map_page(sw, device, page);
  uint64_t pscid = device + 1, iova = sw->iova[device] + 4096 * page;
  if (rng_below(&sw->rng, 4)) put_command(sw, 1 | 1 << 10 | pscid << 12 | UINT64_C(1) << 32, iova >> 12 << 10);
  else put_command(sw, 1 | pscid << 12 | UINT64_C(1) << 32, 0);
  put_command(sw, 2 | 1 << 10 | 3 << 12 | rng_u64(&sw->rng) << 32, sw->fence_addr >> 2);
  run_commands(sw);
}

static void take_faults(software_t *sw) {
  tb_t *tb = sw->tb;
  tb_reg_write(tb, PCL_REG_FQH_OFFSET, tb_reg_read(tb, PCL_REG_FQT_OFFSET, 4), 4);
  uint64_t csr = tb_reg_read(tb, PCL_REG_FQCSR_OFFSET, 4);
  if (csr & (PCL_FQCSR_FQMF_MASK | PCL_FQCSR_FQOF_MASK)) tb_reg_write(tb, PCL_REG_FQCSR_OFFSET, csr & 0xffff, 4);
  tb_reg_write(tb, PCL_REG_IPSR_OFFSET, 3, 4);
}

// Resets the devices of an isolated port and lets it go on.
static void resume_port(software_t *sw, unsigned port) {
  tb_t *tb = sw->tb;
  unsigned status = PCL_REG_QSTA_OFFSET + port * PCL_REG_QSTA_STRIDE, control = PCL_REG_QCTL_OFFSET + port * PCL_REG_QCTL_STRIDE;
  if (!(tb_reg_read(tb, status, 4) & PCL_QSTA_ISOLATED_MASK)) return;
  device_hold(tb_device(tb, port), true);
  tb_reg_write(tb, control, PCL_QCTL_RESUME_MASK, 4);
  while (tb_reg_read(tb, status, 4) & PCL_QSTA_ISOLATED_MASK) tb_run(tb, 20);
  device_hold(tb_device(tb, port), false);
}

static void resume_ports(software_t *sw) {
  for (unsigned port = 0; port < tb_config()->num_ports; port++) resume_port(sw, port);
}

static void run(tb_t *tb, const agent_context_t *context) {
  software_t sw = {.tb = tb};
  rng_seed(&sw.rng, context->seed, 1000);
  set_up(&sw);
  while (tb_cycle(tb) < context->cycles) {
    tb_run(tb, rng_range(&sw.rng, 1, 600));
    switch (rng_below(&sw.rng, 4)) {
      case 0: take_faults(&sw); break;
      case 1: resume_ports(&sw); break;
      default: move_page(&sw); break;
    }
  }
  tb_pause(tb, true);
  while (!tb_drain(tb, 1000)) resume_ports(&sw);
}

const agent_t agent_basic = {.name = "basic", .what = "one table per device, moves pages now and then", .run = run};
