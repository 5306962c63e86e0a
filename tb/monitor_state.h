// SPDX-License-Identifier: Apache-2.0
//
// What the parts of the security monitor (monitor.h) know: the state of each, and of all of them.
#ifndef TB_MONITOR_STATE_H
#define TB_MONITOR_STATE_H

#include "monitor.h"
#include "monitor_history.h"
#include "monitor_tags.h"

enum {
  MONITOR_POOL = 128,         // requests of a channel that wait
  MONITOR_REFUSED = 4096,     // refused requests kept for their fault records; power of two
  MONITOR_PROOFS = 2048,      // power of two
  MONITOR_PATH = 128,         // words read by a walk: 2 + 8 + 3 * 6 + 1 + 5 * 6 + 5 at most
  MONITOR_STEP_LIMIT = 8000000,  // words looked at in a search
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
  bool debug;             // of the debug interface
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
  uint32_t value;
  uint64_t until;                     // last clock in which the register held it
} monitor_qosid_t;

typedef struct {
  uint64_t ddtp, cqb, fqb, pqb;
  uint64_t debug_iova, debug_ctl;     // tr_req_iova, tr_req_ctl
  uint16_t read_addr;
  uint8_t mode[PCL_MAX_PORTS];        // qctl.mode
  bool be, wsi, gxl;                  // of fctl
  uint64_t gxl_at;                    // clock in which GXL changed last
  uint32_t qosid;                     // iommu_qosid, as {mcid, rcid}
  monitor_qosid_t qosid_old[MONITOR_QOS_OLD];   // what it held, newest first
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
  uint64_t tried_at[MONITOR_ATTEMPTS];   // ring of the clocks of its latest exclusive reads
  uint32_t tried;
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
  uint64_t failed_at[2];          // clock in which an access of a walker failed last; [1]: in which it got corrupt data
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

#endif
