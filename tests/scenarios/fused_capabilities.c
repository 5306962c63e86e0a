// SPDX-License-Identifier: Apache-2.0
//
// fuse_caps_i narrows what is built: Sv48, Svpbmt, PAS and, where both kinds of interrupts are built, wires here. What it takes
// away is not advertised and does not work; what it cannot narrow (version; IGS of wires alone) stays, and nothing else changes.
#include "../unit/regs_table.h"
#include "scene.h"

enum { DEVICE = 0x71, PAS = 40, DATA = 0x5a0 };

#define MAILBOX UINT64_C(0x70000000)
#define TAKEN (PCL_CAPABILITIES_SV48_MASK | PCL_CAPABILITIES_SVPBMT_MASK)
#define FIXED (PCL_CAPABILITIES_VERSION_MASK | PCL_CAPABILITIES_IGS_MASK)
#define FUSES (~(TAKEN | FIXED | PCL_CAPABILITIES_PAS_MASK) | (uint64_t)PAS << PCL_CAPABILITIES_PAS_SHIFT)

static uint64_t expected_capabilities(void) {
  uint64_t igs = tb_config()->igs_msi ? REGS_CAP_IGS(3) : 0;  // fuses of 0: messages alone
  uint64_t built = regs_capabilities(tb_config()) & ~igs, pas = tb_config()->pas < PAS ? tb_config()->pas : PAS;
  return (built & ~(REGS_CAP_SV48 | REGS_CAP_SVPBMT | REGS_CAP_PAS(0x3f))) | REGS_CAP_PAS(pas);
}

// A context with iosatp.MODE = Sv48 is misconfigured (IOMMU spec 3.1.4), although its table is sound.
static void check_sv48(tb_t *tb, scene_t *scene) {
  pcl_driver_t *driver = &scene->system.driver;
  pcl_page_table_t table;
  pcl_domain_t domain;
  uint64_t data = 0;
  EXPECT(pcl_domain_init(driver, &domain, 4, 5) == PCL_E_UNSUPPORTED);
  EXPECT(pcl_page_table_init(&scene->system.ops, &table, 4) == PCL_OK);
  EXPECT(pcl_page_table_add(&scene->system.ops, &table, 0x7000, 0x77000, PCL_PAGE, PCL_MAP_RW) == PCL_OK);
  pcl_device_context_t context = pcl_device_context(table.root, 4, 5, 0);
  EXPECT(pcl_directory_put(&scene->system.ops, &driver->directory, DEVICE + 1, &context) == PCL_OK);
  EXPECT(scene_read(scene, 0, DEVICE + 1, 0x7000, &data) == PCL_RESP_SLVERR && scene_fault(scene).cause == 259);
  EXPECT(scene_write(scene, 0, DEVICE + 1, 0x7000, 1) == PCL_RESP_SLVERR && scene_fault(scene).cause == 259);
}

// Without Svpbmt the PBMT bits are reserved: a page fault if any is set (privileged spec, "Svpbmt").
static void check_svpbmt(tb_t *tb, scene_t *scene, const pcl_domain_t *domain) {
  for (uint64_t type = 0; type < 4; type++) {
    uint64_t iova = 0x10000 + type * PCL_PAGE, data = 0;
    unsigned resp = type == 0 ? PCL_RESP_OKAY : PCL_RESP_SLVERR;
    scene_map(scene, domain, iova, 0x20000, PCL_PAGE, PCL_MAP_RW | type << 61);
    EXPECT(scene_read(scene, 0, DEVICE, iova, &data) == resp);
    if (type != 0) EXPECT(scene_fault(scene).cause == 13);
    EXPECT(scene_write(scene, 0, DEVICE, iova, 1) == resp);
    if (type != 0) EXPECT(scene_fault(scene).cause == 15);
  }
  EXPECT(scene->grants == 2 && scene->grant[0].pbmt == 0 && scene->grant[1].pbmt == 0);
}

// Without wires fctl.WSI stays 0 and the interrupt of a fault, which is pending, comes by message (6.4, 6.18).
static void check_messages(tb_t *tb, scene_t *scene) {
  EXPECT(tb_reg_read(tb, PCL_REG_FCTL_OFFSET, 4) == 0 && scene->system.driver.messages);
  tb_reg_write(tb, PCL_REG_FCTL_OFFSET, PCL_FCTL_WSI_MASK, 4);
  EXPECT(tb_reg_read(tb, PCL_REG_FCTL_OFFSET, 4) == 0);
  EXPECT(tb_irq(tb) == 0 && tb_load(tb, MAILBOX) == DATA);
}

SCENARIO_WITH(fused_capabilities, "what fuses take away is neither advertised nor does it work", .fuse_caps = FUSES) {
  static scene_t scene;
  pcl_domain_t domain;
  const pcl_irq_message_t message = {.addr = MAILBOX, .data = DATA};
  const bool messages = tb_config()->igs_msi;
  scene_watch(&scene, tb);
  tb_store(tb, MAILBOX, 0);
  system_start(&scene.system, &(pcl_setup_t){.device_id_bits = 24, .log2_commands = 4, .log2_faults = 4, .interrupts = true,
                                             .messages = messages ? &message : NULL, .vectors = messages});
  EXPECT(scene.system.driver.capabilities == expected_capabilities());
  EXPECT(tb_reg_read(tb, PCL_REG_FCTL_OFFSET, 4) == regs_fctl(tb_config()));
  scene_attach(&scene, &domain, DEVICE, 3, 9);
  check_svpbmt(tb, &scene, &domain);
  check_sv48(tb, &scene);
  if (messages) check_messages(tb, &scene);
  tb_reset(tb);  // the pins are sampled again
  EXPECT(tb_reg_read(tb, PCL_REG_CAPABILITIES_OFFSET, 8) == expected_capabilities());
}
