// SPDX-License-Identifier: Apache-2.0
//
// Requests that the system itself asks devices for, so that they meet a change: a page is read before it is there, and again the
// moment it is (V from 0 to 1 needs no command).
#include "os_agent.h"

static dma_t *post(os_t *os, const os_device_t *device, unsigned slot, unsigned channel, uint64_t iova) {
  pcl_ax_t ax = {.addr = iova, .device_id = device->device_id, .size = 2, .burst = PCL_BURST_INCR, .cache = 2};
  ax.id = (uint16_t)os_below(os, 1u << tb_config()->id_width);
  if (slot) {
    ax.pv = true;
    ax.process_id = device->process[slot - 1].id;
  }
  return device_post(tb_device(os->tb, device->port), channel, &ax, NULL, 0);
}

static void keep_posted(os_t *os, const os_device_t *device, dma_t *dma) {
  unsigned i = 0;
  while (os->posted[i]) i++;
  os->posted[i] = dma;
  os->posted_port[i] = device->port;
}

static bool free_slots(const os_t *os) {
  unsigned count = 0;
  for (unsigned i = 0; i < OS_POSTED; i++) count += !os->posted[i];
  return count >= 2;
}

void os_ask(os_t *os, const os_mapping_t *mapping) {
  os_reap(os);
  for (unsigned i = 0; i < os->devices; i++)
    for (unsigned slot = 0; slot < OS_SLOTS; slot++) {
      const os_device_t *device = &os->device[i];
      if (os_space_of_user(os, device, slot) != mapping->space || !free_slots(os)) continue;
      keep_posted(os, device, post(os, device, slot, mapping->write && os_below(os, 2), mapping->window));
    }
}

void os_probe(os_t *os) {
  os_device_t *device = &os->device[os_below(os, os->devices)];
  unsigned slot = device->state == OS_WITH_PROCESSES ? os_below(os, OS_SLOTS) : 0;
  os_reap(os);
  int space = os_space_of_user(os, device, slot);
  if (space < 0 || !os_space_live(os, (unsigned)space) || !free_slots(os) || !os_free_mapping(os)) return;
  uint64_t iova = os_choose_address(os, (unsigned)space, PCL_PAGE);
  os_part_t part;
  if (!os_allowed(os, (unsigned)space, iova, PCL_PAGE)) return;
  keep_posted(os, device, post(os, device, slot, PCL_READ, iova));
  tb_run(os->tb, os_below(os, 90));
  if (!os_free_mapping(os) || !os_allowed(os, (unsigned)space, iova, PCL_PAGE)) return;
  uint64_t target = os_choose_target(os, (unsigned)space, 0, &part);
  if (!os_map_page(os, (unsigned)space, iova, target, PCL_MAP_RW)) return;
  keep_posted(os, device, post(os, device, slot, PCL_READ, iova + 64));
  os_counts()->probes++;
}
