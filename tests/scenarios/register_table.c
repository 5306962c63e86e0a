// SPDX-License-Identifier: Apache-2.0
//
// The registers against a table written by hand: offsets, reset values, which bits can be written, by 8 and by 4 bytes; and that
// any other write is refused and changes nothing.
#include "../unit/regs_table.h"
#include "scene.h"

static bool is(const regs_row_t *row, unsigned offset) { return row->offset == offset; }

static uint64_t ones(unsigned bytes) { return bytes == 8 ? ~UINT64_C(0) : 0xffffffff; }

// Ports that are not built have no registers.
static bool is_absent(const regs_row_t *row, unsigned element) {
  bool of_port = row->offset >= PCL_REG_QCTL_OFFSET && row->offset < PCL_REG_QCTL_OFFSET + PCL_REG_QCTL_STRIDE;
  return of_port && element >= tb_config()->num_ports;
}

static uint64_t reset_of(const regs_row_t *row, unsigned element) {
  if (is_absent(row, element)) return 0;
  if (is(row, PCL_REG_QSTA_OFFSET)) return PCL_QSTA_DRAINED_MASK;
  if (is(row, PCL_REG_MSTA_OFFSET)) return tb_config()->ats ? PCL_MSTA_DRAINED_MASK : 0;
  if (is(row, PCL_REG_FCTL_OFFSET)) return regs_fctl(tb_config());
  return is(row, PCL_REG_CAPABILITIES_OFFSET) ? regs_capabilities(tb_config()) : row->reset;
}

static uint64_t rw_of(const regs_row_t *row, unsigned element) {
  return is_absent(row, element) ? 0 : regs_writable(tb_config(), row, element);
}

// A value that tries all bits and is legal where only some values are.
static uint64_t legal(const regs_row_t *row, uint64_t value) {
  uint64_t mode = value & 1 ? PCL_DDTP_IOMMU_MODE_LVL3 : PCL_DDTP_IOMMU_MODE_BARE;
  if (is(row, PCL_REG_DDTP_OFFSET)) return (value & ~UINT64_C(0xf)) | mode;
  if (is(row, PCL_REG_QCTL_OFFSET)) return (value & ~UINT64_C(0x303)) | (value & 1 ? PCL_QCTL_MODE_ABORT : PCL_QCTL_MODE_HOLD);
  if (is(row, PCL_REG_MCTL_OFFSET)) return (value & ~UINT64_C(3)) | (value & 1 ? PCL_MCTL_MODE_ABORT : PCL_MCTL_MODE_RUN);
  if (is(row, PCL_REG_IOHPMEVT_OFFSET)) return (value & ~PCL_IOHPMEVT_EVENTID_MASK) | (value & 1 ? 8 : 1);
  if (is(row, PCL_REG_TR_REQ_CTL_OFFSET)) return value & ~PCL_TR_REQ_CTL_GO_BUSY_MASK;
  // Queues stay off.
  bool csr = is(row, PCL_REG_CQCSR_OFFSET) || is(row, PCL_REG_FQCSR_OFFSET) || is(row, PCL_REG_PQCSR_OFFSET);
  if (csr) return value & ~UINT64_C(1);
  return value;
}

// Waits while ddtp is busy, which it is as long as the caches are being cleared.
static void settle(tb_t *tb) {
  while (tb_reg_read(tb, PCL_REG_DDTP_OFFSET, 8) & PCL_DDTP_BUSY_MASK) tb_step(tb);
}

// The indices keep LOG2SZ bits: make the queues as large as they can be. Counters stand still at 0.
static void prepare(tb_t *tb, const regs_row_t *row) {
  tb_reset(tb);
  if (is(row, PCL_REG_CQT_OFFSET)) tb_reg_write(tb, PCL_REG_CQB_OFFSET, 31, 8);
  if (is(row, PCL_REG_FQH_OFFSET)) tb_reg_write(tb, PCL_REG_FQB_OFFSET, 31, 8);
  if (is(row, PCL_REG_PQH_OFFSET)) tb_reg_write(tb, PCL_REG_PQB_OFFSET, 31, 8);
  if (is(row, PCL_REG_IOHPMCYCLES_OFFSET)) {
    tb_reg_write(tb, PCL_REG_IOCOUNTINH_OFFSET, PCL_IOCOUNTINH_CY_MASK, 4);
    tb_reg_write(tb, PCL_REG_IOHPMCYCLES_OFFSET, 0, 8);
  }
}

static void check_writes(tb_t *tb, const regs_row_t *row, unsigned element) {
  static const uint64_t patterns[4] = {~UINT64_C(0), UINT64_C(0x5555555555555555), UINT64_C(0xaaaaaaaaaaaaaaaa), 0};
  unsigned offset = row->offset + element * row->stride;
  uint64_t reset = reset_of(row, element), rw = rw_of(row, element);
  prepare(tb, row);
  for (unsigned i = 0; i < 4; i++) {
    uint64_t value = legal(row, patterns[i]), expected = (reset & ~rw) | (value & rw);
    tb_reg_write(tb, offset, value & ones(row->size), row->size);
    settle(tb);
    EXPECT(tb_reg_read(tb, offset, row->size) == (expected & ones(row->size)));
  }
}

// An 8-byte register half by half.
static void check_halves(tb_t *tb, const regs_row_t *row, unsigned element) {
  unsigned offset = row->offset + element * row->stride;
  uint64_t reset = reset_of(row, element), value = legal(row, ~UINT64_C(0)), rw = rw_of(row, element);
  uint64_t expected = (reset & ~rw) | (value & rw);
  prepare(tb, row);
  tb_reg_write(tb, offset + 4, value >> 32, 4);
  settle(tb);
  EXPECT(tb_reg_read(tb, offset, 8) == ((expected & ~UINT64_C(0xffffffff)) | (reset & 0xffffffff)));
  EXPECT(tb_reg_read(tb, offset + 4, 4) == expected >> 32);
  tb_reg_write(tb, offset, value & 0xffffffff, 4);
  settle(tb);
  EXPECT(tb_reg_read(tb, offset, 8) == expected);
}

// Strobes other than all bytes of an aligned word or doubleword.
static void check_refused(tb_t *tb, const regs_row_t *row) {
  static const uint8_t strobes[8] = {0x00, 0x01, 0x03, 0x7f, 0xfe, 0x3c, 0xf1, 0x80};
  unsigned aligned = row->offset & ~7u;
  prepare(tb, row);
  uint64_t before = tb_reg_read(tb, aligned, 8);
  for (unsigned i = 0; i < 11; i++) {
    reg_access_t access = {.write = true, .data = ~UINT64_C(0), .addr = (uint16_t)aligned, .strb = 0xff};
    if (i < 8) access.strb = strobes[i];
    else if (i == 8) access.addr += 4;                      // 8 bytes, half aligned
    else if (i == 9) access.addr += 2, access.strb = 0x0f;  // not a multiple of 4
    else access.addr += 4, access.strb = 0x0f;              // the wrong half
    uint32_t ticket = reg_post_raw(tb_regs(tb), &access);
    while (!reg_done(tb_regs(tb), ticket)) tb_step(tb);
    EXPECT(reg_result(tb_regs(tb), ticket)->resp == PCL_RESP_SLVERR);
    EXPECT(tb_reg_read(tb, aligned, 8) == before);
  }
}

// Modes that do not exist keep the old one.
static void check_illegal_modes(tb_t *tb) {
  tb_reset(tb);
  for (unsigned mode = 5; mode < 16; mode++) {
    uint64_t ppn = (uint64_t)mode << PCL_DDTP_PPN_SHIFT;
    tb_reg_write(tb, PCL_REG_DDTP_OFFSET, ppn | PCL_DDTP_IOMMU_MODE_LVL2, 8);
    settle(tb);
    tb_reg_write(tb, PCL_REG_DDTP_OFFSET, ppn << 1 | mode, 8);
    settle(tb);
    EXPECT(tb_reg_read(tb, PCL_REG_DDTP_OFFSET, 8) == (ppn << 1 | PCL_DDTP_IOMMU_MODE_LVL2));
  }
  tb_reg_write(tb, PCL_REG_QCTL_OFFSET, PCL_QCTL_MODE_HOLD, 4);
  tb_reg_write(tb, PCL_REG_QCTL_OFFSET, 3, 4);
  EXPECT(tb_reg_read(tb, PCL_REG_QCTL_OFFSET, 4) == PCL_QCTL_MODE_HOLD);
}

// cqt, fqh and pqh keep LOG2SZ bits; cqb, fqb and pqb do not change while their queue is on.
static void check_queues(tb_t *tb) {
  static const uint16_t base[3] = {PCL_REG_CQB_OFFSET, PCL_REG_FQB_OFFSET, PCL_REG_PQB_OFFSET};
  static const uint16_t index[3] = {PCL_REG_CQT_OFFSET, PCL_REG_FQH_OFFSET, PCL_REG_PQH_OFFSET};
  static const uint16_t csr[3] = {PCL_REG_CQCSR_OFFSET, PCL_REG_FQCSR_OFFSET, PCL_REG_PQCSR_OFFSET};
  const unsigned queues = tb_config()->ats ? 3 : 2;
  tb_reset(tb);
  for (unsigned q = 0; q < queues; q++) {
    for (unsigned log2 = 1; log2 <= 32; log2++) {
      tb_reg_write(tb, base[q], (uint64_t)(log2 + 1) << 10 | (log2 - 1), 8);
      tb_reg_write(tb, index[q], 0xffffffff, 4);
      EXPECT(tb_reg_read(tb, index[q], 4) == (UINT64_C(1) << log2) - 1);
    }
    tb_reg_write(tb, base[q], 1 << 10 | 4, 8);
    tb_reg_write(tb, index[q], 0, 4);
    tb_reg_write(tb, csr[q], 1, 4);
    tb_run(tb, 20);
    EXPECT(tb_reg_read(tb, csr[q], 4) == 0x10001);  // on and enabled, not busy
    tb_reg_write(tb, base[q], 7 << 10 | 7, 8);
    EXPECT(tb_reg_read(tb, base[q], 8) == (1 << 10 | 4));
    tb_reg_write(tb, csr[q], 0, 4);
    tb_run(tb, 20);
    EXPECT(tb_reg_read(tb, csr[q], 4) == 0);
  }
}

SCENARIO(register_table, "offsets, reset values and writable bits of every register, against a table written by hand") {
  for (unsigned i = 0; i < REGS_TABLE_ROWS; i++) {
    const regs_row_t *row = &regs_table[i];
    if (is(row, PCL_REG_IOHPMCYCLES_OFFSET)) continue;  // counts
    for (unsigned element = 0; element < row->count; element++)
      EXPECT(tb_reg_read(tb, row->offset + element * row->stride, row->size) == reset_of(row, element));
  }
  for (unsigned i = 0; i < REGS_TABLE_ROWS; i++) {
    const regs_row_t *row = &regs_table[i];
    for (unsigned element = 0; element < row->count; element++) {
      check_writes(tb, row, element);
      if (row->size == 8) check_halves(tb, row, element);
    }
    check_refused(tb, row);
  }
  check_illegal_modes(tb);
  check_queues(tb);
  tb_reset(tb);
}
