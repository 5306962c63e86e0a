// SPDX-License-Identifier: Apache-2.0
//
// IOFENCE.C, with and without PR and PW, and a change to Off do not end while an exclusive write that sets A or D is under way:
// its answer is held back, or the memory does not even take it. Each of several updates counts. They do end when the last has
// come.
#include "scene.h"

enum { DEVICE = 0x5c, LATENCY = 20, HELD = 2000, PAGES = 2 };

#define IOVA UINT64_C(0x3000)
#define FRAME UINT64_C(0x66000)
#define STRIDE UINT64_C(0x200000)  // their entries lie in different pages: a store to the page of an entry defeats its update
#define FRESH (PCL_MAP_RW & ~(PCL_MAP_ACCESSED | PCL_MAP_DIRTY))

typedef enum { ANSWER, REQUEST } held_t;

static scene_t scene;
static pcl_driver_t *const driver = &scene.system.driver;
static pcl_domain_t domain;

static struct {
  held_t held;
  unsigned left;                  // updates that have still to begin
  uint64_t begun, taken, answer;  // clocks: of the last read and the last AW that is held back, of the newest B of an update
} seen;

static void configure(tb_t *tb, uint32_t latency, bool shut) {
  axi_mem_configure(tb_table_memory(tb), &(axi_mem_config_t){.hole = ~UINT64_C(0), .latency_low = latency,
                                                             .latency_high = latency, .shut = shut});
}

static void see_clock(void *context, const tb_view_t *view) {
  const pcl_ax_t *aw = &view->out->ds.aw;
  const pcl_r_t *r = &view->in->ds.r;
  if (view->in->ds.b.valid && view->in->ds.b.resp == PCL_RESP_EXOKAY) seen.answer = view->cycle;
  if (seen.held == ANSWER && seen.taken == view->cycle - 1) configure(context, LATENCY, false);
  if (seen.left && aw->valid && aw->lock && view->in->ds.aw_ready) {
    seen.taken = view->cycle;
    seen.left--;
    if (seen.held == ANSWER) configure(context, seen.left ? HELD / 4 : HELD, false);
  }
  if (seen.left && seen.held == REQUEST && !seen.begun && r->valid && r->resp == PCL_RESP_EXOKAY) {
    seen.begun = view->cycle;
    configure(context, LATENCY, true);
  }
}

// Requests whose updates are under way when it returns, held back.
static void begin(tb_t *tb, held_t held, unsigned channel, unsigned pages, dma_t **dma) {
  static uint64_t data;
  for (unsigned i = 0; i < pages; i++)
    tb_store(tb, scene_entry(&scene, &domain, IOVA + i * STRIDE), scene_leaf(FRAME + i * PCL_PAGE, FRESH));
  scene_forget(&scene);
  seen.held = held;
  seen.begun = seen.taken = seen.answer = 0;
  seen.left = pages;
  for (unsigned i = 0; i < pages; i++) dma[i] = scene_post(&scene, 0, channel, DEVICE, IOVA + i * STRIDE, &data);
  for (unsigned i = 0; i < HELD && !(held == REQUEST ? seen.begun : !seen.left); i++) tb_step(tb);
  EXPECT(held == REQUEST ? seen.begun : !seen.left);
  tb_run(tb, 5);
}

static void check_fence(tb_t *tb, unsigned channel, unsigned pages, unsigned options) {
  dma_t *dma[PAGES];
  begin(tb, ANSWER, channel, pages, dma);
  uint32_t fence = pcl_cmdq_fence(&driver->commands, options * PCL_CMD_PR);
  tb_run(tb, HELD / 2);
  EXPECT(!pcl_cmdq_passed(&driver->commands, fence));
  EXPECT(pcl_cmdq_wait(&driver->commands, fence) == PCL_OK && seen.answer >= seen.taken + HELD);
  EXPECT(scene.fence_done > seen.answer);
  for (unsigned i = 0; i < pages; i++) EXPECT(scene_end(&scene, 0, dma[i]) == PCL_RESP_OKAY);
}

static uint64_t busy(tb_t *tb) { return tb_reg_read(tb, PCL_REG_DDTP_OFFSET, 8) & PCL_DDTP_BUSY_MASK; }

// The request itself comes too late: it is refused.
static void check_off(tb_t *tb, held_t held, unsigned channel) {
  dma_t *dma[1];
  const uint64_t ddtp = tb_reg_read(tb, PCL_REG_DDTP_OFFSET, 8);
  begin(tb, held, channel, 1, dma);
  tb_reg_write(tb, PCL_REG_DDTP_OFFSET, 0, 8);
  tb_run(tb, HELD / 2);
  EXPECT(busy(tb) && !seen.answer);
  if (held == REQUEST) configure(tb, LATENCY, false);
  while (!seen.answer) EXPECT(busy(tb) || seen.answer);
  tb_run(tb, 10);
  EXPECT(!busy(tb) && scene_end(&scene, 0, dma[0]) == PCL_RESP_SLVERR && scene_fault(&scene).cause == 256);
  tb_reg_write(tb, PCL_REG_DDTP_OFFSET, ddtp, 8);
  tb_run(tb, 200);
  EXPECT(!busy(tb));
}

SCENARIO(fence_covers_updates, "fences and a change to Off wait for updates of A and D under way, and end") {
  NEEDS(tb_config()->amo_hwad);
  scene_start(&scene, tb, 24, 4, 4);
  tb_observe(tb, &(tb_observer_t){.context = tb, .clock = see_clock});
  EXPECT(pcl_domain_init(driver, &domain, 3, 1) == PCL_OK);
  EXPECT(pcl_attach(driver, DEVICE, &domain, PCL_DC_SADE) == PCL_OK);
  for (unsigned i = 0; i < PAGES; i++)
    scene_map(&scene, &domain, IOVA + i * STRIDE, FRAME + i * PCL_PAGE, PCL_PAGE, PCL_MAP_RW);
  EXPECT(tb_drain(tb, 10000));
  configure(tb, LATENCY, false);
  for (unsigned channel = 0; channel < PCL_CHANNELS; channel++) {
    for (unsigned options = 0; options < 4; options++)
      for (unsigned pages = 1; pages <= PAGES; pages++) check_fence(tb, channel, pages, options);
    check_off(tb, ANSWER, channel);
    check_off(tb, REQUEST, channel);
  }
}
