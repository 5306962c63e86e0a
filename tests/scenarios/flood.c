// SPDX-License-Identifier: Apache-2.0
//
// A device asks for an identity that no cache of its port holds in every clock: its directory of processes is Bare and it names
// another process with each request, on both channels and on each port but the victim's. Each such walk is two clocks long, so
// that two walkers can show a response in every clock; to make these two come before the victim's, two longer walks are under
// way when the victim asks. Whatever the victim asks is answered within LIMIT clocks all the same: walks, pages that only the
// IOTLB knows; and its port drains.
#include "scene.h"

enum { ATTACKER = 0x31, SLOW = 0x32, VICTIM = 0x33, PROCESSES = 256, PAGES = 96, KNOWN = 40, LIMIT = 400, DELAYS = 6 };

#define IOVA UINT64_C(0x400000)
#define FRAMES UINT64_C(0x20001000)   // pages of 4 KiB: they are aligned to nothing more

static scene_t scene;
static pcl_driver_t *const driver = &scene.system.driver;
static unsigned victim_port;
static unsigned slow_page, page, known_page;   // the next ones

// The generator of a flooding port. It takes the ID with the fewest requests: one that waits for long does not stop the others.
typedef struct {
  uint32_t count[PCL_CHANNELS];
  unsigned pending[PCL_CHANNELS][PCL_MAX_IDS];
} generator_t;

static generator_t generator[PCL_MAX_PORTS];
static bool flows;
static uint64_t finished, refused;

static bool next(void *context, unsigned channel, dma_t *dma) {
  generator_t *g = context;
  if (!flows) return false;
  const uint32_t number = 2 * g->count[channel]++ + channel;
  unsigned id = 0, *pending = g->pending[channel];
  for (unsigned i = 1; i < 1u << tb_config()->id_width; i++)
    if (pending[i] < pending[id]) id = i;
  pending[id]++;
  dma->ax = (pcl_ax_t){.addr = UINT64_C(0x10000000) + number % 512 * PCL_PAGE, .device_id = ATTACKER, .pv = true,
                       .process_id = number % PROCESSES, .id = (uint16_t)id, .size = 2, .burst = PCL_BURST_INCR, .cache = 2};
  dma->w_ahead = channel == PCL_WRITE;
  return true;
}

static void end(void *context, const dma_t *dma) {
  ((generator_t *)context)->pending[dma->channel][dma->ax.id]--;
  finished++;
  refused += dma->resp != PCL_RESP_OKAY;
}

// A device with PDTV=1 and pdtp Bare (IOMMU spec 3.3 item 13).
static void attach_attacker(tb_t *tb) {
  const pcl_device_context_t context = {.tc = PCL_DC_VALID | PCL_DC_PDTV};
  EXPECT(pcl_directory_put(&scene.system.ops, &driver->directory, ATTACKER, &context) == PCL_OK);
  for (unsigned port = 0; port < tb_config()->num_ports; port++)
    if (port != victim_port)
      device_set_source(tb_device(tb, port), &(dma_source_t){.next = next, .finished = end, .context = &generator[port]});
}

static dma_t *post(unsigned number, unsigned id) {
  dma_t *dma = scene_post(&scene, victim_port, PCL_READ, VICTIM, IOVA + number % PAGES * PCL_PAGE, NULL);
  dma->ax.id = (uint16_t)id;
  return dma;
}

static void wait_for(tb_t *tb, dma_t *dma) {
  EXPECT(tb_wait_dma(tb, dma, LIMIT) && dma->resp == PCL_RESP_OKAY);
  device_release(tb_device(tb, victim_port), dma);
}

// Two walks on port 0, a walk of the victim, and the flood; each so many clocks after the one before.
static dma_t *begin(tb_t *tb, unsigned delay, dma_t **slow) {
  for (unsigned channel = 0; channel < PCL_CHANNELS; channel++)
    slow[channel] = scene_post(&scene, 0, channel, SLOW, IOVA + slow_page++ % PAGES * PCL_PAGE, NULL);
  tb_run(tb, 3);
  dma_t *dma = post(KNOWN + page++ % (PAGES - KNOWN), 0);
  tb_run(tb, 1 + delay);
  flows = true;
  return dma;
}

static void stop(tb_t *tb, dma_t **slow) {
  flows = false;
  for (unsigned channel = 0; channel < PCL_CHANNELS; channel++) EXPECT(scene_end(&scene, 0, slow[channel]) == PCL_RESP_OKAY);
  EXPECT(tb_drain(tb, 20000) && refused == 0);
}

// The walk, then walks and hits of the IOTLB as long as the flood goes on, alone and together.
static void check_answers(tb_t *tb, unsigned delay) {
  dma_t *slow[PCL_CHANNELS], *first = begin(tb, delay, slow);
  uint64_t start = tb_cycle(tb), before = finished;
  wait_for(tb, first);
  for (unsigned i = 0; i < 8; i++) {
    dma_t *walk = post(KNOWN + page++ % (PAGES - KNOWN), 0);
    tb_run(tb, i);
    dma_t *hit = post(known_page++ % KNOWN, 1);
    wait_for(tb, walk);
    wait_for(tb, hit);
    wait_for(tb, post(known_page++ % KNOWN, 1));
  }
  EXPECT(finished - before > (tb_cycle(tb) - start) / 2);
  stop(tb, slow);
}

// A hit while the walk is under way: together they have one clock that the flood cannot use.
static void check_hit(tb_t *tb, unsigned delay) {
  dma_t *slow[PCL_CHANNELS], *walk = begin(tb, delay, slow);
  tb_run(tb, 60);
  dma_t *hit = post(known_page++ % KNOWN, 1);
  wait_for(tb, hit);
  wait_for(tb, walk);
  stop(tb, slow);
}

// Held with both under way, the victim's port is drained in time.
static void check_drained(tb_t *tb, unsigned delay) {
  const unsigned offset = victim_port * PCL_REG_QCTL_STRIDE;
  dma_t *slow[PCL_CHANNELS], *walk = begin(tb, delay, slow);
  tb_run(tb, 60);
  dma_t *hit = post(known_page++ % KNOWN, 1);
  while (hit->state == DMA_QUEUED) tb_step(tb);
  uint64_t start = tb_cycle(tb);
  tb_reg_write(tb, PCL_REG_QCTL_OFFSET + offset, PCL_QCTL_MODE_HOLD, 4);
  while (!(tb_reg_read(tb, PCL_REG_QSTA_OFFSET + offset, 4) & PCL_QSTA_DRAINED_MASK)) EXPECT(tb_cycle(tb) - start < LIMIT);
  EXPECT(pcl_resume(driver, victim_port) == PCL_OK);
  wait_for(tb, walk);
  wait_for(tb, hit);
  stop(tb, slow);
}

SCENARIO(flood, "identities asked in every clock by others delay no answer for long: walks, IOTLB hits, a port that drains") {
  pcl_domain_t slow, victim;
  NEEDS(tb_config()->num_ports > 1 && tb_config()->pd8);
  scene_start(&scene, tb, 6, 4, 4);
  victim_port = tb_config()->num_ports - 1;
  scene_attach(&scene, &slow, SLOW, 3, 5);
  scene_attach(&scene, &victim, VICTIM, 3, 6);
  scene_map(&scene, &slow, IOVA, FRAMES, PAGES * PCL_PAGE, PCL_MAP_RW);
  scene_map(&scene, &victim, IOVA, FRAMES + PAGES * PCL_PAGE, PAGES * PCL_PAGE, PCL_MAP_RW);
  attach_attacker(tb);
  for (unsigned delay = 0; delay < DELAYS; delay++) {
    scene_forget(&scene);
    for (unsigned i = 0; i < KNOWN; i++)
      EXPECT(scene_read(&scene, victim_port, VICTIM, IOVA + i * PCL_PAGE, NULL) == PCL_RESP_OKAY);
    flows = true;   // contexts are known
    tb_run(tb, 200);
    flows = false;
    EXPECT(tb_drain(tb, 20000));
    check_answers(tb, delay);
    check_hit(tb, delay);
    check_drained(tb, delay);
  }
}
