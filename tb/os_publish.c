// SPDX-License-Identifier: Apache-2.0
//
// What devices are told: the windows of the mappings of their domain, or an identity window of their own.
#include "os_agent.h"

#define IDENTITY_BASE (UINT64_C(1) << 36)

static void publish_one(os_t *os, os_mapping_t *mapping, unsigned index) {
  const os_device_t *device = &os->device[index];
  if (device->state != OS_ATTACHED || device->domain != mapping->domain || mapping->serial[index]) return;
  const dma_target_t target = {
    .iova = mapping->window, .bytes = mapping->window_bytes, .device_id = device->device_id, .read = mapping->read,
    .write = mapping->write, .exec = mapping->exec,
  };
  mapping->serial[index] = target_add(tb_targets(os->tb, device->port), &target);
}

void os_publish(os_t *os, os_mapping_t *mapping) {
  for (unsigned i = 0; i < os->devices; i++) publish_one(os, mapping, i);
}

void os_withdraw(os_t *os, os_mapping_t *mapping) {
  for (unsigned i = 0; i < os->devices; i++) {
    if (mapping->serial[i]) target_remove(tb_targets(os->tb, os->device[i].port), mapping->serial[i]);
    mapping->serial[i] = 0;
  }
}

void os_publish_device(os_t *os, os_device_t *device) {
  for (unsigned i = 0; i < OS_MAPPINGS; i++)
    if (os->mapping[i].live) publish_one(os, &os->mapping[i], (unsigned)(device - os->device));
}

void os_withdraw_device(os_t *os, os_device_t *device) {
  target_remove_device(tb_targets(os->tb, device->port), device->device_id);
  device->identity = 0;
  for (unsigned i = 0; i < OS_MAPPINGS; i++) os->mapping[i].serial[device - os->device] = 0;
}

void os_publish_identity(os_t *os, os_device_t *device, bool on) {
  targets_t *targets = tb_targets(os->tb, device->port);
  if (device->identity) target_remove(targets, device->identity);
  device->identity = 0;
  if (!on) return;
  uint64_t window = IDENTITY_BASE + (uint64_t)(device - os->device) * UINT64_C(0x100000);
  device->identity = target_add(targets, &(dma_target_t){.iova = window, .bytes = PCL_NAPOT_PAGE, .device_id = device->device_id,
                                                         .read = true, .write = true, .exec = true});
}
