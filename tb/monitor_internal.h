// SPDX-License-Identifier: Apache-2.0
//
// What the parts of the security monitor (monitor.h) share. One file per part:
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

#include "monitor.h"
#include "monitor_history.h"
#include "monitor_tags.h"

enum {
  MONITOR_POOL = 128,         // requests of a channel that wait
  MONITOR_REFUSED = 4096,     // refused requests kept for their fault records; power of two
  MONITOR_PROOFS = 2048,      // power of two
  MONITOR_PATH = 128,         // words read by a walk: 2 + 8 + 3 * 6 + 1 + 5 * 6 + 5 at most
  MONITOR_STEP_LIMIT = 200000,   // words looked at in a search
  MONITOR_DDTP_OLD = 16,
  MONITOR_QOS_OLD = 16,
  MONITOR_BURSTS = 512,       // write bursts whose first beat is kept; power of two
  MONITOR_LOST = 64,          // refused writes of messages
  MONITOR_NOTICES = 32,
  MONITOR_ATTEMPTS = 64,      // of an exclusive pair
  MONITOR_AT_MSI_TABLE = 768,
  MONITOR_DS_QUEUE = 64       // writes of the data-structure port under way
};

// TTYP of the requests of messages; 0: of a port, or of the debug interface.
enum { MONITOR_DMA = 0, MONITOR_TRANSLATION = 8, MONITOR_PAGE_REQUEST = 9 };

// A device's request, as far as translation needs it.
typedef struct {
  uint64_t iova;
  uint64_t valid_at;      // first clock of its AxVALID
  uint64_t answered_at;   // of a refusal; MONITOR_NOW before
  uint64_t epoch;         // of the tags when it was taken
  uint32_t device_id;
  uint32_t process_id;
  uint64_t burst;         // of a write: number of its W burst
  uint16_t beats;
  uint8_t access;         // 1 execute, 2 read, 3 write: TTYP of an untranslated request (IOMMU spec 4.2)
  uint8_t port;
  uint8_t kind;
  bool pv, priv, translated;
  bool exec, nw;          // of a translation request: execute is asked for, write is not
  bool illegal;           // breaks a bus rule
  bool refuse;            // taken in mode ABORT or while isolated
  uint16_t recorded;      // cause of the fault record that is counted as its own, 0: none yet
  uint64_t iotval2;       // of that record
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
  uint64_t aw_taken, w_taken;         // of the device: addresses; bursts of which a beat was taken
  pcl_w_t w[MONITOR_BURSTS];          // their first beats
  uint16_t w_beats[MONITOR_BURSTS];   // their lengths, as the addresses say
  uint16_t w_left;                    // beats of the last one still to come
  bool isolated;
} monitor_port_t;

typedef struct {
  uint64_t value;
  uint64_t until;                     // last clock, MONITOR_NOW: still admissible
} monitor_ddtp_t;

typedef struct {
  uint64_t ddtp, cqb, fqb, pqb;
  uint64_t debug_iova, debug_ctl;     // tr_req_iova, tr_req_ctl
  uint16_t read_addr;
  uint8_t mode[PCL_MAX_PORTS];        // qctl.mode
  bool be, wsi, gxl;                  // of fctl
  uint32_t qosid[MONITOR_QOS_OLD];    // iommu_qosid, as {mcid, rcid}, newest first; addresses of mode Bare may carry any of them
  unsigned qosid_count;
  bool cq_en, fq_en, pq_en;
  bool ddtp_changing;                 // older values still admissible
  bool ddtp_cleared;                  // busy was seen clear in the clock before
  monitor_ddtp_t old[MONITOR_DDTP_OLD];
  unsigned old_count;
} monitor_regs_t;

typedef enum { MONITOR_OTHER, MONITOR_IOTINVAL, MONITOR_DDT, MONITOR_PDT, MONITOR_FENCE, MONITOR_ATS } monitor_kind_t;

typedef struct {
  monitor_iotinval_t iotinval;
  uint64_t addr;        // of the fence's write
  pcl_msg_t message;    // of an ATS command: what it sends
  uint64_t fetched;     // clock of the last R beat
  uint32_t index;
  uint32_t device_id, process_id;
  uint32_t data;
  uint8_t kind;         // monitor_kind_t
  bool dv, av, wsi, pr, pw;
  bool sent;            // its message was seen
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

typedef enum {
  MONITOR_WRITE_FENCE, MONITOR_WRITE_RECORD, MONITOR_WRITE_UPDATE, MONITOR_WRITE_JUDGED, MONITOR_WRITE_PAGE
} monitor_write_kind_t;

// A write of the data-structure port.
typedef struct {
  uint64_t addr;
  uint64_t data;     // of a fence
  uint16_t id;
  uint8_t beats;     // still to come
  uint8_t kind;      // monitor_write_kind_t
  bool judged;       // of an update: its data were seen
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
  bool priv;
  uint32_t qos;
  bool clean, excluded, used;
} monitor_proof_t;

// The exclusive read of a walker.
typedef enum { MONITOR_PAIR_NONE, MONITOR_PAIR_ASKED, MONITOR_PAIR_READ } monitor_pair_state_t;

typedef struct {
  uint64_t addr;     // of the doubleword
  uint64_t value;
  uint8_t state;     // monitor_pair_state_t
} monitor_pair_t;

// What messages of interrupts depend on.
typedef struct {
  uint64_t addr[16], data[16];   // msi_cfg_tbl; data: with the vector control above
  uint32_t icvec;
  bool wsi;
} monitor_msi_regs_t;

typedef struct {
  monitor_msi_regs_t now;
  monitor_msi_regs_t seen;       // as they were in the clock before
  uint32_t ipsr, cleared;        // cleared: by software, in the clock before
  uint16_t owed;                 // vectors whose cause has risen since their last message
  uint64_t sent;                 // address of the message under way
} monitor_interrupts_t;

typedef enum {
  MONITOR_FILE_IDLE, MONITOR_FILE_ASKED, MONITOR_FILE_READ, MONITOR_FILE_WRITTEN, MONITOR_FILE_STORED, MONITOR_FILE_NOTICE
} monitor_file_state_t;

// What an MRIF-mode entry that a device's message meets says.
typedef struct {
  uint64_t nppn;
  uint16_t nid;
  uint8_t bit;
} monitor_notice_t;

typedef struct {
  uint64_t addr;                 // of the doubleword, or of the notice
  uint64_t value;
  monitor_notice_t notice[MONITOR_NOTICES];
  unsigned count;
  uint8_t state;                 // monitor_file_state_t
  uint8_t lost;                  // attempts lost one after the other
  uint32_t faults[2];            // accesses that failed, by poison [1] or otherwise
} monitor_mrif_t;

typedef struct {
  pcl_msg_t msg;                 // the request in hand
  monitor_access_t access;
  pcl_msg_t shown;
  bool pending;                  // there is one
  bool queued;                   // its page-request record was written
  bool was_shown;
  uint32_t tail;                 // pqt
  uint32_t head, head_before;    // pqh, as written; in the clock before
} monitor_messages_t;

// What a page number of a VM may translate to, in the walk under way: `count` leaves from m->frame[first] on.
typedef struct {
  uint64_t gpn;
  uint64_t ppn, removed;   // of the root
  uint32_t vm;
  uint32_t first, count;
  uint8_t mode;
  bool sv32;
  bool faulty;             // or to a guest page fault
} monitor_gpa_t;

typedef struct {
  uint64_t spn;            // of the page itself
  uint64_t addr, pte;      // of the leaf
  uint8_t pbmt, size_bits;
} monitor_frame_t;

// What admissible values of DC and PC say.
typedef struct {
  monitor_root_t first;    // mode 0: Bare
  monitor_root_t second;   // vm MONITOR_HOST: Bare
  bool sade, gade, sxl, sbe;
  bool identity;           // what the request says is an SPA
  bool t2gpa;
  uint32_t qos;            // {mcid, rcid}
  bool supervisor, sum;    // of the request, with its PC
  uint64_t pdtp;           // of the DC, if the PC is still to be found
} monitor_context_t;

// capabilities: what is built and what the fuses leave.
typedef struct {
  bool sv32, sv39, sv48, sv57, svpbmt, svrsw60t59b, sv32x4, sv39x4, sv48x4, sv57x4, msi_flat, msi_mrif, amo_hwad;
  bool pd8, pd17, pd20, ats, t2gpa, end, qosid;
  uint8_t igs;             // capabilities.IGS: 0 MSI, 1 WSI, 2 both
} monitor_features_t;

struct monitor {
  pcl_config_t config;
  monitor_hooks_t hooks;
  monitor_stats_t stats;
  monitor_features_t has;
  uint64_t cycle;
  const pcl_in_t *in;
  const pcl_out_t *out;
  monitor_probe_t probe;
  bool failed;
  char text[8192];
  monitor_history_t history;
  monitor_tags_t tags;
  monitor_regs_t regs;
  monitor_commands_t commands;
  monitor_writes_t writes;
  monitor_port_t port[PCL_MAX_PORTS];
  monitor_access_t refused[MONITOR_REFUSED];
  uint64_t refused_count;
  monitor_proof_t proof[MONITOR_PROOFS];
  monitor_pair_t pair[PCL_MAX_WALKERS];
  monitor_interrupts_t interrupts;
  monitor_mrif_t mrif;
  monitor_messages_t messages;
  uint64_t lost[MONITOR_LOST];
  uint32_t lost_count;
  monitor_roots_t roots;          // of the search under way
  monitor_gpa_t *gpa;             // of the walk under way
  monitor_frame_t *frame;
  uint32_t gpa_count, gpa_capacity, frame_count, frame_capacity;
  monitor_context_t *tried;       // in the walk under way
  uint32_t tried_count, tried_capacity;
  bool guest_directories;         // a process directory was found in a VM
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
void monitor_updates_after(monitor_t *m);   // reads of walkers in this clock
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

// ---- monitor_grant.c
// Setting A (and D) in an entry.
typedef struct {
  uint64_t addr, old, value;
} monitor_update_t;

void monitor_grant_check(monitor_t *m, const monitor_access_t *access, const pcl_ax_t *granted);
// Whether a fault is admissible whose cause (258, 262, 266, 12, 13, 15, 20, 21, 23) may come from V=0.
bool monitor_fault_check(monitor_t *m, const monitor_access_t *access, unsigned cause, uint64_t iotval2);
// Whether a walk of this access may make the update; `hard`: also with values that memory holds no longer.
// Adds to m->mrif what the MRIF-mode entries with this file that the access may meet say, for a message of this bit.
void monitor_file_check(monitor_t *m, const monitor_access_t *access, uint64_t file, unsigned bit);
// Whether admissible walks give what the payload of a Translation Completion grants.
bool monitor_entry_check(monitor_t *m, const monitor_access_t *access, uint64_t entry);
bool monitor_page_request_check(monitor_t *m, const monitor_access_t *access);
// Whether the access may meet any MRIF-mode entry.
bool monitor_absorb_check(monitor_t *m, const monitor_access_t *access);
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
  bool any_age;              // FAULT: a command completed meanwhile, so older values may have been used
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
