// SPDX-License-Identifier: Apache-2.0
// Two-stage walks of the core's twin: what is read in which clock, cold and with each cache; updates of A and D; MSI pages;
// process contexts (docs/microarchitecture.md, sections 5.1 to 5.4).
#include "two_stage_bench.h"

static const pcl_config_t plain = {
  .num_ports = 1, .port_misses = 8, .l2_ways = 4, .dc_entries = 2, .pc_entries = 2, .nl_entries = 4, .g_entries = 8, .walkers = 2,
  .cq_depth = 1, .fq_depth = 1, .sv39x4 = 1, .pd8 = 1};
static const pcl_config_t updating = {
  .num_ports = 1, .port_misses = 8, .l2_entries = 64, .l2_ways = 4, .dc_entries = 2, .nl_entries = 4, .g_entries = 8,
  .walkers = 2, .cq_depth = 1, .fq_depth = 1, .sv39x4 = 1, .amo_hwad = 1};

static bench_t bench;

static bench_t *start(const pcl_config_t *config) {
  two_stage_init(&bench, config);
  return &bench;
}

static bench_t *start_warm(const pcl_config_t *config) {
  bench_t *b = start(config);
  warm(b, 0);
  b->reads = b->writes = 0;
  return b;
}

static void forget_walks(bench_t *b) { b->reads = b->writes = 0; }

enum { S1_ROOT = 8 * (IOVA >> 30 & 511), S1_MIDDLE = 8 * (IOVA >> 21 & 511) };

// Every guest address of a table is translated before it is read; the pointers of the second stage are known after the first.
static void cold_walk_translates_each_table(void **state) {
  (void)state;
  bench_t *b = start(&plain);
  const unsigned t1 = b->clock;
  ask(b, 0, 3, IOVA + 0x2345);
  until_response(b);
  assert_reads(b, (DDT_PPN << 12) + DEVICE * 32, G_ROOT_PPN << 12, G_MIDDLE_PPN << 12, g_leaf_addr(ROOT_PPN),
               host(ROOT_PPN) + S1_ROOT, g_leaf_addr(MIDDLE_PPN), host(MIDDLE_PPN) + S1_MIDDLE, g_leaf_addr(LEAVES_PPN),
               s1_leaf_addr(2), g_leaf_addr(DATA_GPN + 2));
  // The DC's last beat in t1 + 26; then nine reads of 21 clocks each, and GL and GD four times.
  assert_int_equal(b->resp_clock, t1 + 27 + 9 * 21 + 4 * 2);
  assert_true(b->resp.ok && b->resp.r && b->resp.w && b->resp.x);
  assert_int_equal(b->resp.spn, HOST_PPN + DATA_GPN + 2);
  assert_true(b->resp.space.gv && b->resp.space.s1);
  assert_int_equal(b->resp.space.gscid, GSCID);
  assert_int_equal(b->resp.space.pscid, PSCID);
}

// The table page comes from nl_cache without a lookup; the second-stage pointer of the page itself is in g_cache.
static void warm_walk_reads_a_leaf_of_each_stage(void **state) {
  (void)state;
  bench_t *b = start_warm(&plain);
  const unsigned t1 = b->clock;
  ask(b, 0, 1, IOVA + 0x3000);
  until_response(b);
  assert_reads(b, s1_leaf_addr(3), g_leaf_addr(DATA_GPN + 3));
  assert_int_equal(b->ar_clock, t1 + 25);
  assert_int_equal(b->resp_clock, t1 + 2 + 21 + 2 + 21);
}

// Without the first stage a page of the device is a guest page.
static void first_stage_bare_walks_the_second_only(void **state) {
  (void)state;
  bench_t *b = start(&plain);
  set_word(b, (DDT_PPN << 12) + DEVICE * 32 + 24, 0);
  ask(b, 0, 1, DATA_GPN << 12);
  until_response(b);
  assert_reads(b, (DDT_PPN << 12) + DEVICE * 32, G_ROOT_PPN << 12, G_MIDDLE_PPN << 12, g_leaf_addr(DATA_GPN));
  assert_true(b->resp.ok && b->resp.space.gv && !b->resp.space.s1);
  assert_int_equal(b->resp.s1_size, b->resp.size);
  forget_walks(b);
  const unsigned t1 = b->clock;
  ask(b, 0, 1, (DATA_GPN + 1) << 12);
  until_response(b);
  assert_reads(b, g_leaf_addr(DATA_GPN + 1));  // GL in t1 + 2, GD in t1 + 3
  assert_int_equal(b->ar_clock, t1 + 4);
}

// The leaf that an implicit access has used is not read again.
static void leaf_of_an_implicit_access_is_kept(void **state) {
  (void)state;
  bench_t *b = start_warm(&plain);
  ask(b, 0, 1, IOVA + 0x200000);  // another table below the same middle one: invalid
  until_response(b);
  assert_false(b->resp.ok);
  assert_reads(b, host(MIDDLE_PPN) + S1_MIDDLE + 8);
  forget_walks(b);
  command(b, 1 | UINT64_C(1) << 33 | (uint64_t)GSCID << 44, 0);  // VMA of this guest: pointers of the first stage go
  until_kill(b);
  tick(b);
  forget_walks(b);
  ask(b, 0, 1, IOVA + 0x4000);
  until_response(b);
  assert_reads(b, host(ROOT_PPN) + S1_ROOT, host(MIDDLE_PPN) + S1_MIDDLE, s1_leaf_addr(4), g_leaf_addr(DATA_GPN + 4));
}

// An address that no mode could hold is a guest-page fault, found by the lookup.
static void address_beyond_the_guest_is_found_by_the_lookup(void **state) {
  (void)state;
  bench_t *b = start_warm(&plain);
  set_word(b, s1_leaf_addr(5), UINT64_C(1) << (41 - 12 + 10) | LEAF);
  const unsigned t1 = b->clock;
  ask(b, 0, 1, IOVA + 0x5000);
  until_response(b);
  assert_false(b->resp.ok);
  assert_int_equal(b->resp_clock, t1 + 2 + 21 + 2 + 1);  // GL and GD, FAULT (the queue is off)
}

static void a_second_stage_superpage_is_granted_as_small_as_the_first(void **state) {
  (void)state;
  bench_t *b = start(&plain);
  set_word(b, G_MIDDLE_PPN << 12, UINT64_C(0x200) << 10 | LEAF);  // beyond the memory: the tables read 0
  set_word(b, (DDT_PPN << 12) + DEVICE * 32 + 24, 0);
  ask(b, 0, 1, 0x12345);
  until_response(b);
  assert_true(b->resp.ok);
  assert_int_equal(b->resp.size, PCL_SIZE_2M);
  assert_int_equal(b->resp.spn, 0x212);
}

// --- Updates ---

static void update_is_an_exclusive_pair(void **state) {
  (void)state;
  bench_t *b = start_warm(&updating);
  set_g_leaf(b, DATA_GPN + 1, LEAF & ~(PCL_PTE_A | PCL_PTE_D));
  const unsigned t1 = b->clock;
  ask(b, 0, 1, IOVA + 0x1000);
  until_response(b);
  assert_reads(b, s1_leaf_addr(1), g_leaf_addr(DATA_GPN + 1), g_leaf_addr(DATA_GPN + 1));
  assert_true(b->ar[2].lock && !b->ar[1].lock && b->aw.lock);
  assert_int_equal(b->ar_clock, t1 + 25 + 21);
  // XR's beat 20 clocks later, XW, the write shown in the next clock, B after 20 more.
  assert_int_equal(b->resp_clock, b->ar_clock + 20 + 1 + 1 + 20 + 1);
  assert_int_equal(b->writes, 1);
  assert_int_equal(b->aw.id, b->ar[2].id);
  assert_int_equal(b->w.strb, 0xff);
  assert_int_equal(get_word(b, g_leaf_addr(DATA_GPN + 1)), (HOST_PPN + DATA_GPN + 1) << 10 | (LEAF & ~PCL_PTE_D));
  assert_true(b->resp.ok && b->resp.r && !b->resp.w);
}

// The table was known by its supervisor page: for the write the guest page is needed, the walk begins again.
static void update_of_the_first_stage_asks_the_second(void **state) {
  (void)state;
  bench_t *b = start_warm(&updating);
  set_s1_leaf(b, 1, LEAF & ~PCL_PTE_D);
  ask(b, 1, 1, IOVA + 0x1000);
  until_response(b);
  assert_reads(b, s1_leaf_addr(1), (DDT_PPN << 12) + DEVICE * 32, host(ROOT_PPN) + S1_ROOT, host(MIDDLE_PPN) + S1_MIDDLE,
               s1_leaf_addr(1), s1_leaf_addr(1), g_leaf_addr(DATA_GPN + 1));
  assert_true(b->ar[5].lock);
  assert_int_equal(get_word(b, s1_leaf_addr(1)), (uint64_t)(DATA_GPN + 1) << 10 | LEAF);
  assert_true(b->resp.ok && b->resp.w);
}

// The page of the table may be read but not written by the guest.
static void update_that_the_second_stage_forbids_faults(void **state) {
  (void)state;
  bench_t *b = start_warm(&updating);
  set_g_leaf(b, LEAVES_PPN, LEAF & ~PCL_PTE_W);
  set_s1_leaf(b, 1, LEAF & ~PCL_PTE_D);
  command(b, 1 | 1 << 7, 0);  // GVMA of everything
  until_kill(b);
  ticks(b, 30);
  ask(b, 1, 1, IOVA + 0x1000);
  until_response(b);
  assert_false(b->resp.ok);
  assert_int_equal(b->writes, 0);
}

static void lost_writes_are_tried_again(void **state) {
  (void)state;
  bench_t *b = start_warm(&updating);
  set_g_leaf(b, DATA_GPN + 1, LEAF & ~PCL_PTE_A);
  b->lost = 2;
  ask(b, 0, 1, IOVA + 0x1000);
  until_response(b);
  assert_true(b->resp.ok);
  assert_int_equal(b->writes, 3);
  assert_int_equal(b->reads, 2 + 3);
}

static void after_64_lost_writes_access_is_refused(void **state) {
  (void)state;
  bench_t *b = start_warm(&updating);
  set_g_leaf(b, DATA_GPN + 1, LEAF & ~PCL_PTE_A);
  b->lost = 1000;
  ask(b, 0, 1, IOVA + 0x1000);
  for (unsigned before = b->responses; b->responses == before;) tick(b);
  assert_false(b->resp.ok);
  assert_int_equal(b->writes, 64);
}

static void memory_without_exclusive_accesses_is_an_access_fault(void **state) {
  (void)state;
  bench_t *b = start_warm(&updating);
  set_g_leaf(b, DATA_GPN + 1, LEAF & ~PCL_PTE_A);
  b->no_exclusive = true;
  ask(b, 0, 1, IOVA + 0x1000);
  until_response(b);
  assert_false(b->resp.ok);
  assert_int_equal(b->writes, 0);
}

// The entry changes between the read and the exclusive read.
static void changed_entry_is_walked_anew(void **state) {
  (void)state;
  bench_t *b = start_warm(&updating);
  set_g_leaf(b, DATA_GPN + 1, LEAF & ~PCL_PTE_A);
  ask(b, 0, 1, IOVA + 0x1000);
  while (!b->core.pool.in[PCL_WALKER_XAR]) tick(b);
  set_word(b, g_leaf_addr(DATA_GPN + 1), UINT64_C(0x70) << 10 | LEAF);
  until_response(b);
  assert_true(b->resp.ok);
  assert_int_equal(b->resp.spn, 0x70);
  assert_int_equal(b->writes, 0);
}

// A fence (without PR and PW) waits for a write that may still change memory.
static void fence_waits_for_updates(void **state) {
  (void)state;
  bench_t *b = start_warm(&updating);
  set_g_leaf(b, DATA_GPN + 1, LEAF & ~PCL_PTE_A);
  ask(b, 0, 1, IOVA + 0x1000);
  while (!b->core.pool.in[PCL_WALKER_XR]) tick(b);
  ticks(b, 5);
  const uint32_t before = b->regs.cq.head;
  command(b, 2, 0);
  while (b->regs.cq.head == before) tick(b);
  assert_false(b->b.valid);
  assert_int_equal(b->writes, 1);
  assert_int_equal(b->core.pool.in[PCL_WALKER_XB], 0);
}

// --- Kills ---

// Answers a request whose update is killed by GVMA in a clock in which a walker is in `state`; the number of reads.
static unsigned reads_when_killed_in(pcl_walker_state_t state, unsigned *writes) {
  bench_t *b = start_warm(&updating);
  set_g_leaf(b, DATA_GPN + 1, LEAF & ~PCL_PTE_A);
  ask(b, 0, 1, IOVA + 0x1000);
  while (!b->core.pool.in[state]) tick(b);
  b->forced = (pcl_inv_t){.op = PCL_INV_GVMA, .gv = true, .gscid = GSCID, .kill = true};
  until_response(b);
  assert_true(b->resp.ok);
  assert_true(get_word(b, g_leaf_addr(DATA_GPN + 1)) & PCL_PTE_A);
  *writes = b->writes;
  return b->reads;
}

// Nothing is known any more but the DC, which the restarted walk does not ask for: 10 reads, and those of the update.
static void a_walk_killed_in_any_state_starts_anew(void **state) {
  (void)state;
  unsigned writes = 0;
  assert_int_equal(reads_when_killed_in(PCL_WALKER_AR, &writes), 1 + 10 + 1);
  assert_int_equal(reads_when_killed_in(PCL_WALKER_R, &writes), 1 + 10 + 1);
  assert_int_equal(reads_when_killed_in(PCL_WALKER_GL, &writes), 1 + 10 + 1);
  assert_int_equal(reads_when_killed_in(PCL_WALKER_GD, &writes), 1 + 10 + 1);
  assert_int_equal(reads_when_killed_in(PCL_WALKER_XAR, &writes), 3 + 10 + 1);
  assert_int_equal(reads_when_killed_in(PCL_WALKER_XR, &writes), 3 + 10 + 1);
  assert_int_equal(writes, 1);
  // XW: captured in the clock of the kill, so that memory is changed; the walk finds A set when it comes back.
  assert_int_equal(reads_when_killed_in(PCL_WALKER_XW, &writes), 3 + 10);
  assert_int_equal(writes, 1);
  assert_int_equal(reads_when_killed_in(PCL_WALKER_XB, &writes), 3 + 10);
}

// --- Process contexts ---

enum { PDT_GPN = 0x28, PROCESS = 6 };

static bench_t *start_process(void) {
  bench_t *b = start(&plain);
  b->regs.capabilities |= PCL_CAP_PD8;
  const uint64_t dc = (DDT_PPN << 12) + DEVICE * 32;
  set_word(b, dc, PCL_TC_V | PCL_TC_PDTV);
  set_word(b, dc + 24, (uint64_t)PCL_PDTP_PD8 << 60 | PDT_GPN);
  set_word(b, host(PDT_GPN) + 16 * PROCESS, (uint64_t)PSCID << 12 | 1);
  set_word(b, host(PDT_GPN) + 16 * PROCESS + 8, (uint64_t)PCL_IOSATP_SV39 << 60 | ROOT_PPN);
  return b;
}

static void ask_process(bench_t *b, unsigned slot, uint64_t iova) {
  ask(b, 0, slot, iova);
  b->req[0].pv = true;
  b->req[0].process_id = PROCESS;
  until_response(b);
}

static void process_context_is_read_through_the_second_stage(void **state) {
  (void)state;
  bench_t *b = start_process();
  ask_process(b, 0, IOVA);
  assert_reads(b, (DDT_PPN << 12) + DEVICE * 32, G_ROOT_PPN << 12, G_MIDDLE_PPN << 12, g_leaf_addr(PDT_GPN),
               host(PDT_GPN) + 16 * PROCESS, g_leaf_addr(ROOT_PPN), host(ROOT_PPN) + S1_ROOT, g_leaf_addr(MIDDLE_PPN),
               host(MIDDLE_PPN) + S1_MIDDLE, g_leaf_addr(LEAVES_PPN), s1_leaf_addr(0), g_leaf_addr(DATA_GPN));
  assert_int_equal(b->ar[4].len, 1);
  assert_true(b->resp.ok && b->resp.pv);
  assert_int_equal(b->resp.process_id, PROCESS);
  assert_int_equal(b->resp.space.pscid, PSCID);
  forget_walks(b);
  ask_process(b, 1, IOVA + 0x1000);
  assert_reads(b, s1_leaf_addr(1), g_leaf_addr(DATA_GPN + 1));
}

// INVAL_PDT of another process leaves the context alone, its own does not.
static void inval_pdt_forgets_a_process(void **state) {
  (void)state;
  bench_t *b = start_process();
  ask_process(b, 0, IOVA);
  command(b, 3 | 1 << 7 | UINT64_C(1) << 33 | (PROCESS + 1) << 12 | (uint64_t)DEVICE << 40, 0);
  until_kill(b);
  ticks(b, 5);
  forget_walks(b);
  ask_process(b, 1, IOVA + 0x1000);
  assert_int_equal(b->reads, 2);
  command(b, 3 | 1 << 7 | UINT64_C(1) << 33 | PROCESS << 12 | (uint64_t)DEVICE << 40, 0);
  until_kill(b);
  ticks(b, 5);
  forget_walks(b);
  ask_process(b, 1, IOVA + 0x2000);
  // The leaf of the directory's page is known to g_cache; then pointers and leaf as before, all found in it too.
  assert_int_equal(b->ar[0].addr, host(PDT_GPN) + 16 * PROCESS);
  assert_true(b->resp.ok);
}

// --- MSI pages ---

static void msi_page_is_translated_by_its_own_table(void **state) {
  (void)state;
  enum { MSI_TABLE_PPN = 0x50, MSI_GPN = 0x31, DC = (DDT_PPN << 12) + DEVICE * 64 };
  bench_t *b = start(&plain);
  b->regs.capabilities |= PCL_CAP_MSI_FLAT;
  const uint64_t old = (DDT_PPN << 12) + DEVICE * 32;
  for (unsigned i = 0; i < 4; i++) set_word(b, DC + 8 * i, get_word(b, old + 8 * i));
  set_word(b, DC + 32, (uint64_t)PCL_MSIPTP_FLAT << 60 | MSI_TABLE_PPN);
  set_word(b, DC + 40, 0);
  set_word(b, DC + 48, MSI_GPN);
  set_word(b, MSI_TABLE_PPN << 12, UINT64_C(0x7777) << 10 | 7);
  warm(b, 0);
  forget_walks(b);
  ask(b, 1, 1, IOVA + 0x1000);
  until_response(b);
  assert_reads(b, s1_leaf_addr(1), MSI_TABLE_PPN << 12);
  assert_int_equal(b->ar[1].len, 1);
  assert_true(b->resp.ok && b->resp.w && !b->resp.x);
  assert_int_equal(b->resp.spn, 0x7777);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(cold_walk_translates_each_table),
    cmocka_unit_test(warm_walk_reads_a_leaf_of_each_stage),
    cmocka_unit_test(first_stage_bare_walks_the_second_only),
    cmocka_unit_test(leaf_of_an_implicit_access_is_kept),
    cmocka_unit_test(address_beyond_the_guest_is_found_by_the_lookup),
    cmocka_unit_test(a_second_stage_superpage_is_granted_as_small_as_the_first),
    cmocka_unit_test(update_is_an_exclusive_pair),
    cmocka_unit_test(update_of_the_first_stage_asks_the_second),
    cmocka_unit_test(update_that_the_second_stage_forbids_faults),
    cmocka_unit_test(lost_writes_are_tried_again),
    cmocka_unit_test(after_64_lost_writes_access_is_refused),
    cmocka_unit_test(memory_without_exclusive_accesses_is_an_access_fault),
    cmocka_unit_test(changed_entry_is_walked_anew),
    cmocka_unit_test(fence_waits_for_updates),
    cmocka_unit_test(a_walk_killed_in_any_state_starts_anew),
    cmocka_unit_test(process_context_is_read_through_the_second_stage),
    cmocka_unit_test(inval_pdt_forgets_a_process),
    cmocka_unit_test(msi_page_is_translated_by_its_own_table),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
