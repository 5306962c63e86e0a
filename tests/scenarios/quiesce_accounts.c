// SPDX-License-Identifier: Apache-2.0
//
// What quiesce, Off, fences and the isolator wait for besides bursts in memory. Of a port: a message to an interrupt file in
// memory until its device has B, so until the bit and the notice are there; cut off, it still finishes an update that has begun,
// and drops one that has not. Of the message port (mctl, msta), which is no business of a port: translations being made or not
// yet taken, invalidations without completion, page requests not yet recorded.
#include "endpoint.h"
#include "guest.h"

enum { SLOW = 500, NID = 0x5a5, NEVER = 60000 };

#define FILE_SPA UINT64_C(0x54321200)
#define NOTICE UINT64_C(0x65432000)

static guest_t g;
static pcl_driver_t *const driver = &g.scene.system.driver;
static const pcl_memory_file_t file = {.file = FILE_SPA, .notice = NOTICE, .nid = NID};

// Clocks of the newest; 0: not yet.
static struct {
  uint64_t asked, bit, notice, absorbed;
} seen;

static void see_store(void *context, const mem_store_t *store) {
  (void)context;
  if (store->source != MEM_BY_IOMMU) return;
  if ((store->addr & ~UINT64_C(511)) == FILE_SPA) seen.bit = store->cycle;
  if ((store->addr & ~OFFSET) == NOTICE) seen.notice = store->cycle;
}

static void see_absorbed(void *context, const tb_view_t *view, sb_request_t *request) {
  (void)context, (void)request;
  seen.absorbed = view->cycle;
}

static void see_clock(void *context, const tb_view_t *view) {
  (void)context;
  if (view->out->ds.ar.valid && view->out->ds.ar.lock) seen.asked = view->cycle;
}

static uint32_t state(tb_t *tb) { return (uint32_t)tb_reg_read(tb, PCL_REG_QSTA_OFFSET, 4); }
static bool drained(tb_t *tb) { return state(tb) & PCL_QSTA_DRAINED_MASK; }
static bool messages_drained(tb_t *tb) { return tb_reg_read(tb, PCL_REG_MSTA_OFFSET, 4) & PCL_MSTA_DRAINED_MASK; }

static void slow(tb_t *tb, bool is) {
  EXPECT(tb_drain(tb, 100000));
  uint32_t latency = is ? SLOW : 20;
  axi_mem_configure(tb_table_memory(tb), &(axi_mem_config_t){.hole = HOLE, .latency_low = latency, .latency_high = latency});
}

// A message of this identity, whose update is under way when it returns (with `begun`).
static dma_t *send(tb_t *tb, uint32_t identity, bool begun) {
  static uint32_t data;
  const pcl_ax_t ax = {.addr = IOVA & ~OFFSET, .device_id = DEVICE, .size = 2, .burst = PCL_BURST_INCR, .cache = 2};
  seen.asked = seen.bit = seen.notice = seen.absorbed = 0;
  data = identity;
  dma_t *dma = device_post(tb_device(tb, 0), PCL_WRITE, &ax, &data, 4);
  if (!begun) dma->w_hold = NEVER;
  while (begun && !seen.asked) tb_step(tb);
  return dma;
}

// Held, the port is drained in the clock after B at the earliest; the bit and the notice come meanwhile.
static void check_hold(tb_t *tb) {
  dma_t *dma = send(tb, 1, true);
  tb_reg_write(tb, PCL_REG_QCTL_OFFSET, PCL_QCTL_MODE_HOLD, 4);
  uint64_t start = tb_cycle(tb);
  while (!seen.absorbed) EXPECT(!drained(tb) || seen.absorbed);
  EXPECT(seen.bit > start && seen.notice > seen.bit + SLOW && seen.absorbed > seen.notice + SLOW);
  tb_run(tb, 2);
  EXPECT(drained(tb) && dma->state == DMA_DONE && dma->resp == PCL_RESP_OKAY);
  device_release(tb_device(tb, 0), dma);
  EXPECT(pcl_resume(driver, 0) == PCL_OK);
}

// What waits for the port waits for the update: a fence (without PW), and Off.
static void check_fence(tb_t *tb, bool off) {
  dma_t *dma = send(tb, 2 + off, true);
  EXPECT(off ? pcl_set_mode(driver, PCL_DDTP_MODE_OFF) == PCL_OK : pcl_fence(driver, 0) == PCL_OK);
  EXPECT(seen.absorbed && pcl_mrif_pending(driver, &file, 2 + off) && scene_end(&g.scene, 0, dma) == PCL_RESP_OKAY);
  if (off) EXPECT(pcl_set_mode(driver, PCL_DDTP_MODE_TABLE) == PCL_OK);
}

// Cut off while an update runs: it is finished, notice included, before the port is quiet. Cut off while W is owed: there is
// none.
static void check_isolator(tb_t *tb, bool begun) {
  dma_t *dma = send(tb, 4 + begun, begun);
  if (!begun) tb_run(tb, 20 * SLOW);
  EXPECT(!drained(tb) && pcl_isolate(driver, 0) == PCL_OK);
  device_hold(tb_device(tb, 0), true);
  EXPECT(dma->state == DMA_LOST);
  device_release(tb_device(tb, 0), dma);
  uint64_t start = tb_cycle(tb);
  EXPECT(drained(tb) == !begun);
  EXPECT(pcl_release(driver, 0) == PCL_OK && drained(tb));
  EXPECT(begun ? seen.notice > start && tb_cycle(tb) >= seen.notice + SLOW : !seen.asked && !seen.notice);
  EXPECT(!seen.absorbed && pcl_mrif_pending(driver, &file, 4 + begun) == begun);
  device_hold(tb_device(tb, 0), false);
  pcl_fault_report_t fault = {0};
  tb_run(tb, 4 * SLOW);
  EXPECT(pcl_handle_fault(driver, &fault) && fault.event.cause == 2049 && !pcl_handle_fault(driver, &fault));
}

// In each clock until `end` says so the message port has something to do, and port 0 has not.
static void until(tb_t *tb, bool (*end)(tb_t *tb)) {
  while (!end(tb)) EXPECT((!messages_drained(tb) || end(tb)) && drained(tb));
  tb_run(tb, 2);
  EXPECT(messages_drained(tb));
}

static pcl_msg_t answer;
static bool is_answered(tb_t *tb) { return answer.kind || messages_take(tb_messages(tb), &answer); }
static bool is_recorded(tb_t *tb) { return tb_reg_read(tb, PCL_REG_PQT_OFFSET, 4) == 1; }

static void check_messages(tb_t *tb) {
  pcl_msg_t request = endpoint_message(PCL_MSG_TRANSLATION_REQUEST, DEVICE, IOVA & ~OFFSET);
  EXPECT(messages_drained(tb));
  // A walk, then an answer that nobody takes. Whatever asks later is refused, and does not count.
  tb_messages(tb)->shut = true;
  messages_send(tb_messages(tb), &request);
  tb_run(tb, 10);
  tb_reg_write(tb, PCL_REG_MCTL_OFFSET, PCL_MCTL_MODE_ABORT, 4);
  for (unsigned i = 0; i < 40; i++) {
    EXPECT(!messages_drained(tb) && drained(tb));
    tb_run(tb, SLOW);
  }
  tb_messages(tb)->shut = false;
  answer.kind = 0;
  until(tb, is_answered);
  EXPECT(answer.kind == PCL_MSG_TRANSLATION_COMPLETION && answer.status == STATUS_SUCCESS && answer.payload != 0);
  EXPECT(pcl_messages_quiesce(driver) == PCL_OK);
  EXPECT(endpoint_ask(tb, &request).status == STATUS_UR && messages_drained(tb) && endpoint_no_record(&g.scene));
  // An invalidation, which goes on in ABORT.
  EXPECT(pcl_ats_invalidate(driver, &(pcl_ats_space_t){.device_id = DEVICE}, 0, 0) == PCL_OK);
  EXPECT(endpoint_receive(tb).kind == PCL_MSG_INVAL_REQUEST);
  for (unsigned i = 0; i < 10; i++) EXPECT(!messages_drained(tb) && drained(tb));
  endpoint_complete(tb, DEVICE, 1, 1);
  EXPECT(pcl_messages_quiesce(driver) == PCL_OK && pcl_fence(driver, 0) == PCL_OK);
  pcl_messages_resume(driver);
  // A page request, until its record is in memory.
  EXPECT(pcl_pageq_enable(&driver->pages, &g.scene.system.ops, 2, true) == PCL_OK);
  endpoint_request_page(tb, DEVICE, IOVA & ~OFFSET, 1, PAGE_R | PAGE_LAST, false);
  tb_run(tb, 10);
  until(tb, is_recorded);
}

SCENARIO(quiesce_accounts, "what is waited for: updates and notices of interrupt files, answers to messages of devices") {
  NEEDS(guest_is_built() && tb_config()->msi_mrif && tb_config()->ats);
  tb_observe(tb, &(tb_observer_t){.store = see_store, .absorb = see_absorbed, .clock = see_clock});
  guest_start(&g, tb, PCL_DC_EN_ATS | PCL_DC_EN_PRI);
  EXPECT(pcl_msi_init(driver, &g.vm, 0, FRAME_GPA >> 12) == PCL_OK);
  EXPECT(pcl_mrif_map(driver, &g.vm, FRAME_GPA, &file) == PCL_OK);
  g.dc[MSIPTP] = UINT64_C(1) << 60 | g.vm.msi.root >> 12;
  g.dc[MSI_PATTERN] = FRAME_GPA >> 12;
  guest_put(&g);
  for (uint64_t at = 0; at < PCL_MRIF_BYTES; at += 8) tb_store(tb, FILE_SPA + at, 0);
  slow(tb, true);
  check_hold(tb);
  check_fence(tb, false);
  check_fence(tb, true);
  check_isolator(tb, true);
  check_isolator(tb, false);
  check_messages(tb);
}
