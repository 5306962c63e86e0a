// SPDX-License-Identifier: Apache-2.0
//
// A system of 32 bits for a while: devices whose first stage is Sv32 (tc.SXL) beside the others; or, with fctl.GXL, all devices
// that have a context at all, behind a second stage of Sv32x4. Their pages come, change, are spoiled and go while they use them.
//
// Everything lies below 16 GiB, where entries of 4 bytes lead: the tables in a region of their own, at guest addresses that are
// the same, and pages of 4 KiB and of 4 MiB from FRAMES on.
#include "os_agent.h"

#define TABLES UINT64_C(0x200000000)
#define FRAMES UINT64_C(0x300000000)
#define MEGA UINT64_C(0x400000)
#define SXL (UINT64_C(1) << 11)

// Pages of the region: the second stage's root (of 16 KiB), its tables for TABLES and for FRAMES; the first's root and table.
enum { SECOND_ROOT = 0, SECOND_OWN = 4, SECOND_FRAMES = 5, FIRST_ROOT = 6, FIRST_TABLE = 7, PAGES = 8 };

enum { USED = 32, DEVICES = 3 };

typedef struct {
  bool second;           // there is a second stage
  bool bare;             // there is no first stage
  bool turned;           // byte order of the first stage's entries
  uint64_t base;         // IOVA of the 1024 small pages; a page of 4 MiB follows
  uint32_t pscid;
  uint16_t gscid;
  const os_device_t *device[DEVICES];
  unsigned devices;
  uint32_t serial[DEVICES][2];
} narrow_t;

static uint64_t page(unsigned index) { return TABLES + index * PCL_PAGE; }

static void store_entry(os_t *os, unsigned table, uint64_t index, uint64_t pte, bool turned) {
  uint64_t addr = page(table) + 4 * index;
  uint32_t value = turned ? __builtin_bswap32((uint32_t)pte) : (uint32_t)pte;
  mem_write64(tb_memory(os->tb), addr & ~UINT64_C(7), (uint64_t)value << (addr & 4) * 8, addr & 4 ? 0xf0 : 0x0f, MEM_BY_SOFTWARE);
}

static void store_first(os_t *os, const narrow_t *narrow, unsigned table, uint64_t index, uint64_t pte) {
  store_entry(os, table, index % 1024, pte, narrow->turned);
}

static void store_second(os_t *os, unsigned table, uint64_t index, uint64_t pte) {
  store_entry(os, table, index, pte, os->ops.big_endian);
}

// A leaf, now and then one that allows less or is malformed: W without R, a pointer at the last level.
static uint64_t leaf(os_t *os, uint64_t addr) {
  uint64_t pte = addr >> 2 | os_choose_rights(os);
  switch (os_below(os, 16)) {
    case 0: return pte & ~(PCL_MAP_READ | PCL_MAP_EXEC);
    case 1: return pte & ~(PCL_MAP_READ | PCL_MAP_WRITE | PCL_MAP_EXEC);
    case 2: return pte & ~PCL_MAP_USER;
    case 3: return pte & ~(PCL_MAP_ACCESSED | PCL_MAP_DIRTY);
    case 4: return pte & ~PCL_MAP_VALID;
    default: return pte;
  }
}

static uint64_t frame(os_t *os) { return FRAMES + os_below(os, USED) * PCL_PAGE; }

// A page of 4 MiB; now and then not aligned.
static uint64_t large(os_t *os) { return leaf(os, FRAMES + MEGA + (os_below(os, 12) ? 0 : PCL_PAGE << os_below(os, 10))); }

static void make_tables(os_t *os, const narrow_t *narrow) {
  const uint64_t all = PCL_MAP_RW | PCL_MAP_EXEC;
  for (unsigned i = 0; i < PAGES; i++) mem_zero_page(tb_memory(os->tb), page(i), MEM_BY_SOFTWARE);
  for (unsigned i = 0; i < PAGES; i++) store_second(os, SECOND_OWN, i, page(i) >> 2 | PCL_MAP_RW);
  for (unsigned i = 0; i < USED; i++) store_second(os, SECOND_FRAMES, i, (FRAMES + i * PCL_PAGE) >> 2 | all);
  store_second(os, SECOND_ROOT, TABLES / MEGA, page(SECOND_OWN) >> 2 | PCL_MAP_VALID);
  store_second(os, SECOND_ROOT, FRAMES / MEGA, page(SECOND_FRAMES) >> 2 | PCL_MAP_VALID);
  store_second(os, SECOND_ROOT, FRAMES / MEGA + 1, (FRAMES + MEGA) >> 2 | all);
  for (unsigned i = 0; i < USED; i++) store_first(os, narrow, FIRST_TABLE, i, leaf(os, frame(os)));
  store_first(os, narrow, FIRST_ROOT, narrow->base / MEGA, page(FIRST_TABLE) >> 2 | PCL_MAP_VALID);
  store_first(os, narrow, FIRST_ROOT, narrow->base / MEGA + 1, large(os));
}

static pcl_device_context_t context_of(os_t *os, const narrow_t *narrow) {
  pcl_device_context_t context = {.tc = PCL_DC_VALID | SXL | os_context_flags(os) | (narrow->turned ? PCL_DC_SBE : 0)};
  if (narrow->second) context.iohgatp = UINT64_C(8) << 60 | (uint64_t)narrow->gscid << 44 | page(SECOND_ROOT) >> 12;
  if (!narrow->bare) {
    context.ta = (uint64_t)narrow->pscid << 12;
    context.fsc = UINT64_C(8) << 60 | page(FIRST_ROOT) >> 12;
  }
  return context;
}

// Where the device may go: the small pages and a part of the large one.
static void publish(os_t *os, narrow_t *narrow, unsigned i) {
  const os_device_t *device = narrow->device[i];
  dma_target_t target = {.iova = narrow->base, .bytes = USED * PCL_PAGE, .device_id = device->device_id, .read = true,
                         .write = true, .exec = true};
  narrow->serial[i][0] = target_add(tb_targets(os->tb, device->port), &target);
  target.iova += MEGA;
  narrow->serial[i][1] = target_add(tb_targets(os->tb, device->port), &target);
}

static void withdraw(os_t *os, const narrow_t *narrow) {
  for (unsigned i = 0; i < narrow->devices; i++)
    for (unsigned k = 0; k < 2; k++) target_remove(tb_targets(os->tb, narrow->device[i]->port), narrow->serial[i][k]);
}

// One change and an invalidation that covers it.
static void change(os_t *os, const narrow_t *narrow) {
  uint64_t index = os_below(os, USED), bytes;
  bool av = os_below(os, 3) != 0, nl = false, second = narrow->second && os_below(os, 2);
  uint64_t addr = second ? FRAMES : narrow->base;
  os_widen(os, &bytes, &nl);
  if (os_below(os, 6)) {
    addr += index * PCL_PAGE;
    if (second) store_second(os, SECOND_FRAMES, index, leaf(os, FRAMES + index * PCL_PAGE));
    else store_first(os, narrow, FIRST_TABLE, index, leaf(os, frame(os)));
  } else {
    addr += MEGA;
    if (second) store_second(os, SECOND_ROOT, addr / MEGA, large(os));
    else store_first(os, narrow, FIRST_ROOT, addr / MEGA, large(os));
  }
  pcl_cmd_words_t command =
    second ? pcl_cmd_gvma(&(pcl_gvma_t){.gv = true, .gscid = narrow->gscid, .av = av, .gpa = addr, .bytes = bytes, .nl = nl})
           : pcl_cmd_vma(&(pcl_vma_t){.gv = narrow->second, .gscid = narrow->second ? narrow->gscid : 0, .av = av, .iova = addr,
                                      .bytes = bytes, .nl = nl, .pscv = os_below(os, 2), .pscid = narrow->pscid});
  os_put(os, &command);
  pcl_cmdq_ring(&os->driver.commands);
  if (os_below(os, 3) == 0) os_fence(os);
}

static void live(os_t *os, const narrow_t *narrow) {
  for (unsigned i = 10 + os_below(os, 30); i; i--) {
    change(os, narrow);
    tb_run(os->tb, os_below(os, 300));
  }
}

// One device among the others.
static void one_device(os_t *os, narrow_t *narrow) {
  os_device_t *device = &os->device[os_below(os, os->devices)];
  if (device->state != OS_DETACHED) os_detach(os, device);
  narrow->device[narrow->devices++] = device;
  make_tables(os, narrow);
  pcl_device_context_t context = context_of(os, narrow);
  os_put_context(os, device, &context);
  publish(os, narrow, 0);
  live(os, narrow);
  withdraw(os, narrow);
  os_detach(os, device);
}

// fctl may change while ddtp is Off (IOMMU spec 6.4).
static void set_gxl(os_t *os, bool on) {
  uint32_t fctl = os->ops.read_reg32(os, PCL_REG_FCTL_OFFSET) & ~PCL_FCTL_GXL_MASK;
  os_check(os, pcl_set_mode(&os->driver, PCL_DDTP_MODE_OFF), "turn translation off");
  os->ops.write_reg32(os, PCL_REG_FCTL_OFFSET, fctl | (on ? PCL_FCTL_GXL_MASK : 0));
}

// A directory of its own takes the place of the other.
static void whole_system(os_t *os, narrow_t *narrow) {
  pcl_device_directory_t directory;
  bool extended = os_has(os, PCL_CAPABILITIES_MSI_FLAT_MASK);
  os_check(os, pcl_directory_init(&os->ops, &directory, 1 + os_below(os, OS_DIRECTORIES), extended), "make a directory");
  make_tables(os, narrow);
  for (unsigned i = 0; i < os->devices && narrow->devices < DEVICES; i++) {
    if (!pcl_directory_fits(&directory, os->device[i].device_id)) continue;
    pcl_device_context_t context = context_of(os, narrow);
    os_check(os, pcl_directory_put(&os->ops, &directory, os->device[i].device_id, &context), "write a device context");
    narrow->device[narrow->devices] = &os->device[i];
    publish(os, narrow, narrow->devices++);
  }
  set_gxl(os, true);
  os->driver.directory = directory;
  os_check(os, pcl_set_mode(&os->driver, PCL_DDTP_MODE_TABLE), "set the mode");
  live(os, narrow);
  withdraw(os, narrow);
  set_gxl(os, false);
  os_check(os, pcl_invalidate(&os->driver, &(pcl_vma_t){.gv = true, .gscid = narrow->gscid}), "invalidate");
  os_check(os, pcl_invalidate_vm(&os->driver, &(pcl_gvma_t){.gv = true, .gscid = narrow->gscid}), "invalidate");
  os_check(os, pcl_fence(&os->driver, 0), "fence");
  pcl_directory_free(&os->ops, &directory);
  os->driver.directory = os->directory[os->active];
  os_enter_mode(os, PCL_DDTP_MODE_TABLE);
}

void os_narrow(os_t *os) {
  if (!os_has(os, PCL_CAPABILITIES_SV32_MASK)) return;
  bool second = os_has(os, PCL_CAPABILITIES_SV32X4_MASK) && os_below(os, 2);
  narrow_t narrow = {.second = second, .bare = second && os_below(os, 4) == 0, .pscid = os_fresh_pscid(os),
                     .gscid = os_fresh_gscid(os), .base = MEGA * os_below(os, 1023),
                     .turned = os->ops.big_endian};
  if (os_has(os, PCL_CAPABILITIES_END_MASK) && os_below(os, 2)) narrow.turned = !narrow.turned;
  if (narrow.bare) narrow.base = FRAMES;
  if (second) whole_system(os, &narrow);
  else one_device(os, &narrow);
  os_counts()->narrows[second]++;
}
