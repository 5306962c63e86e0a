// SPDX-License-Identifier: Apache-2.0
//
// The status bits of cqcsr, fqcsr, pqcsr and ipsr: a written 1 clears, a written 0 keeps, by 4 and by 8 bytes; a bit of ipsr
// whose cause persists comes back, and without its enable (cie, fie, pie) none is set; enabling a queue clears its bits and the
// index that the IOMMU moves, disabling clears nothing (IOMMU spec 6.15 to 6.18). cmd_to is in the scenario ats_invalidation.
#include "../unit/regs_table.h"
#include "endpoint.h"

enum { ON = 0x10003, TOGETHER = 2, ENDPOINT = 0x77 };  // ON: enabled, with interrupts, on

#define COMMANDS UINT64_C(0x81000000)
#define FAULTS UINT64_C(0x82000000)

static uint64_t bits_of(unsigned offset) {
  for (unsigned i = 0; i < REGS_TABLE_ROWS; i++)
    if (regs_table[i].offset == offset) return regs_table[i].w1c;
  return 0;
}

static uint64_t csrs(tb_t *tb) { return tb_reg_read(tb, PCL_REG_CQCSR_OFFSET, 8); }
static uint64_t ipsr(tb_t *tb) { return tb_reg_read(tb, PCL_REG_IPSR_OFFSET, 4); }
static uint64_t status_mask(void) { return bits_of(PCL_REG_CQCSR_OFFSET) | bits_of(PCL_REG_FQCSR_OFFSET) << 32; }

// In mode Off every request is refused and recorded.
static void refuse(scene_t *scene) {
  dma_t *dma[TOGETHER];
  uint64_t data[TOGETHER];
  for (unsigned i = 0; i < TOGETHER; i++) dma[i] = scene_post(scene, 0, PCL_READ, i, 0x1000, &data[i]);
  for (unsigned i = 0; i < TOGETHER; i++) scene_end(scene, 0, dma[i]);
}

static void put_command(tb_t *tb, unsigned at, uint64_t dw0) {
  tb_store(tb, COMMANDS + at * 16, dw0);
  tb_store(tb, COMMANDS + at * 16 + 8, 0);
  tb_reg_write(tb, PCL_REG_CQT_OFFSET, at + 1, 4);
  tb_run(tb, 100);
}

// From reset: both queues on, fence_w_ip with cmd_ill or cqmf, fqof with fqmf; cqh = fqt = 1. A fault queue of two entries is
// full with the first record; the second sets fqof while the B of the first, an error, is under way.
static uint64_t raise(tb_t *tb, scene_t *scene, bool illegal) {
  uint64_t data, bits = PCL_CQCSR_FENCE_W_IP_MASK | (illegal ? PCL_CQCSR_CMD_ILL_MASK : PCL_CQCSR_CQMF_MASK) |
                        (uint64_t)(PCL_FQCSR_FQMF_MASK | PCL_FQCSR_FQOF_MASK) << 32;
  tb_reset(tb);
  if (tb_config()->igs_msi) tb_reg_write(tb, PCL_REG_FCTL_OFFSET, PCL_FCTL_WSI_MASK, 4);
  tb_reg_write(tb, PCL_REG_CQB_OFFSET, COMMANDS >> 12 << PCL_CQB_PPN_SHIFT | 3, 8);
  tb_reg_write(tb, PCL_REG_FQB_OFFSET, FAULTS >> 12 << PCL_FQB_PPN_SHIFT, 8);
  tb_reg_write(tb, PCL_REG_CQCSR_OFFSET, UINT64_C(3) << 32 | 3, 8);
  tb_run(tb, 20);
  EXPECT(scene_read(scene, 0, 1, 0x1000, &data) == PCL_RESP_SLVERR);
  tb_run(tb, 100);
  EXPECT(tb_reg_read(tb, PCL_REG_FQT_OFFSET, 4) == 1);
  tb_reg_write(tb, PCL_REG_FQH_OFFSET, 1, 4);
  put_command(tb, 0, 2 | PCL_CMD_WSI);
  if (illegal) put_command(tb, 1, 0x7f);
  scene_break_tables(scene, true);
  if (!illegal) put_command(tb, 1, 2);
  refuse(scene);
  tb_run(tb, 100);
  scene_break_tables(scene, false);
  EXPECT((bits & ~status_mask()) == 0 && csrs(tb) == ((uint64_t)ON << 32 | ON | bits));
  EXPECT(tb_reg_read(tb, PCL_REG_CQH_OFFSET, 4) == 1 && tb_reg_read(tb, PCL_REG_FQT_OFFSET, 4) == 1);
  return bits;
}

// Writes both registers, at once or one by one.
static void write_csrs(tb_t *tb, uint64_t value, unsigned bytes) {
  tb_reg_write(tb, PCL_REG_CQCSR_OFFSET, bytes == 8 ? value : value & 0xffffffff, bytes);
  if (bytes == 4) tb_reg_write(tb, PCL_REG_FQCSR_OFFSET, value >> 32, 4);
}

// Each set of the bits, none and all of them too: those written 1 go, the others stay.
static void check_csrs(tb_t *tb, scene_t *scene, bool illegal, unsigned bytes) {
  static const uint64_t enables = UINT64_C(3) << 32 | 3;
  uint64_t bits, clear = 0;
  do {
    bits = raise(tb, scene, illegal);
    write_csrs(tb, enables | clear, bytes);
    EXPECT(csrs(tb) == ((uint64_t)ON << 32 | ON | (bits & ~clear)));
    clear = (clear - bits) & bits;  // the next set
  } while (clear);
}

// By 8 bytes ipsr is written together with pqcsr. On the way: a write of fqcsr alone leaves cqcsr as it is; without cie a
// standing error does not set cip.
static void check_ipsr(tb_t *tb, scene_t *scene) {
  for (unsigned clear = 0; clear < 4; clear++) {
    for (unsigned bytes = 4; bytes <= 8; bytes += 4) {
      unsigned offset = bytes == 4 ? PCL_REG_IPSR_OFFSET : PCL_REG_PQCSR_OFFSET;
      uint64_t value = bytes == 4 ? clear : (uint64_t)clear << 32;
      uint64_t bits = raise(tb, scene, true);
      EXPECT(ipsr(tb) == 3 && tb_irq(tb) == 1);  // civ = fiv = 0
      tb_reg_write(tb, offset, UINT64_C(3) << (bytes == 4 ? 0 : 32), bytes);
      EXPECT(ipsr(tb) == 3);  // the causes persist
      tb_reg_write(tb, PCL_REG_FQCSR_OFFSET, 3 | bits >> 32, 4);
      EXPECT(csrs(tb) == ((uint64_t)ON << 32 | ON | (bits & 0xffffffff)));
      tb_reg_write(tb, PCL_REG_CQCSR_OFFSET, 1 | PCL_CQCSR_FENCE_W_IP_MASK, 4);  // cie off, cmd_ill stays
      EXPECT(ipsr(tb) == 3);
      tb_reg_write(tb, offset, value, bytes);
      EXPECT(ipsr(tb) == (3 & ~clear) && tb_irq(tb) == (clear != 3));
    }
  }
}

// Off and on again; while off, zeros change nothing.
static void check_enable(tb_t *tb, scene_t *scene, bool illegal, unsigned bytes) {
  uint64_t bits = raise(tb, scene, illegal);
  for (unsigned i = 0; i < 2; i++) {
    write_csrs(tb, 0, bytes);
    tb_run(tb, 100);
    EXPECT(csrs(tb) == bits);
  }
  EXPECT(tb_reg_read(tb, PCL_REG_CQH_OFFSET, 8) == (UINT64_C(2) << 32 | 1));
  EXPECT(tb_reg_read(tb, PCL_REG_FQH_OFFSET, 8) == (UINT64_C(1) << 32 | 1));
  tb_reg_write(tb, PCL_REG_CQT_OFFSET, 0, 4);
  write_csrs(tb, UINT64_C(1) << 32 | 1, bytes);
  tb_run(tb, 20);
  EXPECT(csrs(tb) == (UINT64_C(0x10001) << 32 | 0x10001));
  EXPECT(tb_reg_read(tb, PCL_REG_CQH_OFFSET, 8) == 0 && tb_reg_read(tb, PCL_REG_FQH_OFFSET, 8) == 1);
}

// Without cie and fie nothing interrupts. When they are set later fence_w_ip does, for it is a level, and a record of before does
// not.
static void check_silence(tb_t *tb, scene_t *scene) {
  uint64_t data;
  tb_reset(tb);
  if (tb_config()->igs_msi) tb_reg_write(tb, PCL_REG_FCTL_OFFSET, PCL_FCTL_WSI_MASK, 4);
  tb_reg_write(tb, PCL_REG_CQB_OFFSET, COMMANDS >> 12 << PCL_CQB_PPN_SHIFT | 3, 8);
  tb_reg_write(tb, PCL_REG_FQB_OFFSET, FAULTS >> 12 << PCL_FQB_PPN_SHIFT | 3, 8);
  tb_reg_write(tb, PCL_REG_CQCSR_OFFSET, UINT64_C(1) << 32 | 1, 8);
  tb_run(tb, 20);
  EXPECT(scene_read(scene, 0, 1, 0x1000, &data) == PCL_RESP_SLVERR);
  put_command(tb, 0, 2 | PCL_CMD_WSI);
  EXPECT(csrs(tb) == (UINT64_C(0x10001) << 32 | 0x10001 | PCL_CQCSR_FENCE_W_IP_MASK));
  EXPECT(tb_reg_read(tb, PCL_REG_FQT_OFFSET, 4) == 1 && ipsr(tb) == 0 && tb_irq(tb) == 0);
  tb_reg_write(tb, PCL_REG_CQCSR_OFFSET, UINT64_C(3) << 32 | 3, 8);
  EXPECT(ipsr(tb) == PCL_IPSR_CIP_MASK && tb_irq(tb) == 1);
  EXPECT(scene_read(scene, 0, 1, 0x1000, &data) == PCL_RESP_SLVERR);
  tb_run(tb, 100);
  EXPECT(ipsr(tb) == (PCL_IPSR_CIP_MASK | PCL_IPSR_FIP_MASK));
}

static void ask_for_page(tb_t *tb) { endpoint_request_page(tb, ENDPOINT, 0x5000, 1, PAGE_R | PAGE_LAST, false); }

// From reset: the page-request queue on.
static void start_pages(tb_t *tb, scene_t *scene, unsigned log2_pages, bool interrupts) {
  static const pcl_setup_t setup = {.device_id_bits = 24, .log2_commands = 4, .log2_faults = 4, .interrupts = true};
  pcl_driver_t *driver = &scene->system.driver;
  tb_reset(tb);
  system_start(&scene->system, &setup);
  EXPECT(pcl_attach_bypass(driver, ENDPOINT, PCL_DC_EN_ATS | PCL_DC_EN_PRI) == PCL_OK);
  EXPECT(pcl_pageq_enable(&driver->pages, &scene->system.ops, log2_pages, interrupts) == PCL_OK);
}

// pqof because the queue of two entries is full, or pqmf because memory refused the record.
static void raise_pages(tb_t *tb, scene_t *scene, bool full) {
  start_pages(tb, scene, 1, true);
  EXPECT(endpoint_translate(tb, ENDPOINT, 0x5000).status == STATUS_SUCCESS);  // the context is cached
  if (full) ask_for_page(tb);
  else scene_break_tables(scene, true);
  ask_for_page(tb);
  EXPECT(endpoint_receive(tb).kind == PCL_MSG_PRG_RESPONSE);
  scene_break_tables(scene, false);
  EXPECT(tb_reg_read(tb, PCL_REG_PQT_OFFSET, 4) == full && ipsr(tb) == PCL_IPSR_PIP_MASK && tb_irq(tb) == 1);
}

// Without pie.
static void check_silent_pages(tb_t *tb, scene_t *scene) {
  start_pages(tb, scene, 2, false);
  for (unsigned pie = 0; pie < 2; pie++) {
    ask_for_page(tb);
    tb_run(tb, 300);
    EXPECT(tb_reg_read(tb, PCL_REG_PQT_OFFSET, 4) == pie + 1 && ipsr(tb) == (pie ? PCL_IPSR_PIP_MASK : 0));
    tb_reg_write(tb, PCL_REG_PQCSR_OFFSET, 3, 4);
    EXPECT(ipsr(tb) == (pie ? PCL_IPSR_PIP_MASK : 0));
  }
}

// pqcsr, alone or together with ipsr.
static void write_pqcsr(tb_t *tb, uint64_t value, uint64_t clear, unsigned bytes) {
  tb_reg_write(tb, PCL_REG_PQCSR_OFFSET, bytes == 8 ? clear << 32 | value : value, bytes);
  if (bytes == 4) tb_reg_write(tb, PCL_REG_IPSR_OFFSET, clear, 4);
}

static void check_pages(tb_t *tb, scene_t *scene, bool full, unsigned bytes) {
  const uint64_t mine = full ? PCL_PQCSR_PQOF_MASK : PCL_PQCSR_PQMF_MASK, other = bits_of(PCL_REG_PQCSR_OFFSET) & ~mine;
  raise_pages(tb, scene, full);
  write_pqcsr(tb, 3 | other, PCL_IPSR_PIP_MASK, bytes);
  EXPECT(tb_reg_read(tb, PCL_REG_PQCSR_OFFSET, 8) == ((uint64_t)PCL_IPSR_PIP_MASK << 32 | ON | mine));
  write_pqcsr(tb, 3 | mine, 0, bytes);
  EXPECT(tb_reg_read(tb, PCL_REG_PQCSR_OFFSET, 8) == ((uint64_t)PCL_IPSR_PIP_MASK << 32 | ON));
  write_pqcsr(tb, 3, PCL_IPSR_PIP_MASK, bytes);
  EXPECT(tb_reg_read(tb, PCL_REG_PQCSR_OFFSET, 8) == ON && tb_irq(tb) == 0);
  raise_pages(tb, scene, full);
  write_pqcsr(tb, 0, 0, bytes);
  tb_run(tb, 100);
  EXPECT(tb_reg_read(tb, PCL_REG_PQCSR_OFFSET, 4) == mine && tb_reg_read(tb, PCL_REG_PQT_OFFSET, 4) == full);
  write_pqcsr(tb, 1, 0, bytes);
  tb_run(tb, 20);
  EXPECT(tb_reg_read(tb, PCL_REG_PQCSR_OFFSET, 4) == 0x10001 && tb_reg_read(tb, PCL_REG_PQT_OFFSET, 4) == 0);
}

SCENARIO(status_bits, "status bits of the queues and ipsr: 1 clears, 0 keeps; enabling a queue clears its own, disabling none") {
  static scene_t scene;
  scene_watch(&scene, tb);
  for (unsigned bytes = 4; bytes <= 8; bytes += 4) {
    for (unsigned illegal = 0; illegal < 2; illegal++) {
      check_csrs(tb, &scene, illegal, bytes);
      check_enable(tb, &scene, illegal, bytes);
      if (tb_config()->ats) check_pages(tb, &scene, illegal, bytes);
    }
  }
  check_ipsr(tb, &scene);
  check_silence(tb, &scene);
  if (tb_config()->ats) check_silent_pages(tb, &scene);
  tb_reset(tb);
}
