// SPDX-License-Identifier: Apache-2.0
// The port's twin, sentence by sentence of microarchitecture 4: hits, slots, order, refusal, write data, kill, isolation, fence.
#include "cycle/bus_check.h"
#include "port_bench.h"

static const uint64_t page_a = 0x10000, page_b = 0x20000;

PORT_TEST(hit_is_on_the_memory_side_one_clock_later) {
  warm(b, page_a);
  ax(b, PCL_READ, 2, page_a + 0x128);
  look(b);
  assert_true(b->out.dev_ax_ready[PCL_READ]);
  assert_false(b->out.mem_ax[PCL_READ].valid);
  tick(b);
  look(b);
  assert_true(b->out.mem_ax[PCL_READ].valid);
  assert_int_equal(b->out.mem_ax[PCL_READ].addr, page_a + 0x1000000 + 0x128);
  assert_int_equal(b->out.mem_ax[PCL_READ].id, 2);
  assert_int_equal(b->out.mem_ax[PCL_READ].device_id, DEVICE);
}

PORT_TEST(hits_leave_in_every_clock) {
  warm(b, page_a);
  for (unsigned n = 0; n < 8; n++) {
    ax(b, PCL_READ, (uint16_t)n, page_a);
    look(b);
    assert_true(b->out.dev_ax_ready[PCL_READ]);
    assert_int_equal(b->out.mem_ax[PCL_READ].valid, n > 0);
    tick(b);
  }
}

PORT_TEST(out_register_is_stable_until_taken) {
  warm(b, page_a);
  ax(b, PCL_READ, 1, page_a);
  tick(b);
  b->pins.mem_ax_ready[PCL_READ] = false;
  for (unsigned n = 0; n < 3; n++) {
    ax(b, PCL_READ, 2, page_a);
    look(b);
    assert_true(b->out.mem_ax[PCL_READ].valid);
    assert_int_equal(b->out.mem_ax[PCL_READ].id, 1);
    assert_false(b->out.dev_ax_ready[PCL_READ]);
    tick(b);
  }
}

PORT_TEST(identity_hits_up_to_bit_55_only) {
  pcl_resp_t *resp = answer(b, PCL_READ, 1, 0);
  resp->size = 6;
  resp->space.s1 = false;
  tick(b);
  ax(b, PCL_READ, 0, UINT64_C(1) << 56);
  look(b);
  assert_false(b->found.ch[PCL_READ].hit.hit);
  ax(b, PCL_READ, 0, UINT64_C(0xfedcba98765000));
  look(b);
  assert_true(b->found.ch[PCL_READ].direct);
  assert_int_equal(b->found.ch[PCL_READ].hit.grant.spn, UINT64_C(0xfedcba98765));
}

// IOMMU spec 6.29. Another identity, by a DC without stages, keeps the IDs of that.
PORT_TEST(hits_in_mode_bare_carry_what_iommu_qosid_holds) {
  for (unsigned bare = 0; bare < 2; bare++) {
    pcl_resp_t *resp = answer(b, PCL_READ, 1, 0);
    resp->size = 6;
    resp->space.s1 = false;
    resp->rcid = 0x123;
    resp->mcid = 0x456;
    resp->bare = bare;
    tick(b);
    for (unsigned n = 0; n < 3; n++) {
      b->in.qosid = (0x700 + n) << 16 | (0x800 + n);
      ax(b, PCL_READ, 0, page_a);
      tick(b);
      b->in.qosid = 0;  // granted is granted
      look(b);
      assert_true(b->out.mem_ax[PCL_READ].valid);
      assert_int_equal(b->out.mem_ax[PCL_READ].rcid, bare ? 0x800 + n : 0x123);
      assert_int_equal(b->out.mem_ax[PCL_READ].mcid, bare ? 0x700 + n : 0x456);
      tick(b);
      finish(b, PCL_READ, 0);
    }
  }
}

PORT_TEST(lookup_needs_the_right_the_device_and_a_canonical_address) {
  answer(b, PCL_READ, 1, page_a)->w = false;
  tick(b);
  ax(b, PCL_WRITE, 0, page_a);
  look(b);
  assert_true(b->found.ch[PCL_WRITE].enqueue);
  ax(b, PCL_READ, 0, page_a)->device_id = DEVICE + 1;
  look(b);
  assert_true(b->found.ch[PCL_READ].enqueue);
  ax(b, PCL_READ, 0, page_a | UINT64_C(1) << 63);
  look(b);
  assert_true(b->found.ch[PCL_READ].enqueue);
  ax(b, PCL_READ, 0, page_a)->translated = true;
  look(b);
  assert_true(b->found.ch[PCL_READ].enqueue);
  ax(b, PCL_READ, 0, page_a)->len = 255;
  b->pins.dev_ax[PCL_READ].addr |= 0xff8;
  look(b);
  assert_true(b->found.ch[PCL_READ].enqueue && b->found.ch[PCL_READ].illegal);
}

PORT_TEST(fill_overwrites_the_same_page_else_the_pointed_entry) {
  warm(b, page_a);
  warm(b, page_a);
  assert_int_equal(b->port.tlb.valid, 1);
  assert_int_equal(b->port.tlb.fill_ptr, 1);
  for (uint64_t n = 1; n <= ENTRIES; n++) warm(b, page_a + (n << 12));
  assert_int_equal(b->port.tlb.fill_ptr, 1);
  ax(b, PCL_READ, 0, page_a);
  look(b);
  assert_true(b->found.ch[PCL_READ].enqueue);
}

PORT_TEST(a_hit_of_another_id_passes_a_missing_read) {
  warm(b, page_a);
  miss(b, PCL_READ, 1, page_b);
  ax(b, PCL_READ, 2, page_a);
  look(b);
  assert_true(b->found.ch[PCL_READ].direct);
}

PORT_TEST(reads_of_one_id_leave_in_order) {
  warm(b, page_a);
  miss(b, PCL_READ, 1, page_b);
  ax(b, PCL_READ, 1, page_a);
  look(b);
  assert_true(b->found.ch[PCL_READ].enqueue);
  tick(b);
  tick(b);
  look(b);
  assert_false(b->out.mem_ax[PCL_READ].valid);
  answer(b, PCL_READ, 1, page_b);
  tick(b);
  tick(b);
  look(b);
  assert_int_equal(b->out.mem_ax[PCL_READ].addr, page_b + 0x1000000);
  tick(b);
  look(b);
  assert_true(b->out.mem_ax[PCL_READ].valid);
  assert_int_equal(b->out.mem_ax[PCL_READ].addr, page_a + 0x1000000);
}

PORT_TEST(writes_leave_in_order_whatever_their_id) {
  warm(b, page_a);
  miss(b, PCL_WRITE, 1, page_b);
  ax(b, PCL_WRITE, 2, page_a);
  look(b);
  assert_true(b->found.ch[PCL_WRITE].enqueue);
}

PORT_TEST(a_full_miss_queue_and_hold_stop_the_channel) {
  for (uint16_t n = 0; n < MISSES; n++) miss(b, PCL_READ, n, page_a);
  ax(b, PCL_READ, 9, page_a);
  look(b);
  assert_false(b->out.dev_ax_ready[PCL_READ]);
  bench_init(b);
  b->in.q.mode = PCL_MODE_HOLD;
  ax(b, PCL_READ, 9, page_a);
  look(b);
  assert_false(b->out.dev_ax_ready[PCL_READ]);
}

PORT_TEST(an_id_waits_at_max_outstanding) {
  warm(b, page_a);
  for (unsigned n = 0; n < OUTSTANDING; n++) {
    ax(b, PCL_READ, 1, page_a);
    tick(b);
  }
  ax(b, PCL_READ, 1, page_a);
  look(b);
  assert_false(b->out.dev_ax_ready[PCL_READ]);
  ax(b, PCL_READ, 2, page_a);
  look(b);
  assert_true(b->out.dev_ax_ready[PCL_READ]);
  b->pins.dev_ax[PCL_READ].valid = false;
  finish(b, PCL_READ, 1);
  ax(b, PCL_READ, 1, page_a);
  look(b);
  assert_true(b->out.dev_ax_ready[PCL_READ]);
}

PORT_TEST(a_merged_refusal_asks_again_a_led_one_is_refused) {
  miss(b, PCL_READ, 1, page_a);
  miss(b, PCL_READ, 2, page_a);
  answer(b, PCL_READ, 3, page_a)->ok = false;
  tick(b);
  assert_int_equal(b->port.ch[PCL_READ].fault, 1);
  assert_int_equal(b->port.ch[PCL_READ].need, 2);
  assert_int_equal(b->port.tlb.valid, 0);
}

PORT_TEST(a_refused_read_gets_every_beat) {
  ax(b, PCL_READ, 5, page_a)->len = 2;
  tick(b);
  b->in.req_ready[PCL_READ] = true;
  tick(b);
  answer(b, PCL_READ, 1, page_a)->ok = false;
  tick(b);  // FAULT
  tick(b);  // answer register
  tick(b);  // sel
  for (unsigned beat = 0; beat < 3; beat++) {
    look(b);
    assert_true(b->out.dev_r.valid);
    assert_int_equal(b->out.dev_r.id, 5);
    assert_int_equal(b->out.dev_r.resp, PCL_RESP_SLVERR);
    assert_int_equal(b->out.dev_r.data[0], 0);
    assert_int_equal(b->out.dev_r.last, beat == 2);
    assert_false(b->out.mem_r_ready);
    tick(b);
  }
  look(b);
  assert_false(b->out.dev_r.valid);
  assert_true(b->req.drained);
}

PORT_TEST(a_refusal_waits_for_earlier_answers_of_its_id) {
  warm(b, page_a);
  ax(b, PCL_READ, 5, page_a);
  tick(b);
  b->in.q.mode = PCL_MODE_ABORT;
  ax(b, PCL_READ, 5, page_a);
  tick(b);
  for (unsigned n = 0; n < 5; n++) tick(b);
  assert_false(b->port.ch[PCL_READ].answer.valid);
  finish(b, PCL_READ, 5);
  tick(b);
  assert_true(b->port.ch[PCL_READ].answer.valid);
}

PORT_TEST(w_waits_for_its_aw_and_the_port_makes_wlast) {
  warm(b, page_a);
  b->pins.mem_ax_ready[PCL_WRITE] = false;
  ax(b, PCL_WRITE, 1, page_a)->len = 1;
  b->pins.dev_w.valid = b->pins.dev_w.last = true;
  look(b);
  assert_false(b->out.dev_w_ready || b->out.mem_w.valid);
  tick(b);
  for (unsigned beat = 0; beat < 2; beat++) {
    b->pins.dev_w.valid = true;
    b->pins.dev_w.data[0] = 0x1234 + beat;
    look(b);
    assert_true(b->out.dev_w_ready && b->out.mem_w.valid);
    assert_int_equal(b->out.mem_w.last, beat == 1);
    assert_int_equal(b->out.mem_w.data[0], 0x1234 + beat);
    tick(b);
  }
  b->pins.dev_w.valid = true;
  look(b);
  assert_false(b->out.dev_w_ready || b->out.mem_w.valid);
}

PORT_TEST(a_refused_write_swallows_its_beats_then_answers) {
  b->in.q.mode = PCL_MODE_ABORT;
  ax(b, PCL_WRITE, 3, page_a)->len = 1;
  tick(b);
  tick(b);
  for (unsigned beat = 0; beat < 2; beat++) {
    for (unsigned n = 0; n < 3; n++) tick(b);
    assert_false(b->port.ch[PCL_WRITE].sel);
    b->pins.dev_w.valid = true;
    look(b);
    assert_true(b->out.dev_w_ready);
    assert_false(b->out.mem_w.valid);
    tick(b);
  }
  tick(b);
  look(b);
  assert_true(b->out.dev_b.valid);
  assert_int_equal(b->out.dev_b.id, 3);
  assert_int_equal(b->out.dev_b.resp, PCL_RESP_SLVERR);
  tick(b);
  look(b);
  assert_true(b->req.drained);
}

PORT_TEST(a_response_covered_by_a_kill_of_its_clock_is_void) {
  miss(b, PCL_READ, 1, page_a);
  answer(b, PCL_READ, 1, page_a);
  b->inv = (pcl_inv_t){.op = PCL_INV_VMA, .av = true, .vpn = page_a >> 12, .kill = true};
  tick(b);
  assert_int_equal(b->port.ch[PCL_READ].need, 1);
  assert_int_equal(b->port.tlb.valid, 0);
  b->in.req_ready[PCL_READ] = true;
  tick(b);
  answer(b, PCL_READ, 1, page_a);
  b->inv = (pcl_inv_t){.op = PCL_INV_VMA, .av = true, .vpn = page_b >> 12, .kill = true};
  tick(b);
  assert_int_equal(b->port.ch[PCL_READ].ok, 1);
  assert_int_equal(b->port.tlb.valid, 1);
}

PORT_TEST(a_kill_sends_waiting_grants_back) {
  warm(b, page_a);
  miss(b, PCL_WRITE, 1, page_b);
  ax(b, PCL_WRITE, 2, page_a);
  tick(b);
  assert_int_equal(b->port.ch[PCL_WRITE].ok, 2);
  b->inv = (pcl_inv_t){.op = PCL_INV_DDT, .device_id = DEVICE + 1, .kill = true};
  tick(b);
  assert_int_equal(b->port.ch[PCL_WRITE].ok, 0);
  assert_int_equal(b->port.ch[PCL_WRITE].need, 2);
}

PORT_TEST(global_entries_survive_pscv_only) {
  pcl_resp_t *resp = answer(b, PCL_READ, 1, page_a);
  resp->g = true;
  resp->space.pscid = 4;
  tick(b);
  b->inv = (pcl_inv_t){.op = PCL_INV_VMA, .pscv = true, .pscid = 4, .kill = true};
  tick(b);
  assert_int_equal(b->port.tlb.valid, 1);
  b->inv = (pcl_inv_t){.op = PCL_INV_VMA, .kill = true};
  tick(b);
  assert_int_equal(b->port.tlb.valid, 0);
}

PORT_TEST(a_fence_waits_for_what_was_out_when_it_started) {
  warm(b, page_a);
  ax(b, PCL_READ, 1, page_a);
  b->in.fence_start = true;  // counts the request that is loaded at this edge
  tick(b);
  look(b);
  assert_false(b->req.drain_done[PCL_READ]);
  assert_true(b->req.drain_done[PCL_WRITE]);
  ax(b, PCL_READ, 1, page_a);
  tick(b);
  finish(b, PCL_READ, 1);
  look(b);
  assert_true(b->req.drain_done[PCL_READ]);
  assert_false(b->req.drained);
}

PORT_TEST(a_stuck_device_is_isolated_and_its_w_beats_are_made_up) {
  warm(b, page_a);
  b->in.q.isotime = 4;
  ax(b, PCL_WRITE, 1, page_a)->len = 1;
  tick(b);
  for (unsigned n = 0; n < 4; n++) {
    look(b);
    assert_false(b->found.iso_enter);
    tick(b);
  }
  look(b);
  assert_true(b->found.iso_enter);
  tick(b);
  look(b);
  assert_true(b->req.isolated && b->req.rec_pend);
  tick(b);
  for (unsigned beat = 0; beat < 2; beat++) {
    look(b);
    assert_true(b->out.mem_w.valid);
    assert_false(b->out.dev_w_ready);
    assert_int_equal(b->out.mem_w.strb, 0);
    assert_int_equal(b->out.mem_w.last, beat == 1);
    tick(b);
  }
  b->in.q.resume = true;
  b->in.rec_taken = true;
  tick(b);
  look(b);
  assert_false(b->req.drained || b->req.rec_pend);
  b->pins.dev_b_ready = false;  // B of memory is sunk
  finish(b, PCL_WRITE, 1);
  look(b);
  assert_true(b->req.drained && b->found.iso_leave);
  tick(b);
  look(b);
  assert_true(b->req.drained);
  assert_false(b->req.isolated);
}

// Offers a W beat, or not, while memory takes one, or not, for a clock; returns whether the port is isolated then.
static bool w_clock(bench_t *b, bool valid, bool ready) {
  b->pins.dev_w.valid = valid;
  b->pins.mem_w_ready = ready;
  tick(b);
  look(b);
  return b->req.isolated;
}

// WVALID is no progress: a device that shows it only while memory is not ready, and takes it back, is cut off all the same. A
// beat is progress, and memory's lateness is not the device's: neither way does it count.
PORT_TEST(only_w_beats_hold_off_the_isolator) {
  warm(b, page_a);
  b->in.q.isotime = 6;
  ax(b, PCL_WRITE, 1, page_a)->len = 1;
  tick(b);
  for (unsigned n = 0; n < 5; n++) assert_false(w_clock(b, false, true) || w_clock(b, true, false));
  for (unsigned n = 0; n < 50; n++) assert_false(w_clock(b, true, false));
  assert_int_equal(b->port.guard.timer[PCL_STUCK_W], 5);
  assert_false(w_clock(b, true, true));  // a beat
  assert_int_equal(b->port.guard.timer[PCL_STUCK_W], 0);
  for (unsigned n = 0; n < 6; n++) assert_false(w_clock(b, true, false) || w_clock(b, false, true));
  look(b);
  assert_true(b->found.iso_enter);
  assert_true(w_clock(b, true, false) && w_clock(b, true, false));
  assert_int_equal(b->port.guard.timer[PCL_STUCK_W], 0);
}

PORT_TEST(isolation_flushes_slots_and_waits_for_asked_ones) {
  miss(b, PCL_READ, 1, page_a);
  ax(b, PCL_READ, 2, page_b);
  tick(b);
  b->in.q.isolate = true;
  b->in.req_ready[PCL_READ] = true;
  ax(b, PCL_READ, 3, page_b);
  look(b);
  assert_false(b->out.dev_ax_ready[PCL_READ] || b->req.req[PCL_READ].valid);
  tick(b);
  assert_int_equal(b->port.ch[PCL_READ].need, 0);
  assert_int_equal(b->port.ch[PCL_READ].sent, 1);
  b->in.q.resume = true;
  tick(b);
  look(b);
  assert_false(b->req.drained || b->found.iso_leave);
  b->in.rec_taken = true;
  answer(b, PCL_READ, 1, page_a);
  tick(b);
  look(b);
  assert_true(b->req.drained && b->found.iso_leave);
  tick(b);
  assert_int_equal(pcl_port_channel_busy(&b->port.ch[PCL_READ]), 0);
}

static void bus_rules(void **state) {
  (void)state;
  pcl_ax_t incr = {.addr = 0xff8, .size = 3, .burst = PCL_BURST_INCR};
  assert_false(pcl_bus_illegal(&incr, 3));
  incr.addr = 0xffd;
  assert_false(pcl_bus_illegal(&incr, 3));
  incr.len = 1;
  assert_true(pcl_bus_illegal(&incr, 3));
  pcl_ax_t wide = {.size = 4, .burst = PCL_BURST_INCR};
  assert_true(pcl_bus_illegal(&wide, 3));
  assert_false(pcl_bus_illegal(&wide, 4));
  pcl_ax_t wrap = {.addr = 0xff8, .len = 15, .size = 3, .burst = PCL_BURST_WRAP};
  assert_false(pcl_bus_illegal(&wrap, 3));
  wrap.len = 4;
  assert_true(pcl_bus_illegal(&wrap, 3));
  wrap = (pcl_ax_t){.addr = 4, .len = 1, .size = 3, .burst = PCL_BURST_WRAP};
  assert_true(pcl_bus_illegal(&wrap, 3));
  pcl_ax_t fixed = {.addr = 0xfff, .len = 15, .size = 3, .burst = PCL_BURST_FIXED};
  assert_false(pcl_bus_illegal(&fixed, 3));
  fixed.len = 16;
  assert_true(pcl_bus_illegal(&fixed, 3));
  pcl_ax_t reserved = {.burst = 3};
  assert_true(pcl_bus_illegal(&reserved, 3));
  pcl_ax_t lock = {.addr = 0x80, .len = 15, .size = 3, .burst = PCL_BURST_INCR, .lock = true};
  assert_false(pcl_bus_illegal(&lock, 3));
  lock.addr = 0x40;
  assert_true(pcl_bus_illegal(&lock, 3));
  lock = (pcl_ax_t){.len = 2, .size = 2, .burst = PCL_BURST_INCR, .lock = true};
  assert_true(pcl_bus_illegal(&lock, 3));
  lock = (pcl_ax_t){.len = 15, .size = 4, .burst = PCL_BURST_INCR, .lock = true};
  assert_true(pcl_bus_illegal(&lock, 4));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(hit_is_on_the_memory_side_one_clock_later),
      cmocka_unit_test(hits_leave_in_every_clock),
      cmocka_unit_test(out_register_is_stable_until_taken),
      cmocka_unit_test(identity_hits_up_to_bit_55_only),
      cmocka_unit_test(hits_in_mode_bare_carry_what_iommu_qosid_holds),
      cmocka_unit_test(lookup_needs_the_right_the_device_and_a_canonical_address),
      cmocka_unit_test(fill_overwrites_the_same_page_else_the_pointed_entry),
      cmocka_unit_test(a_hit_of_another_id_passes_a_missing_read),
      cmocka_unit_test(reads_of_one_id_leave_in_order),
      cmocka_unit_test(writes_leave_in_order_whatever_their_id),
      cmocka_unit_test(a_full_miss_queue_and_hold_stop_the_channel),
      cmocka_unit_test(an_id_waits_at_max_outstanding),
      cmocka_unit_test(a_merged_refusal_asks_again_a_led_one_is_refused),
      cmocka_unit_test(a_refused_read_gets_every_beat),
      cmocka_unit_test(a_refusal_waits_for_earlier_answers_of_its_id),
      cmocka_unit_test(w_waits_for_its_aw_and_the_port_makes_wlast),
      cmocka_unit_test(a_refused_write_swallows_its_beats_then_answers),
      cmocka_unit_test(a_response_covered_by_a_kill_of_its_clock_is_void),
      cmocka_unit_test(a_kill_sends_waiting_grants_back),
      cmocka_unit_test(global_entries_survive_pscv_only),
      cmocka_unit_test(a_fence_waits_for_what_was_out_when_it_started),
      cmocka_unit_test(a_stuck_device_is_isolated_and_its_w_beats_are_made_up),
      cmocka_unit_test(only_w_beats_hold_off_the_isolator),
      cmocka_unit_test(isolation_flushes_slots_and_waits_for_asked_ones),
      cmocka_unit_test(bus_rules),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
