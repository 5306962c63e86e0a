// SPDX-License-Identifier: Apache-2.0
//
// Inside of the random operating system (agent_os): what its parts share.
//
// It keeps its own books (domains, VMs, mappings, devices, pages that wait for a fence), so that it never has to believe a table
// that it spoiled on purpose. Rules that it keeps, because an operating system must: one page table per PSCID (and VM) and one
// second stage per GSCID between two invalidations of it with AV=0; a page is used again only when a fence with PR and PW has
// passed that came after the invalidation. Everything else it does in any order: it changes entries without waiting for earlier
// fences, and tells nobody when V goes from 0 to 1.
//
// What the IOMMU lacks is left out: without second stages there are no VMs, without process directories no processes.
//
// Physical addresses: page tables, queues and 4 KiB data pages share one pool (so that a page is a table today and data
// tomorrow); larger pages and identity windows lie elsewhere and never over the pool. A VM's tables of the first stage lie in
// a window of guest physical addresses of its own, in pages of the pool.
#ifndef TB_OS_AGENT_H
#define TB_OS_AGENT_H

#include "agent.h"
#include "pcl_driver.h"
#include "pcl_regs.h"

// The pool of pages: far from every address that a device could make out of what it was told.
#define OS_POOL UINT64_C(0x3a5c90000000)

enum { OS_ILLEGAL_FORMS = 16 };

// A *space* is what mappings are made in: the first stage of a domain (0..OS_DOMAINS-1) or the second stage of a VM (from
// OS_DOMAINS on). A *user* of a space is a device without process_id (slot 0) or one of its processes.
enum {
  OS_DOMAINS = 8, OS_VMS = 3, OS_SPACES = OS_DOMAINS + OS_VMS, OS_DEVICES = 12, OS_PROCESSES = 3, OS_SLOTS = 1 + OS_PROCESSES,
  OS_MAPPINGS = 240, OS_RETIRED = 64, OS_PAGES = 4096, OS_POSTED = 16,
  OS_DIRECTORIES = 3, OS_SIZES = 6, OS_COUNTERS = 32
};

typedef enum {
  OS_MAP, OS_UNMAP, OS_CHANGE, OS_BREAK, OS_TRIM, OS_PROBE, OS_STORM, OS_FLUSH, OS_FAULTS, OS_MOVE, OS_RECYCLE, OS_JUNK_DEVICE,
  OS_BREAK_DIRECTORY, OS_MODE, OS_QUIESCE, OS_ISOLATE, OS_ISOTIME, OS_RESIZE, OS_ILLEGAL, OS_NONSENSE, OS_RESET,
  OS_PROCESS, OS_BREAK_PROCESSES, OS_TABLES, OS_RECYCLE_VM,
  OS_INTERRUPTS, OS_COUNT, OS_DEBUG, OS_QOS, OS_ATS, OS_MESSAGES, OS_NARROW, OS_ACTIONS
} os_action_t;

// What kind of system it is.
typedef struct {
  const char *profile;
  uint32_t gap;                   // clocks between two actions, on average
  uint32_t mappings;              // how many it likes to have
  uint32_t odd;                   // permille of mappings with restricted rights or other oddities
  uint32_t lazy;                  // permille of unmaps that postpone their invalidation
  uint32_t defer;                 // permille of fences not waited for
  uint16_t size[OS_SIZES];        // weights of page sizes: 4K, 64K, 2M, 1G, 512G, 256T
  uint16_t action[OS_ACTIONS];    // weights
} os_habits_t;

typedef struct {
  bool live;
  pcl_domain_t domain;
} os_domain_t;

typedef struct {
  bool live;
  pcl_vm_t vm;
} os_vm_t;

// A leaf, an MSI page table entry (`msi`), or an entry of these spoiled on purpose (`broken`): always one that was V=0 before,
// with nothing below it.
typedef struct {
  bool live;
  bool broken;
  bool msi;
  bool read, write, exec;
  uint8_t space;
  uint8_t ptes;                   // 16 for a page of 64 KiB
  uint64_t iova, bytes;           // the range that the entry governs
  uint64_t entry, pte;            // entry: its address in the memory of the space
  uint64_t page;                  // of the pool, or 0
  uint64_t window, window_bytes;  // what devices are told of it
  uint32_t serial[OS_DEVICES][OS_SLOTS];
} os_mapping_t;

// The part of a page that leads somewhere; bytes 0: all of it.
typedef struct {
  uint64_t offset, bytes;
} os_part_t;

// From OS_BYPASS on a device has an identity window.
typedef enum { OS_DETACHED, OS_ATTACHED, OS_WITH_PROCESSES, OS_BYPASS, OS_JUNK } os_device_state_t;

typedef struct {
  bool live;
  bool junk;                      // its context is misconfigured
  bool supervisor;                // its context has ENS
  uint8_t domain;
  uint32_t id;
  uint32_t serial;                // junk: of the window that it tries
} os_process_t;

typedef struct {
  uint32_t device_id;
  uint8_t port;
  uint8_t state;
  uint8_t domain;                 // OS_ATTACHED
  int8_t vm;                      // of the device: -1 none
  bool default_process;           // OS_WITH_PROCESSES: DPE
  pcl_processes_t processes;
  os_process_t process[OS_PROCESSES];
  uint32_t identity;              // serial number of its identity window
} os_device_t;

// A page that waits until nobody uses it any more.
typedef struct {
  uint64_t page;
  bool invalidated;               // its invalidation is queued
  uint32_t fence;                 // a fence with PR and PW after that, or 0
} os_retired_t;

// A performance counter at work. `sure`: nothing can keep it from counting now.
typedef struct {
  bool live, sure;
  pcl_counted_t what;
  uint64_t start;                 // its value then
  uint64_t from, surely_from;     // clocks
  uint64_t least, most;           // what it must have counted by now
} os_counter_t;

typedef struct {
  tb_t *tb;
  rng_t rng;
  const os_habits_t *habits;
  pcl_ops_t ops;
  pcl_driver_t driver;
  pcl_device_directory_t directory[OS_DIRECTORIES];  // of 1, 2, 3 levels, all with the same devices
  unsigned active;                // the directory that ddtp names in table mode
  bool bare;                      // mode Bare
  bool nested;                    // inside of a wait
  bool rescuing;                  // an isolated port is being seen to
  os_domain_t domain[OS_DOMAINS];
  os_vm_t vm[OS_VMS];
  os_mapping_t mapping[OS_MAPPINGS];
  unsigned mappings;
  os_device_t device[OS_DEVICES];
  unsigned devices;
  os_retired_t retired[OS_RETIRED];
  unsigned retirees;
  dma_t *posted[OS_POSTED];       // requests that the system asked devices for
  uint8_t posted_port[OS_POSTED];
  uint64_t scratch;               // page that raw fences write into
  bool messages;                  // interrupts come by message
  bool watching;                  // the observer is called
  uint64_t mailboxes;             // page that they are written into
  pcl_vectors_t vectors;
  uint16_t masked;                // vectors
  uint32_t excused;               // bits of ipsr of which a message need not come
  os_counter_t counter[OS_COUNTERS];
  uint32_t next_pscid;
  uint16_t next_gscid;
  uint32_t fault_holiday;         // actions for which fault records are left alone
  bool used[OS_PAGES];
  uint16_t recent[OS_PAGES];      // freed pages, newest last
  unsigned recents;
} os_t;

static inline bool os_chance(os_t *os, uint32_t permille) { return rng_chance(&os->rng, permille); }
static inline uint32_t os_below(os_t *os, uint32_t n) { return rng_below(&os->rng, n); }
static inline unsigned os_ports(void) { return tb_config()->num_ports; }
static inline bool os_has(const os_t *os, uint64_t capability) { return os->driver.capabilities & capability; }
static inline bool os_is_second(unsigned space) { return space >= OS_DOMAINS; }

const os_habits_t *os_habits_find(const char *profile);
agent_counts_t *os_counts(void);

// os_pages.c: the surroundings of the driver.
void os_ops_init(os_t *os);
void os_check(os_t *os, pcl_status_t status, const char *what);
uint64_t os_page(os_t *os);                        // one page, contents left as they are; 0 if there is none
void os_free_page(os_t *os, uint64_t page);
void os_retire(os_t *os, uint64_t page, bool invalidated);
void os_collect(os_t *os);                         // frees retired pages whose fence has passed
void os_forget_fences(os_t *os);                   // the command queue was restarted
void os_flush(os_t *os);                           // one invalidation and fence for everything postponed
void os_fence(os_t *os);                           // of any kind, waited for or not
uint64_t os_fence_options(os_t *os);

// os_spaces.c: the spaces, and where in them pages may lie.
bool os_space_live(const os_t *os, unsigned space);
int os_any_space(os_t *os);                              // that may hold mappings; -1
const pcl_page_table_t *os_table(const os_t *os, unsigned space);
const pcl_ops_t *os_memory(const os_t *os, unsigned space);  // that its tables lie in
int os_vm_of(const os_t *os, unsigned space);            // the VM that a space belongs to; -1: the host
int os_space_of_domain(const os_t *os, unsigned domain); // where its IOVAs are mapped; -1 nowhere
int os_space_of_user(const os_t *os, const os_device_t *device, unsigned slot);
bool os_overlaps(const os_t *os, unsigned space, uint64_t addr, uint64_t bytes);
uint64_t os_choose_address(os_t *os, unsigned space, uint64_t bytes);
bool os_allowed(const os_t *os, unsigned space, uint64_t addr, uint64_t bytes);
uint64_t os_size_of(unsigned size);                      // 4K, 64K, 2M, 1G, 512G, 256T
uint64_t os_choose_frame(os_t *os, unsigned size);       // of memory, not of the pool
uint64_t os_choose_target(os_t *os, unsigned space, unsigned size, os_part_t *part);

// os_entries.c: values of leaves and of what must fault.
uint64_t os_choose_rights(os_t *os);
uint64_t os_make_odd(os_t *os, uint64_t pte);
uint64_t os_make_broken(os_t *os, unsigned space, uint64_t pte, unsigned level);
uint64_t os_msi_entry(os_t *os, bool broken);
uint64_t os_nowhere(os_t *os);                           // a physical page: no memory, or corrupt memory

// os_map.c
void os_map(os_t *os);
void os_map_odd(os_t *os);
void os_unmap(os_t *os, os_mapping_t *mapping);
void os_unmap_any(os_t *os);
void os_unmap_space(os_t *os, unsigned space);
void os_change(os_t *os);
void os_trim(os_t *os);
os_mapping_t *os_any_mapping(os_t *os);
os_mapping_t *os_free_mapping(os_t *os);
unsigned os_mappings_wanted(const os_t *os);
void os_map_file(os_t *os, unsigned vm, bool broken);    // an entry of its MSI page table
bool os_map_page(os_t *os, unsigned space, uint64_t addr, uint64_t target, uint64_t flags);

// os_probe.c
void os_probe(os_t *os);
void os_ask(os_t *os, const os_mapping_t *mapping);      // those who use its space read or write it

// os_cover.c: invalidations that cover a change, as narrow as can be or wider.
void os_put(os_t *os, const pcl_cmd_words_t *command);
void os_cover(os_t *os, const os_mapping_t *mapping, bool global);
void os_cover_device(os_t *os, const os_device_t *device, const pcl_device_context_t *old);
void os_cover_all(os_t *os);
void os_widen(os_t *os, uint64_t *bytes, bool *nl);

// os_vms.c
void os_vms_init(os_t *os);
void os_recycle_vm(os_t *os);
uint16_t os_fresh_gscid(os_t *os);

// os_tables.c
void os_change_tables(os_t *os);

// os_processes.c
void os_processes_attach(os_t *os, os_device_t *device);
void os_processes_free(os_t *os, os_device_t *device);
void os_leave_domain(os_t *os, unsigned domain);         // no process of any device uses it afterwards
void os_change_process(os_t *os);
void os_break_processes(os_t *os);

// os_publish.c: what devices are told.
void os_publish(os_t *os, os_mapping_t *mapping);
void os_publish_device(os_t *os, os_device_t *device);
void os_publish_slot(os_t *os, os_device_t *device, unsigned slot);
void os_withdraw_slot(os_t *os, os_device_t *device, unsigned slot);
void os_withdraw(os_t *os, os_mapping_t *mapping);
void os_withdraw_device(os_t *os, os_device_t *device);
void os_publish_identity(os_t *os, os_device_t *device, bool on);

// os_devices.c
void os_devices_init(os_t *os);
void os_move_device(os_t *os);
void os_detach(os_t *os, os_device_t *device);
void os_put_context(os_t *os, const os_device_t *device, const pcl_device_context_t *context);
uint64_t os_context_flags(os_t *os);
uint32_t os_fresh_pscid(os_t *os);
void os_domain_open(os_t *os, unsigned index);
void os_domain_close(os_t *os, unsigned index);
void os_junk_device(os_t *os);
void os_recycle_domain(os_t *os);
void os_break_directory(os_t *os);
unsigned os_any_directory(os_t *os);
void os_switch_mode(os_t *os);
void os_enter_mode(os_t *os, pcl_table_mode_t mode);

// os_queues.c
void os_queues_start(os_t *os, bool gently);
void os_queues_stop(os_t *os);
void os_resize_queues(os_t *os);
void os_storm(os_t *os);
void os_illegal(os_t *os);
void os_faults(os_t *os);
void os_handle_interrupt(os_t *os);

// os_ports.c
void os_quiesce(os_t *os);
void os_isolate(os_t *os);
void os_set_isotime(os_t *os);
void os_rescue_ports(os_t *os);
void os_reap(os_t *os);
void os_await_posted(os_t *os, uint32_t limit);          // until they are answered, or for this many clocks

// os_interrupts.c
void os_interrupts_start(os_t *os);
bool os_called(os_t *os);
void os_empty_mailboxes(os_t *os);
void os_change_interrupts(os_t *os);
void os_await_messages(os_t *os);                        // fails if one does not come
void os_see_message(os_t *os, const tb_view_t *view);

// os_counters.c
void os_change_counters(os_t *os);
void os_forget_counters(os_t *os);
void os_count_debug(os_t *os);
void os_see_requests(os_t *os, const tb_view_t *view);

// os_debug.c
void os_debug(os_t *os);

// os_qos.c
pcl_device_context_t os_with_qos(os_t *os, uint32_t device_id, const pcl_device_context_t *context);
uint32_t os_own_qos(os_t *os);
void os_change_qos(os_t *os);
void os_see_qos(os_t *os, const sb_request_t *request, const pcl_ax_t *granted);

// os_ats.c
void os_ats_init(os_t *os);
void os_ats_start(os_t *os);                             // with the queues
void os_ats_stop(os_t *os);
void os_ats_end(os_t *os);
uint64_t os_ats_flags(os_t *os, bool second);
void os_ats_follow(os_t *os, const os_device_t *device, uint64_t tc);
void os_serve_pages(os_t *os);
void os_ats(os_t *os);

// os_messages.c
void os_file_entry(os_t *os, uint64_t entry[2]);
void os_send_messages(os_t *os);
void os_forget_messages(os_t *os);

// os_narrow.c
void os_narrow(os_t *os);

// os_nonsense.c
void os_nonsense(os_t *os);
void os_reset(os_t *os);

#endif
