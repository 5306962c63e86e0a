// SPDX-License-Identifier: Apache-2.0
//
// Invalidation of a device's cache (IOMMU spec 4.1.4): ITags, counts of completions, fences that wait for them, and what
// happens when they come late or never.
#include "endpoint.h"

enum { ENDPOINT = 0x1005, OTHER = 0x21006, ITAGS = 32 };

#define IOVA UINT64_C(0x40201000)

static scene_t scene;
static const pcl_ats_space_t space = {.device_id = ENDPOINT};

static uint32_t fence(void) { return pcl_cmdq_fence(&scene.system.driver.commands, 0); }
static bool passed(uint32_t number) { return pcl_cmdq_passed(&scene.system.driver.commands, number); }

static bool passes(tb_t *tb, uint32_t number) {
  for (unsigned clocks = 0; clocks < 500 && !passed(number); clocks++) tb_step(tb);
  return passed(number);
}

static bool waits(tb_t *tb, uint32_t number) {
  tb_run(tb, 500);
  return !passed(number);
}

// The Invalidation Request of a command; its ITag.
static uint16_t expect_request(tb_t *tb, const pcl_ats_space_t *of, uint64_t payload) {
  pcl_msg_t m = endpoint_receive(tb);
  EXPECT(m.kind == PCL_MSG_INVAL_REQUEST && m.rid == (of->device_id & 0xffff) && m.payload == payload && m.tag < ITAGS);
  EXPECT(m.dsv == (of->device_id >> 16 != 0) && m.segment == of->device_id >> 16);
  EXPECT(m.pv == of->pv && m.pasid == (of->pv ? of->process_id : 0) && m.status == 0);
  return m.tag;
}

static void invalidate(tb_t *tb, const pcl_ats_space_t *of, uint64_t iova, uint64_t bytes) {
  EXPECT(pcl_ats_invalidate(&scene.system.driver, of, iova, bytes) == PCL_OK);
}

static void check_counts(tb_t *tb) {
  for (unsigned cc = 1; cc <= 8; cc++) {
    invalidate(tb, &space, IOVA, PCL_PAGE);
    uint32_t number = fence();
    uint16_t itag = expect_request(tb, &space, IOVA);
    EXPECT(itag == 0 && waits(tb, number));
    endpoint_complete(tb, OTHER, 1, 1);          // of another device
    endpoint_complete(tb, ENDPOINT, ~UINT32_C(1), 1);  // of others
    for (unsigned i = 1; i < cc; i++) endpoint_complete(tb, ENDPOINT, 1, cc);
    EXPECT(waits(tb, number));
    endpoint_complete(tb, ENDPOINT, 1, cc);
    EXPECT(passes(tb, number));
  }
}

// Operands pass as they are.
static void check_operands(tb_t *tb) {
  const pcl_ats_space_t of = {.device_id = OTHER, .pv = true, .process_id = 0xabcde};
  invalidate(tb, &of, IOVA & ~UINT64_C(0xffff), 0x10000);
  EXPECT(expect_request(tb, &of, (IOVA & ~UINT64_C(0xffff)) | 0x7800) == 0);
  invalidate(tb, &space, 0, 0);
  EXPECT(expect_request(tb, &space, UINT64_C(0x7ffffffffffff800)) == 1);
  uint32_t number = fence();
  endpoint_complete(tb, OTHER, 3, 1);     // one of the two is not of this device
  EXPECT(waits(tb, number));
  endpoint_complete(tb, ENDPOINT, 3, 1);
  EXPECT(passes(tb, number));
}

// The 33rd waits, and with it everything behind it. One completion may end them all.
static void check_itags(tb_t *tb) {
  uint32_t seen = 0;
  for (unsigned i = 0; i <= ITAGS; i++) invalidate(tb, &space, IOVA + i * PCL_PAGE, PCL_PAGE);
  for (unsigned i = 0; i < ITAGS; i++) seen |= UINT32_C(1) << expect_request(tb, &space, IOVA + i * PCL_PAGE);
  EXPECT(seen == UINT32_MAX && endpoint_hears_nothing(tb));
  endpoint_complete(tb, ENDPOINT, UINT32_C(1) << 17, 1);
  EXPECT(expect_request(tb, &space, IOVA + ITAGS * PCL_PAGE) == 17);
  uint32_t number = fence();
  EXPECT(waits(tb, number));
  endpoint_complete(tb, ENDPOINT, UINT32_MAX, 1);
  EXPECT(passes(tb, number));
}

// A fence that comes before it does not wait for it.
static void check_order(tb_t *tb) {
  uint32_t before = fence();
  invalidate(tb, &space, IOVA, PCL_PAGE);
  expect_request(tb, &space, IOVA);
  EXPECT(passes(tb, before));
  EXPECT(!(tb_reg_read(tb, PCL_REG_MSTA_OFFSET, 4) & PCL_MSTA_DRAINED_MASK));
  endpoint_complete(tb, ENDPOINT, 1, 1);
  tb_run(tb, 50);
  EXPECT(tb_reg_read(tb, PCL_REG_MSTA_OFFSET, 4) & PCL_MSTA_DRAINED_MASK);
}

// Nobody answers: after one to two times the limit the next fence stops the queue with cmd_to, and passes when tried again.
static void check_timeout(tb_t *tb) {
  pcl_cmdq_t *commands = &scene.system.driver.commands;
  uint32_t limit = tb_config()->ats_timeout;
  invalidate(tb, &space, IOVA, PCL_PAGE);
  uint64_t start = tb_cycle(tb);
  uint32_t number = fence();
  while (!(tb_reg_read(tb, PCL_REG_CQCSR_OFFSET, 4) & PCL_CQCSR_CMD_TO_MASK)) EXPECT(tb_cycle(tb) - start < 2 * limit + 100);
  EXPECT(tb_cycle(tb) - start >= limit && !passed(number));
  EXPECT(tb_irq(tb) != 0);
  expect_request(tb, &space, IOVA);
  endpoint_complete(tb, ENDPOINT, 1, 1);  // too late
  EXPECT(waits(tb, number));
  EXPECT(pcl_cmdq_wait(commands, number) == PCL_OK && commands->timeouts == 1);
  EXPECT(pcl_fence(&scene.system.driver, 0) == PCL_OK && commands->timeouts == 1);
  // A new one under the same ITag is a new one.
  invalidate(tb, &space, IOVA, PCL_PAGE);
  number = fence();
  EXPECT(expect_request(tb, &space, IOVA) == 0 && waits(tb, number));
  endpoint_complete(tb, ENDPOINT, 1, 1);
  EXPECT(passes(tb, number) && commands->timeouts == 1);
}

// A message port that takes nothing: commands vanish in the end, and the fence says so.
static void check_dead_port(tb_t *tb) {
  pcl_cmdq_t *commands = &scene.system.driver.commands;
  pcl_msg_t message;
  tb_messages(tb)->shut = true;
  invalidate(tb, &space, IOVA, PCL_PAGE);
  invalidate(tb, &space, IOVA, PCL_PAGE);
  uint32_t number = fence(), before = commands->timeouts;
  tb_run(tb, 5 * tb_config()->ats_timeout);
  EXPECT(pcl_cmdq_wait(commands, number) == PCL_OK && commands->timeouts > before);
  tb_messages(tb)->shut = false;
  tb_run(tb, 100);
  while (messages_take(tb_messages(tb), &message)) EXPECT(message.kind == PCL_MSG_INVAL_REQUEST);
  check_order(tb);
}

SCENARIO(ats_invalidation, "invalidations of devices' caches: ITags, counts, waiting fences, time-outs") {
  NEEDS(tb_config()->ats);
  scene_start(&scene, tb, 24, 7, 4);
  check_counts(tb);
  check_operands(tb);
  check_itags(tb);
  check_order(tb);
  check_timeout(tb);
  check_dead_port(tb);
}
