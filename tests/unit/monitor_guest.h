// SPDX-License-Identifier: Apache-2.0
//
// A bench for the security monitor with everything built: device 5 belongs to VM (GSCID 3) with Sv39x4 and runs Sv39 with
// PSCID 7 on tables that lie in the VM. GPAs 0 .. 2 MiB are mapped one to one to SPAs from GUEST on; IOVA 0x1000 to GPA 0x8000.
// Device contexts are of 64 bytes. Every page of tables counts as read by a walker.
#ifndef TESTS_MONITOR_GUEST_H
#define TESTS_MONITOR_GUEST_H

#include "monitor_bench.h"

enum { GUEST = 0x40000, GROOT = 0x14000, GMID = 0x18000, GLOW = 0x19000, MSI = 0x1a000, PDT = 0xa000, GSCID = 3, WALKER = 2 };
enum { GADE = 1 << 7, SADE = 1 << 8, PDTV = 1 << 5, DPE = 1 << 9, SXL = 1 << 11 };
enum { TC_OFFSET = 0, IOHGATP = 8, TA = 16, FSC = 24, MSIPTP = 32, MSI_MASK = 40, MSI_PATTERN = 48 };
enum { ADDR_FCTL = 8 };

static const pcl_config_t everything = {
  .name = "everything", .num_ports = 2, .data_width = 64, .id_width = 4, .user_width = 1, .walkers = 10, .max_outstanding = 63,
  .sv32 = 1, .sv48 = 1, .sv57 = 1, .svpbmt = 1, .svrsw60t59b = 1, .sv32x4 = 1, .sv39x4 = 1, .sv48x4 = 1, .sv57x4 = 1,
  .amo_hwad = 1, .msi_flat = 1, .pd8 = 1, .pd17 = 1, .pd20 = 1, .nl = 1, .s = 1, .pas = 56,
  .msi_mrif = 1, .amo_mrif = 1, .end = 1, .qosid = 1, .igs_msi = 1, .ats = 1, .t2gpa = 1, .ats_timeout = 64, .dbg = 1,
};

// The SPA of a GPA below 2 MiB, its second-stage leaf, and where the guest's leaf for an IOVA lies.
static inline uint64_t spa(uint64_t gpa) { return GUEST + gpa; }
static inline uint64_t gleaf(uint64_t gpa) { return GLOW + (gpa >> 12) * 8; }
static inline uint64_t guest_leaf(uint64_t iova) { return spa(leaf_addr(iova)); }
static inline uint64_t dc_field(unsigned device, unsigned offset) { return DDT + device * 64 + offset; }
static inline void set_field(unsigned offset, uint64_t value) { store(dc_field(DEVICE, offset), value); }

// A walker reads the doubleword at addr.
static inline void walker_reads(uint64_t addr, bool exclusive) {
  b.out.ds.ar = (pcl_ax_t){.valid = true, .id = WALKER, .addr = addr & ~UINT64_C(7), .size = 3, .lock = exclusive};
  b.in.ds.ar_ready = true;
  tick();
  b.in.ds.r = (pcl_r_t){.valid = true, .id = WALKER, .data = {read_memory(NULL, addr)}, .last = true,
                        .resp = exclusive ? PCL_RESP_EXOKAY : PCL_RESP_OKAY};
  tick();
}

static inline void set_guest_dc(unsigned device, uint64_t root, unsigned pscid, unsigned gscid) {
  store(dc_field(device, IOHGATP), UINT64_C(8) << 60 | (uint64_t)gscid << 44 | root >> 12);
  store(dc_field(device, TA), (uint64_t)pscid << 12);
  store(dc_field(device, FSC), UINT64_C(8) << 60 | ROOT >> 12);
  store(dc_field(device, TC_OFFSET), 1);
}

static inline void start_guest(uint64_t fuse_caps) {
  start(&everything, fuse_caps);
  store(GROOT, pte(GMID, V));
  store(GMID, pte(GLOW, V));
  for (uint64_t gpa = 0; gpa < 0x20000; gpa += 4096) store(gleaf(gpa), pte(spa(gpa), RWX));
  store(spa(ROOT), pte(MID, V));
  store(spa(MID), pte(LOW, V));
  store(guest_leaf(0x1000), pte(0x8000, RWX));
  set_guest_dc(DEVICE, GROOT, PSCID, GSCID);
  switch_on();
  static const unsigned pages[] = {DDT, GROOT, GMID, GLOW, MSI, PDT, OTHER, 0x11000, 0x12000};
  static const unsigned guest_pages[] = {ROOT, MID, LOW, PDT, OTHER, 0x11000, 0x12000};
  for (unsigned i = 0; i < sizeof pages / sizeof *pages; i++) walker_reads(pages[i], false);
  for (unsigned i = 0; i < sizeof guest_pages / sizeof *guest_pages; i++) walker_reads(spa(guest_pages[i]), false);
}

static inline int setup_guest(void **state) {
  (void)state;
  start_guest(~UINT64_C(0));
  return 0;
}

// ---- Commands

enum { AV = 1 << 10 };
static const uint64_t pscv = UINT64_C(1) << 32, gv = UINT64_C(1) << 33, nl = UINT64_C(1) << 34, s_range = 1 << 9;

static inline uint64_t of_gscid(unsigned gscid) { return gv | (uint64_t)gscid << 44; }
static inline void guest_vma(uint64_t flags, uint64_t iova) { fetch(1 | PSCID << 12 | flags, iova >> 12 << 10); }
static inline void gvma(uint64_t flags, uint64_t gpa) { fetch(1 | 1 << 7 | flags, gpa >> 12 << 10); }
static inline void inval_pdt(unsigned device, unsigned process) {
  fetch(3 | 1 << 7 | (uint64_t)process << 12 | UINT64_C(1) << 33 | (uint64_t)device << 40, 0);
}

// A new start after an alarm, for tests with many cases.
static inline void again(void) {
  teardown(NULL);
  setup_guest(NULL);
}

static inline void everything_anew(void) {
  inval_ddt(false, 0);
  gvma(0, 0);
  guest_vma(of_gscid(GSCID), 0);
  guest_vma(0, 0);
  fence();
}

static inline void refused(void) { alarms("no admissible walk"); }

#endif
