// SPDX-License-Identifier: Apache-2.0
//
// IOTINVAL of an address range (IOMMU spec 10, S): every page of the range whose leaf changed is the new one after the fence, by
// VMA for the first stage and by GVMA for the second, for ranges of 8 KiB to 2 MiB, named by any address in them.
#include "guest.h"

enum { PAGES = 16 };

#define M2 (UINT64_C(1) << 21)
#define BUFFER UINT64_C(0x80000000)  // of the guest
#define BUFFER_GPA UINT64_C(0x40000000)
#define HOST_BUFFER UINT64_C(0x6000000)
#define OLD UINT64_C(0x2000000000)
#define NEW UINT64_C(0x3000000000)

static guest_t g;

// Pages of a range, spread over it.
static uint64_t page_of(uint64_t bytes, unsigned i) { return i * (bytes / PAGES) & ~OFFSET; }

static bool all_at(uint32_t device_id, uint64_t iova, uint64_t bytes, uint64_t spa) {
  g.device_id = device_id;
  for (unsigned i = 0; i < PAGES; i++)
    if (!guest_reaches(&g, READ, iova + page_of(bytes, i), spa + page_of(bytes, i))) return false;
  return true;
}

SCENARIO(invalidated_ranges, "an invalidation of a range reaches every page in it, of either stage") {
  NEEDS(guest_is_built() && tb_config()->s);
  enum { HOST = 0x1006 };
  pcl_domain_t host;
  guest_start(&g, tb, 0);
  pcl_driver_t *driver = &g.scene.system.driver;
  const pcl_ops_t *ops = guest_host(&g);
  scene_attach(&g.scene, &host, HOST, 3, PSCID);
  for (uint64_t bytes = 2 * PCL_PAGE; bytes <= M2; bytes *= 4) {
    uint64_t iova = HOST_BUFFER + M2 - bytes, gpa = BUFFER_GPA + M2 - bytes, guest = BUFFER + M2 - bytes;
    for (unsigned i = 0; i < PAGES; i++) {
      uint64_t at = page_of(bytes, i);
      tb_store(tb, pcl_page_table_entry(ops, &host.table, iova + at, 0, true), scene_leaf(OLD + at, RWX));
      tb_store(tb, guest_g_pte(&g, gpa + at, 0), scene_leaf(OLD + at, RWX));
      tb_store(tb, guest_pte(&g, guest + at, 0), scene_leaf(gpa + at, RWX));
    }
    guest_forget(&g);
    for (unsigned round = 0; round < 4; round++) {
      uint64_t from = round % 2 ? NEW : OLD, to = round % 2 ? OLD : NEW, inside = page_of(bytes, round * 5);
      EXPECT(all_at(HOST, iova, bytes, from) && all_at(DEVICE, guest, bytes, from));
      for (unsigned i = 0; i < PAGES; i++) {
        uint64_t at = page_of(bytes, i);
        tb_store(tb, pcl_page_table_entry(ops, &host.table, iova + at, 0, false), scene_leaf(to + at, RWX));
        tb_store(tb, guest_g_pte(&g, gpa + at, 0), scene_leaf(to + at, RWX));
      }
      const pcl_vma_t vma = {.av = true, .pscv = round > 1, .pscid = PSCID, .iova = iova + inside, .bytes = bytes};
      const pcl_gvma_t gvma = {.gv = true, .gscid = GSCID, .av = true, .gpa = gpa + inside, .bytes = bytes};
      EXPECT(pcl_invalidate(driver, &vma) == PCL_OK && pcl_invalidate_vm(driver, &gvma) == PCL_OK);
      EXPECT(pcl_fence(driver, 0) == PCL_OK);
      EXPECT(all_at(HOST, iova, bytes, to) && all_at(DEVICE, guest, bytes, to));
    }
  }
}
