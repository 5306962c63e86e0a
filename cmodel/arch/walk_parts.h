// SPDX-License-Identifier: Apache-2.0
//
// What the source files of the walk owe each other (callers use walk.h). Control passes down this list and never up:
//
//   walk.c    begin, step, end of a walk (items 1 to 6 and 20 of IOMMU spec 3.3)
//   ddt.c     device directory (item 6)
//   pdt.c     what the DC allows, process directory (items 7 to 16)
//   stage1.c  first-stage page table (item 17)
//   msi.c     virtual interrupt files (item 18)
//   stage2.c  second-stage page table (item 19, and each guest physical address that the others read at)
//
// Each function that returns a step is the last thing its caller does. stage2.c returns to the file that asked for a guest
// physical address by the function named after its purpose (*_at).
#ifndef PCL_ARCH_WALK_PARTS_H
#define PCL_ARCH_WALK_PARTS_H

#include "arch/caps.h"
#include "arch/causes.h"
#include "arch/dc.h"
#include "arch/walk.h"

// The three causes that follow the original access type: access, page and guest-page fault (walk.c).
typedef enum { PCL_FAULT_ACCESS, PCL_FAULT_PAGE, PCL_FAULT_GUEST_PAGE } pcl_typed_fault_t;

// walk.c: stops with a cause, and iotval2 for guest-page faults.
pcl_step_t pcl_walk_fault(pcl_walk_t *walk, unsigned cause);
pcl_step_t pcl_walk_typed_fault(pcl_walk_t *walk, pcl_typed_fault_t fault, uint64_t iotval2);

// walk.c: stops with the address unchanged (item 20 without translation).
pcl_step_t pcl_walk_pass_through(pcl_walk_t *walk);

// walk.c: stops with the translation that walk->s1 and walk->s2 make of walk->a; `msi` if an MSI PTE made s2.
pcl_step_t pcl_walk_grant(pcl_walk_t *walk, bool msi);

// walk.c: the access shown meets nothing: goes on as after an access fault.
pcl_step_t pcl_walk_nowhere(pcl_walk_t *walk);

// Shows walk->access; with check_pas one beyond the physical address space is answered at once.
static inline pcl_step_t pcl_walk_ask(pcl_walk_t *walk) {
  if (walk->regs.check_pas && walk->access.addr >> pcl_cap_pas(walk->regs.capabilities)) return pcl_walk_nowhere(walk);
  return PCL_STEP_ACCESS;
}

// Shows a read of `bytes` at a supervisor physical address.
static inline pcl_step_t pcl_walk_read(pcl_walk_t *walk, pcl_access_kind_t kind, unsigned level, uint64_t addr,
                                       unsigned bytes) {
  pcl_access_t *access = &walk->access;
  access->addr = addr;
  access->beats = (uint8_t)((bytes + 7) / 8);
  access->bytes = (uint8_t)bytes;
  access->kind = (uint8_t)kind;
  access->level = (uint8_t)level;
  access->update = false;
  return pcl_walk_ask(walk);
}

// walk.c: shows the update of the entry that was read last, or of the one at `addr`, from pte to pte | bits (host order).
pcl_step_t pcl_walk_update(pcl_walk_t *walk, pcl_access_kind_t kind, unsigned level, uint64_t addr, uint64_t pte, uint64_t bits);

// Who U of the first stage is checked for.
static inline pcl_privilege_t pcl_walk_privilege(const pcl_walk_t *walk) {
  return (pcl_privilege_t){.supervisor = walk->supervisor, .sum = walk->sum};
}

// Byte order of what is accessed (IOMMU spec 3.9): DDT, second stage and MSI page table follow fctl.BE, PDT and first stage SBE.
static inline bool pcl_walk_big_endian(const pcl_walk_t *walk, unsigned kind) {
  const bool guests = kind == PCL_ACCESS_PTE || kind == PCL_ACCESS_PDT_NONLEAF || kind == PCL_ACCESS_PC;
  return guests ? walk->dc.tc & PCL_TC_SBE : walk->regs.fctl & PCL_FCTL_BE;
}

static inline uint64_t pcl_walk_swap(uint64_t value, unsigned bytes) {
  return bytes == 4 ? __builtin_bswap32((uint32_t)value) : __builtin_bswap64(value);
}

// The value (host order) of a PTE after the read or update that `response` completes.
static inline uint64_t pcl_walk_pte(const pcl_walk_t *walk, const pcl_response_t *response) {
  const pcl_access_t *access = &walk->access;
  uint64_t value = access->update ? access->new_value : response->data[0];
  if (access->bytes == 4) {
    if (!access->update) value >>= (access->addr & 4) * 8;
    value &= UINT32_MAX;
  }
  return pcl_walk_big_endian(walk, access->kind) ? pcl_walk_swap(value, access->bytes) : value;
}

// ddt.c: whether device_id is narrow enough for a root table of this level; the entry of `level` in the table at `ppn`.
bool pcl_walk_device_fits(const pcl_walk_t *walk, unsigned root_level);
pcl_step_t pcl_walk_ddt(pcl_walk_t *walk, unsigned level, uint64_t ppn);
pcl_step_t pcl_walk_step_ddt(pcl_walk_t *walk, const pcl_response_t *response);

// pdt.c
pcl_step_t pcl_walk_use_dc(pcl_walk_t *walk);
pcl_step_t pcl_walk_pdt_at(pcl_walk_t *walk, uint64_t spa);
pcl_step_t pcl_walk_step_pdt(pcl_walk_t *walk, const pcl_response_t *response);

// stage1.c
pcl_step_t pcl_walk_first_stage(pcl_walk_t *walk, uint64_t iosatp, uint32_t pscid);
pcl_step_t pcl_walk_want_pte(pcl_walk_t *walk, unsigned level, uint64_t table_ppn);
pcl_step_t pcl_walk_pte_at(pcl_walk_t *walk, uint64_t spa);
pcl_step_t pcl_walk_pte_update_at(pcl_walk_t *walk, uint64_t spa);
pcl_step_t pcl_walk_step_pte(pcl_walk_t *walk, const pcl_response_t *response);

// msi.c: item 18 with walk->a known
pcl_step_t pcl_walk_msi(pcl_walk_t *walk);
pcl_step_t pcl_walk_step_msi(pcl_walk_t *walk, const pcl_response_t *response);
// Whether the range of 1 << shift bytes around walk->a contains a page of a virtual interrupt file.
bool pcl_walk_msi_in_range(const pcl_walk_t *walk, unsigned shift);

// stage2.c: translates walk->gpa and returns to the purpose's function; at once if the second stage is Bare.
pcl_step_t pcl_walk_translate_gpa(pcl_walk_t *walk, uint64_t gpa, pcl_gpa_purpose_t purpose);
pcl_step_t pcl_walk_step_gpte(pcl_walk_t *walk, const pcl_response_t *response);

// The right that the original access needs in each stage. To an ATS translation request a missing one is not a fault, it is
// only not granted, as long as the page is there for this requester at all (IOMMU spec 3.6).
static inline unsigned pcl_walk_need(const pcl_request_t *request) {
  if (request->ats) return PCL_RIGHT_RWX;
  return request->write ? PCL_RIGHT_W : request->exec ? PCL_RIGHT_X : PCL_RIGHT_R;
}

// Whether the access needs D in a leaf with these rights. Where it has no W, an ATS translation request has no need of D.
static inline bool pcl_walk_stores(const pcl_request_t *request, unsigned rights) {
  return request->ats ? !request->no_write && rights & PCL_RIGHT_W : request->write;
}

#endif
