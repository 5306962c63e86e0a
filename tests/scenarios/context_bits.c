// SPDX-License-Identifier: Apache-2.0
//
// Each reserved bit of a device context, and each setting that asks for what is not built, makes it misconfigured (cause 259,
// IOMMU spec 3.1.4), one at a time; custom bits do not, nor does what is built.
#include "scene.h"

enum { GOOD = 0x100, FIRST = 0x200 };

#define IOVA UINT64_C(0x7000)
#define MODE(number) ((uint64_t)(number) << 60)

// The words of an extended context, in their order in memory.
enum { TC, IOHGATP, TA, FSC, MSIPTP, MSI_MASK, MSI_PATTERN, RESERVED, WORDS };

typedef struct {
  tb_t *tb;
  scene_t scene;
  uint32_t device_id;
  uint64_t good[WORDS];
  uint64_t guest_root;  // of an empty second stage
} bits_t;

// A device with a context that differs from the good one in two words; its read's response. `first` may equal `second`.
static unsigned try(bits_t *bits, unsigned first, uint64_t value, unsigned second, uint64_t other) {
  tb_t *tb = bits->tb;
  const pcl_driver_t *driver = &bits->scene.system.driver;
  const pcl_ops_t *ops = &bits->scene.system.ops;
  uint64_t data = 0, word[WORDS];
  bits->device_id++;
  for (unsigned i = 0; i < WORDS; i++) word[i] = bits->good[i];
  word[first] = value, word[second] = other;
  uint64_t entry = pcl_directory_entry(ops, &driver->directory, bits->device_id, 0, true);
  EXPECT(entry != 0);
  for (unsigned i = driver->directory.extended ? WORDS : MSIPTP; i-- > 0;) ops->store64(ops->context, entry + 8 * i, word[i]);
  return scene_read(&bits->scene, 0, bits->device_id, IOVA, &data);
}

static void refuse(bits_t *bits, unsigned first, uint64_t value, unsigned second, uint64_t other) {
  tb_t *tb = bits->tb;
  EXPECT(try(bits, first, value, second, other) == PCL_RESP_SLVERR);
  pcl_fault_event_t event = scene_fault(&bits->scene);
  EXPECT(event.cause == 259 && event.device_id == bits->device_id);
}

// Each bit of `zero` alone must not be set.
static void refuse_bits(bits_t *bits, unsigned word, uint64_t zero) {
  for (unsigned at = 0; at < 64; at++) {
    uint64_t value = bits->good[word] ^ UINT64_C(1) << at;
    if (zero >> at & 1) refuse(bits, word, value, word, value);
  }
}

// tc: V, DTF and custom bits are free; GADE, SADE (AMO_HWAD), EN_ATS (ATS), SBE (END), SXL (a 32-bit scheme) with what they need.
static void check_tc(bits_t *bits) {
  const pcl_config_t *config = tb_config();
  tb_t *tb = bits->tb;
  uint64_t updates = UINT64_C(3) << 7, sxl = UINT64_C(1) << 11, custom = UINT64_C(0xff000000), tc = bits->good[TC];
  bool has_sxl = config->sv32 || config->sv32x4;
  uint64_t built = (config->amo_hwad ? updates : 0) | (has_sxl ? sxl : 0) | (config->ats ? PCL_DC_EN_ATS : 0) |
                   (config->end ? PCL_DC_SBE : 0);
  refuse_bits(bits, TC, UINT64_C(0xffffffff00ffffee) & ~built);
  EXPECT(try(bits, TC, tc | custom, TC, tc | custom) == PCL_RESP_OKAY);
  if (config->amo_hwad) EXPECT(try(bits, TC, tc | updates, TC, tc | updates) == PCL_RESP_OKAY);
  if (has_sxl) EXPECT(try(bits, TC, tc | sxl, FSC, 0) == PCL_RESP_OKAY);  // first stage Bare
  for (uint64_t mode = 9; has_sxl && mode <= 10; mode++) refuse(bits, TC, tc | sxl, FSC, MODE(mode) | bits->good[FSC]);
  if (config->end) EXPECT(try(bits, TC, tc | PCL_DC_SBE, FSC, 0) == PCL_RESP_OKAY);
}

// tc of a device with ATS (3.1.4 items 3 to 5): PRI needs ATS, PRPR needs PRI, T2GPA needs ATS and a second stage.
static void check_ats(bits_t *bits) {
  tb_t *tb = bits->tb;
  const uint64_t tc = bits->good[TC], ats = PCL_DC_EN_ATS, pri = PCL_DC_EN_PRI, prpr = PCL_DC_PRPR, t2gpa = PCL_DC_T2GPA;
  const uint64_t good[3] = {ats, ats | pri, ats | pri | prpr};
  const uint64_t wrong[6] = {pri | prpr, ats | prpr, prpr, t2gpa, ats | t2gpa, ats | pri | prpr | t2gpa};
  for (unsigned i = 0; i < 3; i++) EXPECT(try(bits, TC, tc | good[i], TC, tc | good[i]) == PCL_RESP_OKAY);
  for (unsigned i = 0; i < 6; i++) refuse(bits, TC, tc | wrong[i], TC, tc | wrong[i]);
  if (!tb_config()->t2gpa) return;
  const uint64_t fsc = bits->good[FSC];
  bits->good[FSC] = 0;  // the second stage alone, which is empty
  EXPECT(try(bits, TC, tc | ats | t2gpa, IOHGATP, MODE(8) | bits->guest_root >> 12) == PCL_RESP_SLVERR);
  EXPECT(scene_fault(&bits->scene).cause == 21);
  refuse(bits, TC, tc | t2gpa, IOHGATP, MODE(8) | bits->guest_root >> 12);
  bits->good[FSC] = fsc;
}

// fsc: bits 59:44; the modes of iosatp, and of pdtp with PDTV, where a request without process_id has a Bare first stage.
static void check_first_stage(bits_t *bits) {
  const pcl_config_t *config = tb_config();
  tb_t *tb = bits->tb;
  uint64_t pdtv = bits->good[TC] | PCL_DC_PDTV, ppn = bits->good[FSC] & ~MODE(15);
  refuse_bits(bits, FSC, UINT64_C(0x0ffff00000000000));
  for (uint64_t mode = 1; mode < 16; mode++) {
    bool built = mode == 8 || (mode == 9 && config->sv48) || (mode == 10 && config->sv57);
    if (!built) refuse(bits, FSC, MODE(mode) | ppn, FSC, MODE(mode) | ppn);
    built = (mode == 1 && config->pd8) || (mode == 2 && config->pd17) || (mode == 3 && config->pd20);
    if (!built) refuse(bits, TC, pdtv, FSC, MODE(mode) | ppn);
    else EXPECT(try(bits, TC, pdtv, FSC, MODE(mode) | ppn) == PCL_RESP_OKAY);
  }
}

// iohgatp: its modes; a root that is not aligned to 16 KiB. What is built leads to a guest-page fault in the empty tables.
static void check_second_stage(bits_t *bits) {
  const pcl_config_t *config = tb_config();
  tb_t *tb = bits->tb;
  uint64_t ppn = bits->guest_root >> 12;
  for (uint64_t mode = 1; mode < 16; mode++) {
    bool built = (mode == 8 && config->sv39x4) || (mode == 9 && config->sv48x4) || (mode == 10 && config->sv57x4);
    for (uint64_t low = built ? 1 : 0; low < (built ? 4 : 1); low++) refuse(bits, IOHGATP, MODE(mode) | ppn | low, FSC, 0);
    if (!built) continue;
    EXPECT(try(bits, IOHGATP, MODE(mode) | ppn, FSC, 0) == PCL_RESP_SLVERR && scene_fault(&bits->scene).cause == 21);
  }
}

// The words of MSI pages: reserved bits, modes, a mode without a second stage, addresses wider than the widest GPA.
static void check_msi(bits_t *bits) {
  const pcl_config_t *config = tb_config();
  tb_t *tb = bits->tb;
  unsigned gpa_bits = config->sv57x4 ? 59 : config->sv48x4 ? 50 : 41;
  uint64_t guest = MODE(8) | bits->guest_root >> 12, flat = MODE(1) | bits->guest_root >> 12;
  refuse(bits, MSIPTP, flat, MSIPTP, flat);
  for (uint64_t mode = 2; mode < 16; mode++) refuse(bits, IOHGATP, guest, MSIPTP, MODE(mode));
  for (unsigned at = 44; at < 60; at++) refuse(bits, IOHGATP, guest, MSIPTP, flat | UINT64_C(1) << at);
  refuse_bits(bits, MSI_MASK, ~UINT64_C(0) << (gpa_bits - 12));
  refuse_bits(bits, MSI_PATTERN, ~UINT64_C(0) << (gpa_bits - 12));
  refuse_bits(bits, RESERVED, ~UINT64_C(0));
  EXPECT(try(bits, MSI_MASK, (UINT64_C(1) << (gpa_bits - 12)) - 1, MSI_PATTERN, 1) == PCL_RESP_OKAY);
}

SCENARIO(context_bits, "each reserved or unsupported setting of a device context is refused with cause 259") {
  static bits_t bits;
  pcl_domain_t domain;
  uint64_t data = 0;
  bits = (bits_t){.tb = tb, .device_id = FIRST};
  scene_start(&bits.scene, tb, 24, 4, 4);
  scene_attach(&bits.scene, &domain, GOOD, 3, 1);
  scene_map(&bits.scene, &domain, IOVA, 0x9000, PCL_PAGE, PCL_MAP_RW);
  const pcl_device_context_t good = pcl_device_context(domain.table.root, 3, 1, 0);
  bits.good[TC] = good.tc, bits.good[TA] = good.ta, bits.good[FSC] = good.fsc;
  bits.guest_root = UINT64_C(0x40000000);  // 16 KiB of zeros
  check_tc(&bits);
  // All but PSCID; RCID and MCID need QOSID.
  refuse_bits(&bits, TA, UINT64_C(0x000000ff00000fff) | (tb_config()->qosid ? 0 : UINT64_C(0xffffff0000000000)));
  const uint64_t marked = bits.good[TA] | ~UINT64_C(0) << 40;
  if (tb_config()->qosid) EXPECT(try(&bits, TA, marked, TA, marked) == PCL_RESP_OKAY);
  check_first_stage(&bits);
  check_second_stage(&bits);
  if (tb_config()->msi_flat) check_msi(&bits);
  if (tb_config()->ats) check_ats(&bits);
  EXPECT(scene_read(&bits.scene, 0, GOOD, IOVA, &data) == PCL_RESP_OKAY);
}
