// SPDX-License-Identifier: Apache-2.0
//
// Bursts live in a fixed pool; each ID has a queue of its reads and one of its writes, exact mode one queue for all IDs.
#include "axi_mem.h"

#include <stdlib.h>
#include <string.h>

#include "burst.h"
#include "throttle.h"

enum { POOL = 2048, IDS = 256, EARLY_BEATS = 8, W_AHEAD = 16, EXACT_LATENCY = 20 };

typedef struct burst {
  struct burst *next;
  pcl_ax_t ax;
  uint64_t ready;      // first clock in which the next response may be valid
  uint64_t early[EARLY_BEATS];
  uint16_t beat;       // beats answered (read) or stored (write)
  uint8_t resp;
  bool is_early;
  bool store;          // write: beats go to memory
} burst_t;

typedef struct {
  burst_t *head, *tail;
} queue_t;

typedef struct {
  uint64_t addr;
  uint64_t stores;     // of the page when the exclusive read was answered
  uint32_t shape;      // len and size
  bool valid;
} monitor_t;

// One direction: bursts per ID, and the IDs that have any.
typedef struct {
  queue_t id[IDS];
  uint64_t some[IDS / 64];
  queue_t order;       // exact mode: all in one queue
  uint32_t current;    // ID whose burst is under way (reads)
  unsigned count;
} channel_t;

struct axi_mem {
  mem_t *mem;
  axi_mem_pins_t pins;
  axi_mem_config_t config;
  uint64_t poisoned;   // a doubleword, or 0
  unsigned bus_bytes;
  uint64_t user_mask;
  mem_source_t source;
  rng_t rng;
  throttle_t ar_throttle, aw_throttle, w_throttle, r_throttle, b_throttle;
  channel_t reads, writes;
  queue_t waiting;     // AWs whose W beats are not complete
  pcl_w_t ahead[W_AHEAD];
  unsigned ahead_first, ahead_count;
  monitor_t monitor[IDS];
  burst_t pool[POOL];
  burst_t *free_list;
  unsigned used;
};

static void push(queue_t *queue, burst_t *burst) {
  burst->next = NULL;
  if (queue->head) queue->tail->next = burst;
  else queue->head = burst;
  queue->tail = burst;
}

static burst_t *pop(queue_t *queue) {
  burst_t *burst = queue->head;
  queue->head = burst->next;
  return burst;
}

static queue_t *queue_of(axi_mem_t *axi, channel_t *channel, unsigned id) {
  return axi->config.exact ? &channel->order : &channel->id[id];
}

static void channel_push(axi_mem_t *axi, channel_t *channel, burst_t *burst) {
  unsigned id = burst->ax.id;
  push(queue_of(axi, channel, id), burst);
  channel->some[id / 64] |= UINT64_C(1) << (id % 64);
  channel->count++;
}

static void release(axi_mem_t *axi, burst_t *burst) {
  burst->next = axi->free_list;
  axi->free_list = burst;
  axi->used--;
}

static void channel_pop(axi_mem_t *axi, channel_t *channel, unsigned id) {
  queue_t *queue = queue_of(axi, channel, id);
  release(axi, pop(queue));
  if (!queue->head) channel->some[id / 64] &= ~(UINT64_C(1) << (id % 64));
  channel->count--;
}

// A random burst whose response may be valid in clock `next`, or NULL.
static burst_t *choose(axi_mem_t *axi, channel_t *channel, uint64_t next) {
  if (axi->config.exact) {
    burst_t *head = channel->order.head;
    return head && head->ready <= next ? head : NULL;
  }
  unsigned start = rng_below(&axi->rng, IDS);
  for (unsigned step = 0; step <= IDS / 64; step++) {
    unsigned word = (start / 64 + step) % (IDS / 64);
    uint64_t bits = channel->some[word];
    if (step == 0) bits &= ~UINT64_C(0) << (start % 64);
    for (; bits; bits &= bits - 1) {
      burst_t *head = channel->id[word * 64 + (unsigned)__builtin_ctzll(bits)].head;
      if (head && head->ready <= next) return head;
    }
  }
  return NULL;
}

axi_mem_t *axi_mem_create(mem_t *mem, const axi_mem_pins_t *pins, unsigned bus_bytes, mem_source_t source, uint64_t seed,
                          unsigned stream) {
  axi_mem_t *axi = calloc(1, sizeof *axi);
  if (!axi) abort();
  axi->mem = mem;
  axi->pins = *pins;
  axi->bus_bytes = bus_bytes;
  axi_mem_set_user_width(axi, 1);
  axi->source = source;
  rng_seed(&axi->rng, seed, stream);
  axi_mem_configure(axi, &(axi_mem_config_t){.exact = true, .hole = ~UINT64_C(0)});
  axi_mem_reset(axi);
  return axi;
}

void axi_mem_set_user_width(axi_mem_t *axi, unsigned bits) { axi->user_mask = ~UINT64_C(0) >> (64 - bits); }

void axi_mem_poison(axi_mem_t *axi, uint64_t addr) { axi->poisoned = addr; }
void axi_mem_destroy(axi_mem_t *axi) { free(axi); }

void axi_mem_configure(axi_mem_t *axi, const axi_mem_config_t *config) {
  if (config->exact != axi->config.exact && axi->used) abort();
  axi->config = *config;
  throttle_t *throttles[5] = {&axi->ar_throttle, &axi->aw_throttle, &axi->w_throttle, &axi->r_throttle, &axi->b_throttle};
  for (unsigned i = 0; i < 5; i++) throttle_init(throttles[i], config->exact ? 0 : config->stall, 200);
}

void axi_mem_reset(axi_mem_t *axi) {
  memset(&axi->reads, 0, sizeof axi->reads);
  memset(&axi->writes, 0, sizeof axi->writes);
  memset(axi->monitor, 0, sizeof axi->monitor);
  axi->waiting.head = NULL;
  axi->ahead_count = 0;
  axi->free_list = NULL;
  axi->used = POOL;
  for (unsigned i = POOL; i-- > 0;) release(axi, &axi->pool[i]);
  axi->pins.r->valid = axi->pins.b->valid = false;
  *axi->pins.ar_ready = *axi->pins.aw_ready = *axi->pins.w_ready = false;
}

unsigned axi_mem_pending(const axi_mem_t *axi) { return axi->used; }

static uint8_t draw_resp(axi_mem_t *axi, uint64_t addr, uint32_t error) {
  if (addr >= axi->config.hole) return PCL_RESP_DECERR;
  if (!rng_chance(&axi->rng, error)) return PCL_RESP_OKAY;
  return rng_below(&axi->rng, 2) ? PCL_RESP_SLVERR : PCL_RESP_DECERR;
}

static uint32_t draw_latency(axi_mem_t *axi) {
  if (axi->config.exact) return EXACT_LATENCY;
  uint32_t times = rng_chance(&axi->rng, axi->config.late) ? AXI_MEM_LATE : 1;
  return rng_range(&axi->rng, axi->config.latency_low, axi->config.latency_high * times);
}

static burst_t *take(axi_mem_t *axi, const pcl_ax_t *ax, uint32_t error, uint64_t cycle) {
  burst_t *burst = axi->free_list;
  axi->free_list = burst->next;
  axi->used++;
  burst->ax = *ax;
  burst->beat = 0;
  burst->is_early = false;
  burst->resp = axi->config.exact ? PCL_RESP_OKAY : draw_resp(axi, ax->addr, error);
  burst->ready = cycle + draw_latency(axi);
  return burst;
}

static void take_read(axi_mem_t *axi, const pcl_ax_t *ax, uint64_t cycle) {
  burst_t *burst = take(axi, ax, axi->config.error, cycle);
  if (ax->lock && burst->resp == PCL_RESP_OKAY && !rng_chance(&axi->rng, axi->config.no_exclusive)) {
    burst->resp = PCL_RESP_EXOKAY;
    axi->monitor[ax->id] = (monitor_t){
      .valid = true, .addr = ax->addr, .shape = ax->len * 8u + ax->size, .stores = mem_page_stores(axi->mem, ax->addr)};
  }
  if (axi->bus_bytes == 8 && ax->len < EARLY_BEATS && !axi->config.exact && rng_below(&axi->rng, 2)) {
    burst->is_early = true;
    for (unsigned i = 0; i <= ax->len; i++) burst->early[i] = mem_read64(axi->mem, burst_address(ax, i));
  }
  channel_push(axi, &axi->reads, burst);
}

static void take_write(axi_mem_t *axi, const pcl_ax_t *ax, uint64_t cycle) {
  burst_t *burst = take(axi, ax, axi->config.error * (axi->source == MEM_BY_IOMMU ? 4 : 1), cycle);
  burst->store = burst->resp == PCL_RESP_OKAY;
  push(&axi->waiting, burst);
}

// An exclusive write is decided as its first beat is stored (AMBA AXI4, A7.2.4).
static void decide_exclusive(axi_mem_t *axi, burst_t *burst) {
  const pcl_ax_t *ax = &burst->ax;
  monitor_t *monitor = &axi->monitor[ax->id];
  burst->store = monitor->valid && monitor->addr == ax->addr && monitor->shape == ax->len * 8u + ax->size &&
                 monitor->stores == mem_page_stores(axi->mem, ax->addr);
  if (burst->store) burst->resp = PCL_RESP_EXOKAY;
  monitor->valid = false;
}

static const char *store_beat(axi_mem_t *axi, const pcl_w_t *w, uint64_t cycle) {
  burst_t *burst = axi->waiting.head;
  uint64_t addr = burst_address(&burst->ax, burst->beat), base = addr & ~(uint64_t)(axi->bus_bytes - 1);
  if (w->strb & ~burst_lanes(addr, burst->ax.size, axi->bus_bytes)) return "memory W: strobe outside the beat's byte lanes";
  if (burst->ax.lock && burst->store && burst->beat == 0) decide_exclusive(axi, burst);
  if (burst->store) {
    for (unsigned i = 0; i < axi->bus_bytes; i += 8) {
      unsigned shift = axi->bus_bytes == 4 ? (unsigned)(addr & 4) : 0;
      mem_write64(axi->mem, base + i, w->data[i / 8] << (8 * shift), (uint8_t)(w->strb >> i << shift), axi->source);
    }
  }
  if (w->last != (burst->beat == burst->ax.len)) return "memory W: WLAST is not on the last beat";
  if (burst->beat++ < burst->ax.len) return NULL;
  pop(&axi->waiting);
  burst->ready = cycle + draw_latency(axi);
  channel_push(axi, &axi->writes, burst);
  return NULL;
}

static bool is_poisoned(axi_mem_t *axi, bool lock, uint64_t addr) {
  if (axi->poisoned && addr == axi->poisoned) return true;
  return rng_chance(&axi->rng, axi->config.poison * (lock ? 10 : 1)) || (axi->config.corrupt && addr >= axi->config.corrupt);
}

// Drives R for the next clock from the next beat of `burst`.
static void drive_r(axi_mem_t *axi, burst_t *burst) {
  pcl_r_t *r = axi->pins.r;
  uint64_t addr = burst_address(&burst->ax, burst->beat), base = addr & ~(uint64_t)(axi->bus_bytes - 1);
  r->valid = true;
  r->id = burst->ax.id;
  r->resp = burst->resp;
  r->last = burst->beat == burst->ax.len;
  if (burst->is_early) r->data[0] = burst->early[burst->beat];
  else if (axi->bus_bytes == 4) r->data[0] = (uint32_t)(mem_read64(axi->mem, addr) >> (8 * (addr & 4)));
  else for (unsigned i = 0; i < axi->bus_bytes; i += 8) r->data[i / 8] = mem_read64(axi->mem, base + i);
  if (r->resp >= PCL_RESP_SLVERR) r->data[0] = rng_u64(&axi->rng);
  if (axi->bus_bytes == 4) r->data[0] = (uint32_t)r->data[0];
  r->user = axi->source == MEM_BY_IOMMU ? is_poisoned(axi, burst->ax.lock, addr) : rng_mix(addr) & axi->user_mask;
  burst->beat++;
  burst->ready = 0;
  axi->reads.current = burst->ax.id;
  if (r->last) channel_pop(axi, &axi->reads, burst->ax.id);
}

static void next_r(axi_mem_t *axi, uint64_t next) {
  if (!axi->reads.count || !throttle_open(&axi->r_throttle, &axi->rng)) return;
  burst_t *burst = queue_of(axi, &axi->reads, axi->reads.current)->head;
  bool stay = burst && burst->ready <= next && (axi->config.exact || rng_below(&axi->rng, 16));
  if (!stay) burst = choose(axi, &axi->reads, next);
  if (burst) drive_r(axi, burst);
}

static void next_b(axi_mem_t *axi, uint64_t next) {
  if (!axi->writes.count || !throttle_open(&axi->b_throttle, &axi->rng)) return;
  burst_t *burst = choose(axi, &axi->writes, next);
  if (!burst) return;
  pcl_b_t *b = axi->pins.b;
  *b = (pcl_b_t){.valid = true, .id = burst->ax.id, .resp = burst->resp, .user = rng_mix(burst->ax.addr) & axi->user_mask};
  channel_pop(axi, &axi->writes, b->id);
}

const char *axi_mem_clock(axi_mem_t *axi, uint64_t cycle) {
  const axi_mem_pins_t *pins = &axi->pins;
  const char *wrong = NULL;
  if (pins->ar->valid && *pins->ar_ready) take_read(axi, pins->ar, cycle);
  if (pins->aw->valid && *pins->aw_ready) take_write(axi, pins->aw, cycle);
  if (pins->w->valid && *pins->w_ready) axi->ahead[(axi->ahead_first + axi->ahead_count++) % W_AHEAD] = *pins->w;
  while (axi->ahead_count && axi->waiting.head && !wrong) {
    wrong = store_beat(axi, &axi->ahead[axi->ahead_first], cycle);
    axi->ahead_first = (axi->ahead_first + 1) % W_AHEAD;
    axi->ahead_count--;
  }
  if (pins->r->valid && *pins->r_ready) pins->r->valid = false;
  if (pins->b->valid && *pins->b_ready) pins->b->valid = false;
  if (!pins->r->valid) next_r(axi, cycle + 1);
  if (!pins->b->valid) next_b(axi, cycle + 1);
  bool room = axi->used + 2 < POOL && !axi->config.shut;
  *pins->ar_ready = room && throttle_open(&axi->ar_throttle, &axi->rng);
  *pins->aw_ready = room && throttle_open(&axi->aw_throttle, &axi->rng);
  *pins->w_ready = axi->ahead_count < W_AHEAD && !axi->config.shut && throttle_open(&axi->w_throttle, &axi->rng);
  return wrong;
}
