// SPDX-License-Identifier: Apache-2.0
//
// The driver's quiescing, isolation and release of ports and of the message port. The untimed model has no ports: here they are a
// few registers that change while the driver waits.
#include "driver_board.h"

enum { PORTS = 4, AT_QCTL = PCL_REG_QCTL_OFFSET, AT_QSTA = PCL_REG_QSTA_OFFSET, AT_ISOTIME = PCL_REG_ISOTIME_OFFSET, STUCK = 99 };

typedef struct {
  uint32_t qctl, isotime;
  uint32_t busy;      // waits until it is drained, or does what was asked; STUCK: never
  bool drained, isolated, isolate, resume;
} port_t;

static port_t port[PORTS];
static uint32_t mctl, messages_busy;
static pcl_ops_t board_ops;

// Whether an offset is that of a register of a port, with this place in it.
static bool is(uint32_t offset, uint32_t place, unsigned *p) {
  *p = (offset - AT_QCTL) / PCL_REG_QCTL_STRIDE;
  return offset >= AT_QCTL && *p < PORTS && offset == place + *p * PCL_REG_QCTL_STRIDE;
}

static uint32_t read_port(void *context, uint32_t offset) {
  unsigned p;
  if (is(offset, AT_QCTL, &p)) return port[p].qctl & PCL_QCTL_MODE_MASK;
  if (is(offset, AT_QSTA, &p))
    return (port[p].drained ? PCL_QSTA_DRAINED_MASK : 0) | (port[p].isolated ? PCL_QSTA_ISOLATED_MASK : 0);
  if (is(offset, AT_ISOTIME, &p)) return port[p].isotime;
  if (offset == PCL_REG_MSTA_OFFSET) return messages_busy ? 0 : PCL_MSTA_DRAINED_MASK;
  return read32(context, offset);
}

static void write_port(void *context, uint32_t offset, uint32_t value) {
  unsigned p;
  if (is(offset, AT_QCTL, &p)) {
    port[p].qctl = value;
    port[p].isolate |= (value & PCL_QCTL_ISOLATE_MASK) != 0;
    port[p].resume |= (value & PCL_QCTL_RESUME_MASK) != 0;
  } else if (is(offset, AT_ISOTIME, &p)) {
    port[p].isotime = value;
  } else if (offset == PCL_REG_MCTL_OFFSET) {
    mctl = value;
  } else {
    write32(context, offset, value);
  }
}

static bool pass_time(void *context, uint32_t tries) {
  if (messages_busy != STUCK && messages_busy) messages_busy--;
  for (unsigned p = 0; p < PORTS; p++) {
    if (port[p].busy == STUCK || (port[p].busy && --port[p].busy)) continue;
    port[p].drained = (port[p].qctl & PCL_QCTL_MODE_MASK) != PCL_QCTL_MODE_RUN;
    if (port[p].isolate) port[p].isolated = true;
    if (port[p].resume) port[p].isolated = false;
    port[p].isolate = port[p].resume = false;
  }
  return wait(context, tries);
}

static int start(void **state) {
  (void)state;
  start_with(CAPABILITIES | PCL_CAP_ATS, 16);
  memset(port, 0, sizeof port);
  mctl = messages_busy = 0;
  board_ops = ops;
  board_ops.read_reg32 = read_port;
  board_ops.write_reg32 = write_port;
  board_ops.wait = pass_time;
  driver.ops = &board_ops;
  return 0;
}

static uint32_t mode_of(unsigned p) { return port[p].qctl & PCL_QCTL_MODE_MASK; }

static void test_hold(void **state) {
  (void)state;
  port[2].busy = 5;
  assert_int_equal(pcl_quiesce(&driver, 2, false), PCL_OK);
  assert_int_equal(port[2].busy, 0);
  assert_int_equal(mode_of(2), PCL_QCTL_MODE_HOLD);
  for (unsigned p = 0; p < PORTS; p++)
    if (p != 2) assert_int_equal(mode_of(p), PCL_QCTL_MODE_RUN);
  assert_int_equal(pcl_resume(&driver, 2), PCL_OK);
  assert_int_equal(mode_of(2), PCL_QCTL_MODE_RUN);
}

static void test_abort_after_hold(void **state) {
  (void)state;
  port[0].busy = STUCK;
  assert_int_equal(pcl_quiesce(&driver, 0, true), PCL_E_TIMEOUT);
  assert_int_equal(mode_of(0), PCL_QCTL_MODE_HOLD);
  port[0].busy = 2;
  assert_int_equal(pcl_quiesce(&driver, 0, true), PCL_OK);
  assert_int_equal(mode_of(0), PCL_QCTL_MODE_ABORT);
}

static void test_isolation(void **state) {
  (void)state;
  pcl_set_isolation_time(&driver, 3, 1000);
  assert_int_equal(port[3].isotime, 1000);
  assert_int_equal(pcl_quiesce(&driver, 3, true), PCL_OK);
  assert_false(pcl_is_isolated(&driver, 3));
  port[3].busy = 3;
  assert_int_equal(pcl_isolate(&driver, 3), PCL_OK);
  assert_true(pcl_is_isolated(&driver, 3));
  assert_false(pcl_is_isolated(&driver, 2));
  assert_int_equal(mode_of(3), PCL_QCTL_MODE_ABORT);     // as it was
  port[3].busy = STUCK;
  assert_int_equal(pcl_release(&driver, 3), PCL_E_TIMEOUT);
  assert_true(pcl_is_isolated(&driver, 3));
  port[3].busy = 1;
  assert_int_equal(pcl_release(&driver, 3), PCL_OK);
  assert_false(pcl_is_isolated(&driver, 3));
  assert_int_equal(mode_of(3), PCL_QCTL_MODE_ABORT);
}

static void test_messages(void **state) {
  (void)state;
  messages_busy = 4;
  assert_int_equal(pcl_messages_quiesce(&driver), PCL_OK);
  assert_int_equal(messages_busy, 0);
  assert_int_equal(mctl, PCL_MCTL_MODE_ABORT);
  pcl_messages_resume(&driver);
  assert_int_equal(mctl, PCL_MCTL_MODE_RUN);
  messages_busy = STUCK;
  assert_int_equal(pcl_messages_quiesce(&driver), PCL_E_TIMEOUT);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup(test_hold, start),
    cmocka_unit_test_setup(test_abort_after_hold, start),
    cmocka_unit_test_setup(test_isolation, start),
    cmocka_unit_test_setup(test_messages, start),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
