// SPDX-License-Identifier: Apache-2.0
//
// A and D of leaves (IOMMU spec 3.1.3, 3.4; privileged spec, translation step 9): without SADE (GADE) an access to a leaf of the
// first (second) stage with A=0 faults, a write to one with D=0 too; with it they are set in memory before the access leaves,
// each bit only when it is due, and nothing is set for a request that the leaf does not permit. An update that another store
// defeats is made again, up to 64 times; memory that cannot update, or fails, is an access fault at once; a poisoned exclusive
// read is corruption, unless it is an access fault.
#include "guest.h"

#define FRESH (RWX & ~(PCL_MAP_ACCESSED | PCL_MAP_DIRTY))

static guest_t g;
static unsigned disturb;      // how many of the next updates a store of software to the page of the entry defeats
static uint64_t disturbed;    // where
static uint64_t last_update;  // clock of the newest store of the IOMMU
static uint64_t poisoned;     // an entry that exclusive reads bring with poison
static bool failing;          // the next exclusive write is answered with an error
static unsigned writes;       // exclusive ones

static void see_store(void *context, const mem_store_t *store) {
  (void)context;
  if (store->source == MEM_BY_IOMMU) last_update = store->cycle;
}

// Whether the newest request left after the newest update.
static bool left_after_update(void) { return last_update != 0 && g.scene.grant[g.scene.grants - 1].cycle > last_update; }

static bool refused_by(unsigned stage, unsigned type) {
  if (stage == 0) return guest_refuses(&g, type, IOVA, page_fault(type), 0);
  return guest_refuses(&g, type, IOVA, guest_page_fault(type), FRAME_GPA | (IOVA & OFFSET & ~UINT64_C(3)));
}

static bool reaches(unsigned type) { return guest_reaches(&g, type, IOVA, FRAME_SPA | (IOVA & OFFSET)); }

static uint64_t entry_of(unsigned stage) { return stage ? guest_g_pte(&g, FRAME_GPA, 0) : guest_pte(&g, IOVA, 0); }

static uint64_t leaf_of(unsigned stage, uint64_t flags) { return scene_leaf(stage ? FRAME_SPA : FRAME_GPA, flags); }

// The other stage's enable does not help.
static void check_disabled(tb_t *tb, unsigned stage) {
  uint64_t entry = entry_of(stage);
  for (unsigned type = READ; type <= WRITE; type++) {
    for (unsigned bits = 0; bits < 4; bits++) {
      uint64_t flags = FRESH | (bits & 1 ? PCL_MAP_ACCESSED : 0) | (bits & 2 ? PCL_MAP_DIRTY : 0);
      bool granted = (bits & 1) && (type != WRITE || bits & 2);
      guest_set(&g, entry, leaf_of(stage, flags));
      EXPECT(granted ? reaches(type) : refused_by(stage, type));
      EXPECT(tb_load(tb, entry) == leaf_of(stage, flags));
    }
  }
  guest_set(&g, entry, leaf_of(stage, RWX));
}

static void check_enabled(tb_t *tb, unsigned stage) {
  uint64_t entry = entry_of(stage);
  for (unsigned type = READ; type <= WRITE; type++) {
    guest_set(&g, entry, leaf_of(stage, FRESH));
    last_update = 0;
    EXPECT(reaches(type) && left_after_update());
    EXPECT(tb_load(tb, entry) == leaf_of(stage, FRESH | PCL_MAP_ACCESSED | (type == WRITE ? PCL_MAP_DIRTY : 0)));
    last_update = 0;
    EXPECT(reaches(WRITE) && (type == WRITE || left_after_update()));  // upon what is cached
    EXPECT(tb_load(tb, entry) == leaf_of(stage, RWX));
    uint64_t without = FRESH & ~(type == READ ? PCL_MAP_READ | PCL_MAP_WRITE : type == EXEC ? PCL_MAP_EXEC : PCL_MAP_WRITE);
    guest_set(&g, entry, leaf_of(stage, without));
    EXPECT(refused_by(stage, type));
    guest_set(&g, entry, leaf_of(stage, FRESH & ~PCL_MAP_USER));
    EXPECT(refused_by(stage, type) && tb_load(tb, entry) == leaf_of(stage, FRESH & ~PCL_MAP_USER));
  }
  guest_set(&g, entry, leaf_of(stage, RWX));
}

// The page of a first-stage table: A when the table is read, D when a bit is set in it, not before.
static void check_table_page(tb_t *tb) {
  uint64_t entry = guest_g_pte(&g, guest_pte_gpa(&g, IOVA, 0), 0), spa = guest_pte(&g, IOVA, 0);
  guest_set(&g, entry, scene_leaf(spa, FRESH));
  EXPECT(reaches(WRITE) && tb_load(tb, entry) == scene_leaf(spa, FRESH | PCL_MAP_ACCESSED));
  guest_set(&g, spa, leaf_of(0, FRESH));
  EXPECT(reaches(READ) && tb_load(tb, entry) == scene_leaf(spa, RWX));
  EXPECT(tb_load(tb, spa) == leaf_of(0, FRESH | PCL_MAP_ACCESSED));
  guest_set(&g, spa, leaf_of(0, RWX));
}

static void set_memory(tb_t *tb, uint32_t no_exclusive, uint32_t error) {
  axi_mem_configure(tb_table_memory(tb), &(axi_mem_config_t){.hole = HOLE, .latency_low = 20, .latency_high = 20,
                                                             .no_exclusive = no_exclusive, .error = error});
}

static void configure(tb_t *tb, uint32_t no_exclusive) {
  EXPECT(tb_drain(tb, 10000));
  set_memory(tb, no_exclusive, 0);
}

static void see_clock(void *context, const tb_view_t *view) {
  static bool armed, failed;
  const pcl_ax_t *ar = &view->out->ds.ar, *aw = &view->out->ds.aw;
  if (armed && view->in->ds.r.valid) {
    armed = false;
    tb_store(context, disturbed, --disturb);
  }
  const bool locked = ar->valid && ar->lock && view->in->ds.ar_ready, writing = aw->valid && aw->lock && view->in->ds.aw_ready;
  armed |= disturb && locked;
  if (poisoned && locked) axi_mem_poison(tb_table_memory(context), poisoned);
  if (failed) set_memory(context, 0, 0);
  failed = writing && failing;
  if (failed) {
    failing = false;
    set_memory(context, 0, 1000);
  }
  writes += writing;
}

// The halves of an update fail; nothing is tried again.
static void check_halves(tb_t *tb, unsigned stage) {
  const uint64_t entry = entry_of(stage);
  guest_set(&g, entry, leaf_of(stage, FRESH));
  for (unsigned type = READ; type <= WRITE; type++) {
    failing = true;
    writes = 0;
    EXPECT(guest_refuses(&g, type, IOVA, access_fault(type), 0) && !failing && writes == 1);
    poisoned = entry;
    EXPECT(guest_refuses(&g, type, IOVA, 274, 0) && writes == 1);
    axi_mem_poison(tb_table_memory(tb), 0);
    configure(tb, 1000);
    EXPECT(guest_refuses(&g, type, IOVA, access_fault(type), 0) && writes == 1);
    poisoned = 0;
    axi_mem_poison(tb_table_memory(tb), 0);
    configure(tb, 0);
    EXPECT(tb_load(tb, entry) == leaf_of(stage, FRESH));
  }
  guest_set(&g, entry, leaf_of(stage, RWX));
}

// Lost updates, and memory that knows none.
static void check_memory(tb_t *tb, unsigned stage) {
  const uint64_t entry = entry_of(stage);
  disturbed = (entry & ~OFFSET) | 0xff8;
  for (unsigned lost = 1; lost <= 64; lost += lost < 3 ? 1 : 60) {   // 1, 2, 3, 63
    guest_set(&g, entry, leaf_of(stage, FRESH));
    disturb = lost;
    EXPECT(reaches(WRITE) && disturb == 0 && tb_load(tb, entry) == leaf_of(stage, RWX));
  }
  guest_set(&g, entry, leaf_of(stage, FRESH));
  disturb = 64;
  EXPECT(guest_refuses(&g, WRITE, IOVA, access_fault(WRITE), 0) && disturb == 0);
  configure(tb, 1000);
  for (unsigned type = READ; type <= WRITE; type++) EXPECT(guest_refuses(&g, type, IOVA, access_fault(type), 0));
  configure(tb, 0);
  EXPECT(tb_load(tb, entry) == leaf_of(stage, FRESH));
  axi_mem_poison(tb_table_memory(tb), entry);
  EXPECT(guest_refuses(&g, READ, IOVA, 274, 0));
  axi_mem_poison(tb_table_memory(tb), 0);
  guest_set(&g, entry, leaf_of(stage, RWX));
}

SCENARIO(accessed_dirty, "A and D fault when nobody sets them, and are set before the access leaves when the IOMMU does") {
  NEEDS(guest_is_built() && tb_config()->amo_hwad);
  tb_observe(tb, &(tb_observer_t){.context = tb, .store = see_store, .clock = see_clock});
  guest_start(&g, tb, 0);
  uint64_t tc = g.dc[TC];
  for (unsigned enable = 0; enable < 4; enable++) {
    g.dc[TC] = tc | (enable & 1 ? PCL_DC_SADE : 0) | (enable & 2 ? PCL_DC_GADE : 0);
    guest_put(&g);
    for (unsigned stage = 0; stage < 2; stage++) {
      if (enable >> stage & 1) check_enabled(tb, stage);
      else check_disabled(tb, stage);
    }
  }
  check_table_page(tb);
  for (unsigned stage = 0; stage < 2; stage++) {
    check_memory(tb, stage);
    check_halves(tb, stage);
  }
}
