// SPDX-License-Identifier: Apache-2.0
//
// Devices of one VM and one address space, of which some know an interrupt file (msiptp Flat) and others do not (msiptp Off):
// what a page is, is for the context of each device to say (IOMMU spec 3.1.3, 3.3 item 18), whatever others have left in caches.
// Those that know the same share what was found; invalidations reach all.
#include "guest.h"

enum { KNOWS = DEVICE + 1, KNOWS_TOO, OTHER };  // DEVICE and OTHER do not know it

#define FILE_SPA UINT64_C(0x54321000)
#define NEAR_IOVA (IOVA + PCL_PAGE)
#define NEAR_GPA UINT64_C(0x8846000)
#define NEAR_SPA UINT64_C(0x23456000)
#define MOVED_SPA UINT64_C(0x34567000)

static guest_t g;
static unsigned reads;  // of tables

static void see(void *context, const tb_view_t *view) {
  (void)context;
  reads += view->out->ds.ar.valid && view->in->ds.ar_ready;
}

static bool reaches(uint32_t device_id, unsigned type, uint64_t iova, uint64_t spa) {
  g.device_id = device_id;
  reads = 0;
  return guest_reaches(&g, type, iova, spa | (iova & OFFSET));
}

SCENARIO(interrupt_file_of_some, "devices with and without MSI pages in one address space: none is served the other's page") {
  NEEDS(tb_config()->sv39x4 && tb_config()->msi_flat);
  guest_start(&g, tb, 0);
  tb_observe(tb, &(tb_observer_t){.clock = see});
  pcl_driver_t *driver = &g.scene.system.driver;
  const pcl_device_context_t off = pcl_domain_context(&g.domain, 0);
  EXPECT(pcl_attach_context(driver, OTHER, &off) == PCL_OK);
  EXPECT(pcl_msi_init(driver, &g.vm, 0, FRAME_GPA >> 12) == PCL_OK);
  EXPECT(pcl_msi_map(driver, &g.vm, FRAME_GPA, FILE_SPA) == PCL_OK);
  const pcl_device_context_t flat = pcl_domain_context(&g.domain, 0);
  EXPECT(off.msiptp == 0 && flat.msiptp != 0);
  EXPECT(pcl_attach_context(driver, KNOWS, &flat) == PCL_OK && pcl_attach_context(driver, KNOWS_TOO, &flat) == PCL_OK);
  scene_map(&g.scene, &g.domain, NEAR_IOVA & ~OFFSET, NEAR_GPA, PCL_PAGE, RWX);
  EXPECT(pcl_vm_map(driver, &g.vm, NEAR_GPA, NEAR_SPA, PCL_PAGE, RWX) == PCL_OK);

  EXPECT(reaches(KNOWS, READ, NEAR_IOVA, NEAR_SPA));  // its context is cached now
  EXPECT(reaches(DEVICE, WRITE, IOVA, FRAME_SPA));
  EXPECT(reaches(KNOWS, WRITE, IOVA, FILE_SPA));
  EXPECT(reaches(DEVICE, WRITE, IOVA, FRAME_SPA) && reads == 0);
  EXPECT(reaches(OTHER, READ, NEAR_IOVA, NEAR_SPA) && reads != 0);
  EXPECT(reaches(OTHER, WRITE, IOVA, FRAME_SPA) && (reads == 0 || tb_config()->l2_entries == 0));
  EXPECT(reaches(KNOWS_TOO, WRITE, IOVA, FILE_SPA) && reads != 0);
  EXPECT(reaches(KNOWS_TOO, READ, NEAR_IOVA, NEAR_SPA) && (reads == 0 || tb_config()->l2_entries == 0));

  tb_store(tb, guest_g_pte(&g, NEAR_GPA, 0), scene_leaf(MOVED_SPA, RWX | PCL_MAP_USER));
  EXPECT(pcl_invalidate_vm(driver, &(pcl_gvma_t){.gv = true, .gscid = GSCID, .av = true, .gpa = NEAR_GPA}) == PCL_OK);
  EXPECT(pcl_invalidate(driver, &(pcl_vma_t){.gv = true, .gscid = GSCID, .av = true, .iova = NEAR_IOVA}) == PCL_OK);
  EXPECT(pcl_fence(driver, 0) == PCL_OK);
  for (uint32_t device_id = DEVICE; device_id <= OTHER; device_id++) EXPECT(reaches(device_id, READ, NEAR_IOVA, MOVED_SPA));
}
