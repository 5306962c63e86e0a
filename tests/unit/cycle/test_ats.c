// SPDX-License-Identifier: Apache-2.0
// Translation requests in the core's twin, sentence by sentence of docs/microarchitecture.md, sections 2, 5.3 and 5.10.
//
// "X at clock t" is what the registers show before the t-th tick().
#include "ats_bench.h"

static const pcl_config_t guests = {
  .num_ports = PORTS, .port_misses = 16, .l2_entries = 64, .l2_ways = 4, .dc_entries = 8, .nl_entries = 16, .g_entries = 8,
  .walkers = WALKERS, .cq_depth = 4, .fq_depth = 4, .sv39x4 = 1, .ats = 1, .t2gpa = 1, .ats_timeout = TIMEOUT};

// --- Translation requests ---

static void a_request_takes_its_clocks(void **state) {
  (void)state;
  bench_t *b = start();
  translate(b, IOVA);
  send(PCL_MSG_TRANSLATION_REQUEST, IOVA);
  const unsigned t = b->clock;
  step(b);
  assert_int_equal(b->core.ats.state, PCL_ATS_LOOK);
  step(b);
  assert_int_equal(b->core.ats.state, PCL_ATS_NEED);
  step(b);
  assert_true(b->core.ats.state == PCL_ATS_SENT && b->core.pipe.b.valid && b->clock == t + 3);
  step(b);
  assert_int_equal(b->core.pool.walker[0].state, PCL_WALKER_START);
  const unsigned responses = b->responses;
  while (b->responses == responses) step(b);
  assert_int_equal(b->core.ats.state, PCL_ATS_DONE);
  assert_int_equal(b->clock, b->resp_clock + 1);
  assert_true(b->resp.nofill && b->resp.mask[Q] == 1);
  b->in.msg_out_ready = false;
  step(b);
  assert_true(b->core.ats.out.valid && b->core.ats.state == PCL_ATS_FREE);
  step(b);
  b->in.msg_out_ready = true;
  step(b);
  assert_false(b->core.ats.out.valid);
}

static void the_entry_tells_rights_and_size(void **state) {
  (void)state;
  bench_t *b = start();
  assert_true(translate(b, IOVA) == (FRAME | R | W));
  assert_int_equal(out.status, 0);
  send(PCL_MSG_TRANSLATION_REQUEST, IOVA);
  in->exec = true;  // does not count without pv
  until_out(b);
  assert_true(out.payload == (FRAME | R | W));
  set_word(b, (MIDDLE_PPN << 12) + 8 * (IOVA >> 21 & 511), UINT64_C(0x12200) << 10 | (LEAF & ~(uint64_t)PCL_PTE_W) | PCL_PTE_G);
  command(b, 1, 0);
  steps(b, 60);
  assert_true(translate(b, IOVA + 0x3000) == (UINT64_C(0x122ff) << 12 | R | S));
}

static void what_is_not_there_has_no_rights(void **state) {
  (void)state;
  bench_t *b = start();
  set_leaf(b, 1, 0);
  set_leaf(b, 2, PCL_PTE_V | PCL_PTE_R | PCL_PTE_A);  // not this privilege's
  assert_true(translate(b, IOVA + 0x1000) == 0 && out.status == 0);
  assert_true(translate(b, IOVA + 0x2000) == 0 && out.status == 0);
  set_leaf(b, 3, PCL_PTE_V | PCL_PTE_X | PCL_PTE_U | PCL_PTE_A);  // a right, but none to tell
  assert_true(translate(b, IOVA + 0x3000) == 0 && out.status == 0);
  assert_int_equal(b->writes, 0);
}

static void d_is_set_for_those_who_write(void **state) {
  (void)state;
  bench_t *b = start();
  const uint64_t pte = (LEAVES_PPN << 12) + 8;
  set_tc(b, PCL_TC_EN_ATS | PCL_TC_SADE);
  set_leaf(b, 1, LEAF & ~(uint64_t)PCL_PTE_D);
  assert_true(translate(b, (IOVA + 0x1000) | 1) == ((FRAME + 0x1000) | R));
  assert_false(get_word(b, pte) & PCL_PTE_D);
  assert_true(translate(b, IOVA + 0x1000) == ((FRAME + 0x1000) | R | W));
  assert_true(get_word(b, pte) & PCL_PTE_D);
}

static void a_guest_may_be_told_guest_addresses(void **state) {
  (void)state;
  for (unsigned t2gpa = 0; t2gpa < 2; t2gpa++) {
    bench_t *b = &bench;
    two_stage_init(b, &guests);
    connect(b);
    b->regs.capabilities |= PCL_CAP_T2GPA;
    set_tc(b, PCL_TC_EN_ATS | (t2gpa ? PCL_TC_T2GPA : 0));
    set_g_leaf(b, DATA_GPN + 1, LEAF & ~(uint64_t)PCL_PTE_W);
    send(PCL_MSG_TRANSLATION_REQUEST, IOVA + 0x1000);
    in->cxl = true;
    until_out(b);
    const uint64_t page = t2gpa ? DATA_GPN + 1 : HOST_PPN + DATA_GPN + 1;
    assert_true(out.payload == (page << 12 | R | (t2gpa ? CXL_IO : 0)));
    set_g_leaf(b, DATA_GPN + 2, 0);
    assert_true(translate(b, IOVA + 0x2000) == 0 && out.status == 0);
    ask(b, 0, 0, (uint64_t)(DATA_GPN + 1) << 12);
    b->req[0].translated = true;
    until_response(b);
    assert_true(b->resp.ok && b->resp.nofill && b->resp.w != (bool)t2gpa);
    assert_int_equal(b->resp.spn, (t2gpa ? HOST_PPN : 0) + DATA_GPN + 1);
    assert_int_equal(b->resp.space.s1, 0);
  }
}

// A response that the block meets in SENT.
static uint64_t entry_of(const pcl_msg_t *message, const pcl_resp_t *resp, const pcl_ats_resp_t *beside) {
  pcl_ats_t ats;
  pcl_ats_out_t eval;
  pcl_regs_state_t regs = {.fctl = 0};
  pcl_regs_events_t events;
  pcl_ats_told_t told = {.regs = &regs, .in = in, .resp = resp, .ats_resp = beside, .out_ready = true};
  pcl_ats_reset(&ats, &config);
  ats.m = *message;
  ats.m.kind = PCL_MSG_TRANSLATION_REQUEST;
  ats.state = PCL_ATS_SENT;
  for (unsigned i = 0; i < 2; i++) {
    pcl_ats_eval(&ats, &regs, NULL, &eval);
    pcl_ats_commit(&ats, &eval, &told, &events);
  }
  assert_true(ats.out.valid);
  return ats.out.payload;
}

static void the_entry_tells_the_rest(void **state) {
  (void)state;
  pcl_msg_t m = {.pv = true, .priv = true, .exec = true, .cxl = true};
  pcl_resp_t resp = {.ok = true, .r = true, .w = true, .x = true, .g = true, .pbmt = 1, .spn = 0x12345, .valid = true};
  pcl_ats_resp_t beside = {.gpn = 0x777};
  resp.mask[Q] = 1;
  assert_true(entry_of(&m, &resp, &beside) == (UINT64_C(0x12345) << 12 | R | W | EXE | PRIV | GLOBAL | CXL_IO));
  resp.pbmt = 0;
  m.pv = m.priv = false;
  assert_true(entry_of(&m, &resp, &beside) == (UINT64_C(0x12345) << 12 | R | W | EXE));
  m.pv = beside.msi = true;
  assert_true(entry_of(&m, &resp, &beside) == (UINT64_C(0x12345) << 12 | R | W | EXE | CXL_IO));
  resp.mrif = true;
  resp.x = false;
  assert_true(entry_of(&m, &resp, &beside) == (R | W | U | CXL_IO));
  resp.mrif = beside.msi = resp.g = false;
  resp.size = PCL_SIZE_IDENTITY;
  assert_true(entry_of(&m, &resp, &beside) == (((UINT64_C(1) << 43) - 1) << 12 | R | W | S));
  beside.fault_class = 3;
  assert_true(entry_of(&m, &resp, &beside) == 0);
}

static void errors_are_told_and_recorded(void **state) {
  (void)state;
  bench_t *b = start();
  set_tc(b, 0);
  assert_true(translate(b, IOVA) == 0 && out.status == 1);
  steps(b, 50);
  const uint64_t record = get_word(b, FQ_PPN << 12);
  assert_int_equal(record & 0xfff, PCL_CAUSE_TYPE_DISALLOWED);
  assert_int_equal(record >> 34 & 63, PCL_TTYP_ATS_REQUEST);
  assert_true(get_word(b, (FQ_PPN << 12) + 16) == IOVA);
  b->regs.ddtp_mode = PCL_DDTP_OFF;
  assert_true(translate(b, IOVA) == 0 && out.status == 1);
  b->regs.ddtp_mode = PCL_DDTP_1LVL;
  b->regs.fq.head = 1;
  command(b, 3, 0);
  set_tc(b, PCL_TC_EN_ATS | PCL_TC_PDTV | PCL_TC_DPE);
  set_word(b, (DDT_PPN << 12) + DEVICE * 32 + 24, UINT64_C(1) << 60);  // no PD8 here: misconfigured
  steps(b, 60);
  assert_true(translate(b, IOVA) == 0 && out.status == 1);
}

static void no_cache_keeps_it(void **state) {
  (void)state;
  bench_t *b = start();
  translate(b, IOVA);
  ask(b, 0, 0, IOVA);
  until_response(b);
  assert_true(b->resp.ok && b->resp.lead && !b->resp.nofill);
  ask(b, 0, 0, IOVA);
  until_response(b);
  assert_false(b->resp.lead);
  send(PCL_MSG_TRANSLATION_REQUEST, IOVA);  // nor is it answered from one
  until_out(b);
  assert_true(b->resp.lead);
}

static void a_kill_asks_anew(void **state) {
  (void)state;
  bench_t *b = start();
  translate(b, IOVA);
  // Response and kill in one clock, then a kill while the answer waits.
  for (unsigned later = 0; later < 2; later++) {
    b->in.msg_out_ready = later == 0;
    send(PCL_MSG_TRANSLATION_REQUEST, IOVA);
    if (later != 0) {  // something else holds the out register
      command(b, 4 | 1 << 7 | (uint64_t)DEVICE << 40, 0);
      while (!b->core.ats.out.valid) step(b);
      while (b->core.ats.state != PCL_ATS_DONE) step(b);
    } else {
      do {
        while (b->core.ats.state != PCL_ATS_SENT) step(b);
        look(b);
        if (!b->out.resp.valid) step(b);
      } while (!b->out.resp.valid);
    }
    b->forced = (pcl_inv_t){.op = PCL_INV_GVMA, .kill = true};
    step(b);
    assert_int_equal(b->core.ats.state, PCL_ATS_NEED);
    assert_true(b->core.ats.asked);
    step(b);
    assert_int_equal(b->core.ev_req.event, PCL_EVENT_NONE);  // counted before
    b->in.msg_out_ready = true;
    until_out(b);
    if (later != 0) until_out(b);
    assert_true(out.payload == (FRAME | R | W));
  }
}

// --- Translated requests ---

static void translated_requests_need_ats(void **state) {
  (void)state;
  bench_t *b = start();
  ask(b, 0, 0, UINT64_C(0x123456789000));
  b->req[0].translated = true;
  until_response(b);
  assert_true(b->resp.ok && b->resp.nofill && b->resp.size == PCL_SIZE_IDENTITY && b->resp.spn == 0x123456789);
  set_tc(b, 0);
  command(b, 3, 0);
  steps(b, 40);
  ask(b, 1, 0, 0x1000);
  b->req[1].translated = true;
  until_response(b);
  assert_false(b->resp.ok);
  steps(b, 50);
  assert_int_equal(get_word(b, FQ_PPN << 12) & 0xfff, PCL_CAUSE_TYPE_DISALLOWED);
  assert_int_equal(get_word(b, FQ_PPN << 12) >> 34 & 63, PCL_TTYP_TRANSLATED_WRITE);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(a_request_takes_its_clocks),
    cmocka_unit_test(the_entry_tells_rights_and_size),
    cmocka_unit_test(what_is_not_there_has_no_rights),
    cmocka_unit_test(d_is_set_for_those_who_write),
    cmocka_unit_test(a_guest_may_be_told_guest_addresses),
    cmocka_unit_test(the_entry_tells_the_rest),
    cmocka_unit_test(errors_are_told_and_recorded),
    cmocka_unit_test(no_cache_keeps_it),
    cmocka_unit_test(a_kill_asks_anew),
    cmocka_unit_test(translated_requests_need_ats),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
