// SPDX-License-Identifier: Apache-2.0
//
// The check at the end of a run (at_rest.h): it passes when nothing is held and names whatever is, wherever it is.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "at_rest.h"
#include "config_gen.h"

static const pcl_config_t configuration = PCL_CFG_INIT;
static pcl_top_t top;

// After reset, and as long as the iotlb is cleared.
static int set_up(void **state) {
  (void)state;
  pcl_in_t in = {.fuse_caps = ~UINT64_C(0)};
  pcl_out_t out;
  pcl_top_init(&top, &configuration, in.fuse_caps, 0x3f);
  for (unsigned clocks = 0; clocks < 2048; clocks++) {
    pcl_top_eval(&top, &in, &out);
    pcl_top_commit(&top, &in);
  }
  return 0;
}

static void rests(void) {
  char text[800];
  assert_true(at_rest(&top, text, sizeof text));
  assert_string_equal(text, "");
}

static void names(const char *what) {
  char text[800];
  assert_false(at_rest(&top, text, sizeof text));
  if (!strstr(text, what)) fail_msg("'%s' is not in '%s'", what, text);
}

static void nothing_is_held(void **state) {
  (void)state;
  rests();
}

static void walkers(void **state) {
  (void)state;
  top.core.pool.walker[1].state = PCL_WALKER_FAULT;
  names("walker 1 in FAULT");
  top.core.pool.walker[1].state = PCL_WALKER_IDLE;
  top.core.pipe.h.valid = true;
  names("a miss in stage B or H");
}

static void slots_and_answers(void **state) {
  (void)state;
  pcl_port_channel_t *ch = &top.port[0].ch[PCL_WRITE];
  ch->ok = 2;
  names("port 0: write slots NEED 0x0, OK 0x2, MRIF 0x0, FAULT 0x0");
  ch->ok = 0;
  ch->answer.valid = true;
  names("a refused write's answer");
  ch->answer.valid = false;
  ch->cnt_sum = 3;
  names("3 write bursts counted in memory");
  ch->cnt_sum = 0;
  ch->out.valid = true;
  names("the write out register");
}

static void write_data(void **state) {
  (void)state;
  top.port[0].w.count = 1;
  names("port 0: 1 bursts in the W FIFO");
}

// What an isolated port refuses may wait for ever; what it let through before may not.
static void isolated_port(void **state) {
  (void)state;
  pcl_port_t *port = &top.port[0];
  port->guard.isolated = true;
  port->w.count = 1;
  port->ch[PCL_WRITE].fault = 1;
  rests();
  port->ch[PCL_WRITE].sent = 1;
  names("port 0: write slots 0x1 wait for the core");
  port->ch[PCL_WRITE].sent = 0;
  port->w.owed = 1;
  names("the isolator owes 1 W bursts");
  port->w.owed = 0;
  port->guard.rec_pend = true;
  names("the record of its isolation");
  port->guard.rec_pend = false;
  port->guard.resume_pend = true;
  names("a resume");
}

static void commands(void **state) {
  (void)state;
  pcl_cmd_queue_t *queue = &top.core.cmd_queue;
  queue->exec = PCL_CQ_DRAIN;
  names("a command waits for DMA");
  queue->exec = PCL_CQ_IDLE;
  queue->count = 1;
  names("1 commands in the FIFO");
  queue->count = 0;
  top.regs.cq = (pcl_queue_regs_t){.en = true, .on = true, .log2 = 3, .head = 2, .tail = 5};
  names("cqh 0x2 has not reached cqt 0x5");
  top.regs.cq.ill = true;
  rests();
}

static void records_and_changes(void **state) {
  (void)state;
  top.core.fault_queue.in_flight = 2;
  names("2 fault records without B");
  top.core.fault_queue.count = 1;
  names("1 fault records in the FIFO, 2 fault records without B");
  top.core.fault_queue.count = top.core.fault_queue.in_flight = 0;
  top.regs.ddtp_busy = true;
  names("ddtp is busy");
  top.regs.ddtp_busy = false;
  top.regs.fq.en = true;
  names("fqcsr is busy");
}

static void messages(void **state) {
  (void)state;
  if (!configuration.ats) return;
  top.core.ats.state = PCL_ATS_SENT;
  names("ats in SENT");
  top.core.ats.state = PCL_ATS_FREE;
  top.core.ats.out.valid = true;
  names("a message on msg_out");
  top.core.ats.out.valid = false;
  top.core.ats.busy = 5;
  names("ITags 0x5 not completed");
  top.core.ats.busy = 0;
  top.regs.pq.en = true;
  names("pqcsr is busy");
}

// A text too short for everything is cut, not overrun.
static void short_text(void **state) {
  (void)state;
  char text[12] = "";
  for (unsigned w = 0; w < configuration.walkers; w++) top.core.pool.walker[w].state = PCL_WALKER_R;
  assert_false(at_rest(&top, text, sizeof text));
  assert_string_equal(text, " walker 0 i");
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup(nothing_is_held, set_up), cmocka_unit_test_setup(walkers, set_up),
    cmocka_unit_test_setup(slots_and_answers, set_up), cmocka_unit_test_setup(write_data, set_up),
    cmocka_unit_test_setup(isolated_port, set_up), cmocka_unit_test_setup(commands, set_up),
    cmocka_unit_test_setup(records_and_changes, set_up), cmocka_unit_test_setup(messages, set_up),
    cmocka_unit_test_setup(short_text, set_up),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
