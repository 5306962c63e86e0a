// SPDX-License-Identifier: Apache-2.0
// Random walks of the core's twin with all its caches, beside the untimed translation of the same request in the same memory: a
// grant has its address and no right that it has not, a fault its record, a message its answer. Tables stand still but for A and
// D; invalidations of every kind come at any time and must change nothing.
//
// Pages 0 .. 47 hold random PTEs: any of them may be a first-stage table of any device, native or guest. The second stage maps
// guest pages to supervisor pages of the same number, with random rights, and large pages beyond them.
#include <stdio.h>

#include "arch/ats.h"
#include "core_bench.h"

enum { DEVICES = 16, VMS = 4, PROCESSES = 4, TABLES = 48, SLOTS = 8, USED = 8 };
enum { RANDOM_DDT = 0x60, PDT_PAGE = 0x30, G_PAGES = 0x80, MSI_TABLE = 0x70, MSI_PAGE = 0x2f, PQ_PAGE = 0xf0 };

static const pcl_config_t config = {
  .num_ports = 2, .port_misses = SLOTS, .l2_entries = 64, .l2_ways = 2, .dc_entries = 4, .pc_entries = 4, .nl_entries = 8,
  .g_entries = 8, .walkers = 5, .cq_depth = 2, .fq_depth = 2, .sv32 = 1, .sv48 = 1, .sv57 = 1, .sv32x4 = 1, .sv39x4 = 1,
  .sv48x4 = 1, .sv57x4 = 1, .svpbmt = 1, .amo_hwad = 1, .msi_flat = 1, .pd8 = 1, .pd17 = 1, .pd20 = 1,
  .ats = 1, .t2gpa = 1, .ats_timeout = 1000};

// What a run has of the features that exclude each other.
typedef struct {
  uint64_t seed;
  bool update;  // SADE, GADE
  bool narrow;  // GXL, SXL
  bool msi;     // extended contexts, MSI pages
} run_t;

static bench_t bench;
static run_t run;
static uint64_t random_state;
static pcl_miss_req_t pending[PCL_REQUESTERS][SLOTS];
static pcl_msg_t asked;  // the last message in
static unsigned grants, faults, updates, completions, queued;

static uint64_t random_bits(void) {
  random_state ^= random_state << 13;
  random_state ^= random_state >> 7;
  random_state ^= random_state << 17;
  return random_state * UINT64_C(0x2545f4914f6cdd1d) >> 16;
}

static unsigned below(unsigned limit) { return (unsigned)(random_bits() % limit); }
static bool one_in(unsigned n) { return below(n) == 0; }

// --- Memory as the untimed model sees it ---

static void untimed_access(void *context, const pcl_access_t *access, pcl_response_t *response) {
  bench_t *b = context;
  response->status = PCL_MEM_OK;
  for (unsigned i = 0; i < access->beats; i++) response->data[i] = get_word(b, (access->addr & ~UINT64_C(7)) + 8 * i);
  if (!access->update) return;
  const unsigned shift = access->bytes == 4 ? (access->addr & 4) * 8 : 0;
  const uint64_t mask = access->bytes == 4 ? UINT64_C(0xffffffff) << shift : ~UINT64_C(0);
  if ((response->data[0] & mask) >> shift != access->old_value) response->status = PCL_MEM_CHANGED;
  else set_word(b, access->addr, (response->data[0] & ~mask) | access->new_value << shift);
}

static pcl_regs_t untimed_regs(const bench_t *b) {
  return (pcl_regs_t){
    .capabilities = b->regs.capabilities, .ddtp = b->regs.ddtp_ppn << 10 | b->regs.ddtp_mode, .fctl = b->regs.fctl};
}

static pcl_outcome_t untimed(bench_t *b, const pcl_request_t *request) {
  const pcl_regs_t regs = untimed_regs(b);
  return pcl_translate(&regs, request, untimed_access, b);
}

static pcl_request_t request_of(const pcl_miss_req_t *req) {
  return (pcl_request_t){
    .iova = req->iova, .device_id = req->device_id, .process_id = req->process_id, .pv = req->pv, .priv = req->priv,
    .exec = req->exec, .write = req->write, .translated = req->translated, .bus_illegal = req->illegal};
}

// --- Random tables ---

static uint64_t random_flags(bool second) {
  uint64_t flags = PCL_PTE_V | PCL_PTE_R | PCL_PTE_W | PCL_PTE_X | PCL_PTE_A | PCL_PTE_D;
  if (second || !one_in(4)) flags |= PCL_PTE_U;
  if (one_in(8)) flags &= ~(uint64_t)PCL_PTE_X;
  if (one_in(6)) flags &= ~(uint64_t)PCL_PTE_W;
  if (one_in(run.update ? 3 : 20)) flags &= ~(uint64_t)PCL_PTE_D;
  if (one_in(run.update ? 3 : 20)) flags &= ~(uint64_t)(PCL_PTE_A | PCL_PTE_D);
  if (one_in(second ? 60 : 30)) flags &= ~(uint64_t)PCL_PTE_V;
  if (one_in(8)) flags |= PCL_PTE_G;
  return flags;
}

// The first half of the pages has pointers to all and large leaves, the other small leaves.
static uint64_t random_entry(uint64_t table) {
  static const uint64_t large[] = {0, 0x200, 0x400, 0x40000, 0x80000};
  const bool upper = table < TABLES / 2;
  if (one_in(40)) return random_bits();
  if (one_in(upper ? 2 : 10)) return (uint64_t)below(TABLES) << 10 | PCL_PTE_V;
  const uint64_t napot = !run.narrow && !upper && one_in(6) ? PCL_PTE_N : 0;
  const uint64_t ppn = napot ? 8u + 16 * below(2) : upper ? large[below(5)] : below(TABLES);
  return napot | ppn << 10 | random_flags(false);
}

// Software takes A and D away from some entry.
static void clear_bits(bench_t *b) {
  const uint64_t addr = ((uint64_t)below(TABLES) << 12) + 8 * below(2 * USED);
  const uint64_t pte = get_word(b, addr);
  if (pte & (PCL_PTE_R | PCL_PTE_X)) set_word(b, addr, pte & ~(PCL_PTE_D | (one_in(2) ? PCL_PTE_A : 0)));
}

static void set_entry(bench_t *b, uint64_t table, unsigned index, bool narrow, uint64_t value) {
  if (!narrow) {
    set_word(b, (table << 12) + 8 * index, value);
    return;
  }
  const uint64_t addr = (table << 12) + 4 * (index & ~1u);
  const unsigned shift = index % 2 * 32;
  set_word(b, addr, (get_word(b, addr) & ~(UINT64_C(0xffffffff) << shift)) | (value & 0xffffffff) << shift);
}

// Tables of 5 levels at most: root, then one page for each level down to the leaves of the first pages. Where A and D are cleared
// now and then the guest may set them again in all of its tables.
static void set_vm(bench_t *b, unsigned vm, unsigned levels) {
  const uint64_t root = G_PAGES + 16 * vm;
  uint64_t table = root;
  for (unsigned level = levels - 1; level > 0; level--) {
    const uint64_t next = root + 3 + (levels - level);
    set_entry(b, table, 0, run.narrow, next << 10 | PCL_PTE_V);
    for (unsigned i = 1; i < 4; i++) set_entry(b, table, i, run.narrow, random_flags(true));  // large page 0
    table = next;
  }
  for (unsigned gpn = 0; gpn < 0x40; gpn++) {
    set_entry(b, table, gpn, run.narrow, (uint64_t)gpn << 10 | random_flags(true) | (run.update ? PCL_PTE_W : 0));
  }
}

// Of a VM all devices have the same second stage and the same MSI pages.
static void set_device(bench_t *b, unsigned device) {
  const unsigned size = run.msi ? 64 : 32;
  const uint64_t dc = ((uint64_t)RANDOM_DDT << 12) + device * size;
  const unsigned vm = device % VMS;
  const bool guest = vm != 0;
  const bool narrow = run.narrow || (!guest && one_in(4));
  const bool processes = one_in(2);
  const uint64_t mode = one_in(5) ? 0 : narrow ? 8 : 8 + below(3);
  uint64_t tc = PCL_TC_V | (narrow ? PCL_TC_SXL : 0) | (run.update ? PCL_TC_SADE | PCL_TC_GADE : 0);
  if (one_in(2)) tc |= PCL_TC_EN_ATS | (one_in(2) ? PCL_TC_EN_PRI : 0) | (guest && one_in(2) ? PCL_TC_T2GPA : 0);
  if (processes) tc |= PCL_TC_PDTV | (one_in(2) ? PCL_TC_DPE : 0);
  set_word(b, dc, tc);
  set_word(b, dc + 8, guest ? (run.narrow ? UINT64_C(8) : 7 + vm) << 60 | (uint64_t)vm << 44 | (G_PAGES + 16 * vm) : 0);
  set_word(b, dc + 16, (uint64_t)(device * 16) << 12);
  set_word(b, dc + 24, processes ? (uint64_t)PCL_PDTP_PD8 << 60 | (PDT_PAGE + device) : mode << 60 | below(TABLES / 2));
  for (unsigned i = 0; i < PROCESSES; i++) {
    const uint64_t pc = ((uint64_t)(PDT_PAGE + device) << 12) + 16 * i;
    set_word(b, pc, (uint64_t)(device * 16 + i + 1) << 12 | below(4) << 1 | !one_in(8));
    set_word(b, pc + 8, (one_in(5) ? 0 : narrow ? 8 : 8 + below(3)) * (UINT64_C(1) << 60) | below(TABLES / 2));
  }
  if (!run.msi || !guest || vm == 2) return;
  set_word(b, dc + 32, (uint64_t)PCL_MSIPTP_FLAT << 60 | (MSI_TABLE + vm));
  set_word(b, dc + 40, 3);
  set_word(b, dc + 48, MSI_PAGE & ~3);
  for (unsigned i = 0; i < 4; i++) {
    set_word(b, ((uint64_t)(MSI_TABLE + vm) << 12) + 16 * i, UINT64_C(0x5550) << 10 | (one_in(5) ? 0 : 7));
  }
}

static void set_tables(bench_t *b) {
  for (uint64_t table = 0; table < TABLES; table++) {
    for (unsigned i = 0; i < 2 * USED; i++) set_entry(b, table, i, run.narrow, random_entry(table));
  }
  for (unsigned vm = 1; vm < VMS; vm++) set_vm(b, vm, run.narrow ? 2 : 2 + vm);
  for (unsigned device = 0; device < DEVICES; device++) set_device(b, device);
}

// --- Requests ---

static uint64_t random_iova(void) {
  uint64_t iova = random_bits() & 0xfff;
  for (unsigned shift = 12; shift < 48; shift += 9) iova |= (uint64_t)(one_in(3) ? below(USED) : below(2)) << shift;
  if (one_in(3)) iova &= 0x3fffff;
  if (one_in(3)) iova = (random_bits() & 0xfff) | (uint64_t)below(0x40) << 12;
  if (one_in(30)) iova |= UINT64_C(1) << below(64);
  return iova;
}

static bool has_processes(const bench_t *b, unsigned device) {
  return get_word(b, ((uint64_t)RANDOM_DDT << 12) + device * (run.msi ? 64 : 32)) & PCL_TC_PDTV;
}

static void offer(bench_t *b, unsigned q) {
  const unsigned slot = below(SLOTS);
  if (b->req[q].valid || pending[q][slot].valid) return;
  pcl_miss_req_t *req = &b->req[q];
  *req = (pcl_miss_req_t){
    .iova = random_iova(), .device_id = below(DEVICES), .slot = (uint8_t)slot, .exec = !(q & 1) && one_in(5),
    .illegal = one_in(50), .translated = one_in(20), .solo = one_in(4), .write = q & 1, .valid = true};
  if (has_processes(b, req->device_id) ? !one_in(4) : one_in(30)) {
    req->pv = true;
    req->process_id = one_in(30) ? 0x100 : below(PROCESSES);
    req->priv = one_in(3);
  }
  pending[q][slot] = *req;
}

// A translation request or a page request, that its answer or place can be told from.
static void offer_message(bench_t *b) {
  if (b->core.ats.state != PCL_ATS_FREE || b->core.ats.out.valid || b->msg_in.valid) return;
  const bool page = one_in(4);
  asked = (pcl_msg_t){
    .kind = page ? PCL_MSG_PAGE_REQUEST : PCL_MSG_TRANSLATION_REQUEST, .rid = (uint16_t)below(DEVICES),
    .tag = (uint16_t)below(1024), .payload = (random_iova() & ~UINT64_C(0xfff)) | (page ? 5 : one_in(2)), .valid = true};
  if (has_processes(b, asked.rid) ? !one_in(4) : one_in(30)) {
    asked.pv = true;
    asked.pasid = one_in(30) ? 0x100 : below(PROCESSES);
    asked.priv = one_in(3);
    asked.exec = one_in(2);
  }
  asked.cxl = one_in(2);
  b->msg_in = asked;
}

static void invalidate(bench_t *b) {
  b->forced = (pcl_inv_t){
    .op = (uint8_t)below(5), .vpn = random_iova() >> 12, .range = one_in(3) ? 0x1ff : 0, .pscid = below(DEVICES * 16),
    .device_id = below(DEVICES), .process_id = below(PROCESSES), .gscid = (uint16_t)below(VMS), .av = one_in(2),
    .pscv = one_in(2), .gv = one_in(2), .nl = one_in(3), .kill = true};
}

// --- Checks ---

static bool has_right(const pcl_resp_t *resp, const pcl_request_t *request) {
  return request->write ? resp->w : request->exec ? resp->x : resp->r;
}

static void complain(const pcl_request_t *request, const char *what) {
  printf("seed %llu: %s: device %u process %u pv %d priv %d write %d exec %d iova %llx\n", (unsigned long long)run.seed, what,
         request->device_id, request->process_id, request->pv, request->priv, request->write, request->exec,
         (unsigned long long)request->iova);
  assert_true(false);
}

// The grant as the untimed model has it for any address of the range and any right.
static void check_grant(bench_t *b, const pcl_resp_t *resp, pcl_request_t request) {
  const uint64_t low = pcl_lowmask(resp->size);
  for (unsigned i = 0; i < 2; i++) {
    const pcl_outcome_t outcome = untimed(b, &request);
    if (outcome.faulted) complain(&request, "granted, but faults");
    const uint64_t spn = (resp->spn & ~low) | (request.iova >> 12 & low);
    if (pcl_translation_spa(&outcome.translation, request.iova) >> 12 != spn) complain(&request, "granted elsewhere");
    if (outcome.translation.pbmt != resp->pbmt && resp->size != PCL_SIZE_IDENTITY) complain(&request, "other memory type");
    if (resp->size == PCL_SIZE_64K) return;  // the other entries of the 64 KiB say something else here
    request.iova ^= (random_bits() & low) << 12;
    request.write = resp->w && one_in(2);
    request.exec = !request.write && (!resp->r || (resp->x && one_in(2)));
    if (!has_right(resp, &request)) return;
  }
}

static void check_response(bench_t *b, const pcl_resp_t *resp) {
  for (unsigned q = 0; q < 2 * config.num_ports; q++) {
    for (uint32_t left = resp->mask[q]; left != 0; left &= left - 1) {
      pcl_miss_req_t *req = &pending[q][__builtin_ctz(left)];
      const pcl_request_t request = request_of(req);
      const bool leader = resp->lead && resp->lead_q == q && resp->lead_slot == req->slot;
      assert_true(req->valid);
      req->valid = false;
      if (resp->ok && (leader || has_right(resp, &request))) {
        check_grant(b, resp, request);
        grants++;
      } else if (leader && !untimed(b, &request).faulted) {
        complain(&request, "faults, but should be granted");
      }
    }
  }
}

static void check_record(bench_t *b) {
  const int taken = b->out.fault_queue.taken;
  if (taken < 0 || taken >= (int)config.walkers) return;
  const pcl_walker_t *walker = &b->core.pool.walker[taken];
  pcl_fault_rec_t record;
  pcl_walker_record(walker, &record);
  const pcl_outcome_t outcome = untimed(b, &walker->request);
  const pcl_fault_t *fault = &outcome.fault;
  if (!outcome.faulted || !fault->report) complain(&walker->request, "recorded, but should not");
  if (record.cause != fault->cause || record.iotval != fault->iotval || record.iotval2 != fault->iotval2) {
    complain(&walker->request, "other record");
  }
  faults++;
}

static void complain_of_message(const char *what, uint64_t got, uint64_t expected) {
  printf("seed %llu: %s: kind %u device %u pasid %u pv %d priv %d exec %d payload %llx: %llx instead of %llx\n",
         (unsigned long long)run.seed, what, asked.kind, asked.rid, asked.pasid, asked.pv, asked.priv, asked.exec,
         (unsigned long long)asked.payload, (unsigned long long)got, (unsigned long long)expected);
  assert_true(false);
}

static uint64_t entry_of(const pcl_ats_completion_t *completion) {
  if (completion->status != PCL_ATS_SUCCESS || !(completion->r || completion->w)) return 0;
  const uint64_t low = (UINT64_C(1) << completion->size_shift) - UINT64_C(0x1000);
  return (completion->addr & ~low) | (low >> 1 & ~UINT64_C(0xfff)) | (uint64_t)(low != 0) << 11 | completion->cxl_io << 9 |
         completion->global << 5 | completion->priv << 4 | completion->exe << 3 | completion->w << 1 | completion->r;
}

// Where D is set and cleared by others the right to write that a request does not ask for may come and go.
static void check_completion(bench_t *b, const pcl_msg_t *message) {
  const pcl_request_t request = {
    .iova = asked.payload & ~UINT64_C(0xfff), .device_id = asked.rid, .process_id = asked.pasid, .pv = asked.pv,
    .priv = asked.priv, .exec = asked.exec, .ats = true, .no_write = asked.payload & 1, .cxl = asked.cxl};
  const pcl_outcome_t outcome = untimed(b, &request);
  const pcl_ats_completion_t completion = pcl_ats_complete(&request, &outcome);
  const uint64_t ignored = run.update && request.no_write ? 2 : 0;
  const uint64_t entry = entry_of(&completion);
  if (message->status != completion.status) complain_of_message("status", message->status, completion.status);
  if ((message->payload ^ entry) & ~ignored) complain_of_message("completion", message->payload, entry);
  assert_true(message->kind == PCL_MSG_TRANSLATION_COMPLETION && message->tag == asked.tag && message->rid == asked.rid);
  completions++;
}

static void check_page_request(bench_t *b, int code) {
  const pcl_request_t request = {
    .device_id = asked.rid, .process_id = asked.pasid, .pv = asked.pv, .priv = asked.priv, .page_request = true};
  const pcl_outcome_t outcome = untimed(b, &request);
  const int expected = outcome.faulted ? (int)pcl_prg_code(outcome.fault.cause) : -1;
  if (code != expected) complain_of_message("page request", (uint64_t)code, (uint64_t)expected);
  queued++;
}

static void check_messages(bench_t *b, const pcl_msg_t *message) {
  if (b->out.msg_in_ready) b->msg_in.valid = false;
  if (b->events.pq_done) {
    b->regs.pq.head = b->regs.pq.tail = (b->regs.pq.tail + 1) & pcl_queue_mask(&b->regs.pq);
    check_page_request(b, -1);
  }
  if (!message->valid) return;
  if (asked.kind == PCL_MSG_PAGE_REQUEST) check_page_request(b, message->payload >> 44 & 15);
  else check_completion(b, message);
}

static void play(unsigned clocks) {
  bench_t *b = &bench;
  bench_init(b, &config);
  memset(b->word, 0, sizeof b->word);
  memset(pending, 0, sizeof pending);
  random_state = run.seed * 77 + 1;
  b->regs.capabilities |= PCL_CAP_SV32 | PCL_CAP_SV48 | PCL_CAP_SV57 | PCL_CAP_SVPBMT | PCL_CAP_PD8 | PCL_CAP_SV32X4 |
                          PCL_CAP_SV39X4 | PCL_CAP_SV48X4 | PCL_CAP_SV57X4 | PCL_CAP_AMO_HWAD;
  b->regs.capabilities |= PCL_CAP_ATS | PCL_CAP_T2GPA;
  b->regs.pq = (pcl_queue_regs_t){.ppn = PQ_PAGE, .log2 = 7, .en = true, .on = true};
  if (run.msi) b->regs.capabilities |= PCL_CAP_MSI_FLAT;
  if (run.narrow) b->regs.fctl |= PCL_FCTL_GXL;
  b->regs.ddtp_ppn = RANDOM_DDT;
  set_tables(b);
  for (unsigned i = 0; i < clocks; i++) {
    for (unsigned q = 0; q < 2 * config.num_ports; q++) {
      if (one_in(8)) offer(b, q);
    }
    if (one_in(8)) offer_message(b);
    if (one_in(150)) invalidate(b);
    if (run.update && one_in(100)) b->lost = below(3);
    if (run.update && one_in(20)) clear_bits(b);
    const unsigned before = b->writes;
    const pcl_msg_t message = b->core.ats.out;
    tick(b);
    updates += b->writes - before;
    if (b->out.resp.valid) check_response(b, &b->out.resp);
    check_record(b);
    check_messages(b, &message);
  }
}

static void walks_agree_with_the_untimed_model(void **state) {
  (void)state;
  for (uint64_t seed = 1; seed <= 16; seed++) {
    run = (run_t){.seed = seed, .update = seed & 1, .narrow = seed & 2, .msi = seed & 4};
    play(100000);
  }
  printf("%u grants, %u faults, %u updates, %u completions, %u page requests\n", grants, faults, updates, completions, queued);
  assert_true(grants > 5000 && faults > 1000 && updates > 1000 && completions > 1000 && queued > 1000);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(walks_agree_with_the_untimed_model)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
