// SPDX-License-Identifier: Apache-2.0
//
// Each reserved bit of a device context, and each that asks for what is not built, makes it misconfigured (cause 259, IOMMU spec
// 3.1.4), one at a time; custom bits do not.
#include "scene.h"

enum { GOOD = 0x100, FIRST_BAD = 0x200 };

#define IOVA UINT64_C(0x7000)

// Bits of tc, iohgatp, ta and fsc that must be 0: all but V, DTF and custom; MODE; all but PSCID; all but MODE and PPN.
static const uint64_t zero[4] = {
  UINT64_C(0xffffffff00ffffee), UINT64_C(0xf000000000000000), UINT64_C(0xffffffff00000fff), UINT64_C(0x0ffff00000000000),
};

static void put(tb_t *tb, scene_t *scene, uint32_t device_id, const uint64_t word[4]) {
  const pcl_device_context_t context = {.tc = word[0], .iohgatp = word[1], .ta = word[2], .fsc = word[3]};
  EXPECT(pcl_directory_put(&scene->system.ops, &scene->system.driver.directory, device_id, &context) == PCL_OK);
}

static void expect_misconfigured(tb_t *tb, scene_t *scene, uint32_t device_id, const uint64_t word[4]) {
  uint64_t data = 0;
  put(tb, scene, device_id, word);
  EXPECT(scene_read(scene, 0, device_id, IOVA, &data) == PCL_RESP_SLVERR);
  pcl_fault_event_t event = scene_fault(scene);
  EXPECT(event.cause == 259 && event.device_id == device_id);
}

SCENARIO(context_bits, "each reserved or unsupported setting of a device context is refused with cause 259") {
  static scene_t scene;
  pcl_domain_t domain;
  uint64_t data = 0;
  uint32_t device_id = FIRST_BAD;
  scene_start(&scene, tb, 24, 4, 4);
  scene_attach(&scene, &domain, GOOD, 3, 1);
  scene_map(&scene, &domain, IOVA, 0x9000, PCL_PAGE, PCL_MAP_RW);
  const pcl_device_context_t good = pcl_device_context(domain.table.root, 3, 1, 0);
  uint64_t word[4] = {good.tc, 0, good.ta, good.fsc};
  for (unsigned i = 0; i < 4; i++) {
    for (unsigned at = 0; at < 64; at++) {
      if (!(zero[i] >> at & 1)) continue;
      word[i] ^= UINT64_C(1) << at;
      expect_misconfigured(tb, &scene, device_id++, word);
      word[i] ^= UINT64_C(1) << at;
    }
  }
  for (uint64_t mode = 1; mode < 16; mode++) {
    if (mode == 8 || (mode == 9 && tb_config()->sv48) || (mode == 10 && tb_config()->sv57)) continue;
    word[3] = mode << 60 | domain.table.root >> 12;
    expect_misconfigured(tb, &scene, device_id++, word);
  }
  word[0] |= UINT64_C(0xff000000);
  word[3] = good.fsc;
  put(tb, &scene, device_id, word);
  EXPECT(scene_read(&scene, 0, device_id, IOVA, &data) == PCL_RESP_OKAY);
  EXPECT(scene_read(&scene, 0, GOOD, IOVA, &data) == PCL_RESP_OKAY);
}
