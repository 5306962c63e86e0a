// SPDX-License-Identifier: Apache-2.0
//
// Command decoding: operands, and every rule that makes a command illegal (IOMMU spec 4.1).
#include "arch/commands.h"
#include "arch_test.h"

enum { IOTINVAL = 1, IOFENCE = 2, IODIR = 3, ATS = 4 };

static uint64_t op(unsigned opcode, unsigned func3) { return opcode | func3 << 7; }

static pcl_command_t decode(uint64_t caps, uint32_t fctl, uint64_t dw0, uint64_t dw1) {
  const uint64_t dw[2] = {dw0, dw1};
  return pcl_command_decode(caps, fctl, dw);
}

static unsigned kind(uint64_t caps, uint32_t fctl, uint64_t dw0, uint64_t dw1) { return decode(caps, fctl, dw0, dw1).kind; }

// Each bit of the command set alone is legal exactly if it is in the masks (opcode and func3 bits excepted).
static void expect_legal_bits(uint64_t caps, uint32_t fctl, uint64_t base, uint64_t legal0, uint64_t legal1) {
  const unsigned wanted = kind(caps, fctl, base, 0);
  assert_int_not_equal(wanted, PCL_CMD_ILLEGAL);
  for (unsigned n = 10; n < 64; n++) {
    assert_int_equal(kind(caps, fctl, base | PCL_BIT(n), 0), legal0 >> n & 1 ? wanted : PCL_CMD_ILLEGAL);
  }
  for (unsigned n = 0; n < 64; n++) {
    assert_int_equal(kind(caps, fctl, base, PCL_BIT(n)), legal1 >> n & 1 ? wanted : PCL_CMD_ILLEGAL);
  }
}

static void iotinval_reserved_bits_are_illegal(void **state) {
  (void)state;
  const uint64_t addr = UINT64_C(0x3ffffffffffffc00);
  const uint64_t vma = UINT64_C(0x0ffff003fffff400), gvma = UINT64_C(0x0ffff002fffff400);
  expect_legal_bits(0, 0, op(IOTINVAL, 0), vma, addr);
  expect_legal_bits(0, 0, op(IOTINVAL, 1), gvma, addr);
  expect_legal_bits(PCL_CAP_NL, 0, op(IOTINVAL, 0), vma | PCL_BIT(34), addr);
  expect_legal_bits(PCL_CAP_NL, 0, op(IOTINVAL, 1), gvma | PCL_BIT(34), addr);
  expect_legal_bits(PCL_CAP_S, 0, op(IOTINVAL, 0), vma, addr | PCL_BIT(9));
  expect_legal_bits(PCL_CAP_S, 0, op(IOTINVAL, 1), gvma, addr | PCL_BIT(9));
}

static void iotinval_operands(void **state) {
  (void)state;
  const uint64_t valid = PCL_BIT(10) | PCL_BIT(32) | PCL_BIT(33);
  const uint64_t dw0 = op(IOTINVAL, 0) | valid | UINT64_C(0xabcde) << 12 | UINT64_C(0x1234) << 44;
  const pcl_command_t c = decode(PCL_CAP_S, 0, dw0, UINT64_C(0xfedcba9876543) << 10 | PCL_BIT(9));
  assert_int_equal(c.kind, PCL_CMD_IOTINVAL_VMA);
  assert_true(c.av && c.pscv && c.gv && c.s && !c.nl);
  assert_int_equal(c.pscid, 0xabcde);
  assert_int_equal(c.gscid, 0x1234);
  assert_int_equal(c.addr, UINT64_C(0xfedcba9876543000));
}

static void gvma_with_pscv_is_illegal(void **state) {
  (void)state;
  assert_int_equal(kind(~UINT64_C(0), 0, op(IOTINVAL, 1) | PCL_BIT(32), 0), PCL_CMD_ILLEGAL);
}

static void gvma_is_accepted_without_a_second_stage(void **state) {
  (void)state;
  assert_int_equal(kind(CAPS_FULL, 0, op(IOTINVAL, 1), 0), PCL_CMD_IOTINVAL_GVMA);
}

static void iofence_reserved_bits_are_illegal(void **state) {
  (void)state;
  const uint64_t dw0 = UINT64_C(0xffffffff00003400), dw1 = UINT64_C(0x3fffffffffffffff);
  expect_legal_bits(0, 0, op(IOFENCE, 0), dw0, dw1);
  expect_legal_bits(0, PCL_FCTL_WSI, op(IOFENCE, 0), dw0 | PCL_BIT(11), dw1);
}

static void iofence_wsi_needs_fctl_wsi(void **state) {
  (void)state;
  assert_int_equal(kind(CAPS_FULL, 0, op(IOFENCE, 0) | PCL_BIT(11), 0), PCL_CMD_ILLEGAL);
  assert_true(decode(CAPS_FULL, PCL_FCTL_WSI, op(IOFENCE, 0) | PCL_BIT(11), 0).wsi);
}

static void iofence_operands(void **state) {
  (void)state;
  const pcl_command_t c = decode(0, 0, op(IOFENCE, 0) | PCL_BIT(10) | PCL_BIT(13) | UINT64_C(0xdeadbeef) << 32, 0x12345);
  assert_true(c.av && c.pw && !c.pr && !c.wsi);
  assert_int_equal(c.data, 0xdeadbeef);
  assert_int_equal(c.addr, 0x12345 * 4);
  assert_true(decode(0, 0, op(IOFENCE, 0) | PCL_BIT(12), 0).pr);
}

static void inval_ddt_reserves_pid_and_the_second_doubleword(void **state) {
  (void)state;
  expect_legal_bits(~UINT64_C(0), 0, op(IODIR, 0), UINT64_C(0xffffff0200000000), 0);
  const pcl_command_t c = decode(0, 0, op(IODIR, 0) | PCL_BIT(33) | UINT64_C(0xabcdef) << 40, 0);
  assert_int_equal(c.kind, PCL_CMD_IODIR_INVAL_DDT);
  assert_true(c.dv);
  assert_int_equal(c.did, 0xabcdef);
}

static void inval_pdt_needs_a_process_directory_and_dv(void **state) {
  (void)state;
  const uint64_t dw0 = op(IODIR, 1) | PCL_BIT(33);
  assert_int_equal(kind(CAPS_FULL, 0, dw0, 0), PCL_CMD_ILLEGAL);
  assert_int_equal(kind(PCL_CAP_PD8, 0, dw0, 0), PCL_CMD_IODIR_INVAL_PDT);
  assert_int_equal(kind(PCL_CAP_PD8, 0, op(IODIR, 1), 0), PCL_CMD_ILLEGAL);
  expect_legal_bits(PCL_CAP_PD20, 0, dw0, UINT64_C(0xffffff02fffff000), 0);
}

static void inval_pdt_pid_must_fit_the_widest_directory(void **state) {
  (void)state;
  expect_legal_bits(PCL_CAP_PD8, 0, op(IODIR, 1) | PCL_BIT(33), UINT64_C(0xffffff02000ff000), 0);
  expect_legal_bits(PCL_CAP_PD8 | PCL_CAP_PD17, 0, op(IODIR, 1) | PCL_BIT(33), UINT64_C(0xffffff021ffff000), 0);
}

static void ats_needs_the_capability(void **state) {
  (void)state;
  for (unsigned f = 0; f < 2; f++) {
    assert_int_equal(kind(CAPS_FULL, 0, op(ATS, f), 0), PCL_CMD_ILLEGAL);
    expect_legal_bits(PCL_CAP_ATS, 0, op(ATS, f), UINT64_C(0xffffff03fffff000), ~UINT64_C(0));
  }
  const pcl_command_t c = decode(PCL_CAP_ATS, 0, op(ATS, 1) | UINT64_C(0x7) << 12 | PCL_BIT(32) | UINT64_C(0x5a1234) << 40, 9);
  assert_int_equal(c.kind, PCL_CMD_ATS_PRGR);
  assert_true(c.pv && !c.dsv);
  assert_int_equal(c.pid, 7);
  assert_int_equal(c.rid, 0x1234);
  assert_int_equal(c.dseg, 0x5a);
  assert_int_equal(c.payload, 9);
}

static void reserved_and_custom_opcodes_and_functions_are_illegal(void **state) {
  (void)state;
  const uint8_t functions[5] = {0, 2, 1, 2, 2};
  for (unsigned opcode = 0; opcode < 128; opcode++) {
    for (unsigned f = 0; f < 8; f++) {
      const uint64_t dv = opcode == IODIR ? PCL_BIT(33) : 0;
      const bool defined = opcode <= 4 && f < functions[opcode];
      assert_int_equal(kind(~UINT64_C(0), ~UINT32_C(0), op(opcode, f) | dv, 0) != PCL_CMD_ILLEGAL, defined);
    }
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(iotinval_reserved_bits_are_illegal),
    cmocka_unit_test(iotinval_operands),
    cmocka_unit_test(gvma_with_pscv_is_illegal),
    cmocka_unit_test(gvma_is_accepted_without_a_second_stage),
    cmocka_unit_test(iofence_reserved_bits_are_illegal),
    cmocka_unit_test(iofence_wsi_needs_fctl_wsi),
    cmocka_unit_test(iofence_operands),
    cmocka_unit_test(inval_ddt_reserves_pid_and_the_second_doubleword),
    cmocka_unit_test(inval_pdt_needs_a_process_directory_and_dv),
    cmocka_unit_test(inval_pdt_pid_must_fit_the_widest_directory),
    cmocka_unit_test(ats_needs_the_capability),
    cmocka_unit_test(reserved_and_custom_opcodes_and_functions_are_illegal),
  };
  return cmocka_run_group_tests(tests, 0, 0);
}
