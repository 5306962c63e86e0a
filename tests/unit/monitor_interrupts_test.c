// SPDX-License-Identifier: Apache-2.0
//
// The security monitor's judgement of the IOMMU's own interrupt messages and of interrupt files in memory.
#include "monitor_guest.h"

enum { MSI_ID = 12, MRIF_ID = 14, ADDR_IPSR = 84, ADDR_QOSID = 624, ADDR_ICVEC = 760, ADDR_TABLE = 768 };
enum { FILE_AT = 0x30000, NOTICE = 0x7000 };

// ---- The IOMMU's own

static int setup_messages(void **state) {
  setup_guest(state);
  for (unsigned v = 0; v < 3; v++) {
    reg_write(ADDR_TABLE + 16 * v, 0x9000 + 0x100 * v, 8);
    reg_write(ADDR_TABLE + 16 * v + 8, 40 + v, 8);
  }
  reg_write(ADDR_ICVEC, 0x2010, 8);              // command queue 0, fault queue 1, page-request queue 2
  return 0;
}

static void cause(unsigned bit) {
  b.probe.ipsr |= 1u << bit;
  tick();
}

static void message(uint64_t addr, uint32_t data) {
  uint64_t word = (uint64_t)data << 32 | data;
  write_beats(MSI_ID, addr, &word, 1, 2, addr & 4 ? 0xf0 : 0x0f);
}

static void not_due(void) { alarms("of no interrupt that is due"); }

static void test_messages(void **state) {
  (void)state;
  cause(0);
  message(0x9000, 40);
  cause(1);
  message(0x9100, 41);
  cause(3);
  message(0x9200, 42);
  reg_write(ADDR_IPSR, 1, 4);                    // set again by the hardware in the same clock
  tick();
  message(0x9000, 40);
  passes();
  assert_int_equal(monitor_stats(b.monitor)->messages, 4);
  message(0x9000, 40);
  not_due();
}

static void test_wrong_messages(void **state) {
  static const struct { unsigned bit; uint64_t addr; uint32_t data; bool masked; } cases[] = {
    {0, 0x9004, 40, false}, {0, 0x9000, 41, false}, {0, 0x9100, 41, false}, {0, 0x9000, 40, true}, {2, 0x9200, 42, false},
  };
  for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
    if (cases[i].masked) reg_write(ADDR_TABLE + 12, 1, 4);
    cause(cases[i].bit);
    message(cases[i].addr, cases[i].data);
    not_due();
    teardown(state);
    setup_messages(state);
  }
}

static void test_wires(void **state) {
  (void)state;
  set_ddtp(0);
  reg_write(ADDR_FCTL, 2, 4);
  cause(0);
  message(0x9000, 40);
  not_due();
}

static void test_masked_and_released(void **state) {
  (void)state;
  reg_write(ADDR_TABLE + 12, 1, 4);
  cause(0);
  reg_write(ADDR_TABLE + 12, 0, 4);
  tick();
  message(0x9000, 40);
  passes();
}

static void test_qos(void **state) {
  for (unsigned of_iommu = 0; of_iommu < 2; of_iommu++) {
    reg_write(ADDR_QOSID, 0x7770123, 4);
    cause(0);
    b.out.ds.aw = (pcl_ax_t){.valid = true, .id = MSI_ID, .addr = 0x9000, .size = 2, .rcid = 0x123};
    b.out.ds.aw.mcid = of_iommu ? 0x777 : 0x776;
    b.out.ds.w = (pcl_w_t){.valid = true, .last = true, .strb = 0x0f, .data = {40}};
    tick();
    if (of_iommu) passes();
    else alarms("which are not the IOMMU's");
    teardown(state);
    setup_messages(state);
  }
}

static void test_refused_message(void **state) {
  (void)state;
  cause(0);
  fq_response = PCL_RESP_SLVERR;
  message(0x9000, 40);
  fq_response = PCL_RESP_OKAY;
  fq_ttyp = 0;
  record(0, 273, 0x9000);
  passes();
  record(1, 273, 0x9000);
  alarms("cause 273 of no refused write");
}

// ---- Interrupt files

// GPAs whose page number is 8 or 9: files 0 and 1. The guest's page of IOVA 0x1000 is GPA 0x8000.
static int setup_file(void **state) {
  setup_guest(state);
  set_field(MSIPTP, UINT64_C(1) << 60 | MSI >> 12);
  set_field(MSI_MASK, 1);
  set_field(MSI_PATTERN, 8);
  store(MSI, (uint64_t)FILE_AT >> 9 << 7 | 3);
  store(MSI + 8, UINT64_C(1) << 60 | (uint64_t)NOTICE >> 12 << 10 | 5);
  everything_anew();
  return 0;
}

static pcl_ax_t device_writes(uint64_t iova, uint32_t data, uint64_t strb) {
  pcl_ax_t ax = ax_of(iova);
  ax.len = 0;
  ax.size = 2;
  take(WRITE, &ax);
  b.in.port[0].dev_w = (pcl_w_t){.valid = true, .last = true, .strb = strb, .data = {(uint64_t)data << 32 | data}};
  b.out.port[0].dev_w_ready = true;
  tick();
  return ax;
}

static void file_reads(uint64_t addr, unsigned resp) {
  b.out.ds.ar = (pcl_ax_t){.valid = true, .id = MRIF_ID, .addr = addr, .size = 3, .lock = true};
  b.in.ds.ar_ready = true;
  tick();
  b.in.ds.r = (pcl_r_t){.valid = true, .id = MRIF_ID, .data = {read_memory(NULL, addr)}, .last = true, .resp = (uint8_t)resp};
  tick();
}

static void file_writes(uint64_t addr, uint64_t value, unsigned resp) {
  b.out.ds.aw = (pcl_ax_t){.valid = true, .id = MRIF_ID, .addr = addr, .size = 3, .lock = true};
  b.out.ds.w = (pcl_w_t){.valid = true, .last = true, .strb = 0xff, .data = {value}};
  b.in.ds.aw_ready = b.in.ds.w_ready = true;
  tick();
  b.in.ds.b = (pcl_b_t){.valid = true, .id = MRIF_ID, .resp = (uint8_t)resp};
  tick();
}

static void notice(uint64_t addr, uint64_t data) { write_beats(MRIF_ID, addr, &data, 1, 2, 0x0f); }

static void accepted(unsigned id, unsigned resp) {
  b.out.port[0].dev_b = (pcl_b_t){.valid = true, .id = (uint16_t)id, .resp = (uint8_t)resp};
  b.in.port[0].dev_b_ready = true;
  tick();
}

static void test_file(void **state) {
  (void)state;
  pcl_ax_t ax = device_writes(0x1000, 0x47, 0x0f);
  file_reads(FILE_AT + 16, PCL_RESP_EXOKAY);
  file_writes(FILE_AT + 16, 1 << 7, PCL_RESP_OKAY);        // lost
  store(FILE_AT + 16, 0x1000);
  file_reads(FILE_AT + 16, PCL_RESP_EXOKAY);
  file_writes(FILE_AT + 16, 0x1080, PCL_RESP_EXOKAY);
  notice(NOTICE, 0x405);
  accepted(ax.id, PCL_RESP_OKAY);
  passes();
  ax = device_writes(0x1004, 0x47000000, 0xf0);            // big-endian
  file_reads(FILE_AT + 16, PCL_RESP_EXOKAY);
  file_writes(FILE_AT + 16, 0x1080, PCL_RESP_EXOKAY);
  notice(NOTICE, 0x405);
  accepted(ax.id, PCL_RESP_OKAY);
  passes();
}

static void test_no_grant(void **state) {
  (void)state;
  pcl_ax_t ax = device_writes(0x1000, 0x47, 0x0f);
  show(WRITE, &ax, NOTICE, 0);
  refused();
}

static void test_wrong_file(void **state) {
  static const struct { uint64_t iova, addr; uint32_t data; unsigned strb; } cases[] = {
    {0x1000, FILE_AT + 32, 0x47, 0x0f}, {0x1000, FILE_AT + 512 + 16, 0x47, 0x0f}, {0x1008, FILE_AT + 16, 0x47, 0x0f},
    {0x1000, FILE_AT, 0x800, 0x0f}, {0x1000, FILE_AT + 16, 0x47, 0x07}, {0x2000, FILE_AT + 16, 0x47, 0x0f},
    {0x1000, FILE_AT + 24, 0x47, 0x0f},
  };
  for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
    device_writes(cases[i].iova, cases[i].data, cases[i].strb);
    file_reads(cases[i].addr, PCL_RESP_EXOKAY);
    alarms("of no interrupt file that a device may write");
    teardown(state);
    setup_file(state);
  }
}

static void test_old_entry(void **state) {
  (void)state;
  for (unsigned invalidated = 0; invalidated < 2; invalidated++) {
    store(MSI, (uint64_t)0x31000 >> 9 << 7 | 3);
    if (invalidated) {
      gvma(of_gscid(GSCID), 0);
      fence();
    }
    device_writes(0x1000, 0x47, 0x0f);
    file_reads(FILE_AT + 16, PCL_RESP_EXOKAY);
    if (invalidated) alarms("of no interrupt file");
    else passes();
  }
}

// What was decided under one directory may show under the next; what is asked for under the next may not use the former.
static void test_moved_directory(void **state) {
  (void)state;
  pcl_ax_t ax = device_writes(0x1000, 0x47, 0x0f);
  set_ddtp((uint64_t)OTHER >> 2 | 2);
  file_reads(FILE_AT + 16, PCL_RESP_EXOKAY);
  file_writes(FILE_AT + 16, 0x80, PCL_RESP_EXOKAY);
  notice(NOTICE, 0x405);
  accepted(ax.id, PCL_RESP_OKAY);
  passes();
  device_writes(0x1000, 0x47, 0x0f);
  file_reads(FILE_AT + 16, PCL_RESP_EXOKAY);
  alarms("of no interrupt file");
}

static void test_wrong_bit(void **state) {
  static const uint64_t values[] = {0x180, 0x40, 0};
  for (unsigned i = 0; i < 3; i++) {
    device_writes(0x1000, 0x47, 0x0f);
    file_reads(FILE_AT + 16, PCL_RESP_EXOKAY);
    file_writes(FILE_AT + 16, values[i], PCL_RESP_EXOKAY);
    alarms("does not set the bit of a device's message alone");
    teardown(state);
    setup_file(state);
  }
}

static void test_wrong_notice(void **state) {
  static const struct { uint64_t addr, data; unsigned resp; } cases[] = {
    {NOTICE, 5, PCL_RESP_EXOKAY}, {NOTICE + 0x1000, 0x405, PCL_RESP_EXOKAY}, {NOTICE, 0x405, PCL_RESP_OKAY},
  };
  for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
    device_writes(0x1000, 0x47, 0x0f);
    file_reads(FILE_AT + 16, PCL_RESP_EXOKAY);
    file_writes(FILE_AT + 16, 0x80, cases[i].resp);
    notice(cases[i].addr, cases[i].data);
    alarms("is no notice of an interrupt file just written");
    teardown(state);
    setup_file(state);
  }
}

static void test_faults(void **state) {
  (void)state;
  pcl_ax_t ax = device_writes(0x1000, 0x47, 0x0f);
  file_reads(FILE_AT + 16, PCL_RESP_SLVERR);
  fq_ttyp = 3;
  record(0, 264, 0x1000);
  accepted(ax.id, PCL_RESP_SLVERR);
  passes();
  device_writes(0x1000, 0x47, 0x0f);
  record(1, 271, 0x1000);
  alarms("no access to an interrupt file failed so");
}

static void test_okay_from_nowhere(void **state) {
  (void)state;
  pcl_ax_t ax = device_writes(0x2000, 0x47, 0x0f);
  accepted(ax.id, PCL_RESP_OKAY);
  alarms("comes from nowhere");
}

int main(void) {
  const struct CMUnitTest tests[] = {
    MONITOR_TEST_WITH(test_messages, setup_messages),
    MONITOR_TEST_WITH(test_wrong_messages, setup_messages),
    MONITOR_TEST_WITH(test_wires, setup_messages),
    MONITOR_TEST_WITH(test_masked_and_released, setup_messages),
    MONITOR_TEST_WITH(test_qos, setup_messages),
    MONITOR_TEST_WITH(test_refused_message, setup_messages),
    MONITOR_TEST_WITH(test_file, setup_file),
    MONITOR_TEST_WITH(test_no_grant, setup_file),
    MONITOR_TEST_WITH(test_wrong_file, setup_file),
    MONITOR_TEST_WITH(test_old_entry, setup_file),
    MONITOR_TEST_WITH(test_moved_directory, setup_file),
    MONITOR_TEST_WITH(test_wrong_bit, setup_file),
    MONITOR_TEST_WITH(test_wrong_notice, setup_file),
    MONITOR_TEST_WITH(test_faults, setup_file),
    MONITOR_TEST_WITH(test_okay_from_nowhere, setup_file),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
