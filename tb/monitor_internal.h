// SPDX-License-Identifier: Apache-2.0
//
// What the parts of the security monitor (monitor.h) share. One file per part:
//   monitor_state.h     what they know
//   monitor.c           creation, the order of a clock, alarms
//   monitor_regs.c      shadow of the registers, from writes on the pins
//   monitor_commands.c  commands fetched, fences, completion
//   monitor_port.c      requests, grants, answers of the ports
//   monitor_grant.c     whether a grant, a fault or an update of A and D is admissible
//   monitor_roots.c     roots that contexts give
//   monitor_walk.h      the walk over all admissible values, in several files
//   monitor_writes.c    writes of the data-structure port
//   monitor_records.c   fault records
//   monitor_updates.c   reads of the walkers, updates of A and D
//   monitor_interrupts.c  messages of the IOMMU's own interrupts
//   monitor_mrif.c      interrupt files in memory
//   monitor_messages.c  ATS and PRI messages, the page-request queue
//   monitor_report.c    the text of an alarm
#ifndef TB_MONITOR_INTERNAL_H
#define TB_MONITOR_INTERNAL_H

#include "monitor_state.h"

// ---- monitor_report.c
// Raises the alarm. `access` may be NULL; with it the walk over the current values is described.
#if defined(__GNUC__)
__attribute__((format(printf, 3, 4)))
#endif
void monitor_alarm(monitor_t *m, const monitor_access_t *access, const char *format, ...);

// ---- monitor_regs.c
void monitor_regs_before(monitor_t *m);   // what took effect before this clock
void monitor_regs_after(monitor_t *m);    // writes of this clock
void monitor_fuses(monitor_t *m, uint64_t fuse_caps);
static inline uint64_t monitor_queue_base(uint64_t xqb) { return (xqb >> 10 & ((UINT64_C(1) << 44) - 1)) << 12; }
static inline uint32_t monitor_queue_mask(uint64_t xqb) { return (uint32_t)((UINT64_C(2) << (xqb & 31)) - 1); }

// ---- monitor_commands.c
void monitor_commands_before(monitor_t *m);  // cqh, fence_w_ip
void monitor_commands_after(monitor_t *m);   // fetches of this clock
void monitor_commands_restart(monitor_t *m); // cqen 0 to 1
// The command that a fence write now starting must belong to, or NULL. Completes it.
const monitor_command_t *monitor_commands_write(monitor_t *m, uint64_t addr);
// Whether a message that leaves is that of an ATS command reached.
bool monitor_commands_message(monitor_t *m, const pcl_msg_t *message);

// ---- monitor_port.c
void monitor_port_before(monitor_t *m, unsigned p);  // isolation
void monitor_port_grants(monitor_t *m, unsigned p);
void monitor_port_answers(monitor_t *m, unsigned p);
void monitor_port_requests(monitor_t *m, unsigned p);
void monitor_port_drained(monitor_t *m, const monitor_command_t *fence);
void monitor_ports_reset(monitor_t *m);
void monitor_keep_refused(monitor_t *m, const monitor_access_t *access, uint64_t answered_at);
void monitor_keep_track(monitor_t *m, const monitor_access_t *access);   // of the contexts of a new request
// Whether a waiting request is covered by the command.
bool monitor_ports_cover(const monitor_t *m, const monitor_command_t *command);

// ---- monitor_writes.c
void monitor_writes_address(monitor_t *m);
void monitor_writes_data(monitor_t *m);
void monitor_writes_read(monitor_t *m, uint32_t fqh);   // fqh is written
void monitor_writes_restart(monitor_t *m);              // fqen 0 to 1

// ---- monitor_records.c
void monitor_record(monitor_t *m, const uint64_t *beat);

// ---- monitor_updates.c
void monitor_updates_after(monitor_t *m);   // accesses of walkers in this clock
// Whether memory has refused a walker's access since then (an exclusive read without EXOKAY too), or given it corrupt data;
// whether a walker has tried an update since then as often as it may.
bool monitor_walk_failed(const monitor_t *m, uint64_t since, bool corrupt);
bool monitor_update_gave_up(const monitor_t *m, uint64_t since);
// The write of a walker: of an entry of `bytes` at addr.
void monitor_update(monitor_t *m, unsigned walker, uint64_t addr, unsigned bytes, uint64_t value);

// ---- monitor_interrupts.c
void monitor_interrupts_before(monitor_t *m);
void monitor_interrupts_write(monitor_t *m, unsigned at, uint64_t value, uint8_t strb);   // of msi_cfg_tbl
void monitor_interrupts_address(monitor_t *m, const pcl_ax_t *aw);
void monitor_write_refused(monitor_t *m, uint64_t addr);
bool monitor_write_was_refused(monitor_t *m, uint64_t addr);

// ---- monitor_mrif.c
void monitor_mrif_read_address(monitor_t *m, const pcl_ax_t *ar);
void monitor_mrif_read_data(monitor_t *m, const pcl_r_t *r);
void monitor_mrif_write_address(monitor_t *m, const pcl_ax_t *aw);
void monitor_mrif_answer(monitor_t *m, unsigned resp);
void monitor_mrif_notice(monitor_t *m, uint64_t nppn, unsigned nid, unsigned bit);   // an entry that the read may be for
bool monitor_mrif_faulted(monitor_t *m, unsigned cause);   // causes 264, 271: takes one

// ---- monitor_messages.c
void monitor_messages_clock(monitor_t *m);
void monitor_pages_address(monitor_t *m, const pcl_ax_t *aw);
void monitor_pages_record(monitor_t *m, const uint64_t *beat);
void monitor_pages_answer(monitor_t *m, unsigned resp);

// An access fault is of a fetch, a read or a write; a translation request may ask for all of them.
static inline bool monitor_is_access_fault(const monitor_access_t *a, unsigned cause) {
  return a->kind ? cause == 1 || cause == 5 || cause == 7 : cause == (a->access == 1 ? 1u : a->access == 2 ? 5u : 7u);
}

// ---- monitor_grant.c
// Setting A (and D) in an entry.
typedef struct {
  uint64_t addr, old, value;
} monitor_update_t;

void monitor_grant_check(monitor_t *m, const monitor_access_t *access, const pcl_ax_t *granted);
// Whether a walk over admissible values, or V=0 seen since the request, ends in this fault. Not judged: that memory failed.
bool monitor_fault_check(monitor_t *m, const monitor_access_t *access, unsigned cause, uint64_t iotval2);
// Adds to m->mrif what the MRIF-mode entries with this file that the access may meet say, for a message of this bit.
void monitor_file_check(monitor_t *m, const monitor_access_t *access, uint64_t file, unsigned bit);
// Whether admissible walks give what the payload of a Translation Completion grants.
bool monitor_entry_check(monitor_t *m, const monitor_access_t *access, uint64_t entry);
bool monitor_page_request_check(monitor_t *m, const monitor_access_t *access);
// Whether the access may meet any MRIF-mode entry.
bool monitor_absorb_check(monitor_t *m, const monitor_access_t *access);
// Whether a walk of this access may make the update; `hard`: also with values that memory holds no longer.
bool monitor_update_check(monitor_t *m, const monitor_access_t *access, const monitor_update_t *update, bool hard);

// ---- monitor_roots.c
// Keeps the roots that the admissible contexts of a device (of all) give now: a command fetched in `fetched` takes them away.
void monitor_keep_roots(monitor_t *m, bool one, uint32_t device_id, uint64_t fetched);
// Likewise of a process.
void monitor_keep_process_roots(monitor_t *m, uint32_t device_id, uint32_t process_id, uint64_t fetched);
// m->roots: what all contexts give or gave; any_age: with any value that they held.
void monitor_all_roots(monitor_t *m, bool any_age);

// ---- monitor_walk.h
// A grant of spn with pbmt, of anything else, a fault with `cause`, all roots that contexts give, an update, notices of the
// interrupt file spn, any interrupt file, what a device may cache (page spn, of entry_bits), a DC that allows page
// requests, or the path alone.
typedef enum {
  MONITOR_FIND_GRANT, MONITOR_FIND_OTHER, MONITOR_FIND_FAULT, MONITOR_FIND_ROOTS, MONITOR_FIND_UPDATE, MONITOR_FIND_FILE,
  MONITOR_FIND_ABSORBED, MONITOR_FIND_ENTRY, MONITOR_FIND_ALLOWED, MONITOR_FIND_NOTHING
} monitor_goal_t;
typedef enum {
  MONITOR_AT_DDT, MONITOR_AT_DC, MONITOR_AT_PDT, MONITOR_AT_PC, MONITOR_AT_FIRST, MONITOR_AT_SECOND, MONITOR_AT_MSI
} monitor_at_t;

typedef struct {
  uint64_t addr;
  monitor_at_t at;
  monitor_entry_t entry;     // of page tables
} monitor_path_t;

typedef struct {
  monitor_t *m;
  const monitor_access_t *access;
  monitor_goal_t goal;
  uint64_t spn;
  uint8_t pbmt;
  unsigned cause;
  bool judge_iotval2;        // FAULT: of a guest page, with this iotval2
  uint64_t iotval2;
  uint32_t qos;              // of the grant: {mcid, rcid}
  uint32_t found_qos;        // of the context tried
  bool bare;                 // mode Bare was tried: what grants a request may not grant the next
  monitor_update_t update;
  monitor_roots_t *roots;
  const monitor_roots_t *shared;   // roots that others gave; may be NULL
  unsigned bit;              // FILE: of the message
  unsigned entry_bits;       // ENTRY: page-number bits below the range
  bool entry_global;
  uint64_t found_gpn;        // of the page tried; sizes of the leaves of both stages; T2GPA of its context
  unsigned found_bits[2];
  bool found_t2gpa;
  bool current;              // only what memory holds now
  bool any_age;              // a command completed meanwhile, so older values may have been used
  bool late;                 // what is judged shows after the walk: any ddtp since the request counts
  bool siblings;             // also the other entries of a 64 KiB page
  bool global;               // the first-stage leaf looked at last has G=1
  uint64_t override_addr;    // if not 0: what this word is taken to hold
  uint64_t override_value;
  unsigned steps;            // words looked at
  unsigned depth;
  monitor_path_t path[MONITOR_PATH];   // the words of the walk, with `current`
} monitor_walk_t;

// True if a walk with that goal was found. For ROOTS and NOTHING always false.
bool monitor_walk_device(monitor_walk_t *w);
// T of a word of the path.
uint64_t monitor_path_t_of(const monitor_walk_t *w, unsigned i);

#endif
