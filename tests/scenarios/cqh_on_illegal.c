// SPDX-License-Identifier: Apache-2.0
//
// cqh stays on an illegal command, on a fence that is not done, and on a fence whose store failed.
#include "endpoint.h"

enum { DEVICE = 0xaa };

#define WORD UINT64_C(0x31000000)
#define HOLE (UINT64_C(1) << 50)

#define PDT (3 | 1 << 7 | PCL_CMD_DV)

// Illegal in every configuration.
static const pcl_cmd_words_t illegal[] = {
  {{0, 0}}, {{5, 0}}, {{63, 0}}, {{64, 0}}, {{127, 0}},                              // opcodes
  {{1 | 2 << 7, 0}}, {{1 | 7 << 7, 0}}, {{2 | 1 << 7, 0}}, {{3 | 2 << 7, 0}},        // functions
  {{1 | 1 << 11, 0}}, {{1 | UINT64_C(1) << 35, 0}}, {{1 | UINT64_C(1) << 60, 0}},    // IOTINVAL: reserved
  {{1, 1}}, {{1, 1 << 8}}, {{1, UINT64_C(1) << 63}},
  {{1 | 1 << 7 | PCL_CMD_PSCV, 0}},                                                  // GVMA with PSCV
  {{2 | 1 << 14, 0}}, {{2 | UINT64_C(1) << 31, 0}}, {{2, UINT64_C(1) << 62}},        // IOFENCE
  {{3 | 1 << 10, 0}}, {{3 | 1 << 12, 0}}, {{3 | UINT64_C(1) << 32, 0}}, {{3 | UINT64_C(1) << 39, 0}}, {{3, 1}},  // IODIR
  {{3 | 1 << 7, 0}}, {{PDT | 1 << 10, 0}}, {{PDT | UINT64_C(1) << 34, 0}}, {{PDT, 1}},  // INVAL_PDT: DV=0, reserved
  {{4 | 2 << 7, 0}}, {{4 | 1 << 10, 0}}, {{4 | 1 << 7 | UINT64_C(1) << 34, 0}},      // ATS: function, reserved
};

// Legal with what `needs` names, illegal without.
static const struct {
  uint64_t needs;
  pcl_cmd_words_t command;
} optional[] = {
  {PCL_CAPABILITIES_NL_MASK, {{1 | PCL_CMD_NL, 0}}},
  {PCL_CAPABILITIES_NL_MASK, {{1 | 1 << 7 | PCL_CMD_NL | PCL_CMD_AV | PCL_CMD_GV, 5 << 10}}},
  {PCL_CAPABILITIES_S_MASK, {{1, PCL_CMD_S}}},
  {PCL_CAPABILITIES_S_MASK, {{1 | 1 << 7 | PCL_CMD_AV | PCL_CMD_GV, 5 << 10 | PCL_CMD_S}}},
  {PCL_CAPABILITIES_PD8_MASK, {{PDT, 0}}},
  {PCL_CAPABILITIES_PD8_MASK, {{PDT | UINT64_C(0xff) << 12 | UINT64_C(0xffffff) << 40, 0}}},
  {PCL_CAPABILITIES_PD17_MASK, {{PDT | UINT64_C(1) << (12 + 8), 0}}},
  {PCL_CAPABILITIES_PD17_MASK, {{PDT | UINT64_C(1) << (12 + 16), 0}}},
  {PCL_CAPABILITIES_PD20_MASK, {{PDT | UINT64_C(1) << (12 + 17), 0}}},
  {PCL_CAPABILITIES_PD20_MASK, {{PDT | UINT64_C(1) << (12 + 19), 0}}},
  {PCL_CAPABILITIES_ATS_MASK, {{4 | (uint64_t)DEVICE << 40, 0}}},
  {PCL_CAPABILITIES_ATS_MASK, {{4 | 1 << 7, 0}}},
};

static uint64_t cqh(tb_t *tb) { return tb_reg_read(tb, PCL_REG_CQH_OFFSET, 4); }
static uint64_t cqcsr(tb_t *tb) { return tb_reg_read(tb, PCL_REG_CQCSR_OFFSET, 4); }

static void submit(tb_t *tb, scene_t *scene, pcl_cmd_words_t command) {
  EXPECT(pcl_cmdq_put(&scene->system.driver.commands, &command) == PCL_OK);
}

static void check_illegal(tb_t *tb, scene_t *scene, const pcl_cmd_words_t *command, uint32_t number) {
  pcl_cmdq_t *queue = &scene->system.driver.commands;
  uint32_t at = (queue->tail + 1) % queue->entries;
  submit(tb, scene, pcl_cmd_fence_store(0, WORD, number));
  submit(tb, scene, *command);
  submit(tb, scene, pcl_cmd_fence_store(0, WORD + 8, number));
  pcl_cmdq_ring(queue);
  tb_run(tb, 300);
  EXPECT(cqh(tb) == at && (cqcsr(tb) & 0xf00) == PCL_CQCSR_CMD_ILL_MASK);
  EXPECT((uint32_t)tb_load(tb, WORD) == number && (uint32_t)tb_load(tb, WORD + 8) != number);
  EXPECT(tb_irq(tb) == 1);
  EXPECT(pcl_cmdq_recover(queue) == PCL_CQCSR_CMD_ILL_MASK);
  tb_run(tb, 300);
  EXPECT(cqh(tb) == queue->tail && (uint32_t)tb_load(tb, WORD + 8) == number);
  EXPECT(pcl_handle_interrupt(&scene->system.driver, NULL, NULL) == PCL_IPSR_CIP_MASK && tb_irq(tb) == 0);
}

static void check_legal(tb_t *tb, scene_t *scene, const pcl_cmd_words_t *command) {
  pcl_cmdq_t *queue = &scene->system.driver.commands;
  pcl_msg_t message;
  submit(tb, scene, *command);
  pcl_cmdq_ring(queue);
  tb_run(tb, 1000);
  if (messages_take(tb_messages(tb), &message) && message.kind == PCL_MSG_INVAL_REQUEST) endpoint_complete(tb, DEVICE, 1, 1);
  EXPECT(cqh(tb) == queue->tail && (cqcsr(tb) & 0xf00) == 0 && tb_irq(tb) == 0);
}

// A fence with PR waits for a read that memory does not answer yet.
static void check_fence(tb_t *tb, scene_t *scene) {
  pcl_cmdq_t *queue = &scene->system.driver.commands;
  pcl_domain_t domain;
  scene_attach(scene, &domain, DEVICE, 3, 1);
  scene_map(scene, &domain, 0x1000, 0x1000, PCL_PAGE, PCL_MAP_RW);
  for (unsigned channel = 0; channel < PCL_CHANNELS; channel++) {
    uint64_t data = 0;
    EXPECT(scene_read(scene, 0, DEVICE, 0x1000, &data) == PCL_RESP_OKAY);
    scene_shut_port(scene, 0, true);
    tb_step(tb);
    dma_t *dma = scene_post(scene, 0, channel, DEVICE, 0x1000, &data);
    tb_run(tb, 200);
    uint32_t at = queue->tail;
    submit(tb, scene, pcl_cmd_fence_store(channel == PCL_READ ? PCL_CMD_PR : PCL_CMD_PW, WORD, 0xfe0 + channel));
    pcl_cmdq_ring(queue);
    tb_run(tb, 500);
    EXPECT(cqh(tb) == at && (uint32_t)tb_load(tb, WORD) != 0xfe0 + channel);
    scene_shut_port(scene, 0, false);
    EXPECT(scene_end(scene, 0, dma) == PCL_RESP_OKAY);
    tb_run(tb, 200);
    EXPECT(cqh(tb) == queue->tail && (uint32_t)tb_load(tb, WORD) == 0xfe0 + channel);
  }
}

// A fence whose store fails: cqmf, and cqh on it, and no fence_w_ip; it is tried again when the bit is cleared.
static void check_memory_fault(tb_t *tb, scene_t *scene, uint64_t addr) {
  bool wires = tb_reg_read(tb, PCL_REG_FCTL_OFFSET, 4) & PCL_FCTL_WSI_MASK;
  pcl_cmdq_t *queue = &scene->system.driver.commands;
  uint32_t at = queue->tail;
  submit(tb, scene, pcl_cmd_fence_store(wires ? PCL_CMD_WSI : 0, addr, 1));
  pcl_cmdq_ring(queue);
  for (unsigned i = 0; i < 3; i++) {
    tb_run(tb, 200);
    EXPECT(cqh(tb) == at && (cqcsr(tb) & 0xf00) == PCL_CQCSR_CQMF_MASK);
    EXPECT(pcl_cmdq_recover(queue) == PCL_CQCSR_CQMF_MASK);
  }
  EXPECT(pcl_fence(&scene->system.driver, 0) == PCL_OK);  // waiting gives the command up
  tb_run(tb, 50);
  EXPECT(cqh(tb) == queue->tail && queue->faults >= PCL_MEMORY_FAULT_TRIES);
}

SCENARIO(cqh_on_illegal, "cqh stays on an illegal command, on a fence that is not done, and on one that failed") {
  static scene_t scene;
  scene_start(&scene, tb, 24, 3, 4);
  for (unsigned i = 0; i < sizeof illegal / sizeof illegal[0]; i++) check_illegal(tb, &scene, &illegal[i], 0x100 + i);
  for (unsigned i = 0; i < sizeof optional / sizeof optional[0]; i++) {
    if (scene.system.driver.capabilities & optional[i].needs) check_legal(tb, &scene, &optional[i].command);
    else check_illegal(tb, &scene, &optional[i].command, 0x200 + i);
  }
  check_fence(tb, &scene);
  EXPECT(tb_drain(tb, 10000));
  axi_mem_configure(tb_table_memory(tb), &(axi_mem_config_t){.hole = HOLE, .latency_low = 20, .latency_high = 20});
  check_memory_fault(tb, &scene, HOLE | 0x120);  // refused by memory
  check_memory_fault(tb, &scene, UINT64_C(1) << 57);  // not even sent
}
