// SPDX-License-Identifier: Apache-2.0
//
// Page requests that the IOMMU answers by itself (IOMMU spec 3.7): 256 to 259 with Response Failure, 260 with Invalid Request,
// each with a record of TTYP 9; the PASID in a Failure always, else as PRPR says; no answer to what is not the last of its group,
// nor to a stop marker. DTF silences EN_PRI = 0 alone.
#include "endpoint.h"
#include "guest.h"

#define PRI_FLAGS (PCL_DC_EN_ATS | PCL_DC_EN_PRI)

static guest_t g;

static bool recorded(uint32_t cause) {
  const pcl_fault_event_t e = scene_fault(&g.scene);
  return e.cause == cause && e.ttyp == 9 && e.device_id == g.device_id && e.pv && e.process_id == PASID && e.priv && !e.iotval2;
}

// Three requests: the last of a group, one that is not, a stop marker.
static bool refused(tb_t *tb, uint32_t cause, unsigned code, bool pv) {
  endpoint_request_page(tb, g.device_id, IOVA & ~OFFSET, 9, PAGE_R | PAGE_LAST, true);
  if (!endpoint_is_answered(tb, g.device_id, 9, code, pv) || !recorded(cause)) return false;
  endpoint_request_page(tb, g.device_id, IOVA & ~OFFSET, 9, PAGE_W, true);
  endpoint_request_page(tb, g.device_id, 0, 0, PAGE_LAST, true);
  return endpoint_hears_nothing(tb) && recorded(cause) && recorded(cause);
}

static bool with(tb_t *tb, uint64_t entry, uint64_t value, uint32_t cause, unsigned code, bool pv) {
  uint64_t old = guest_set(&g, entry, value);
  bool so = refused(tb, cause, code, pv);
  guest_set(&g, entry, old);
  return so;
}

SCENARIO(page_refusals, "page requests that the IOMMU answers by itself: every cause, codes, PASIDs, silence") {
  NEEDS(guest_is_built() && tb_config()->ats);
  guest_start(&g, tb, PRI_FLAGS);
  pcl_driver_t *driver = &g.scene.system.driver;
  const uint64_t dc = guest_dc(&g, 0), tc = g.dc[TC], without = tc & ~PCL_DC_EN_PRI;
  EXPECT(pcl_pageq_enable(&driver->pages, &g.scene.system.ops, 2, true) == PCL_OK);
  EXPECT(pcl_set_mode(driver, PCL_DDTP_MODE_OFF) == PCL_OK && refused(tb, 256, PAGES_FAILURE, true));
  EXPECT(pcl_set_mode(driver, PCL_DDTP_MODE_BARE) == PCL_OK && refused(tb, 260, PAGES_INVALID, false));
  EXPECT(pcl_set_mode(driver, PCL_DDTP_MODE_TABLE) == PCL_OK);
  g.device_id = DEVICE | 1 << 23;  // of a directory for 15 bits
  EXPECT(refused(tb, 260, PAGES_INVALID, false));
  g.device_id = DEVICE;
  EXPECT(with(tb, guest_dc(&g, 1), HOLE >> 2 | 1, 257, PAGES_FAILURE, true));
  EXPECT(with(tb, dc, 0, 258, PAGES_FAILURE, true));
  EXPECT(with(tb, dc, tc | UINT64_C(1) << 63, 259, PAGES_FAILURE, true));
  EXPECT(with(tb, dc, tc | UINT64_C(1) << 63 | PCL_DC_DTF, 259, PAGES_FAILURE, true));  // DTF is not known yet
  EXPECT(with(tb, dc, without, 260, PAGES_INVALID, false));
  guest_set(&g, dc, without | PCL_DC_DTF);
  endpoint_request_page(tb, DEVICE, IOVA & ~OFFSET, 5, PAGE_R | PAGE_LAST, true);
  EXPECT(endpoint_is_answered(tb, DEVICE, 5, PAGES_INVALID, false) && endpoint_no_record(&g.scene));
  // A queue that is off: Failure, without a record. Then everything is well.
  guest_set(&g, dc, tc);
  EXPECT(pcl_pageq_disable(&driver->pages) == PCL_OK);
  endpoint_request_page(tb, DEVICE, IOVA & ~OFFSET, 6, PAGE_R | PAGE_LAST, true);
  EXPECT(endpoint_is_answered(tb, DEVICE, 6, PAGES_FAILURE, true) && endpoint_no_record(&g.scene));
  EXPECT(pcl_pageq_enable(&driver->pages, &g.scene.system.ops, 2, true) == PCL_OK);
  endpoint_request_page(tb, DEVICE, IOVA & ~OFFSET, 7, PAGE_R | PAGE_LAST, true);
  EXPECT(endpoint_hears_nothing(tb) && tb_reg_read(tb, PCL_REG_PQT_OFFSET, 4) == 1);
}
