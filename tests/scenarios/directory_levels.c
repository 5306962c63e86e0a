// SPDX-License-Identifier: Apache-2.0
//
// A directory of one, two and three levels (IOMMU spec 3.1.1, 6.5): how device_id is split in the format that the configuration
// has, and that one bit more than the mode knows is cause 260 before anything is read. Each device has a page of its own.
#include "scene.h"

#define IOVA UINT64_C(0x7000)

typedef struct {
  uint32_t device_id, index[3];
} split_t;

// Indices of the levels, the last first, as the specification splits device_id.
static const split_t base_format[] = {
  {0x00007f, {0x7f, 0, 0}},     {0x000080, {0, 1, 0}},        {0x00ff80, {0, 0x1ff, 0}},
  {0x010000, {0, 0, 1}},        {0xff0000, {0, 0, 0xff}},     {0x5a1234, {0x34, 0x24, 0x5a}},
}, extended_format[] = {
  {0x00003f, {0x3f, 0, 0}},     {0x000040, {0, 1, 0}},        {0x007fc0, {0, 0x1ff, 0}},
  {0x008000, {0, 0, 1}},        {0xff8000, {0, 0, 0x1ff}},    {0x5a1234, {0x34, 0x48, 0xb4}},
};

static scene_t scene;
static uint64_t root, table, leaf;

// A directory written by hand, in which this device alone has a context: the whole address space untranslated.
static void put(tb_t *tb, const split_t *split, unsigned levels) {
  uint64_t entry = tb_config()->msi_flat ? 64 : 32;
  const uint64_t page[3] = {leaf, table, root};
  for (unsigned level = 0; level < 3; level++)
    for (uint64_t at = 0; at < PCL_PAGE; at += 8) tb_store(tb, page[level] + at, 0);
  for (unsigned level = levels - 1; level > 0; level--)
    tb_store(tb, page[level] + split->index[level] * 8, page[level - 1] >> 2 | 1);
  tb_store(tb, leaf + split->index[0] * entry, PCL_DC_VALID);
}

static void use(tb_t *tb, unsigned levels) {
  pcl_device_directory_t directory = {.root = levels == 3 ? root : levels == 2 ? table : leaf, .levels = levels,
                                      .extended = tb_config()->msi_flat};
  EXPECT(pcl_set_directory(&scene.system.driver, &directory) == PCL_OK);
}

static bool is_refused(uint32_t device_id, uint32_t cause) {
  uint64_t data = 0;
  if (scene_read(&scene, 0, device_id, IOVA, &data) != PCL_RESP_SLVERR) return false;
  const pcl_fault_event_t event = scene_fault(&scene);
  return event.cause == cause && event.device_id == device_id;
}

SCENARIO(directory_levels, "device_id is split as the format says; one bit too many is refused with cause 260") {
  const split_t *split = tb_config()->msi_flat ? extended_format : base_format;
  const unsigned width[4] = {0, tb_config()->msi_flat ? 6 : 7, tb_config()->msi_flat ? 15 : 16, 24};
  uint64_t data = 0;
  scene_start(&scene, tb, 24, 4, 4);
  const pcl_ops_t *ops = &scene.system.ops;
  root = ops->page_alloc(ops->context, 1), table = ops->page_alloc(ops->context, 1), leaf = ops->page_alloc(ops->context, 1);
  for (unsigned levels = 1; levels <= 3; levels++) {
    for (unsigned i = 0; i < 6; i++) {
      bool fits = split[i].device_id >> width[levels] == 0;
      if (fits) put(tb, &split[i], levels);
      use(tb, levels);
      if (!fits) {
        EXPECT(is_refused(split[i].device_id, 260));
        continue;
      }
      EXPECT(scene_read(&scene, 0, split[i].device_id, IOVA, &data) == PCL_RESP_OKAY && data == tb_load(tb, IOVA));
      EXPECT(is_refused(split[i].device_id ^ 1, 258));
      if (levels < 3) EXPECT(is_refused(split[i].device_id | UINT32_C(1) << width[levels], 260));
    }
  }
}
