// SPDX-License-Identifier: Apache-2.0
//
// Devices with translation caches: their contexts, invalidations, page requests, the message port.
//
// What a device was told of memory it uses only where no tables lie (ats_device.h), so that nothing breaks when an invalidation
// was given up.
#include "os_agent.h"

#include "ats_device.h"

// Outlives the agent: invalidations are answered to the end.
static ats_t ats;

static bool has_ats(const os_t *os) { return os_has(os, PCL_CAPABILITIES_ATS_MASK); }

void os_ats_init(os_t *os) {
  if (!has_ats(os)) return;
  ats_init(&ats, tb_messages(os->tb), rng_u64(&os->rng), 2000);
  ats.ids = 1u << tb_config()->id_width;
  ats.bus_bytes = tb_config()->data_width / 8;
  ats.patience = tb_config()->ats_timeout;
  ats.tables = OS_POOL;
  ats.tables_bytes = OS_PAGES * PCL_PAGE;
}

void os_ats_start(os_t *os) {
  if (!has_ats(os)) return;
  pcl_messages_resume(&os->driver);
  if (os_below(os, 8)) os_check(os, pcl_pageq_enable(&os->driver.pages, &os->ops, 1 + os_below(os, 6), false), "queue pages");
}

void os_ats_stop(os_t *os) {
  if (has_ats(os)) os_check(os, pcl_pageq_disable(&os->driver.pages), "turn the page-request queue off");
}

void os_ats_end(os_t *os) {
  if (!has_ats(os)) return;
  ats_pause(&ats, true);
  pcl_messages_resume(&os->driver);
}

// Bits for a device context.
uint64_t os_ats_flags(os_t *os, bool second) {
  if (!has_ats(os) || !os_below(os, 3)) return 0;
  uint64_t flags = PCL_DC_EN_ATS;
  if (os_below(os, 4)) flags |= PCL_DC_EN_PRI | (os_below(os, 2) ? PCL_DC_PRPR : 0);
  if (second && os_has(os, PCL_CAPABILITIES_T2GPA_MASK) && os_below(os, 2)) flags |= PCL_DC_T2GPA;
  return flags;
}

// The first devices have caches. Now and then one tries though its context does not let it.
void os_ats_follow(os_t *os, const os_device_t *device, uint64_t tc) {
  unsigned index = (unsigned)(device - os->device);
  if (!has_ats(os) || index >= ATS_DEVICES) return;
  ats_set(&ats, index, &(ats_device_t){
    .live = (tc & PCL_DC_EN_ATS) || !os_below(os, 4), .device_id = device->device_id, .port = tb_device(os->tb, device->port),
    .targets = tb_targets(os->tb, device->port), .pages = (tc & PCL_DC_EN_PRI) || !os_below(os, 4), .gpas = tc & PCL_DC_T2GPA,
  });
}

// ---- Page requests

static int space_of(const os_t *os, const pcl_page_ask_t *request) {
  for (unsigned i = 0; i < os->devices; i++) {
    const os_device_t *device = &os->device[i];
    if (device->device_id != request->space.device_id) continue;
    if (!request->space.pv) return os_space_of_user(os, device, 0);
    for (unsigned slot = 1; slot < OS_SLOTS; slot++)
      if (device->process[slot - 1].live && device->process[slot - 1].id == request->space.process_id)
        return os_space_of_user(os, device, slot);
  }
  return -1;
}

static pcl_page_answer_t serve(void *context, const pcl_page_ask_t *request) {
  os_t *os = context;
  int space = space_of(os, request);
  os_part_t part;
  os_counts()->page_requests++;
  if (space < 0 || !os_space_live(os, (unsigned)space)) return os_below(os, 8) ? PCL_PAGES_INVALID : PCL_PAGES_FAILURE;
  if (!os_below(os, 4) || !os_free_mapping(os) || !os_allowed(os, (unsigned)space, request->iova, PCL_PAGE))
    return os_below(os, 2) ? PCL_PAGES_INVALID : PCL_PAGES_READY;
  uint64_t target = os_choose_target(os, (unsigned)space, 0, &part);
  if (!os_map_page(os, (unsigned)space, request->iova, target, PCL_MAP_RW)) return PCL_PAGES_INVALID;
  os_counts()->pages_made++;
  return PCL_PAGES_READY;
}

void os_serve_pages(os_t *os) {
  if (has_ats(os) && os->driver.pages.base) pcl_handle_page_requests(&os->driver, serve, os);
}

// ---- Invalidations

static pcl_ats_space_t any_space(os_t *os) {
  const os_device_t *device = &os->device[os_below(os, os->devices < ATS_DEVICES ? os->devices : ATS_DEVICES)];
  pcl_ats_space_t space = {.device_id = device->device_id};
  if (device->state == OS_WITH_PROCESSES && os_below(os, 2)) {
    space.pv = true;
    space.process_id = device->process[os_below(os, OS_PROCESSES)].id;
  }
  return space;
}

static void invalidate(os_t *os) {
  for (unsigned left = 1 + os_below(os, os_below(os, 6) ? 4 : 40); left; left--) {
    const os_mapping_t *mapping = os_any_mapping(os);
    pcl_ats_space_t space = any_space(os);
    uint64_t bytes = mapping && os_below(os, 4) ? PCL_PAGE << os_below(os, 6) : 0;
    uint64_t iova = mapping && bytes ? mapping->iova & ~(bytes - 1) : 0;
    os_check(os, pcl_ats_invalidate(&os->driver, &space, iova, bytes), "invalidate a device's cache");
  }
  if (os_below(os, 2)) os_fence(os);
}

static void quiesce(os_t *os) {
  os_check(os, pcl_messages_quiesce(&os->driver), "quiesce the message port");
  tb_run(os->tb, os_below(os, 500));
  pcl_messages_resume(&os->driver);
  os_counts()->message_quiesces++;
}

void os_ats(os_t *os) {
  if (!has_ats(os)) return;
  uint32_t choice = os_below(os, 16);
  if (choice < 8) invalidate(os);
  else if (choice == 8) quiesce(os);
  else os_serve_pages(os);
  os_counts()->cache_timeouts = os->driver.commands.timeouts;
}
