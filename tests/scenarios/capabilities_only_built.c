// SPDX-License-Identifier: Apache-2.0
//
// What capabilities advertises works, and what it does not advertise is not there.
#include "../unit/regs_table.h"
#include "scene.h"

enum { DEVICE = 0xf0 };

// A table of each depth: works if advertised, else the context is misconfigured (259).
static void check_modes(tb_t *tb, scene_t *scene) {
  for (uint32_t levels = 3; levels <= 5; levels++) {
    bool built = scene->system.driver.capabilities >> (6 + levels) & 1;
    uint32_t device_id = DEVICE + levels;
    uint64_t data = 0;
    pcl_page_table_t table;
    EXPECT(pcl_page_table_init(&scene->system.ops, &table, levels) == PCL_OK);
    EXPECT(pcl_page_table_add(&scene->system.ops, &table, 0x7000, 0x77000, PCL_PAGE, PCL_MAP_RW) == PCL_OK);
    pcl_device_context_t context = pcl_device_context(table.root, levels, levels, 0);
    EXPECT(pcl_directory_put(&scene->system.ops, &scene->system.driver.directory, device_id, &context) == PCL_OK);
    EXPECT(scene_read(scene, 0, device_id, 0x7000, &data) == (built ? PCL_RESP_OKAY : PCL_RESP_SLVERR));
    if (!built) EXPECT(scene_fault(scene).cause == 259);
  }
}

static void check_memory_types(tb_t *tb, scene_t *scene) {
  bool built = scene->system.driver.capabilities & PCL_CAPABILITIES_SVPBMT_MASK;
  pcl_domain_t domain;
  uint64_t data = 0;
  scene_attach(scene, &domain, DEVICE, 3, 9);
  for (uint64_t type = 0; type < 3; type++) {
    scene_map(scene, &domain, 0x10000 + type * PCL_PAGE, 0x20000, PCL_PAGE, PCL_MAP_RW | type << 61);
    bool works = built || type == 0;
    EXPECT(scene_read(scene, 0, DEVICE, 0x10000 + type * PCL_PAGE, &data) == (works ? PCL_RESP_OKAY : PCL_RESP_SLVERR));
    if (works) EXPECT(scene->grant[scene->grants - 1].pbmt == type);
    else EXPECT(scene_fault(scene).cause == 13);
  }
}

SCENARIO(capabilities_only_built, "every advertised feature works, and nothing else is advertised") {
  static scene_t scene;
  const pcl_config_t *config = tb_config();
  scene_start(&scene, tb, 24, 4, 4);
  EXPECT(scene.system.driver.capabilities == regs_capabilities(config));
  EXPECT(tb_reg_read(tb, PCL_REG_FCTL_OFFSET, 4) == PCL_FCTL_WSI_MASK);
  check_modes(tb, &scene);
  check_memory_types(tb, &scene);
  for (unsigned i = 0; i < 3; i++) {  // 1LVL, 2LVL, 3LVL hold
    pcl_device_directory_t directory;
    EXPECT(pcl_directory_init(&scene.system.ops, &directory, i + 1, config->msi_flat) == PCL_OK);
    EXPECT(pcl_set_directory(&scene.system.driver, &directory) == PCL_OK);
  }
  EXPECT(pcl_set_mode(&scene.system.driver, PCL_DDTP_MODE_BARE) == PCL_OK);
}
