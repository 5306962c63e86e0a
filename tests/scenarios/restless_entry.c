// SPDX-License-Identifier: Apache-2.0
//
// A guest, or the device itself, writes to the tables that it owns while the IOMMU sets A and D there: after each exclusive read
// was taken, and before memory answers it, the entry changes in bits that are software's (RSW), or something else in its page
// does, so that the exclusive write is lost. Both have 64 tries together, then the walk ends with an access fault (IOMMU spec
// 3.4; causes 5, 7). Others are served all the time, the port drains, a Translation Request is answered. Fewer do not matter.
#include "endpoint.h"
#include "guest.h"

enum { RESTLESS = 0x21, OTHER = 0x22, TRIES = 64, FEW = 10, PAGES = 64, ROUND = 400 };

#define LEAF (RWX & ~(PCL_MAP_ACCESSED | PCL_MAP_DIRTY))
#define RSW (UINT64_C(3) << 8)
#define PAGE UINT64_C(0x40200000)
#define FRAME UINT64_C(0x12345000)
#define OTHERS UINT64_C(0x80000000)

typedef enum { CHANGES, LOSES, MIXES } habit_t;

static scene_t scene;
static pcl_driver_t *const driver = &scene.system.driver;
static tb_t *bench;
static pcl_domain_t restless, other;
static uint64_t entry;    // of PAGE
static habit_t habit;
static unsigned tries;    // exclusive reads of the entry
static unsigned left;     // that will be disturbed

// An exclusive read was taken in the clock before: memory answers it in 19 clocks.
static void disturb(void) {
  bool changes = habit == CHANGES || (habit == MIXES && tries % 2);
  if (!left) return;
  left--;
  if (changes) tb_store(bench, entry, (tb_load(bench, entry) & ~RSW) | (tries % 4) << 8);
  else tb_store(bench, entry ^ 8, tries);
}

static void see_clock(void *context, const tb_view_t *view) {
  static bool taken;
  const pcl_ax_t *ar = &view->out->ds.ar;
  (void)context;
  if (taken) disturb();
  taken = ar->valid && view->in->ds.ar_ready && ar->lock && ar->addr == entry;
  tries += taken;
}

static void begin(habit_t how, unsigned count) {
  tb_store(bench, entry, scene_leaf(FRAME, LEAF));
  scene_forget(&scene);
  habit = how;
  tries = 0;
  left = count;
}

// Reads of the other device until a request has its answer, or for the tries that it may have.
static void work(tb_t *tb, bool (*ended)(const void *what), const void *what) {
  static unsigned page;
  unsigned port = tb_config()->num_ports - 1;
  uint64_t start = tb_cycle(tb);
  while (!ended(what)) {
    dma_t *dma = scene_post(&scene, port, PCL_READ, OTHER, OTHERS + page++ % PAGES * PCL_PAGE, NULL);
    dma->ax.id = 1;
    EXPECT(tb_wait_dma(tb, dma, ROUND) && dma->resp == PCL_RESP_OKAY);
    device_release(tb_device(tb, port), dma);
    EXPECT(tb_cycle(tb) - start < (TRIES + 2) * ROUND);
  }
}

static bool is_done(const void *dma) { return ((const dma_t *)dma)->state == DMA_DONE; }

// The access ends with the 64th try; its record tells of it; the port is drained.
static void check_worn(tb_t *tb, habit_t how, unsigned channel) {
  static uint64_t data;
  begin(how, UINT32_MAX);
  dma_t *dma = scene_post(&scene, 0, channel, RESTLESS, PAGE, &data);
  work(tb, is_done, dma);
  EXPECT(scene_end(&scene, 0, dma) == PCL_RESP_SLVERR && tries == TRIES);
  const pcl_fault_event_t e = scene_fault(&scene);
  EXPECT(e.cause == (channel == PCL_WRITE ? 7 : 5) && e.ttyp == (channel == PCL_WRITE ? 3 : 2));
  EXPECT(e.device_id == RESTLESS && e.iotval == PAGE && e.iotval2 == 0);
  EXPECT(!(tb_load(tb, entry) & (PCL_MAP_ACCESSED | PCL_MAP_DIRTY)));
}

// The same with the port held meanwhile.
static void check_drained(tb_t *tb) {
  begin(CHANGES, UINT32_MAX);
  dma_t *dma = scene_post(&scene, 0, PCL_WRITE, RESTLESS, PAGE, NULL);
  tb_run(tb, ROUND);
  EXPECT(dma->state == DMA_SENT && tries > 0 && pcl_quiesce(driver, 0, false) == PCL_OK);
  EXPECT(scene_end(&scene, 0, dma) == PCL_RESP_SLVERR && tries == TRIES && scene_fault(&scene).cause == 7);
  EXPECT(pcl_resume(driver, 0) == PCL_OK);
}

// So many tries and one more: granted, and what software wrote is still there.
static void check_few(tb_t *tb, habit_t how, unsigned channel, unsigned count) {
  static uint64_t data;
  pcl_fault_event_t event;
  uint64_t set = channel == PCL_WRITE ? PCL_MAP_ACCESSED | PCL_MAP_DIRTY : PCL_MAP_ACCESSED;
  begin(how, count);
  unsigned before = scene.grants;
  EXPECT(scene_end(&scene, 0, scene_post(&scene, 0, channel, RESTLESS, PAGE, &data)) == PCL_RESP_OKAY);
  EXPECT(tries == count + 1 && scene.grants == before + 1 && scene.grant[before].spa == FRAME);
  EXPECT((tb_load(tb, entry) & ~RSW) == scene_leaf(FRAME, LEAF | set) && !pcl_faultq_take(&driver->faults, &event));
}

static pcl_msg_t answer;
static bool is_answered(const void *tb) { return messages_take(tb_messages((tb_t *)tb), &answer); }

// A Translation Request is answered Completer Abort; then those behind it are taken.
static void check_translation(tb_t *tb) {
  pcl_msg_t request = endpoint_message(PCL_MSG_TRANSLATION_REQUEST, RESTLESS, PAGE);
  begin(CHANGES, UINT32_MAX);
  messages_send(tb_messages(tb), &request);
  endpoint_complete(tb, OTHER, 0, 1);   // of no invalidation: taken and dropped
  request = endpoint_message(PCL_MSG_TRANSLATION_REQUEST, OTHER, OTHERS);
  messages_send(tb_messages(tb), &request);
  work(tb, is_answered, tb);
  EXPECT(answer.kind == PCL_MSG_TRANSLATION_COMPLETION && answer.rid == RESTLESS && answer.status == STATUS_CA && tries == TRIES);
  const pcl_fault_event_t e = scene_fault(&scene);
  EXPECT(e.cause == 5 && e.ttyp == 8 && e.device_id == RESTLESS && e.iotval == PAGE);
  work(tb, is_answered, tb);
  EXPECT(answer.rid == OTHER && answer.status == STATUS_SUCCESS && messages_pending(tb_messages(tb)) == 0);
  begin(CHANGES, FEW);
  answer = endpoint_translate(tb, RESTLESS, PAGE);
  EXPECT(answer.status == STATUS_SUCCESS && (answer.payload & ~OFFSET) == FRAME && tries == FEW + 1);
}

SCENARIO(restless_entry, "an entry that changes whenever the IOMMU is about to set A or D: 64 tries, then an access fault") {
  const uint64_t flags = PCL_DC_SADE | (tb_config()->ats ? PCL_DC_EN_ATS : 0);
  NEEDS(tb_config()->amo_hwad);
  bench = tb;
  entry = 1;
  tb_observe(tb, &(tb_observer_t){.clock = see_clock});
  scene_start(&scene, tb, 6, 4, 4);
  EXPECT(pcl_domain_init(driver, &restless, 3, 3) == PCL_OK && pcl_attach(driver, RESTLESS, &restless, flags) == PCL_OK);
  EXPECT(pcl_domain_init(driver, &other, 3, 4) == PCL_OK && pcl_attach(driver, OTHER, &other, flags) == PCL_OK);
  scene_map(&scene, &restless, PAGE, FRAME, PCL_PAGE, RWX);
  scene_map(&scene, &other, OTHERS, FRAME + PCL_PAGE, PAGES * PCL_PAGE, RWX);
  entry = scene_entry(&scene, &restless, PAGE);
  check_few(tb, CHANGES, PCL_READ, FEW);
  check_worn(tb, CHANGES, PCL_READ);
  check_few(tb, LOSES, PCL_WRITE, TRIES - 1);
  check_worn(tb, LOSES, PCL_WRITE);
  check_few(tb, MIXES, PCL_WRITE, TRIES - 1);
  check_worn(tb, MIXES, PCL_WRITE);
  check_drained(tb);
  if (tb_config()->ats) check_translation(tb);
}
