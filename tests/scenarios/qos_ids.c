// SPDX-License-Identifier: Apache-2.0
//
// QoS IDs (IOMMU spec 3.1.3.4, 6.29): what a device does, and the walks for it, carry those of its context; the directory, the
// queues and everything in mode Bare those of the IOMMU. Behind two stages, with a process directory, updates of A and
// D and a page of an interrupt file, all but the device directory carries those of the context.
#include "guest.h"

enum { ONE = 0x31, OTHER = 0x32, RCID = 0xabc, MCID = 0x123, OWN_RCID = 0x5a5, OWN_MCID = 0x777, CLIENTS = 64 };

#define PAGE UINT64_C(0x5000)

static scene_t scene;
static guest_t g;

// Pairs of the newest requests to memory: of devices, and by the ID of the data-structure port.
static struct {
  uint32_t device, read[CLIENTS][8], write[CLIENTS];
  unsigned reads[CLIENTS];
  unsigned walks[3];  // reads of walkers: with the IDs of the IOMMU, of the context, others
} seen;

static uint32_t pair(uint32_t rcid, uint32_t mcid) { return mcid << 16 | rcid; }

static void see(void *context, const tb_view_t *view) {
  const pcl_ds_pins_out_t *ds = &view->out->ds;
  (void)context;
  for (unsigned c = 0; c < PCL_CHANNELS; c++) {
    const pcl_ax_t *ax = &view->out->port[0].mem_ax[c];
    if (ax->valid) seen.device = pair(ax->rcid, ax->mcid);
  }
  if (ds->ar.valid && view->in->ds.ar_ready) seen.read[ds->ar.id][seen.reads[ds->ar.id]++ % 8] = pair(ds->ar.rcid, ds->ar.mcid);
  if (ds->ar.valid && view->in->ds.ar_ready && ds->ar.id < tb_config()->walkers) {
    const uint32_t qos = pair(ds->ar.rcid, ds->ar.mcid);
    seen.walks[qos == pair(OWN_RCID, OWN_MCID) ? 0 : qos == pair(RCID, MCID) ? 1 : 2]++;
  }
  if (ds->aw.valid) seen.write[ds->aw.id] = pair(ds->aw.rcid, ds->aw.mcid);
}

static unsigned read_of(uint32_t device_id) {
  uint64_t data;
  seen.device = ~0u;
  for (unsigned i = 0; i < CLIENTS; i++) seen.reads[i] = 0;
  return scene_read(&scene, 0, device_id, PAGE, &data);
}

// The reads of the one walk: three of the directory, three of the page table.
static bool walk_is(uint32_t directory, uint32_t table) {
  for (unsigned w = 0; w < tb_config()->walkers; w++) {
    if (seen.reads[w] != 6) continue;
    for (unsigned i = 0; i < 6; i++)
      if (seen.read[w][i] != (i < 3 ? directory : table)) return false;
    return true;
  }
  return false;
}

// Whether what a cold access reads and writes carries the right IDs: of the two levels of the directory those of the IOMMU.
static bool is_marked(unsigned type) {
  guest_forget(&g);
  for (unsigned i = 0; i < 3; i++) seen.walks[i] = 0;
  for (unsigned i = 0; i < CLIENTS; i++) seen.write[i] = pair(RCID, MCID);
  if (guest_access(&g, type, IOVA & ~OFFSET) != PCL_RESP_OKAY || seen.walks[0] != 2 || seen.walks[2]) return false;
  for (unsigned i = 0; i < tb_config()->walkers; i++)
    if (seen.write[i] != pair(RCID, MCID)) return false;
  return seen.walks[1] > 8;
}

static void check_guest(tb_t *tb) {
  pcl_driver_t *driver = &g.scene.system.driver;
  tb_reset(tb);
  guest_start_processes(&g, tb, 1, 0, 0);
  EXPECT(pcl_set_qos(driver, OWN_RCID, OWN_MCID) == PCL_OK);
  g.dc[TA] |= (uint64_t)RCID << 40 | (uint64_t)MCID << 52;
  guest_put(&g);
  EXPECT(is_marked(READ));
  if (tb_config()->amo_hwad) {
    g.dc[TC] |= PCL_DC_SADE;
    guest_put(&g);
    const uint64_t pte = guest_pte(&g, IOVA, 0);
    guest_set(&g, pte, tb_load(tb, pte) & ~(PCL_MAP_ACCESSED | PCL_MAP_DIRTY));
    EXPECT(is_marked(WRITE) && (tb_load(tb, pte) & PCL_MAP_DIRTY));
  }
  EXPECT(pcl_msi_init(driver, &g.vm, 0, FRAME_GPA >> 12) == PCL_OK);
  g.dc[MSIPTP] = UINT64_C(1) << 60 | g.vm.msi.root >> 12;
  g.dc[MSI_PATTERN] = FRAME_GPA >> 12;
  guest_put(&g);
  const uint64_t entry = pcl_msi_entry(&g.vm, FRAME_GPA);
  tb_store(tb, entry, FRAME_SPA >> 2 | 7);
  EXPECT(is_marked(READ));
}

SCENARIO(qos_ids, "QoS IDs of devices and of the IOMMU at every pin that goes to memory") {
  NEEDS(tb_config()->qosid);
  const uint32_t mine = pair(RCID, MCID), own = pair(OWN_RCID, OWN_MCID), commands = tb_config()->walkers, faults = commands + 1;
  pcl_domain_t domain;
  scene_start(&scene, tb, 24, 4, 4);
  tb_observe(tb, &(tb_observer_t){.clock = see});
  pcl_driver_t *driver = &scene.system.driver;
  EXPECT(pcl_set_qos(driver, OWN_RCID, OWN_MCID) == PCL_OK);
  EXPECT(pcl_domain_init(driver, &domain, 3, 1) == PCL_OK);
  const pcl_device_context_t context = pcl_domain_context(&domain, 0), marked = pcl_with_qos(context, RCID, MCID);
  EXPECT(pcl_attach_context(driver, ONE, &marked) == PCL_OK);
  EXPECT(pcl_attach_context(driver, OTHER, &context) == PCL_OK);
  scene_map(&scene, &domain, PAGE, 0x55000, PCL_PAGE, PCL_MAP_RO);
  EXPECT(read_of(ONE) == PCL_RESP_OKAY && seen.device == mine && walk_is(own, mine));
  EXPECT(read_of(ONE) == PCL_RESP_OKAY && seen.device == mine);  // from the port's cache
  EXPECT(read_of(OTHER) == PCL_RESP_OKAY && seen.device == 0);
  EXPECT(scene_write(&scene, 0, ONE, PAGE, 1) == PCL_RESP_SLVERR);
  tb_run(tb, 300);
  EXPECT(seen.write[faults] == own);
  EXPECT(pcl_fence(driver, 0) == PCL_OK);
  EXPECT(seen.write[commands] == own && seen.read[commands][0] == own);
  EXPECT(pcl_set_mode(driver, PCL_DDTP_MODE_BARE) == PCL_OK);
  EXPECT(read_of(ONE) == PCL_RESP_OKAY && seen.device == own);
  EXPECT(pcl_set_qos(driver, RCID, OWN_MCID) == PCL_OK);  // the port knows ONE already
  EXPECT(read_of(ONE) == PCL_RESP_OKAY && seen.device == pair(RCID, OWN_MCID));
  EXPECT(read_of(OTHER) == PCL_RESP_OKAY && seen.device == pair(RCID, OWN_MCID));
  if (guest_is_built()) check_guest(tb);
}
