// SPDX-License-Identifier: Apache-2.0
//
// What the parts of the security monitor (monitor.h) share. One file per part:
//   monitor.c           creation, the order of a clock, alarms
//   monitor_regs.c      shadow of the registers, from writes on the pins
//   monitor_commands.c  commands fetched, fences, completion
//   monitor_port.c      requests, grants, answers of the ports
//   monitor_grant.c     whether a grant or a fault is admissible
//   monitor_walk.c      the walk over all admissible values
//   monitor_writes.c    writes of the data-structure port, fault records
//   monitor_report.c    the text of an alarm
#ifndef TB_MONITOR_INTERNAL_H
#define TB_MONITOR_INTERNAL_H

#include "monitor.h"
#include "monitor_history.h"
#include "monitor_tags.h"

enum {
  MONITOR_POOL = 128,         // requests of a channel that wait
  MONITOR_REFUSED = 4096,     // refused requests kept for their fault records; power of two
  MONITOR_PROOFS = 2048,      // power of two
  MONITOR_PATH = 24,          // words read by a walk: 2 + 8 + 5 at most
  MONITOR_DDTP_OLD = 16,
  MONITOR_DS_QUEUE = 64       // writes of the data-structure port under way
};

// A device's request, as far as translation needs it.
typedef struct {
  uint64_t iova;
  uint64_t valid_at;      // first clock of its AxVALID
  uint64_t answered_at;   // of a refusal; MONITOR_NOW before
  uint64_t epoch;         // of the tags when it was taken
  uint32_t device_id;
  uint32_t process_id;
  uint8_t access;         // 1 execute, 2 read, 3 write: TTYP of an untranslated request (IOMMU spec 4.2)
  uint8_t port;
  bool pv, priv, translated;
  bool illegal;           // breaks a bus rule
  bool refuse;            // taken in mode ABORT or while isolated
  bool recorded;          // a fault record named it
} monitor_access_t;

typedef struct {
  monitor_access_t access;
  pcl_ax_t ax;
  int16_t next;           // of its ID, or free
} monitor_request_t;

typedef struct {
  int16_t head, tail;                 // requests waiting
  uint16_t first, count;              // unanswered grants in the ring of `granted_at`
} monitor_id_t;

typedef struct {
  monitor_request_t pool[MONITOR_POOL];
  monitor_id_t id[PCL_MAX_IDS];
  uint64_t *granted_at;               // per ID a ring of the clocks of unanswered grants
  pcl_ax_t shown;                     // memory-side Ax valid in the clock before and not taken
  uint64_t valid_at;                  // of the device-side Ax valid now
  uint64_t granted;                   // requests granted since reset
  int16_t free_list;
  bool was_shown, was_valid;
} monitor_channel_t;

typedef struct {
  monitor_channel_t channel[PCL_CHANNELS];
  uint64_t w_bursts;                  // complete on the memory side
  bool isolated;
} monitor_port_t;

typedef struct {
  uint64_t value;
  uint64_t until;                     // last clock, MONITOR_NOW: still admissible
} monitor_ddtp_t;

typedef struct {
  uint64_t ddtp, cqb, fqb;
  uint16_t read_addr;
  uint8_t mode[PCL_MAX_PORTS];        // qctl.mode
  bool cq_en, fq_en;
  bool ddtp_changing;                 // older values still admissible
  bool ddtp_cleared;                  // busy was seen clear in the clock before
  monitor_ddtp_t old[MONITOR_DDTP_OLD];
  unsigned old_count;
} monitor_regs_t;

typedef enum { MONITOR_OTHER, MONITOR_VMA, MONITOR_DDT, MONITOR_FENCE } monitor_kind_t;

typedef struct {
  uint64_t addr;        // page number of VMA, address of the fence's write
  uint64_t fetched;     // clock of the last R beat
  uint32_t index;
  uint32_t id;          // PSCID or device_id
  uint32_t data;
  uint8_t kind;         // monitor_kind_t
  bool av, id_valid, wsi, pr, pw;
  bool complete;        // AWVALID of its write was seen
} monitor_command_t;

// Commands since the last completed fence, oldest first; cqh has passed the first `passed` of them.
typedef struct {
  monitor_command_t *item;
  uint32_t count, capacity, passed;
  uint32_t cqh;
  uint32_t fetching[32];  // indices whose R beats are awaited
  unsigned first, fetch_count;
  uint64_t beat[2];
  unsigned beats;
  bool bad, fence_w_ip;
} monitor_commands_t;

// A write of the data-structure port.
typedef struct {
  uint64_t addr;
  uint64_t data;     // of a fence
  uint8_t beats;     // still to come
  bool record;       // of the fault queue
} monitor_ds_write_t;

typedef struct {
  monitor_ds_write_t write[MONITOR_DS_QUEUE];
  unsigned first, count;
  uint64_t beat[4];
  bool was_shown;
  uint64_t shown_addr;
  uint16_t shown_id;
  uint32_t head, tail;     // of the fault queue: fqh as written, the slot after the last good B
  uint32_t unread;         // records before the tail that fqh has not passed
  bool in_step;            // fqh never passed what was not written
  uint32_t in_flight[MONITOR_DS_QUEUE], flight_first, flight_count;
  uint64_t last_answer;    // clock of the last B
  bool failing;            // after an error B, until none is in flight
} monitor_writes_t;

// A proof that a page is admissible. It holds while no T advances, or, if no word of it ever had another value, while no table
// changes.
typedef struct {
  uint64_t iova_page;
  uint64_t spn;
  uint64_t tags_epoch, history_epoch;
  uint32_t device_id;
  uint32_t process_id;     // with pv; or none
  uint8_t access, pbmt;
  bool clean, excluded, used;
} monitor_proof_t;

struct monitor {
  pcl_config_t config;
  monitor_hooks_t hooks;
  monitor_stats_t stats;
  bool sv39, sv48, sv57, svpbmt, msi_flat;    // after the fuses
  uint64_t cycle;
  const pcl_in_t *in;
  const pcl_out_t *out;
  monitor_probe_t probe;
  bool failed;
  char text[2048];
  monitor_history_t history;
  monitor_tags_t tags;
  monitor_regs_t regs;
  monitor_commands_t commands;
  monitor_writes_t writes;
  monitor_port_t port[PCL_MAX_PORTS];
  monitor_access_t refused[MONITOR_REFUSED];
  uint64_t refused_count;
  monitor_proof_t proof[MONITOR_PROOFS];
  monitor_roots_t own_roots, other_roots;     // of the search under way
};

// ---- monitor_report.c
// Raises the alarm. `access` may be NULL; with it the walk over the current values is described.
#if defined(__GNUC__)
__attribute__((format(printf, 3, 4)))
#endif
void monitor_alarm(monitor_t *m, const monitor_access_t *access, const char *format, ...);

// ---- monitor_regs.c
void monitor_regs_before(monitor_t *m);   // what took effect before this clock
void monitor_regs_after(monitor_t *m);    // writes of this clock
bool monitor_fuse(const monitor_t *m, uint64_t fuse_caps, unsigned bit);
static inline uint64_t monitor_queue_base(uint64_t xqb) { return (xqb >> 10 & ((UINT64_C(1) << 44) - 1)) << 12; }
static inline uint32_t monitor_queue_mask(uint64_t xqb) { return (uint32_t)((UINT64_C(2) << (xqb & 31)) - 1); }

// ---- monitor_commands.c
void monitor_commands_before(monitor_t *m);  // cqh, fence_w_ip
void monitor_commands_after(monitor_t *m);   // fetches of this clock
void monitor_commands_restart(monitor_t *m); // cqen 0 to 1
// The command that a fence write now starting must belong to, or NULL. Completes it.
const monitor_command_t *monitor_commands_write(monitor_t *m, uint64_t addr);

// ---- monitor_port.c
void monitor_port_before(monitor_t *m, unsigned p);  // isolation
void monitor_port_grants(monitor_t *m, unsigned p);
void monitor_port_answers(monitor_t *m, unsigned p);
void monitor_port_requests(monitor_t *m, unsigned p);
void monitor_port_drained(monitor_t *m, const monitor_command_t *fence);
void monitor_ports_reset(monitor_t *m);
// Whether a waiting request is covered by the command.
bool monitor_ports_cover(const monitor_t *m, const monitor_command_t *command);

// ---- monitor_writes.c
void monitor_writes_address(monitor_t *m);
void monitor_writes_data(monitor_t *m);
void monitor_writes_read(monitor_t *m, uint32_t fqh);   // fqh is written
void monitor_writes_restart(monitor_t *m);              // fqen 0 to 1

// ---- monitor_grant.c
void monitor_grant_check(monitor_t *m, const monitor_access_t *access, const pcl_ax_t *granted);
// Whether a fault with this cause (258, 12, 13, 15) is admissible.
bool monitor_fault_check(monitor_t *m, const monitor_access_t *access, unsigned cause);
// Keeps the roots that the admissible DCs of a device (of all) give now: a command fetched in `fetched` takes them away.
void monitor_keep_roots(monitor_t *m, bool one, uint32_t device_id, uint64_t fetched);

// ---- monitor_walk.c
// A grant of spn with pbmt, of anything else, a fault with `cause`, or all roots that DCs give.
typedef enum { MONITOR_FIND_GRANT, MONITOR_FIND_OTHER, MONITOR_FIND_FAULT, MONITOR_FIND_ROOTS } monitor_goal_t;
typedef enum { MONITOR_AT_DDT, MONITOR_AT_DC, MONITOR_AT_TABLE, MONITOR_AT_LEAF } monitor_at_t;

typedef struct {
  monitor_t *m;
  const monitor_access_t *access;
  monitor_goal_t goal;
  uint64_t spn;
  uint8_t pbmt;
  unsigned cause;
  monitor_roots_t *roots;
  bool current;              // only what memory holds now
  bool any_age;              // FAULT: a command completed meanwhile, so older values may have been used
  bool siblings;             // also the other entries of a 64 KiB page
  uint64_t override_addr;    // if not 0: what this word is taken to hold
  uint64_t override_value;
  unsigned steps;            // words looked at
  unsigned depth;
  uint64_t path[MONITOR_PATH];    // addresses of the words of the walk found
  uint8_t at[MONITOR_PATH];       // monitor_at_t
  monitor_leaf_t leaf;            // of the walk found
} monitor_walk_t;

// True if a walk with that goal was found. For ROOTS always false.
bool monitor_walk_device(monitor_walk_t *w);
// From a first-stage root on; values on the way ended at `root->removed` at the earliest.
bool monitor_walk_pages(monitor_walk_t *w, const monitor_root_t *root);

#endif
