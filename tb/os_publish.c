// SPDX-License-Identifier: Apache-2.0
//
// What devices are told: the windows of the mappings of their spaces, for each process its own, or an identity window.
#include "os_agent.h"

#define IDENTITY_BASE (UINT64_C(1) << 36)

static void name_process(dma_target_t *target, const os_device_t *device, unsigned slot) {
  if (!slot) return;
  target->pv = true;
  target->process_id = device->process[slot - 1].id;
  target->supervisor = device->process[slot - 1].supervisor;
}

static void publish_one(os_t *os, os_mapping_t *mapping, unsigned index, unsigned slot) {
  const os_device_t *device = &os->device[index];
  if (mapping->serial[index][slot] || os_space_of_user(os, device, slot) != mapping->space) return;
  dma_target_t target = {
    .iova = mapping->window, .bytes = mapping->window_bytes, .device_id = device->device_id, .read = mapping->read,
    .write = mapping->write, .exec = mapping->exec,
  };
  name_process(&target, device, slot);
  mapping->serial[index][slot] = target_add(tb_targets(os->tb, device->port), &target);
}

void os_publish(os_t *os, os_mapping_t *mapping) {
  for (unsigned i = 0; i < os->devices; i++)
    for (unsigned slot = 0; slot < OS_SLOTS; slot++) publish_one(os, mapping, i, slot);
}

void os_withdraw(os_t *os, os_mapping_t *mapping) {
  for (unsigned i = 0; i < os->devices; i++)
    for (unsigned slot = 0; slot < OS_SLOTS; slot++) {
      uint32_t *serial = &mapping->serial[i][slot];
      if (*serial) target_remove(tb_targets(os->tb, os->device[i].port), *serial);
      *serial = 0;
    }
}

void os_publish_slot(os_t *os, os_device_t *device, unsigned slot) {
  for (unsigned i = 0; i < OS_MAPPINGS; i++)
    if (os->mapping[i].live) publish_one(os, &os->mapping[i], (unsigned)(device - os->device), slot);
}

void os_withdraw_slot(os_t *os, os_device_t *device, unsigned slot) {
  for (unsigned i = 0; i < OS_MAPPINGS; i++) {
    uint32_t *serial = &os->mapping[i].serial[device - os->device][slot];
    if (*serial) target_remove(tb_targets(os->tb, device->port), *serial);
    *serial = 0;
  }
}

void os_publish_device(os_t *os, os_device_t *device) {
  for (unsigned slot = 0; slot < OS_SLOTS; slot++) os_publish_slot(os, device, slot);
}

void os_withdraw_device(os_t *os, os_device_t *device) {
  target_remove_device(tb_targets(os->tb, device->port), device->device_id);
  device->identity = 0;
  for (unsigned i = 0; i < OS_MAPPINGS; i++)
    for (unsigned slot = 0; slot < OS_SLOTS; slot++) os->mapping[i].serial[device - os->device][slot] = 0;
}

// A junk device may be asked by a process as well as without one.
void os_publish_identity(os_t *os, os_device_t *device, bool on) {
  targets_t *targets = tb_targets(os->tb, device->port);
  if (device->identity) target_remove(targets, device->identity);
  device->identity = 0;
  if (!on) return;
  uint64_t window = IDENTITY_BASE + (uint64_t)(device - os->device) * UINT64_C(0x100000);
  dma_target_t target = {.iova = window, .bytes = PCL_NAPOT_PAGE, .device_id = device->device_id, .read = true, .write = true,
                         .exec = true};
  if (device->state == OS_JUNK && os_has(os, PCL_CAPABILITIES_PD8_MASK) && os_below(os, 2)) {
    target.pv = true;
    target.process_id = os_below(os, 256);
  }
  device->identity = target_add(targets, &target);
}
