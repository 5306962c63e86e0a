// SPDX-License-Identifier: Apache-2.0
//
// Messages of devices to interrupt files, and what happens to the entries of the files meanwhile.
#include "os_agent.h"

enum { SENT = 16, FILES = 16, NOTICES = 16 };

#define FILE_REGION (UINT64_C(1) << 35)
#define NOTICE_REGION (FILE_REGION + UINT64_C(0x100000))

static struct {
  dma_t *dma;
  uint8_t port;
  uint32_t data;
} sent[SENT];

// Both doublewords of an MSI page table entry in MRIF mode. Some files have no memory or corrupt memory, some notices none.
void os_file_entry(os_t *os, uint64_t entry[2]) {
  uint64_t notice = os_below(os, 5) ? NOTICE_REGION + os_below(os, NOTICES) * PCL_PAGE : AXI_MEM_HOLE;
  uint64_t file = os_below(os, 6) ? FILE_REGION + os_below(os, FILES) * PCL_MRIF_BYTES : os_nowhere(os) << 12;
  entry[0] = file >> 2 | UINT64_C(1) << 1 | PCL_MAP_VALID;
  entry[1] = notice >> 2 | os_below(os, 1024) | (uint64_t)os_below(os, 2) << 60;
}

static void reap(os_t *os) {
  for (unsigned i = 0; i < SENT; i++) {
    if (!sent[i].dma || sent[i].dma->state < DMA_DONE || sent[i].dma->w_owed) continue;
    os_counts()->messages_answered += sent[i].dma->resp == PCL_RESP_OKAY;
    device_release(tb_device(os->tb, sent[i].port), sent[i].dma);
    sent[i].dma = NULL;
  }
}

// Whether some wait for their answer.
static bool is_sending(os_t *os) {
  bool some = false;
  reap(os);
  for (unsigned i = 0; i < SENT; i++) some |= sent[i].dma != NULL;
  return some;
}

static void send(os_t *os, const os_device_t *device, unsigned slot, uint64_t iova) {
  unsigned i = 0;
  while (i < SENT && sent[i].dma) i++;
  if (i == SENT) return;
  sent[i].data = os_below(os, 16) ? os_below(os, PCL_MRIF_IDENTITIES) : (uint32_t)rng_u64(&os->rng);
  sent[i].port = device->port;
  const pcl_ax_t ax = {.addr = iova, .device_id = device->device_id, .size = 2, .burst = PCL_BURST_INCR, .cache = 2,
                       .pv = slot, .process_id = slot ? device->process[slot - 1].id : 0,
                       .id = (uint16_t)os_below(os, 1u << tb_config()->id_width)};
  sent[i].dma = device_post(tb_device(os->tb, device->port), PCL_WRITE, &ax, &sent[i].data, 4);
}

static void send_all(os_t *os, unsigned space, uint64_t iova) {
  for (unsigned d = 0; d < os->devices; d++)
    for (unsigned slot = 0; slot < OS_SLOTS; slot++)
      for (unsigned n = os_below(os, 4); n && os_space_of_user(os, &os->device[d], slot) == (int)space; n--)
        send(os, &os->device[d], slot, iova);
}

// A page in front of a file, for the domains of its VM.
static void open_road(os_t *os, const os_mapping_t *file) {
  for (unsigned i = 0, domain = os_below(os, OS_DOMAINS); i < OS_DOMAINS; i++, domain = (domain + 1) % OS_DOMAINS) {
    if (!os_space_live(os, domain) || os_vm_of(os, domain) != file->space - OS_DOMAINS) continue;
    uint64_t iova = os_choose_address(os, domain, PCL_PAGE);
    if (!os_free_mapping(os) || !os_allowed(os, domain, iova, PCL_PAGE)) continue;
    if (os_map_page(os, domain, iova, file->iova, PCL_MAP_RW)) send_all(os, domain, iova);
  }
}

// Everybody who reaches it writes to it: where there is no first stage, or through one that leads there. False: nobody.
static bool send_to(os_t *os, const os_mapping_t *file) {
  bool road = false;
  int vm = os_vm_of(os, file->space);
  reap(os);
  send_all(os, file->space, file->iova);
  for (unsigned i = 0; i < OS_MAPPINGS; i++) {
    const os_mapping_t *m = &os->mapping[i];
    if (!m->live || m->broken || os_is_second(m->space) || m->bytes != PCL_PAGE || os_vm_of(os, m->space) != vm) continue;
    if (m->pte << 10 >> 20 << 12 != file->iova) continue;
    road = true;
    send_all(os, m->space, m->iova);
  }
  return road;
}

// The first doubleword of its entry: not valid, custom, another mode, reserved bits, or for a file in memory no memory or corrupt
// memory (bits 53:7 name it).
static uint64_t spoil(os_t *os, const os_mapping_t *file) {
  const uint64_t mode = UINT64_C(3) << 1;
  switch (os_below(os, 10)) {
    case 0: return file->pte & ~PCL_MAP_VALID;
    case 1: return file->pte | UINT64_C(1) << 63;
    case 2: return file->pte & ~mode;
    case 3: return (file->pte & ~mode) | UINT64_C(2) << 1;
    case 4: return file->pte | UINT64_C(1) << rng_range(&os->rng, 54, 62);
    case 5: return file->pte | UINT64_C(1) << rng_range(&os->rng, 3, 6);
    default: return (file->pte & mode) == UINT64_C(1) << 1 ? file->pte | os_nowhere(os) << 10 : file->pte & ~mode;
  }
}

// The same while its entry is spoiled.
static void break_file(os_t *os, const os_mapping_t *file) {
  os_mapping_t old = *file;
  if (os->nested) return;
  os->nested = true;
  pcl_store(&os->ops, old.entry, spoil(os, &old));
  os_cover(os, &old, false);
  for (unsigned i = 0; i < 2; i++) {
    tb_run(os->tb, os_below(os, 300));
    send_to(os, &old);
  }
  for (unsigned limit = 2000; limit && is_sending(os); limit--) tb_step(os->tb);
  pcl_store(&os->ops, old.entry, old.pte);
  os_cover(os, &old, false);
  os->nested = false;
  os_counts()->broken_entries++;
}

// Software takes interrupts out of files while more arrive: updates are lost and made again.
static void use_files(os_t *os) {
  for (unsigned i = os_below(os, 30); i; i--) {
    uint64_t addr = FILE_REGION + os_below(os, FILES) * PCL_MRIF_BYTES + os_below(os, 64) * 8;
    tb_store(os->tb, addr, tb_load(os->tb, addr) & rng_u64(&os->rng));
    tb_run(os->tb, os_below(os, 40));
  }
}

void os_send_messages(os_t *os) {
  unsigned vm = os_below(os, OS_VMS), space = OS_DOMAINS + vm;
  const os_mapping_t *file = NULL;
  for (unsigned i = 0, at = os_below(os, OS_MAPPINGS); i < OS_MAPPINGS && !file; i++, at = (at + 1) % OS_MAPPINGS)
    if (os->mapping[at].live && os->mapping[at].msi && os->mapping[at].space == space) file = &os->mapping[at];
  if (os->vm[vm].live && (!file || !os_below(os, 4))) os_map_file(os, vm, false);
  if (!file) return;
  if (!send_to(os, file)) open_road(os, file);
  else if (!file->broken && !os_below(os, 3)) break_file(os, file);
  if (os_has(os, PCL_CAPABILITIES_MSI_MRIF_MASK)) use_files(os);
}

void os_forget_messages(os_t *os) {
  while (is_sending(os)) tb_step(os->tb);
}
