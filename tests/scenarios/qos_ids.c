// SPDX-License-Identifier: Apache-2.0
//
// QoS IDs (IOMMU spec 3.1.3.4, 6.29): what a device does, and the walks for it, carry those of its context; the directory, the
// queues and everything in mode Bare those of the IOMMU.
#include "scene.h"

enum { DEVICE = 0x31, OTHER = 0x32, RCID = 0xabc, MCID = 0x123, OWN_RCID = 0x5a5, OWN_MCID = 0x777, CLIENTS = 64 };

#define IOVA UINT64_C(0x5000)

static scene_t scene;

// Pairs of the newest requests to memory: of devices, and by the ID of the data-structure port.
static struct {
  uint32_t device, read[CLIENTS][8], write[CLIENTS];
  unsigned reads[CLIENTS];
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
  if (ds->aw.valid) seen.write[ds->aw.id] = pair(ds->aw.rcid, ds->aw.mcid);
}

static unsigned read_of(uint32_t device_id) {
  uint64_t data;
  seen.device = ~0u;
  for (unsigned i = 0; i < CLIENTS; i++) seen.reads[i] = 0;
  return scene_read(&scene, 0, device_id, IOVA, &data);
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
  EXPECT(pcl_attach_context(driver, DEVICE, &marked) == PCL_OK);
  EXPECT(pcl_attach_context(driver, OTHER, &context) == PCL_OK);
  scene_map(&scene, &domain, IOVA, 0x55000, PCL_PAGE, PCL_MAP_RO);
  EXPECT(read_of(DEVICE) == PCL_RESP_OKAY && seen.device == mine && walk_is(own, mine));
  EXPECT(read_of(DEVICE) == PCL_RESP_OKAY && seen.device == mine);  // from the port's cache
  EXPECT(read_of(OTHER) == PCL_RESP_OKAY && seen.device == 0);
  EXPECT(scene_write(&scene, 0, DEVICE, IOVA, 1) == PCL_RESP_SLVERR);
  tb_run(tb, 300);
  EXPECT(seen.write[faults] == own);
  EXPECT(pcl_fence(driver, 0) == PCL_OK);
  EXPECT(seen.write[commands] == own && seen.read[commands][0] == own);
  EXPECT(pcl_set_mode(driver, PCL_DDTP_MODE_BARE) == PCL_OK);
  EXPECT(read_of(DEVICE) == PCL_RESP_OKAY && seen.device == own);
  EXPECT(pcl_set_qos(driver, RCID, OWN_MCID) == PCL_OK);  // the port knows DEVICE already
  EXPECT(read_of(DEVICE) == PCL_RESP_OKAY && seen.device == pair(RCID, OWN_MCID));
  EXPECT(read_of(OTHER) == PCL_RESP_OKAY && seen.device == pair(RCID, OWN_MCID));
}
