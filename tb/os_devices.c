// SPDX-License-Identifier: Apache-2.0
//
// Devices, domains, directories and modes.
#include "os_agent.h"

// Of every width: what 1, 2 and 3 levels can name.
static uint32_t choose_device_id(os_t *os, unsigned index) {
  static const uint8_t bits[4] = {5, 6, 15, 24};
  uint32_t id = os_below(os, 1u << bits[index % 4]);
  for (unsigned i = 0; i < index; i++)
    if (os->device[i].device_id == id) return choose_device_id(os, index);
  return id;
}

static bool has_pscid(const os_domain_t *domain, uint32_t pscid) { return domain->live && domain->domain.pscid == pscid; }

// One that no domain has.
uint32_t os_fresh_pscid(os_t *os) {
  uint32_t pscid = os->next_pscid;
  os->next_pscid = (pscid + 1 + os_below(os, 1000)) & 0xfffff;
  for (unsigned i = 0; i < OS_DOMAINS; i++)
    if (has_pscid(&os->domain[i], pscid)) return os_fresh_pscid(os);
  return pscid;
}

// No PSCID is twice in one VM or in the host, but now and then in two of them.
static uint32_t choose_pscid(os_t *os, const pcl_vm_t *vm) {
  uint32_t pscid = os->domain[os_below(os, OS_DOMAINS)].domain.pscid;
  bool fresh = os_below(os, 2);
  for (unsigned i = 0; i < OS_DOMAINS; i++) fresh |= has_pscid(&os->domain[i], pscid) && os->domain[i].domain.vm == vm;
  return fresh ? os_fresh_pscid(os) : pscid;
}

// In the host, or in a VM; there now and then without a first stage.
void os_domain_open(os_t *os, unsigned index) {
  os_domain_t *domain = &os->domain[index];
  unsigned choice = os_below(os, OS_VMS + 2);
  pcl_vm_t *vm = choice < OS_VMS && os->vm[choice].live ? &os->vm[choice].vm : NULL;
  uint32_t levels = 3 + os_below(os, 3), pscid = choose_pscid(os, vm);
  while (!(os->driver.capabilities >> (levels + 6) & 1)) levels--;  // Sv39, Sv48, Sv57: bits 9, 10, 11
  if (vm && os_below(os, 4) == 0) levels = 0;
  if (vm) os_check(os, pcl_domain_init_guest(&os->driver, &domain->domain, vm, levels, pscid), "make a guest's domain");
  else os_check(os, pcl_domain_init(&os->driver, &domain->domain, levels, pscid), "make a domain");
  domain->live = true;
}

void os_domain_close(os_t *os, unsigned index) {
  os_domain_t *domain = &os->domain[index];
  domain->live = false;
  for (unsigned i = 0; i < os->devices; i++)
    if (os->device[i].state == OS_ATTACHED && os->device[i].domain == index) os_detach(os, &os->device[i]);
  os_leave_domain(os, index);
  os_unmap_space(os, index);
  os_check(os, pcl_domain_free(&os->driver, &domain->domain), "free a domain");
}

uint64_t os_context_flags(os_t *os) {
  uint64_t flags = os_below(os, 8) ? 0 : PCL_DC_DTF;
  if (os_has(os, PCL_CAPABILITIES_AMO_HWAD_MASK) && os_below(os, 8))
    flags |= os_below(os, 2) ? PCL_DC_SADE | PCL_DC_GADE : os_below(os, 2) ? PCL_DC_SADE : PCL_DC_GADE;
  return flags;
}

// The same context in all directories that have a place for it. Some devices of a VM have none of its interrupt files.
void os_put_context(os_t *os, const os_device_t *device, const pcl_device_context_t *context) {
  pcl_device_context_t value = os_with_qos(os, device->device_id, context);
  value.tc |= os_ats_flags(os, value.iohgatp >> 60);
  os_ats_follow(os, device, value.tc);
  if (device->vm >= 0 && os_below(os, 4) == 0) value.msiptp = value.msi_addr_mask = value.msi_addr_pattern = 0;
  for (unsigned i = 0; i < OS_DIRECTORIES; i++)
    if (pcl_directory_fits(&os->directory[i], device->device_id))
      os_check(os, pcl_directory_put(&os->ops, &os->directory[i], device->device_id, &value), "write a device context");
}

static void attach(os_t *os, os_device_t *device) {
  unsigned domain = os_below(os, OS_DOMAINS);
  bool bypass = os_below(os, 12) == 0 || !os->domain[domain].live;
  if (os_has(os, PCL_CAPABILITIES_PD8_MASK) && os_below(os, 4) == 0) {
    os_processes_attach(os, device);
    return;
  }
  device->state = bypass ? OS_BYPASS : OS_ATTACHED;
  device->domain = (uint8_t)domain;
  device->vm = bypass ? -1 : (int8_t)os_vm_of(os, domain);
  uint64_t flags = os_context_flags(os);
  pcl_device_context_t context = {.tc = PCL_DC_VALID | flags};
  if (!bypass) context = pcl_domain_context(&os->domain[domain].domain, flags);
  os_put_context(os, device, &context);
  if (bypass) os_publish_identity(os, device, true);
  else os_publish_device(os, device);
}

// After this no table and no cache knows the device's context.
void os_detach(os_t *os, os_device_t *device) {
  if (os_below(os, 2)) os_withdraw_device(os, device);
  pcl_device_context_t old = {0};
  for (unsigned i = 0; i < OS_DIRECTORIES; i++) {
    pcl_directory_get(&os->ops, &os->directory[i], device->device_id, &old);
    pcl_directory_clear(&os->ops, &os->directory[i], device->device_id);
  }
  os_cover_device(os, device, &old);
  os_check(os, pcl_fence(&os->driver, os_fence_options(os)), "fence");
  os_withdraw_device(os, device);
  if (device->state == OS_WITH_PROCESSES) os_processes_free(os, device);
  device->state = OS_DETACHED;
  device->vm = -1;
}

void os_move_device(os_t *os) {
  os_device_t *device = &os->device[os_below(os, os->devices)];
  if (device->state != OS_DETACHED) os_detach(os, device);
  tb_run(os->tb, os_below(os, 200));
  attach(os, device);
  os_counts()->moves++;
}

// What only contexts in the extended format can get wrong.
static void spoil_msi(os_t *os, pcl_device_context_t *context, uint64_t hole) {
  switch (os_below(os, 3)) {
    case 0: context->msiptp = (uint64_t)rng_range(&os->rng, 2, 15) << 60; break;
    case 1: context->msiptp = UINT64_C(1) << rng_range(&os->rng, 44, 59); break;
    default:  // a table that is not there, reached only if the pattern matches
      context->fsc = 0;
      context->msi_addr_mask = (UINT64_C(1) << 29) - 1;
      context->msiptp = UINT64_C(1) << 60 | hole;
      break;
  }
}

// Device contexts that are misconfigured, lead nowhere, or ask for what is not built. Each has a PSCID and a GSCID of its own.
static pcl_device_context_t make_junk(os_t *os) {
  pcl_device_context_t context = pcl_device_context(os->scratch, 3, os_fresh_pscid(os), 0);
  uint64_t hole = os_nowhere(os);
  switch (os_below(os, 12)) {
    case 0: context.tc |= UINT64_C(1) << rng_range(&os->rng, 1, 11); break;
    case 1: context.tc |= UINT64_C(1) << rng_range(&os->rng, 12, 63); break;
    case 2: context.fsc |= UINT64_C(1) << rng_range(&os->rng, 44, 59); break;
    case 3: context.fsc = (uint64_t)os_below(os, 16) << 60 | hole; break;
    case 4: context.fsc = UINT64_C(8) << 60 | hole; break;
    case 5: context.ta |= UINT64_C(1) << (os_below(os, 2) ? os_below(os, 12) : rng_range(&os->rng, 32, 39)); break;
    case 6: context.iohgatp = (uint64_t)rng_range(&os->rng, 1, 15) << 60 | hole; break;
    case 7: context.ta |= UINT64_C(1) << rng_range(&os->rng, 40, 63); break;
    case 8: context.tc &= ~PCL_DC_VALID; break;
    case 9: context.iohgatp = UINT64_C(8) << 60 | (hole & ~UINT64_C(3)); break;
    case 10:
      context.iohgatp = UINT64_C(8) << 60 | (hole & ~UINT64_C(3));
      spoil_msi(os, &context, hole);
      break;
    default:
      context.tc |= PCL_DC_PDTV | (os_below(os, 2) ? PCL_DC_DPE : 0);
      context.fsc = (uint64_t)os_below(os, 5) << 60 | hole;
      break;
  }
  if (context.iohgatp) context.iohgatp |= (uint64_t)os_fresh_gscid(os) << 44;
  if (os_below(os, 4) == 0) context.tc |= PCL_DC_DTF;
  return context;
}

void os_junk_device(os_t *os) {
  os_device_t *device = &os->device[os_below(os, os->devices)];
  if (device->state != OS_DETACHED) os_detach(os, device);
  pcl_device_context_t context = make_junk(os);
  os_put_context(os, device, &context);
  device->state = OS_JUNK;
  device->vm = -1;
  os_publish_identity(os, device, true);  // so that it tries
  os_counts()->junk_contexts++;
  tb_run(os->tb, os_below(os, 1500));
  if (os_below(os, 2)) os_move_device(os);
}

// Ends an address space and starts another in its place, now and then with the same PSCID.
void os_recycle_domain(os_t *os) {
  unsigned index = os_below(os, OS_DOMAINS);
  if (os->domain[index].live) {
    os_domain_close(os, index);
    if (os_below(os, 4) == 0) os->next_pscid = os->domain[index].domain.pscid;
  }
  os_domain_open(os, index);
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
  uint64_t old = pcl_load(&os->ops, entry), values[3] = {
    old & ~PCL_DC_VALID, old | UINT64_C(1) << (os_below(os, 2) ? rng_range(&os->rng, 1, 9) : rng_range(&os->rng, 54, 63)),
    os_nowhere(os) << 10 | PCL_DC_VALID,
  };
  if (!(old & PCL_DC_VALID)) return;
  pcl_cmd_words_t all = pcl_cmd_inval_ddt_all();
  pcl_store(&os->ops, entry, values[os_below(os, 3)]);
  os_check(os, pcl_cmdq_submit(&os->driver.commands, &all), "queue a command");
  tb_run(os->tb, os_below(os, 1500));
  pcl_store(&os->ops, entry, old);
  os_check(os, pcl_cmdq_submit(&os->driver.commands, &all), "queue a command");
  os_counts()->broken_entries++;
}

// Mostly the one that has a place for all devices.
unsigned os_any_directory(os_t *os) { return os_below(os, 4) ? OS_DIRECTORIES - 1 : os_below(os, OS_DIRECTORIES); }

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
    for (unsigned n = os->bare ? os_below(os, 4) : 0; n; n--) {
      os_change_qos(os);
      tb_run(os->tb, os_below(os, 500));
    }
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
  os_vms_init(os);
  for (unsigned i = 0; i < OS_DOMAINS; i++) os_domain_open(os, i);
  os->devices = os_ports() * 3 < OS_DEVICES ? os_ports() * 3 + 1 : OS_DEVICES;
  for (unsigned i = 0; i < os->devices; i++) {
    os->device[i] = (os_device_t){.device_id = choose_device_id(os, i), .port = (uint8_t)(i % os_ports()), .vm = -1};
    attach(os, &os->device[i]);
  }
}
