// SPDX-License-Identifier: Apache-2.0
//
// IOFENCE.C with AV stores four bytes, in either half of a doubleword, and leaves the other half alone.
#include "scene.h"

#define WORD UINT64_C(0x30000040)

SCENARIO(fence_av_bit2, "a fence's store to an address with bit 2 set leaves the neighbouring word alone") {
  static scene_t scene;
  scene_start(&scene, tb, 24, 4, 4);
  for (unsigned i = 0; i < 8; i++) {
    uint64_t old = UINT64_C(0x1122334455667788) * (i + 1), addr = WORD + 4 * i;
    uint32_t data = 0xcafe0000 + i;
    for (uint64_t at = WORD - 8; at <= WORD + 40; at += 8) tb_store(tb, at, old);
    pcl_cmd_words_t command = pcl_cmd_fence_store(i & 2 ? PCL_CMD_PR | PCL_CMD_PW : 0, addr, data);
    EXPECT(pcl_cmdq_submit(&scene.system.driver.commands, &command) == PCL_OK && pcl_fence(&scene.system.driver, 0) == PCL_OK);
    for (uint64_t at = WORD - 8; at <= WORD + 40; at += 8) {
      uint64_t expected = old;
      if (at == (addr & ~UINT64_C(7)))
        expected = addr & 4 ? (old & 0xffffffff) | (uint64_t)data << 32 : (old & ~UINT64_C(0xffffffff)) | data;
      EXPECT(tb_load(tb, at) == expected);
    }
  }
}
