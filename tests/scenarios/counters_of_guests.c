// SPDX-License-Identifier: Apache-2.0
//
// Counters of requests with a process_id through two stages (IOMMU spec 6.22, 6.23): walks of both directories and both stages,
// and filters that meet: process_id, GSCID, PSCID. What the caches spare of the second stage is counted at the pins.
#include "guest.h"

enum { LEVELS = 2, DDT_READS = 2, FIRST_READS = 3 };

static guest_t g;
static pcl_driver_t *const driver = &g.scene.system.driver;

// Reads of walkers for one request: all, and those up to the process context.
static unsigned reads, before;

static void see_clock(void *context, const tb_view_t *view) {
  (void)context;
  const pcl_ax_t *ar = &view->out->ds.ar;
  if (!ar->valid || !view->in->ds.ar_ready || ar->id >= tb_config()->walkers) return;
  reads++;
  if (ar->len == 1) before = reads;
}

// What one read counts when nothing is cached.
static uint64_t cold(pcl_counted_t what) {
  tb_t *tb = g.tb;
  guest_forget(&g);
  EXPECT(pcl_counter_start(driver, 1, &what, 0) == PCL_OK);
  reads = before = 0;
  EXPECT(guest_reaches(&g, READ, IOVA, FRAME_SPA | (IOVA & OFFSET)));
  tb_run(tb, 10);
  pcl_counter_stop(driver, 1);
  return pcl_counter_read(driver, 1);
}

static uint64_t of_process(pcl_counted_id_t id, uint32_t process_id) {
  return cold((pcl_counted_t){.id = id, .match_low = true, .low = process_id});
}

static uint64_t of_guest(pcl_counted_id_t id, uint32_t gscid) {
  return cold((pcl_counted_t){.id = id, .by_space = true, .match_high = true, .high = gscid});
}

static uint64_t of_space(pcl_counted_id_t id, uint32_t pscid) {
  return cold((pcl_counted_t){.id = id, .by_space = true, .match_low = true, .low = pscid});
}

// Second-stage reads: all, and those for page tables and the page.
static uint64_t second(void) { return reads - DDT_READS - LEVELS - FIRST_READS; }
static uint64_t of_pages(void) { return reads - before - FIRST_READS; }

SCENARIO(counters_of_guests, "counters of process directories and second stages, filters by process_id, GSCID, PSCID that meet") {
  NEEDS(guest_is_built() && tb_config()->hpm && tb_config()->pd17);
  tb_observe(tb, &(tb_observer_t){.clock = see_clock});
  guest_start_processes(&g, tb, LEVELS, 0, 0);
  EXPECT(cold((pcl_counted_t){.id = PCL_COUNT_DDT_WALK}) == DDT_READS);
  EXPECT(cold((pcl_counted_t){.id = PCL_COUNT_PDT_WALK}) == LEVELS);
  EXPECT(cold((pcl_counted_t){.id = PCL_COUNT_FIRST_WALK}) == FIRST_READS);
  EXPECT(cold((pcl_counted_t){.id = PCL_COUNT_SECOND_WALK}) == second() && second() > of_pages() && of_pages() > 0);
  for (unsigned other = 0; other < 2; other++) {
    const uint32_t process_id = PROCESS ^ other << 16, gscid = GSCID ^ other << 15, pscid = PSCID ^ other << 19;
    EXPECT(of_process(PCL_COUNT_UNTRANSLATED, process_id) == (other ? 0 : 1));
    EXPECT(of_process(PCL_COUNT_MISS, process_id) == (other ? 0 : 1));
    EXPECT(of_process(PCL_COUNT_DDT_WALK, process_id) == (other ? 0 : DDT_READS));
    EXPECT(of_process(PCL_COUNT_PDT_WALK, process_id) == (other ? 0 : LEVELS));
    EXPECT(of_process(PCL_COUNT_SECOND_WALK, process_id) == (other ? 0 : second()));
    EXPECT(of_guest(PCL_COUNT_MISS, gscid) == (other ? 0 : 1));
    EXPECT(of_guest(PCL_COUNT_FIRST_WALK, gscid) == (other ? 0 : FIRST_READS));
    EXPECT(of_guest(PCL_COUNT_SECOND_WALK, gscid) == (other ? 0 : second()));
    EXPECT(of_space(PCL_COUNT_MISS, pscid) == (other ? 0 : 1));
    EXPECT(of_space(PCL_COUNT_FIRST_WALK, pscid) == (other ? 0 : FIRST_READS));
    EXPECT(of_space(PCL_COUNT_SECOND_WALK, pscid) == (other ? 0 : of_pages()));
  }
}
