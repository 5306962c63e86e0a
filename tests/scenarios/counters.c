// SPDX-License-Identifier: Apache-2.0
//
// Performance counters (IOMMU spec 6.19 to 6.23): each event, each filter, ranges of device_ids, inhibition of each counter by
// the bit of its number, overflow and its interrupt, which only an overflow raises and only while OF is 0.
#include "endpoint.h"

enum { DEVICE = 0x4a4, PSCID = 0x55, SPAN = 8, NOBODY = 0x4b0, ENDPOINT = 0x4c0 };

#define IOVA UINT64_C(0x5000)

static scene_t scene;
static pcl_driver_t *const driver = &scene.system.driver;

static void start_one(unsigned counter, pcl_counted_t what, uint64_t value) {
  system_expect(&scene.system, pcl_counter_start(driver, counter, &what, value), "start a counter");
}

static void start(pcl_counted_t what, uint64_t value) { start_one(1, what, value); }

static uint64_t stop(void) {
  tb_run(scene.system.tb, 10);
  pcl_counter_stop(driver, 1);
  return pcl_counter_read(driver, 1);
}

// What one read counts when nothing is cached.
static uint64_t cold(pcl_counted_t what, uint32_t device_id) {
  uint64_t data = 0;
  const pcl_cmd_words_t all = pcl_cmd_inval_ddt_all();
  pcl_cmdq_put(&driver->commands, &all);
  scene_forget(&scene);
  start(what, 0);
  scene_read(&scene, 0, device_id, IOVA, &data);
  return stop();
}

static void check_events(tb_t *tb) {
  EXPECT(cold((pcl_counted_t){.id = PCL_COUNT_NOTHING}, DEVICE) == 0);
  EXPECT(cold((pcl_counted_t){.id = PCL_COUNT_UNTRANSLATED}, DEVICE) == 1);
  EXPECT(cold((pcl_counted_t){.id = PCL_COUNT_TRANSLATED}, DEVICE) == 0);
  EXPECT(cold((pcl_counted_t){.id = PCL_COUNT_ATS}, DEVICE) == 0);
  EXPECT(cold((pcl_counted_t){.id = PCL_COUNT_MISS}, DEVICE) == 1);
  EXPECT(cold((pcl_counted_t){.id = PCL_COUNT_DDT_WALK}, DEVICE) == 3);
  EXPECT(cold((pcl_counted_t){.id = PCL_COUNT_PDT_WALK}, DEVICE) == 0);
  EXPECT(cold((pcl_counted_t){.id = PCL_COUNT_FIRST_WALK}, DEVICE) == 3);
  EXPECT(cold((pcl_counted_t){.id = PCL_COUNT_SECOND_WALK}, DEVICE) == 0);
}

// A request counts although it is refused; an event that does not exist never does (6.23).
static void check_refused(tb_t *tb) {
  const pcl_counted_t requests = {.id = PCL_COUNT_UNTRANSLATED, .match_high = true, .high = NOBODY};
  EXPECT(cold(requests, NOBODY) == 1 && scene_fault(&scene).cause == 258);
  EXPECT(cold((pcl_counted_t){.id = PCL_COUNT_DDT_WALK}, NOBODY) == 3 && scene_fault(&scene).cause == 258);
  EXPECT(pcl_counter_start(driver, 1, &(pcl_counted_t){.id = 9}, 0) == PCL_E_UNSUPPORTED);
}

// Translated requests and ATS translation requests are events of their own; a Page Request is neither.
static void check_endpoint(tb_t *tb) {
  uint64_t data;
  EXPECT(pcl_attach_bypass(driver, ENDPOINT, PCL_DC_EN_ATS | PCL_DC_EN_PRI) == PCL_OK);
  for (unsigned id = PCL_COUNT_UNTRANSLATED; id <= PCL_COUNT_ATS; id++) {
    start((pcl_counted_t){.id = (uint8_t)id, .match_high = true, .high = ENDPOINT}, 0);
    EXPECT(endpoint_access(&scene, PCL_READ, ENDPOINT, 0x55000, &data) == PCL_RESP_OKAY);
    for (unsigned i = 0; i < 2; i++) EXPECT(endpoint_translate(tb, ENDPOINT, 0x55000).status == STATUS_SUCCESS);
    endpoint_request_page(tb, ENDPOINT, 0x55000, 1, PAGE_R | PAGE_LAST, false);
    EXPECT(endpoint_receive(tb).kind == PCL_MSG_PRG_RESPONSE);
    EXPECT(stop() == (id == PCL_COUNT_UNTRANSLATED ? 0 : id == PCL_COUNT_TRANSLATED ? 1 : 2));
  }
}

// Bit x of iocountinh is counter x's (6.20).
static void check_inhibition(tb_t *tb) {
  uint64_t data;
  for (unsigned i = 1; i <= driver->counters; i++) start_one(i, (pcl_counted_t){.id = PCL_COUNT_UNTRANSLATED}, 0);
  for (unsigned i = 0; i <= driver->counters; i++) {
    tb_reg_write(tb, PCL_REG_IOCOUNTINH_OFFSET, ~(UINT32_C(1) << i), 4);
    scene_read(&scene, 0, DEVICE, IOVA, &data);
    tb_run(tb, 10);
    for (unsigned j = 1; j <= driver->counters; j++) EXPECT(pcl_counter_read(driver, j) == (j <= i));
  }
  tb_reg_write(tb, PCL_REG_IOCOUNTINH_OFFSET, ~UINT32_C(0), 4);
}

// Software that writes OF = 1 raises nothing, nor does an overflow while OF is 1 (6.19, 6.23).
static void check_marked(tb_t *tb) {
  uint64_t data;
  start((pcl_counted_t){.id = PCL_COUNT_UNTRANSLATED}, ~UINT64_C(0));
  uint64_t event = tb_reg_read(tb, PCL_REG_IOHPMEVT_OFFSET, 8);
  tb_reg_write(tb, PCL_REG_IOHPMEVT_OFFSET, event | PCL_IOHPMEVT_OF_MASK, 8);
  EXPECT(tb_reg_read(tb, PCL_REG_IOCOUNTOVF_OFFSET, 4) == 2);
  scene_read(&scene, 0, DEVICE, IOVA, &data);
  EXPECT(stop() == 0 && !(tb_reg_read(tb, PCL_REG_IPSR_OFFSET, 4) & PCL_IPSR_PMIP_MASK));
  tb_reg_write(tb, PCL_REG_IOHPMEVT_OFFSET, event, 8);
}

// Software clears OF in every clock around an overflow: it either finds no OF, or is told of one (6.19, 6.23).
static void check_rearmed(tb_t *tb) {
  bool seen[2] = {false};
  for (unsigned wait = 0; wait < 16; wait++) {
    uint64_t data;
    start((pcl_counted_t){.id = PCL_COUNT_UNTRANSLATED}, ~UINT64_C(0));
    uint64_t event = tb_reg_read(tb, PCL_REG_IOHPMEVT_OFFSET, 8) & ~PCL_IOHPMEVT_OF_MASK;
    tb_reg_write(tb, PCL_REG_IOHPMEVT_OFFSET, event | PCL_IOHPMEVT_OF_MASK, 8);
    tb_reg_write(tb, PCL_REG_IPSR_OFFSET, PCL_IPSR_PMIP_MASK, 4);
    dma_t *dma = scene_post(&scene, 0, PCL_READ, DEVICE, IOVA, &data);
    tb_run(tb, wait);
    tb_reg_write(tb, PCL_REG_IOHPMEVT_OFFSET, event, 8);
    scene_end(&scene, 0, dma);
    EXPECT(stop() == 0);
    bool overflowed = tb_reg_read(tb, PCL_REG_IOCOUNTOVF_OFFSET, 4) & 2;
    EXPECT(overflowed == !!(tb_reg_read(tb, PCL_REG_IPSR_OFFSET, 4) & PCL_IPSR_PMIP_MASK));
    seen[overflowed] = true;
  }
  EXPECT(seen[false] && seen[true]);
  tb_reg_write(tb, PCL_REG_IPSR_OFFSET, PCL_IPSR_PMIP_MASK, 4);
}

static void check_filters(tb_t *tb) {
  const pcl_counted_t mine = {.id = PCL_COUNT_MISS, .match_high = true, .high = DEVICE};
  const pcl_counted_t process = {.id = PCL_COUNT_MISS, .match_low = true, .low = 0};
  const pcl_counted_t space = {.id = PCL_COUNT_FIRST_WALK, .by_space = true, .match_low = true, .low = PSCID};
  const pcl_counted_t other = {.id = PCL_COUNT_FIRST_WALK, .by_space = true, .match_low = true, .low = PSCID + 1};
  const pcl_counted_t guest = {.id = PCL_COUNT_FIRST_WALK, .by_space = true, .match_high = true, .high = 0};
  const pcl_counted_t nobody = {.id = PCL_COUNT_UNTRANSLATED, .by_space = true};
  const pcl_counted_t directory = {.id = PCL_COUNT_DDT_WALK, .by_space = true};
  const pcl_counted_t range = {.id = PCL_COUNT_UNTRANSLATED, .match_high = true, .range = true, .high = (DEVICE & ~3u) | 1};
  EXPECT(cold(mine, DEVICE) == 1 && cold(mine, DEVICE + 1) == 0);
  EXPECT(cold(process, DEVICE) == 0);
  EXPECT(cold(space, DEVICE) == 3 && cold(other, DEVICE) == 0 && cold(guest, DEVICE) == 0);
  EXPECT(cold(nobody, DEVICE) == 0 && cold(directory, DEVICE) == 0);
  for (uint32_t i = 0; i < SPAN; i++) EXPECT(cold(range, (DEVICE & ~3u) + i) == (i < 4));
}

static void check_overflow(tb_t *tb) {
  const pcl_counted_t all = {.id = PCL_COUNT_UNTRANSLATED};
  uint64_t data;
  pcl_handle_interrupt(driver, NULL, NULL);
  driver->overflows = 0;
  start(all, ~UINT64_C(0) - 1);
  scene_read(&scene, 0, DEVICE, IOVA, &data);
  tb_run(tb, 10);
  EXPECT(!(tb_reg_read(tb, PCL_REG_IPSR_OFFSET, 4) & PCL_IPSR_PMIP_MASK));
  scene_read(&scene, 0, DEVICE, IOVA, &data);
  tb_run(tb, 10);
  unsigned vector = driver->vectors > 2 ? 2 : 0;
  EXPECT(tb_irq(tb) >> vector & 1 && tb_reg_read(tb, PCL_REG_IOCOUNTOVF_OFFSET, 4) == 2);
  EXPECT(pcl_handle_interrupt(driver, NULL, NULL) & PCL_IPSR_PMIP_MASK);
  EXPECT(driver->overflows == 2 && tb_reg_read(tb, PCL_REG_IOCOUNTOVF_OFFSET, 4) == 0);
  EXPECT(stop() == 0);
  scene_read(&scene, 0, DEVICE, IOVA, &data);
  tb_run(tb, 10);
  EXPECT(pcl_counter_read(driver, 1) == 0);  // inhibited
  EXPECT(pcl_counter_start(driver, 0, NULL, PCL_IOHPMCYCLES_COUNTER_MASK - 100) == PCL_OK);
  tb_run(tb, 200);
  EXPECT(pcl_handle_interrupt(driver, NULL, NULL) & PCL_IPSR_PMIP_MASK);
  EXPECT(driver->overflows == 3 && pcl_counter_read(driver, 0) < 1000);
  pcl_counter_stop(driver, 0);
}

SCENARIO(counters, "performance counters: events, filters, ranges, inhibition, overflow") {
  pcl_domain_t domain;
  NEEDS(tb_config()->hpm);
  scene_start(&scene, tb, 24, 4, 4);
  scene_attach(&scene, &domain, DEVICE, 3, PSCID);
  for (uint32_t i = 0; i < SPAN; i++)
    if (i != (DEVICE & 3)) EXPECT(pcl_attach(driver, (DEVICE & ~3u) + i, &domain, 0) == PCL_OK);
  scene_map(&scene, &domain, IOVA, 0x55000, PCL_PAGE, PCL_MAP_RW);
  check_events(tb);
  check_refused(tb);
  check_filters(tb);
  if (tb_config()->ats) check_endpoint(tb);
  check_inhibition(tb);
  check_marked(tb);
  check_rearmed(tb);
  check_overflow(tb);
}
