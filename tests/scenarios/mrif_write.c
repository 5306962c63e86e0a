// SPDX-License-Identifier: Apache-2.0
//
// Interrupt files in memory (AIA spec, "MSI PTE, MRIF mode"): a message sets its pending bit, then the notice goes out, then B
// says OKAY; what is no message does nothing; a lost exclusive access is tried again; memory that cannot, or fails, ends in 264,
// poison in 271. The exclusive accesses carry the QoS IDs of the device, the notice those of the IOMMU.
#include "guest.h"

enum { NID = 0x5a5, TAKEN = 600, RCID = 0xabc, MCID = 0x123, OWN_RCID = 0x5a5, OWN_MCID = 0x777 };

#define FILE_SPA UINT64_C(0x54321200)
#define NOTICE UINT64_C(0x65432000)
#define OTHER_IOVA UINT64_C(0x40204000)
#define OTHER_GPA UINT64_C(0x8846000)
#define OTHER_SPA UINT64_C(0x23456000)

static guest_t g;
static const pcl_memory_file_t file = {.file = FILE_SPA, .notice = NOTICE, .nid = NID};

static struct {
  uint64_t bit, notice, absorbed;  // clocks of the newest
  uint64_t answer;                 // of the newest B of the port's memory
  unsigned bits, notices;
  uint32_t nid;
  bool wrong;                      // a store that is neither
  unsigned disturb;                // stores of software into the file before the next ones of the IOMMU
  bool failing;                    // the next update is answered with an error
  uint32_t read_qos, write_qos, notice_qos;  // MCID and RCID of the newest
} seen;

static void see_store(void *context, const mem_store_t *store) {
  (void)context;
  bool in_file = (store->addr & ~UINT64_C(511)) == FILE_SPA, in_notice = (store->addr & ~OFFSET) == NOTICE;
  if (store->source == MEM_BY_SOFTWARE || !(in_file || in_notice)) return;
  if (in_file) {
    seen.bit = store->cycle;
    seen.bits++;
    seen.wrong |= store->strobe != 0xff || (store->addr & 8) || store->source != MEM_BY_IOMMU;
    return;
  }
  seen.notice = store->cycle;
  seen.notices++;
  seen.nid = (uint32_t)store->value;
  seen.wrong |= store->strobe != 0x0f || store->addr != NOTICE || store->source != MEM_BY_IOMMU;
}

static void see_absorbed(void *context, const tb_view_t *view, sb_request_t *request) {
  (void)context, (void)request;
  seen.absorbed = view->cycle;
}

static uint32_t qos(const pcl_ax_t *ax) { return (uint32_t)ax->mcid << 16 | ax->rcid; }

static void set_memory(tb_t *tb, const axi_mem_config_t *config) {
  axi_mem_config_t with = *config;
  with.hole = HOLE;
  with.latency_low = with.latency_high = 20;
  axi_mem_configure(tb_table_memory(tb), &with);
}

// A store of software to another word of the file between the exclusive read and the exclusive write.
static void see_clock(void *context, const tb_view_t *view) {
  tb_t *tb = context;
  const pcl_ax_t *ar = &view->out->ds.ar;
  if (view->in->port[0].mem_b.valid) seen.answer = view->cycle;
  static bool armed;
  if (armed && view->in->ds.r.valid) {
    armed = false;
    seen.disturb--;
    tb_store(tb, FILE_SPA + 256 + 8, seen.disturb);
  }
  if (seen.disturb && ar->valid && ar->lock && view->in->ds.ar_ready) armed = true;
  static bool failed;
  const pcl_ax_t *aw = &view->out->ds.aw;
  if (failed) set_memory(tb, &(axi_mem_config_t){.error = 0});
  failed = seen.failing && aw->valid && aw->lock && view->in->ds.aw_ready;
  if (failed) set_memory(tb, &(axi_mem_config_t){.error = 1000});
  seen.failing &= !failed;
  if (ar->valid && ar->lock) seen.read_qos = qos(ar);
  if (aw->valid && aw->id == tb_config()->walkers + 4) *(aw->lock ? &seen.write_qos : &seen.notice_qos) = qos(aw);
}

static unsigned access_of(unsigned channel, uint64_t iova, unsigned size, unsigned len, uint64_t *data, unsigned bytes) {
  const pcl_ax_t ax = {.addr = iova, .device_id = DEVICE, .size = (uint8_t)size, .len = (uint8_t)len, .burst = PCL_BURST_INCR,
                       .cache = 2};
  return scene_end(&g.scene, 0, device_post(tb_device(g.tb, 0), channel, &ax, data, bytes));
}

static unsigned send(uint32_t identity) {
  uint64_t data = identity;
  seen.bit = seen.notice = seen.absorbed = 0;
  seen.bits = seen.notices = 0;
  seen.wrong = false;
  return access_of(PCL_WRITE, IOVA & ~OFFSET, 2, 0, &data, 4);
}

static bool untouched(void) { return !seen.bits && !seen.notices && !seen.wrong; }

static void check_identities(tb_t *tb) {
  pcl_driver_t *driver = &g.scene.system.driver;
  for (uint32_t identity = 0; identity < PCL_MRIF_IDENTITIES; identity += 61) {
    EXPECT(!pcl_mrif_pending(driver, &file, identity));
    for (unsigned again = 0; again < 2; again++) {
      EXPECT(send(identity) == PCL_RESP_OKAY);
      EXPECT(seen.bits == 1 && seen.notices == 1 && seen.nid == NID && !seen.wrong);
      EXPECT(seen.bit < seen.notice && seen.notice < seen.absorbed);
      EXPECT(pcl_mrif_pending(driver, &file, identity));
    }
  }
  for (uint32_t word = 0; word < 32; word++) {
    uint64_t expected = 0;
    for (uint32_t identity = 0; identity < PCL_MRIF_IDENTITIES; identity += 61)
      if (identity / 64 == word) expected |= UINT64_C(1) << identity % 64;
    EXPECT(tb_load(tb, FILE_SPA + word * 16) == expected);
  }
}

// Many at once, with every race of AW and W at the pins: each sets its bit and has its notice, none is lost or doubled.
static void check_races(tb_t *tb) {
  enum { MESSAGES = 48, FIRST = 1001 };
  static uint32_t identity[MESSAGES];
  dma_t *dma[MESSAGES];
  seen.bits = seen.notices = 0;
  for (unsigned i = 0; i < MESSAGES; i++) {
    const pcl_ax_t ax = {.addr = IOVA & ~OFFSET, .device_id = DEVICE, .size = 2, .burst = PCL_BURST_INCR, .cache = 2};
    identity[i] = FIRST + i;
    dma[i] = device_post(tb_device(tb, 0), PCL_WRITE, &ax, &identity[i], 4);
    dma[i]->w_ahead = i % 3 == 0;
    dma[i]->hold = (uint16_t)(i % 4 * 3);
    dma[i]->w_hold = (uint16_t)(i / 4 % 3 * 5);
  }
  for (unsigned i = 0; i < MESSAGES; i++) EXPECT(scene_end(&g.scene, 0, dma[i]) == PCL_RESP_OKAY);
  EXPECT(seen.bits == MESSAGES && seen.notices == MESSAGES && !seen.wrong);
  for (unsigned i = 0; i < MESSAGES; i++) EXPECT(pcl_mrif_pending(&g.scene.system.driver, &file, identity[i]));
}

// No messages: they do nothing.
static void check_others(tb_t *tb) {
  uint64_t data = 3;
  EXPECT(send(2048) == PCL_RESP_OKAY && untouched());
  EXPECT(send(UINT32_MAX) == PCL_RESP_OKAY && untouched());
  // Beside the first word; the second is that of big-endian messages.
  EXPECT(access_of(PCL_WRITE, (IOVA & ~OFFSET) + 8, 2, 0, &data, 4) == PCL_RESP_OKAY && untouched());
  EXPECT(access_of(PCL_WRITE, (IOVA & ~OFFSET) + 0xffc, 2, 0, &data, 4) == PCL_RESP_OKAY && untouched());
  data = 0x07000000;
  EXPECT(access_of(PCL_WRITE, (IOVA & ~OFFSET) + 4, 2, 0, &data, 4) == PCL_RESP_OKAY);
  EXPECT(pcl_mrif_pending(&g.scene.system.driver, &file, 7));
  seen.bits = seen.notices = 0;
  // Strobes that are not one aligned group of 4 bytes.
  EXPECT(access_of(PCL_WRITE, IOVA & ~OFFSET, 2, 0, &data, 3) == PCL_RESP_SLVERR && untouched());
  EXPECT(access_of(PCL_WRITE, IOVA & ~OFFSET, 2, 0, &data, 0) == PCL_RESP_SLVERR && untouched());
  EXPECT(access_of(PCL_WRITE, IOVA & ~OFFSET, 1, 0, &data, 2) == PCL_RESP_SLVERR && untouched());
  EXPECT(access_of(PCL_WRITE, (IOVA & ~OFFSET) + 2, 1, 0, &data, 2) == PCL_RESP_SLVERR && untouched());
  EXPECT(access_of(PCL_WRITE, IOVA & ~OFFSET, 2, 1, &data, 8) == PCL_RESP_SLVERR && untouched());
  if (tb_config()->data_width >= 64) {
    EXPECT(access_of(PCL_WRITE, IOVA & ~OFFSET, 3, 0, &data, 8) == PCL_RESP_SLVERR && untouched());
  }
  // Reads: 0, if they are of 4 aligned bytes.
  data = ~UINT64_C(0);
  EXPECT(access_of(PCL_READ, (IOVA & ~OFFSET) + 4, 2, 0, &data, 4) == PCL_RESP_OKAY && (uint32_t)data == 0);
  EXPECT(access_of(PCL_READ, IOVA & ~OFFSET, 2, 1, &data, 8) == PCL_RESP_SLVERR);
  EXPECT(access_of(PCL_READ, IOVA & ~OFFSET, 1, 0, &data, 2) == PCL_RESP_SLVERR);
  pcl_fault_event_t event;
  tb_run(tb, 200);
  EXPECT(!pcl_faultq_take(&g.scene.system.driver.faults, &event));
}

static void configure(tb_t *tb, const axi_mem_config_t *config) {
  EXPECT(tb_drain(tb, 10000));
  set_memory(tb, config);
}

static void check_memory(tb_t *tb) {
  uint32_t identity = TAKEN;
  // An exclusive pair that another store breaks is done again.
  for (unsigned times = 1; times < 6; times++, identity++) {
    seen.disturb = times;
    EXPECT(send(identity) == PCL_RESP_OKAY && seen.disturb == 0 && seen.bits == 1 && seen.notices == 1);
    EXPECT(pcl_mrif_pending(&g.scene.system.driver, &file, identity));
  }
  seen.disturb = 1000;
  EXPECT(send(identity) == PCL_RESP_SLVERR && untouched());
  EXPECT(seen.disturb == 1000 - 64);
  seen.disturb = 0;
  pcl_fault_event_t e = scene_fault(&g.scene);
  EXPECT(e.cause == 264 && e.ttyp == 3 && e.device_id == DEVICE && e.iotval == (IOVA & ~OFFSET) && e.iotval2 == 0);
  configure(tb, &(axi_mem_config_t){.no_exclusive = 1000});
  EXPECT(send(identity) == PCL_RESP_SLVERR && untouched() && scene_fault(&g.scene).cause == 264);
  configure(tb, &(axi_mem_config_t){.no_exclusive = 0});
}

// Halves of an update that fail: nothing is tried again. Without EXOKAY poison does not count.
static void check_halves(tb_t *tb) {
  const uint32_t identity = TAKEN + 100;
  const uint64_t at = FILE_SPA + identity / 64 * 16, old = tb_load(tb, at);
  seen.failing = true;
  EXPECT(send(identity) == PCL_RESP_SLVERR && !seen.failing && untouched() && scene_fault(&g.scene).cause == 264);
  axi_mem_poison(tb_table_memory(tb), at);
  EXPECT(send(identity) == PCL_RESP_SLVERR && untouched());
  const pcl_fault_event_t e = scene_fault(&g.scene);
  EXPECT(e.cause == 271 && e.ttyp == 3 && e.device_id == DEVICE && e.iotval == (IOVA & ~OFFSET) && e.iotval2 == 0);
  configure(tb, &(axi_mem_config_t){.no_exclusive = 1000});
  EXPECT(send(identity) == PCL_RESP_SLVERR && untouched() && scene_fault(&g.scene).cause == 264);
  configure(tb, &(axi_mem_config_t){.no_exclusive = 0});
  axi_mem_poison(tb_table_memory(tb), 0);
  EXPECT(tb_load(tb, at) == old && send(identity) == PCL_RESP_OKAY && seen.bits == 1 && seen.notices == 1);
}

static void check_qos(tb_t *tb) {
  EXPECT(pcl_set_qos(&g.scene.system.driver, OWN_RCID, OWN_MCID) == PCL_OK);
  g.dc[TA] |= (uint64_t)RCID << 40 | (uint64_t)MCID << 52;
  guest_put(&g);
  for (unsigned again = 0; again < 2; again++) {
    EXPECT(send(0) == PCL_RESP_OKAY && seen.bits == 1 && seen.notices == 1);
    EXPECT(seen.read_qos == (MCID << 16 | RCID) && seen.write_qos == seen.read_qos);
    EXPECT(seen.notice_qos == (OWN_MCID << 16 | OWN_RCID));
  }
}

// Files and notices where there is no memory.
static void check_holes(tb_t *tb, uint64_t entry) {
  uint64_t at = tb_load(tb, entry), to = tb_load(tb, entry + 8);
  guest_set(&g, entry, HOLE >> 2 | 3);
  EXPECT(send(5) == PCL_RESP_SLVERR && scene_fault(&g.scene).cause == 264);
  guest_set(&g, entry, at);
  guest_set(&g, entry + 8, HOLE >> 2 | (to & 0x3ff) | (to & UINT64_C(1) << 60));
  EXPECT(send(5) == PCL_RESP_OKAY && seen.bits == 1);
  pcl_fault_event_t e = scene_fault(&g.scene);
  EXPECT(e.cause == 273 && e.ttyp == 0 && e.iotval == HOLE && e.device_id == 0);
  guest_set(&g, entry + 8, to);
  EXPECT(send(5) == PCL_RESP_OKAY && seen.bits == 1 && seen.notices == 1);
}

// DTF is about the device's access: it says nothing of the notice.
static void check_silence(tb_t *tb, uint64_t entry) {
  uint64_t at = tb_load(tb, entry), to = tb_load(tb, entry + 8);
  pcl_fault_event_t event;
  g.dc[TC] |= PCL_DC_DTF;
  guest_put(&g);
  guest_set(&g, entry + 8, HOLE >> 2 | (to & 0x3ff) | (to & UINT64_C(1) << 60));
  EXPECT(send(5) == PCL_RESP_OKAY && scene_fault(&g.scene).cause == 273);
  guest_set(&g, entry, HOLE >> 2 | 3);
  EXPECT(send(5) == PCL_RESP_SLVERR);
  tb_run(tb, 200);
  EXPECT(!pcl_faultq_take(&g.scene.system.driver.faults, &event));
  guest_set(&g, entry, at);
  guest_set(&g, entry + 8, to);
  g.dc[TC] &= ~PCL_DC_DTF;
  guest_put(&g);
}

// Behind a slow write of the same ID.
static void check_order(tb_t *tb) {
  uint32_t identity = 5;
  uint64_t data = 0;
  const pcl_ax_t ax = {.addr = IOVA & ~OFFSET, .device_id = DEVICE, .size = 2, .burst = PCL_BURST_INCR};
  scene_map(&g.scene, &g.domain, OTHER_IOVA, OTHER_GPA, PCL_PAGE, RWX);
  EXPECT(pcl_vm_map(&g.scene.system.driver, &g.vm, OTHER_GPA, OTHER_SPA, PCL_PAGE, RWX) == PCL_OK);
  EXPECT(scene_read(&g.scene, 0, DEVICE, OTHER_IOVA, &data) == PCL_RESP_OKAY);
  axi_mem_configure(tb_port_memory(tb, 0), &(axi_mem_config_t){.hole = HOLE, .latency_low = 2000, .latency_high = 2000});
  seen.bits = seen.notices = 0;
  seen.bit = seen.answer = 0;
  dma_t *first = scene_post(&g.scene, 0, PCL_WRITE, DEVICE, OTHER_IOVA, &data);
  dma_t *second = device_post(tb_device(tb, 0), PCL_WRITE, &ax, &identity, 4);
  EXPECT(scene_end(&g.scene, 0, first) == PCL_RESP_OKAY && scene_end(&g.scene, 0, second) == PCL_RESP_OKAY);
  EXPECT(seen.bits == 1 && seen.notices == 1 && seen.answer && seen.answer < seen.bit);
}

SCENARIO(mrif_write, "messages to an interrupt file in memory: bit, notice, B; what is no message; memory that cannot") {
  NEEDS(guest_is_built() && tb_config()->msi_mrif);
  tb_observe(tb, &(tb_observer_t){.context = tb, .store = see_store, .absorb = see_absorbed, .clock = see_clock});
  guest_start(&g, tb, 0);
  pcl_driver_t *driver = &g.scene.system.driver;
  EXPECT(pcl_msi_init(driver, &g.vm, 0, FRAME_GPA >> 12) == PCL_OK);
  EXPECT(pcl_mrif_map(driver, &g.vm, FRAME_GPA, &file) == PCL_OK);
  g.dc[MSIPTP] = UINT64_C(1) << 60 | g.vm.msi.root >> 12;
  g.dc[MSI_PATTERN] = FRAME_GPA >> 12;
  guest_put(&g);
  for (uint64_t at = 0; at < PCL_MRIF_BYTES; at += 8) tb_store(tb, FILE_SPA + at, 0);
  check_identities(tb);
  check_others(tb);
  check_races(tb);
  check_memory(tb);
  check_halves(tb);
  if (tb_config()->qosid) check_qos(tb);
  check_holes(tb, pcl_msi_entry(&g.vm, FRAME_GPA));
  check_silence(tb, pcl_msi_entry(&g.vm, FRAME_GPA));
  check_order(tb);
}
