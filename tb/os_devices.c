// SPDX-License-Identifier: Apache-2.0
//
// Devices, domains, directories and modes.
#include "os_agent.h"

// Of every width: what 1, 2 and 3 levels can name.
static uint32_t choose_device_id(os_t *os, unsigned index) {
  static const uint8_t bits[4] = {5, 7, 15, 24};
  uint32_t id = os_below(os, 1u << bits[index % 4]);
  for (unsigned i = 0; i < index; i++)
    if (os->device[i].device_id == id) return choose_device_id(os, index);
  return id;
}

static void open_domain(os_t *os, unsigned index) {
  os_domain_t *domain = &os->domain[index];
  uint32_t levels = 3 + os_below(os, 3);
  while (!(os->driver.capabilities >> (levels + 6) & 1)) levels--;  // Sv39, Sv48, Sv57: bits 9, 10, 11
  os_check(os, pcl_domain_init(&os->driver, &domain->domain, levels, os->next_pscid), "make a domain");
  os->next_pscid = (os->next_pscid + 1 + os_below(os, 1000)) & 0xfffff;
  domain->live = true;
}

static pcl_device_context_t context_of(os_t *os, const os_device_t *device) {
  uint64_t flags = os_below(os, 8) ? 0 : PCL_DC_DTF;
  if (device->state == OS_BYPASS) return (pcl_device_context_t){.tc = PCL_DC_VALID | flags};
  const pcl_domain_t *domain = &os->domain[device->domain].domain;
  return pcl_device_context(domain->table.root, domain->table.levels, domain->pscid, flags);
}

// The same context in all directories that have a place for it.
static void put_context(os_t *os, const os_device_t *device, const pcl_device_context_t *context) {
  for (unsigned i = 0; i < OS_DIRECTORIES; i++)
    if (pcl_directory_fits(&os->directory[i], device->device_id))
      os_check(os, pcl_directory_put(&os->ops, &os->directory[i], device->device_id, context), "write a device context");
}

static void attach(os_t *os, os_device_t *device) {
  unsigned domain = os_below(os, OS_DOMAINS);
  bool bypass = os_below(os, 12) == 0 || !os->domain[domain].live;
  device->state = bypass ? OS_BYPASS : OS_ATTACHED;
  device->domain = (uint8_t)domain;
  pcl_device_context_t context = context_of(os, device);
  put_context(os, device, &context);
  if (bypass) os_publish_identity(os, device, true);
  else os_publish_device(os, device);
}

// After this no table and no cache knows the device's context.
static void detach(os_t *os, os_device_t *device) {
  if (os_below(os, 2)) os_withdraw_device(os, device);
  pcl_device_context_t old = {0};
  for (unsigned i = 0; i < OS_DIRECTORIES; i++) {
    pcl_directory_get(&os->ops, &os->directory[i], device->device_id, &old);
    pcl_directory_clear(&os->ops, &os->directory[i], device->device_id);
  }
  pcl_cmd_words_t command = os_below(os, 4) ? pcl_cmd_inval_ddt(device->device_id) : pcl_cmd_inval_ddt_all();
  os_check(os, pcl_cmdq_put(&os->driver.commands, &command), "queue a command");
  pcl_vma_t vma = {.pscv = true, .pscid = old.ta >> 12 & 0xfffff};
  os_check(os, pcl_invalidate(&os->driver, &vma), "invalidate");
  os_check(os, pcl_fence(&os->driver, os_fence_options(os)), "fence");
  os_withdraw_device(os, device);
  device->state = OS_DETACHED;
}

void os_move_device(os_t *os) {
  os_device_t *device = &os->device[os_below(os, os->devices)];
  if (device->state != OS_DETACHED) detach(os, device);
  tb_run(os->tb, os_below(os, 200));
  attach(os, device);
  os_counts()->moves++;
}

// Device contexts that are misconfigured, lead nowhere, or ask for what is not built. Each has a PSCID of its own.
static pcl_device_context_t make_junk(os_t *os) {
  os->next_pscid = (os->next_pscid + 1) & 0xfffff;
  pcl_device_context_t context = pcl_device_context(os->scratch, 3, os->next_pscid, 0);
  uint64_t hole = UINT64_C(1) << 43 | os_below(os, 1u << 20);
  switch (os_below(os, 10)) {
    case 0: context.tc |= UINT64_C(1) << rng_range(&os->rng, 1, 11); break;
    case 1: context.tc |= UINT64_C(1) << rng_range(&os->rng, 12, 63); break;
    case 2: context.fsc |= UINT64_C(1) << rng_range(&os->rng, 44, 59); break;
    case 3: context.fsc = (uint64_t)os_below(os, 16) << 60 | hole; break;
    case 4: context.fsc = UINT64_C(8) << 60 | hole; break;
    case 5: context.ta |= UINT64_C(1) << (os_below(os, 2) ? os_below(os, 12) : rng_range(&os->rng, 32, 39)); break;
    case 6: context.iohgatp = (uint64_t)rng_range(&os->rng, 1, 15) << 60 | os->scratch >> 12; break;
    case 7: context.ta |= UINT64_C(1) << rng_range(&os->rng, 40, 63); break;
    case 8: context.tc &= ~PCL_DC_VALID; break;
    default: context.tc |= UINT64_C(1) << 5; break;  // PDTV
  }
  if (os_below(os, 4) == 0) context.tc |= PCL_DC_DTF;
  return context;
}

void os_junk_device(os_t *os) {
  os_device_t *device = &os->device[os_below(os, os->devices)];
  if (device->state != OS_DETACHED) detach(os, device);
  pcl_device_context_t context = make_junk(os);
  put_context(os, device, &context);
  device->state = OS_JUNK;
  os_publish_identity(os, device, true);  // so that it tries
  os_counts()->junk_contexts++;
  tb_run(os->tb, os_below(os, 1500));
  if (os_below(os, 2)) os_move_device(os);
}

// Ends an address space and starts another in its place, now and then with the same PSCID.
void os_recycle_domain(os_t *os) {
  unsigned index = os_below(os, OS_DOMAINS);
  os_domain_t *domain = &os->domain[index];
  if (domain->live) {
    domain->live = false;
    for (unsigned i = 0; i < os->devices; i++)
      if (os->device[i].state == OS_ATTACHED && os->device[i].domain == index) detach(os, &os->device[i]);
    for (unsigned i = 0; i < OS_MAPPINGS; i++)
      if (os->mapping[i].live && os->mapping[i].domain == index) os_unmap(os, &os->mapping[i]);
    uint32_t pscid = domain->domain.pscid;
    os_check(os, pcl_domain_free(&os->driver, &domain->domain), "free a domain");
    if (os_below(os, 4) == 0) os->next_pscid = pscid;
  }
  open_domain(os, index);
  os_counts()->recycled++;
}

// A non-leaf entry of the directory: not valid, spoiled or leading nowhere for a while.
void os_break_directory(os_t *os) {
  const pcl_device_directory_t *directory = &os->directory[os->active];
  const os_device_t *device = &os->device[os_below(os, os->devices)];
  if (directory->levels == 1 || !pcl_directory_fits(directory, device->device_id)) return;
  uint32_t level = 1 + os_below(os, directory->levels - 1);
  uint64_t entry = pcl_directory_entry(&os->ops, directory, device->device_id, level, false);
  if (!entry) return;
  uint64_t old = tb_load(os->tb, entry), values[3] = {
    old & ~PCL_DC_VALID, old | UINT64_C(1) << (os_below(os, 2) ? rng_range(&os->rng, 1, 9) : rng_range(&os->rng, 54, 63)),
    (UINT64_C(1) << 43 | os_below(os, 1u << 16)) << 10 | PCL_DC_VALID,
  };
  if (!(old & PCL_DC_VALID)) return;
  pcl_cmd_words_t all = pcl_cmd_inval_ddt_all();
  tb_store(os->tb, entry, values[os_below(os, 3)]);
  os_check(os, pcl_cmdq_submit(&os->driver.commands, &all), "queue a command");
  tb_run(os->tb, os_below(os, 1500));
  tb_store(os->tb, entry, old);
  os_check(os, pcl_cmdq_submit(&os->driver.commands, &all), "queue a command");
  os_counts()->broken_entries++;
}

// Mostly the one that has a place for all devices.
unsigned os_any_directory(os_t *os) { return os_below(os, 3) ? OS_DIRECTORIES - 1 : os_below(os, OS_DIRECTORIES); }

void os_enter_mode(os_t *os, pcl_table_mode_t mode) {
  os->bare = mode == PCL_DDTP_MODE_BARE;
  os_check(os, pcl_set_mode(&os->driver, mode), "set the mode");
  os_counts()->modes[mode == PCL_DDTP_MODE_TABLE ? os->driver.directory.levels + 1 : (unsigned)mode]++;
  for (unsigned i = 0; i < os->devices; i++)
    os_publish_identity(os, &os->device[i], os->bare || os->device[i].state >= OS_BYPASS);
}

void os_switch_mode(os_t *os) {
  if (os_below(os, 2)) {
    os_enter_mode(os, os_below(os, 2) ? PCL_DDTP_MODE_BARE : PCL_DDTP_MODE_OFF);
    tb_run(os->tb, os_below(os, 2000));
  }
  os->active = os_any_directory(os);
  os->driver.directory = os->directory[os->active];
  os_enter_mode(os, PCL_DDTP_MODE_TABLE);
}

void os_devices_init(os_t *os) {
  bool extended = os->driver.capabilities & PCL_CAPABILITIES_MSI_FLAT_MASK;
  for (unsigned i = 0; i < OS_DIRECTORIES; i++)
    os_check(os, pcl_directory_init(&os->ops, &os->directory[i], i + 1, extended), "make a directory");
  os->next_pscid = os_below(os, 1u << 20);
  for (unsigned i = 0; i < OS_DOMAINS; i++) open_domain(os, i);
  os->devices = os_ports() * 3 < OS_DEVICES ? os_ports() * 3 + 1 : OS_DEVICES;
  for (unsigned i = 0; i < os->devices; i++) {
    os->device[i] = (os_device_t){.device_id = choose_device_id(os, i), .port = (uint8_t)(i % os_ports())};
    attach(os, &os->device[i]);
  }
}
