// SPDX-License-Identifier: Apache-2.0
//
// Mapping, changing and unmapping while devices go on.
#include "os_agent.h"

static uint64_t size_of(unsigned size) { return size == 0 ? PCL_PAGE : size == 1 ? PCL_NAPOT_PAGE : pcl_level_bytes(size - 1); }

static unsigned weighted(os_t *os, const uint16_t *weight, unsigned count) {
  uint32_t sum = 0;
  for (unsigned i = 0; i < count; i++) sum += weight[i];
  uint32_t at = os_below(os, sum);
  unsigned i = 0;
  while (at >= weight[i]) at -= weight[i++];
  return i;
}

static bool overlaps(const os_t *os, unsigned domain, uint64_t iova, uint64_t bytes) {
  for (unsigned i = 0; i < OS_MAPPINGS; i++) {
    const os_mapping_t *other = &os->mapping[i];
    if (!other->live || other->domain != domain) continue;
    if (iova <= other->iova + (other->bytes - 1) && other->iova <= iova + (bytes - 1)) return true;
  }
  return false;
}

// A place for a page: a few neighbourhoods, so that pages share tables, and both halves of the address space.
static uint64_t choose_iova(os_t *os, const pcl_page_table_t *table, uint64_t bytes) {
  static const uint64_t neighbourhood[4] = {0, UINT64_C(0x40000000), UINT64_C(0x3fc0000000), ~UINT64_C(0) << 30};
  uint64_t base = neighbourhood[os_below(os, 4)], step = bytes < UINT64_C(0x200000) ? bytes : UINT64_C(0x200000);
  if (!os_below(os, 16)) base = (uint64_t)((int64_t)(rng_u64(&os->rng) << 1) >> (52 - 9 * table->levels));
  base += (uint64_t)os_below(os, 3) * UINT64_C(0x200000) + os_below(os, 48) * step;
  return base & ~(bytes - 1);
}

// Where pages that are not of the pool lie: each size has its own region, far from the pool.
static uint64_t choose_frame(os_t *os, unsigned size) {
  static const uint64_t region[OS_SIZES] = {
    UINT64_C(1) << 37, UINT64_C(1) << 38, UINT64_C(5) << 36, UINT64_C(1) << 40, UINT64_C(1) << 45, UINT64_C(1) << 52,
  };
  return region[size] + os_below(os, size == 0 ? 256 : 4) * size_of(size);
}

static uint64_t choose_rights(os_t *os) {
  switch (os_below(os, 8)) {
    case 0: return PCL_MAP_RO;
    case 1: return PCL_MAP_RO | PCL_MAP_EXEC;
    case 2: return PCL_MAP_RW | PCL_MAP_EXEC;
    default: return PCL_MAP_RW;
  }
}

// Legal leaves that allow less than they seem to, or differ otherwise.
static uint64_t make_odd(os_t *os, uint64_t pte) {
  bool pbmt = os->driver.capabilities & PCL_CAPABILITIES_SVPBMT_MASK;
  switch (os_below(os, 8)) {
    case 0: return pte & ~PCL_MAP_DIRTY;
    case 1: return pte & ~PCL_MAP_ACCESSED;
    case 2: return pte & ~PCL_MAP_USER;
    case 3: return (pte & ~(PCL_MAP_READ | PCL_MAP_WRITE)) | PCL_MAP_EXEC;
    case 4: return pte | UINT64_C(3) << 8;  // RSW: software's own
    case 5: return pbmt ? pte | PCL_MAP_NONCACHED : pte;
    case 6: return pbmt ? pte | PCL_MAP_IO : pte;
    default: return pte | PCL_MAP_GLOBAL;
  }
}

// Entries that must fault: malformed leaves, malformed pointers, pointers into nowhere, V=0 with everything else set.
static uint64_t make_broken(os_t *os, uint64_t pte, unsigned level) {
  static const uint64_t reserved[6] = {
    UINT64_C(1) << 54, UINT64_C(1) << 58, UINT64_C(1) << 59, UINT64_C(1) << 60, UINT64_C(3) << 61, UINT64_C(1) << 63,
  };
  uint64_t pointer = (os->scratch >> 2) | PCL_MAP_VALID;
  switch (os_below(os, 8)) {
    case 0: return (pte & ~(PCL_MAP_READ | PCL_MAP_EXEC)) | PCL_MAP_WRITE;
    case 1: return pte | reserved[os_below(os, level == 0 ? 5 : 6)];
    case 2: return level ? pte | UINT64_C(1) << 10 : (pte & ~(UINT64_C(15) << 10)) | PCL_MAP_NAPOT | UINT64_C(7) << 10;
    case 3: return pointer | (UINT64_C(1) << (4 + os_below(os, 4)));
    case 4: return pointer | reserved[os_below(os, 6)];
    case 5: return (UINT64_C(1) << 43 | os_below(os, 1u << 16)) << 10 | PCL_MAP_VALID;
    case 6: return pte & ~PCL_MAP_VALID;
    default: return pointer & (level ? ~PCL_MAP_VALID : ~UINT64_C(0));
  }
}

static os_mapping_t *free_mapping(os_t *os) {
  if (os->mappings >= os->habits->mappings) return NULL;
  for (unsigned i = 0; i < OS_MAPPINGS; i++)
    if (!os->mapping[i].live) return &os->mapping[i];
  return NULL;
}

static int any_domain(os_t *os) {
  unsigned domain = os_below(os, OS_DOMAINS);
  return os->domain[domain].live ? (int)domain : -1;
}

// What devices are told: small pages as they are, a part of larger ones.
static void choose_window(os_t *os, os_mapping_t *mapping) {
  mapping->window = mapping->iova;
  mapping->window_bytes = mapping->bytes;
  if (mapping->bytes <= PCL_NAPOT_PAGE) return;
  mapping->window += mapping->bytes / 4 * os_below(os, 4);
  mapping->window_bytes = PCL_NAPOT_PAGE;
}

// Devices are told the rights as they are, but for A, D and U, and malformed entries: those they find out.
static void note_rights(os_mapping_t *mapping) {
  mapping->read = mapping->broken || (mapping->pte & PCL_MAP_READ);
  mapping->write = mapping->broken || (mapping->pte & PCL_MAP_WRITE);
  mapping->exec = mapping->pte & PCL_MAP_EXEC;
}

static void open_mapping(os_t *os, os_mapping_t *mapping, const os_mapping_t *value) {
  *mapping = *value;
  mapping->live = true;
  choose_window(os, mapping);
  note_rights(mapping);
  os->mappings++;
  os_publish(os, mapping);
}

void os_map(os_t *os) {
  os_mapping_t *mapping = free_mapping(os);
  int domain = any_domain(os);
  unsigned size = weighted(os, os->habits->size, OS_SIZES);
  if (!mapping || domain < 0) return;
  const pcl_page_table_t *table = &os->domain[domain].domain.table;
  if (size > table->levels) return;
  uint64_t bytes = size_of(size), iova = choose_iova(os, table, bytes), flags = choose_rights(os);
  if (!pcl_page_table_canonical(table, iova) || overlaps(os, (unsigned)domain, iova, bytes)) return;
  if (os_chance(os, os->habits->odd)) flags = make_odd(os, flags);
  os_mapping_t value = {.domain = (uint8_t)domain, .iova = iova, .bytes = bytes, .ptes = size == 1 ? 16 : 1};
  if (size == 0 && os_below(os, 4)) value.page = os_page(os);
  uint64_t frame = value.page ? value.page : choose_frame(os, size);
  pcl_leaf_t leaf;
  if (pcl_page_table_add(&os->ops, table, iova, frame, bytes, flags) ||
      !pcl_page_table_find(&os->ops, table, iova, &leaf)) {
    if (value.page) os_free_page(os, value.page);
    return;
  }
  value.entry = leaf.entry;
  value.pte = leaf.pte;
  open_mapping(os, mapping, &value);
  os_counts()->maps[size]++;
}

void os_map_odd(os_t *os) {
  os_mapping_t *mapping = free_mapping(os);
  int domain = any_domain(os);
  if (!mapping || domain < 0) return;
  const pcl_page_table_t *table = &os->domain[domain].domain.table;
  unsigned level = os_below(os, 4) ? 0 : os_below(os, table->levels);
  uint64_t bytes = pcl_level_bytes(level), iova = choose_iova(os, table, bytes);
  if (!pcl_page_table_canonical(table, iova) || overlaps(os, (unsigned)domain, iova, bytes)) return;
  uint64_t entry = pcl_page_table_entry(&os->ops, table, iova, level, true);
  if (!entry || (tb_load(os->tb, entry) & PCL_MAP_VALID)) return;
  uint64_t pte = make_broken(os, choose_frame(os, level ? level + 1 : 0) >> 2 | choose_rights(os), level);
  tb_store(os->tb, entry, pte);
  open_mapping(os, mapping, &(os_mapping_t){.domain = (uint8_t)domain, .iova = iova, .bytes = bytes, .ptes = 1, .broken = true,
                                            .entry = entry, .pte = pte});
  os_counts()->broken_entries++;
}

os_mapping_t *os_any_mapping(os_t *os) {
  for (unsigned i = 0, at = os_below(os, OS_MAPPINGS); i < OS_MAPPINGS; i++, at = (at + 1) % OS_MAPPINGS)
    if (os->mapping[at].live) return &os->mapping[at];
  return NULL;
}

// An invalidation that covers a leaf: as narrow as can be, or wider.
pcl_vma_t os_cover(os_t *os, const os_mapping_t *mapping) {
  pcl_vma_t vma = {
    .av = os_below(os, 4) != 0,
    .pscv = !(mapping->pte & PCL_MAP_GLOBAL) && os_below(os, 4) != 0,
    .iova = mapping->iova + (mapping->bytes > PCL_PAGE ? os_below(os, 16) * (mapping->bytes / 16) : 0),
    .pscid = os->domain[mapping->domain].domain.pscid,
  };
  if (vma.av && mapping->broken) vma.av = false;  // it may have been taken for a pointer
  return vma;
}

static void store_entry(os_t *os, const os_mapping_t *mapping, uint64_t pte) {
  for (unsigned i = 0; i < mapping->ptes; i++) tb_store(os->tb, mapping->entry + i * 8, pte);
}

// After a change: retires the page, invalidates the leaf, fences. Or is lazy: os_flush() makes up for it.
static void settle(os_t *os, const os_mapping_t *old) {
  if (os_chance(os, os->habits->lazy)) {
    os_retire(os, old->page, false);
    return;
  }
  pcl_vma_t vma = os_cover(os, old);
  os_check(os, pcl_invalidate(&os->driver, &vma), "invalidate");
  os_retire(os, old->page, true);
  if (os_below(os, 4)) os_fence(os);
}

void os_unmap(os_t *os, os_mapping_t *mapping) {
  os_mapping_t old = *mapping;
  bool told = os_below(os, 2);
  if (told) os_withdraw(os, mapping);
  store_entry(os, mapping, 0);
  settle(os, &old);
  if (!told) os_withdraw(os, mapping);
  mapping->live = false;
  os->mappings--;
}

// Another frame or other rights at once, V staying 1; or V to 0 and back to 1 with no command in between.
void os_change(os_t *os) {
  os_mapping_t *mapping = os_any_mapping(os);
  if (!mapping || mapping->broken) return;
  os_mapping_t old = *mapping;
  uint64_t flags = os_below(os, 2) ? choose_rights(os) : old.pte & UINT64_C(0x3ff);
  if (old.bytes == PCL_PAGE) mapping->page = os_below(os, 2) ? os_page(os) : 0;
  unsigned size = 0;
  while (size_of(size) != old.bytes) size++;
  uint64_t frame = mapping->page ? mapping->page : choose_frame(os, size);
  uint64_t pte = flags | frame >> 2 | (size == 1 ? PCL_MAP_NAPOT | UINT64_C(8) << 10 : 0);
  if (os_below(os, 4) == 0) {
    store_entry(os, mapping, 0);
    tb_run(os->tb, os_below(os, 40));
  }
  store_entry(os, mapping, mapping->pte = pte);
  note_rights(mapping);
  old.pte |= pte & PCL_MAP_GLOBAL;
  settle(os, &old);
  os_counts()->changes++;
}

// Takes an empty table out of a page table, if there is one at a place where nothing is mapped.
void os_trim(os_t *os) {
  int domain = any_domain(os);
  if (domain < 0) return;
  const pcl_domain_t *from = &os->domain[domain].domain;
  uint64_t iova = choose_iova(os, &from->table, PCL_PAGE);
  if (!pcl_page_table_canonical(&from->table, iova) || overlaps(os, (unsigned)domain, iova, PCL_PAGE)) return;
  os_check(os, pcl_trim(&os->driver, from, iova), "trim a page table");
}

static dma_t *post_read(os_t *os, const os_device_t *device, uint64_t iova) {
  pcl_ax_t ax = {.addr = iova, .device_id = device->device_id, .size = 2, .burst = PCL_BURST_INCR, .cache = 2};
  ax.id = (uint16_t)os_below(os, 1u << tb_config()->id_width);
  return device_post(tb_device(os->tb, device->port), PCL_READ, &ax, NULL, 0);
}

static void keep_posted(os_t *os, const os_device_t *device, dma_t *dma) {
  unsigned i = 0;
  while (os->posted[i]) i++;
  os->posted[i] = dma;
  os->posted_port[i] = device->port;
}

// A device reads a page before it is there, and again the moment it is.
void os_probe(os_t *os) {
  os_device_t *device = &os->device[os_below(os, os->devices)];
  os_reap(os);
  unsigned free_slots = 0;
  for (unsigned i = 0; i < OS_POSTED; i++) free_slots += !os->posted[i];
  if (device->state != OS_ATTACHED || free_slots < 2 || !free_mapping(os)) return;
  const pcl_page_table_t *table = &os->domain[device->domain].domain.table;
  uint64_t iova = choose_iova(os, table, PCL_PAGE);
  if (!pcl_page_table_canonical(table, iova) || overlaps(os, device->domain, iova, PCL_PAGE)) return;
  keep_posted(os, device, post_read(os, device, iova));
  tb_run(os->tb, os_below(os, 90));
  os_mapping_t *mapping = free_mapping(os);
  if (!mapping || overlaps(os, device->domain, iova, PCL_PAGE)) return;
  os_mapping_t value = {.domain = device->domain, .iova = iova, .bytes = PCL_PAGE, .ptes = 1};
  pcl_leaf_t leaf;
  if (pcl_page_table_add(&os->ops, table, iova, choose_frame(os, 0), PCL_PAGE, PCL_MAP_RW) ||
      !pcl_page_table_find(&os->ops, table, iova, &leaf)) return;
  value.entry = leaf.entry;
  value.pte = leaf.pte;
  open_mapping(os, mapping, &value);
  keep_posted(os, device, post_read(os, device, iova + 64));
  os_counts()->probes++;
}
