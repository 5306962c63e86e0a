// SPDX-License-Identifier: Apache-2.0
//
// Requests are in a list per ID (`next`), which is the order of answers, and in a list per channel (`newer`), oldest first.
// After an isolation the port still finishes with memory what it had granted: these are ghosts, of which only counts are kept.
#include "scoreboard.h"

#include <stdlib.h>
#include <string.h>

enum { POOL = 8192, GHOST_WRITES = 512 };

typedef struct {
  sb_request_t *head, *tail;      // by ID, oldest first
} id_list_t;

typedef struct {
  sb_request_t *oldest, *newest;
  id_list_t id[PCL_MAX_IDS];
  uint32_t ghosts[PCL_MAX_IDS];   // granted before an isolation, memory has not answered
  uint32_t ghost_count;
  uint64_t valid_since;           // first clock of the Ax valid now on the device side
  bool was_valid;
  bool was_granting;              // memory-side Ax valid and not taken in the clock before
  pcl_ax_t granting;
} sb_channel_t;

typedef struct {
  sb_channel_t channel[PCL_CHANNELS];
  sb_request_t *w_current;        // oldest write whose W beats are not complete
  uint8_t ghost_len[GHOST_WRITES];
  unsigned ghost_first, ghost_writes;
  uint16_t ghost_beat;            // of the first ghost write
  uint64_t w_since;               // first clock of the W beat now valid
  bool w_was_valid;
  bool isolated;
  pcl_r_t r_shown;                // answers valid and not taken in the clock before
  pcl_b_t b_shown;
  pcl_w_t w_shown;
} sb_port_t;

struct scoreboard {
  unsigned ports;
  unsigned words;
  bool qosid;
  bool interrupt_files;           // in memory
  failure_t *failure;
  const tb_observer_t *observers;
  const unsigned *observer_count;
  const tb_view_t *view;
  sb_counts_t counts;
  unsigned pending;
  sb_port_t port[PCL_MAX_PORTS];
  sb_request_t pool[POOL];
  sb_request_t *free_list;
};

#define NOTIFY(scoreboard, event, ...) \
  for (unsigned i = 0; i < *(scoreboard)->observer_count; i++) \
    if ((scoreboard)->observers[i].event) (scoreboard)->observers[i].event((scoreboard)->observers[i].context, __VA_ARGS__)

scoreboard_t *scoreboard_create(const pcl_config_t *config, failure_t *failure, const tb_observer_t *observers,
                                const unsigned *observer_count) {
  scoreboard_t *sb = calloc(1, sizeof *sb);
  if (!sb) abort();
  sb->ports = config->num_ports;
  sb->words = (config->data_width + 63) / 64;
  sb->qosid = config->qosid;
  sb->interrupt_files = config->msi_mrif;
  sb->failure = failure;
  sb->observers = observers;
  sb->observer_count = observer_count;
  scoreboard_reset(sb);
  return sb;
}

void scoreboard_destroy(scoreboard_t *scoreboard) { free(scoreboard); }

void scoreboard_reset(scoreboard_t *sb) {
  memset(sb->port, 0, sizeof sb->port);
  sb->pending = 0;
  sb->free_list = NULL;
  for (unsigned i = 0; i < POOL; i++) {
    sb->pool[i].next = sb->free_list;
    sb->free_list = &sb->pool[i];
  }
}

unsigned scoreboard_pending(const scoreboard_t *scoreboard) { return scoreboard->pending; }
const sb_counts_t *scoreboard_counts(const scoreboard_t *scoreboard) { return &scoreboard->counts; }

static const char *const channel_names[PCL_CHANNELS] = {"read", "write"};
static const char *const state_names[] = {"waiting", "granted", "being refused"};

static void describe(const sb_request_t *r, char *text, size_t size) {
  snprintf(text, size, "%s of port %u, ID %u, device_id 0x%x, IOVA 0x%llx, %u beats of %u bytes, taken in clock %llu, %s",
           channel_names[r->channel], r->port, r->ax.id, r->ax.device_id, (unsigned long long)r->ax.addr, r->ax.len + 1u,
           1u << r->ax.size, (unsigned long long)r->taken_cycle, state_names[r->state]);
}

void scoreboard_describe(const scoreboard_t *scoreboard, unsigned port, unsigned channel, unsigned limit, char *text,
                         size_t size) {
  text[0] = '\0';
  for (const sb_request_t *r = scoreboard->port[port].channel[channel].oldest; r && limit; r = r->newer, limit--) {
    size_t used = strlen(text);
    if (used + 2 >= size) return;
    text[used++] = '\n';
    text[used++] = ' ';
    describe(r, text + used, size - used);
  }
}

static void wrong(scoreboard_t *sb, unsigned port, unsigned channel, const sb_request_t *request, const char *what) {
  char text[300] = "no request is known that this could belong to";
  if (request) describe(request, text, sizeof text);
  fail(sb->failure, "scoreboard: port %u, %s channel: %s\n  %s", port, channel_names[channel], what, text);
}

static sb_request_t *oldest_waiting(const sb_channel_t *channel, unsigned id, bool by_id) {
  sb_request_t *r = by_id ? channel->id[id].head : channel->oldest;
  while (r && r->state == SB_GRANTED) r = by_id ? r->next : r->newer;
  return r;
}

// Takes a request out of both lists.
static void end_request(scoreboard_t *sb, sb_request_t *r) {
  sb_channel_t *channel = &sb->port[r->port].channel[r->channel];
  channel->id[r->ax.id].head = r->next;
  if (r->older) r->older->newer = r->newer;
  else channel->oldest = r->newer;
  if (r->newer) r->newer->older = r->older;
  else channel->newest = r->older;
  r->next = sb->free_list;
  sb->free_list = r;
  sb->pending--;
}

static void accept(scoreboard_t *sb, unsigned p, unsigned c, const pcl_ax_t *ax) {
  sb_port_t *port = &sb->port[p];
  sb_channel_t *channel = &port->channel[c];
  sb_request_t *r = sb->free_list;
  if (!r) {
    wrong(sb, p, c, NULL, "more requests taken than ever could be under way");
    return;
  }
  sb->free_list = r->next;
  *r = (sb_request_t){
    .ax = *ax, .port = (uint8_t)p, .channel = (uint8_t)c, .valid_cycle = channel->valid_since, .taken_cycle = sb->view->cycle,
    .older = channel->newest,
  };
  if (c == PCL_WRITE && !port->w_current) {
    r->w_ahead = port->w_was_valid && port->w_since < sb->view->cycle;
    port->w_current = r;
  }
  if (channel->newest) channel->newest->newer = r;
  else channel->oldest = r;
  channel->newest = r;
  id_list_t *list = &channel->id[ax->id];
  if (list->head) list->tail->next = r;
  else list->head = r;
  list->tail = r;
  sb->pending++;
}

static bool passed_on(const pcl_ax_t *dev, const pcl_ax_t *mem) {
  return dev->id == mem->id && dev->len == mem->len && dev->size == mem->size && dev->burst == mem->burst &&
         dev->lock == mem->lock && dev->cache == mem->cache && dev->prot == mem->prot && dev->qos == mem->qos &&
         dev->user == mem->user && dev->device_id == mem->device_id && (dev->addr & 4095) == (mem->addr & 4095) &&
         mem->addr >> 56 == 0;
}

static bool same_ax(const pcl_ax_t *a, const pcl_ax_t *b) {
  return a->addr == b->addr && passed_on(a, b) && a->pbmt == b->pbmt && a->rcid == b->rcid && a->mcid == b->mcid;
}

static void check_grant(scoreboard_t *sb, unsigned p, unsigned c, const pcl_ax_t *mem, bool taken) {
  sb_channel_t *channel = &sb->port[p].channel[c];
  bool is_new = mem->valid && !channel->was_granting;
  if (channel->was_granting && (!mem->valid || !same_ax(mem, &channel->granting)))
    wrong(sb, p, c, NULL, "the memory side's Ax changed before it was taken");
  channel->was_granting = mem->valid && !taken;
  if (!is_new) return;
  channel->granting = *mem;
  sb_request_t *r = oldest_waiting(channel, mem->id, c == PCL_READ);
  if (!r || r->state != SB_WAITING || sb->port[p].isolated) {
    wrong(sb, p, c, r, "a request on the memory side that no device made, or out of order");
    return;
  }
  if (!passed_on(&r->ax, mem) || (!sb->qosid && (mem->rcid || mem->mcid))) {
    wrong(sb, p, c, r, "the memory side's request is not that of the oldest waiting one, or not all fields passed unchanged");
    return;
  }
  r->grant_cycle = sb->view->cycle;
  sb->counts.beats[c] += r->ax.len + 1u;
  if (r->grant_cycle == r->taken_cycle + 1) {
    sb->counts.hits++;
    sb->counts.hit_passed_miss += oldest_waiting(channel, 0, false) != r;
  } else {
    sb->counts.misses++;
  }
  r->state = SB_GRANTED;
  NOTIFY(sb, grant, sb->view, r, mem);
}

static void ghost_w_beat(scoreboard_t *sb, unsigned p, const pcl_w_t *w, bool from_device) {
  sb_port_t *port = &sb->port[p];
  if (!port->ghost_writes) {
    wrong(sb, p, PCL_WRITE, NULL, "an isolated port sends a W beat that no granted write owes");
    return;
  }
  if (!from_device && (w->strb || w->user)) wrong(sb, p, PCL_WRITE, NULL, "an isolated port makes up a W beat with strobes");
  if (port->ghost_beat++ < port->ghost_len[port->ghost_first]) return;
  port->ghost_beat = 0;
  port->ghost_first = (port->ghost_first + 1) % GHOST_WRITES;
  port->ghost_writes--;
}

static void check_w(scoreboard_t *sb, unsigned p, const pcl_port_pins_in_t *in, const pcl_port_pins_out_t *out) {
  sb_port_t *port = &sb->port[p];
  const pcl_w_t *dev = &in->dev_w, *mem = &out->mem_w;
  bool dev_taken = dev->valid && out->dev_w_ready, mem_taken = mem->valid && in->mem_w_ready;
  if (dev->valid && !port->w_was_valid) port->w_since = sb->view->cycle;
  port->w_was_valid = dev->valid && !dev_taken;
  if (mem_taken && port->isolated) {
    ghost_w_beat(sb, p, mem, dev_taken);
    return;
  }
  if (port->isolated) return;
  if (mem_taken && !dev_taken) wrong(sb, p, PCL_WRITE, port->w_current, "a W beat reaches memory that the device did not send");
  if (!dev_taken) return;
  sb_request_t *r = port->w_current;
  if (!r) {
    wrong(sb, p, PCL_WRITE, NULL, "a W beat is taken for which no AW was taken");
    return;
  }
  if (mem_taken) {
    if (r->state != SB_GRANTED) wrong(sb, p, PCL_WRITE, r, "W beats of a write go to memory before its AWVALID was seen");
    uint64_t difference = (dev->strb ^ mem->strb) | (dev->user ^ mem->user);
    for (unsigned i = 0; i < sb->words; i++) difference |= dev->data[i] ^ mem->data[i];
    if (difference) wrong(sb, p, PCL_WRITE, r, "a W beat changed on its way to memory");
  } else {
    if (r->state == SB_GRANTED) wrong(sb, p, PCL_WRITE, r, "a W beat of a granted write was swallowed");
    r->state = SB_REFUSED;
  }
  r->w_data = dev->data[0];
  r->w_strobe = dev->strb;
  if (r->w_beats++ < r->ax.len) return;
  do port->w_current = port->w_current->newer;
  while (port->w_current && port->w_current->w_beats > port->w_current->ax.len);
}

// Whether the port may have taken it for an interrupt file in memory: one beat, a read of 4 aligned bytes.
static bool may_be_absorbed(const scoreboard_t *sb, const sb_request_t *r) {
  if (!sb->interrupt_files || r->ax.len) return false;
  return r->channel == PCL_WRITE || (r->ax.size == 2 && r->ax.addr % 4 == 0);
}

// A response handshake that comes from memory (`granted`) or from the port itself: the request it belongs to, or NULL.
static sb_request_t *answered(scoreboard_t *sb, unsigned p, unsigned c, unsigned id, bool granted, uint8_t resp) {
  sb_request_t *r = sb->port[p].channel[c].id[id].head;
  if (!r) {
    wrong(sb, p, c, NULL, "an answer of an ID that has no request under way");
    return NULL;
  }
  if (granted != (r->state == SB_GRANTED)) {
    wrong(sb, p, c, r, granted ? "memory's answer reaches a request that never went there" : "a granted request is refused");
    return NULL;
  }
  if (granted) return r;
  if (resp == PCL_RESP_OKAY && r->beats == 0 && may_be_absorbed(sb, r)) {
    sb->counts.absorbed[c]++;
    NOTIFY(sb, absorb, sb->view, r);
    return r;
  }
  if (resp != PCL_RESP_SLVERR) wrong(sb, p, c, r, "a refusal that is not SLVERR");
  if (r->beats == 0) {
    r->state = SB_REFUSED;
    sb->counts.refused[c]++;
    sb->counts.refused_w_ahead += r->w_ahead;
    NOTIFY(sb, refuse, sb->view, r);
  }
  return r;
}

static void finish_request(scoreboard_t *sb, sb_request_t *r) {
  NOTIFY(sb, answer, sb->view, r);
  end_request(sb, r);
}

static void check_r(scoreboard_t *sb, unsigned p, const pcl_port_pins_in_t *in, const pcl_port_pins_out_t *out) {
  sb_port_t *port = &sb->port[p];
  const pcl_r_t *dev = &out->dev_r, *mem = &in->mem_r;
  bool dev_taken = dev->valid && in->dev_r_ready, mem_taken = mem->valid && out->mem_r_ready;
  if (port->isolated) {
    sb_channel_t *channel = &port->channel[PCL_READ];
    if (mem_taken && mem->last) {
      if (channel->ghosts[mem->id]) channel->ghosts[mem->id]--, channel->ghost_count--;
      else wrong(sb, p, PCL_READ, NULL, "memory answers a read that an isolated port did not have under way");
    }
    mem_taken = false;
  } else if (mem_taken && !dev_taken) {
    wrong(sb, p, PCL_READ, NULL, "an R beat of memory is taken but not given to the device");
  }
  if (port->r_shown.valid && !port->isolated &&
      (!dev->valid || dev->id != port->r_shown.id || dev->data[0] != port->r_shown.data[0] || dev->resp != port->r_shown.resp ||
       dev->last != port->r_shown.last))
    wrong(sb, p, PCL_READ, NULL, "R changed before it was taken");
  port->r_shown.valid = false;
  if (dev->valid && !dev_taken) port->r_shown = *dev;
  if (!dev_taken) return;
  sb_request_t *r = answered(sb, p, PCL_READ, dev->id, mem_taken, dev->resp);
  if (!r) return;
  uint64_t difference = 0;
  for (unsigned i = 0; i < sb->words; i++) difference |= dev->data[i] ^ (mem_taken ? mem->data[i] : 0);
  difference |= dev->user ^ (mem_taken ? mem->user : 0);
  if (mem_taken) difference |= (uint64_t)(dev->id ^ mem->id) | (uint64_t)(dev->resp ^ mem->resp);
  if (difference) wrong(sb, p, PCL_READ, r, "R data, response, ID or user is not what memory gave (or not 0 in a refusal)");
  if (dev->last != (r->beats == r->ax.len)) wrong(sb, p, PCL_READ, r, "RLAST is not on the last beat");
  r->beats++;
  if (dev->last) finish_request(sb, r);
}

static void check_b(scoreboard_t *sb, unsigned p, const pcl_port_pins_in_t *in, const pcl_port_pins_out_t *out) {
  sb_port_t *port = &sb->port[p];
  const pcl_b_t *dev = &out->dev_b, *mem = &in->mem_b;
  bool dev_taken = dev->valid && in->dev_b_ready, mem_taken = mem->valid && out->mem_b_ready;
  if (port->isolated) {
    sb_channel_t *channel = &port->channel[PCL_WRITE];
    if (mem_taken) {
      if (channel->ghosts[mem->id]) channel->ghosts[mem->id]--, channel->ghost_count--;
      else wrong(sb, p, PCL_WRITE, NULL, "memory answers a write that an isolated port did not have under way");
    }
    mem_taken = false;
  } else if (mem_taken && !dev_taken) {
    wrong(sb, p, PCL_WRITE, NULL, "a B of memory is taken but not given to the device");
  }
  if (port->b_shown.valid && !port->isolated && (!dev->valid || dev->id != port->b_shown.id || dev->resp != port->b_shown.resp))
    wrong(sb, p, PCL_WRITE, NULL, "B changed before it was taken");
  port->b_shown.valid = false;
  if (dev->valid && !dev_taken) port->b_shown = *dev;
  if (!dev_taken) return;
  sb_request_t *r = answered(sb, p, PCL_WRITE, dev->id, mem_taken, dev->resp);
  if (!r) return;
  if (mem_taken ? dev->id != mem->id || dev->resp != mem->resp || dev->user != mem->user : dev->user != 0)
    wrong(sb, p, PCL_WRITE, r, "B is not what memory gave (or its user is not 0 in a refusal)");
  if (!port->isolated && r->w_beats != r->ax.len + 1u) wrong(sb, p, PCL_WRITE, r, "B before the last W beat was taken");
  if (port->w_current == r) port->w_current = r->newer;
  finish_request(sb, r);
}

// The isolator cuts the device off: none of its requests is answered any more; those granted become ghosts.
static void drop_requests(scoreboard_t *sb, unsigned p, bool enter) {
  sb_port_t *port = &sb->port[p];
  for (unsigned c = 0; c < PCL_CHANNELS; c++) {
    sb_channel_t *channel = &port->channel[c];
    for (sb_request_t *r; (r = channel->oldest);) {
      if (r->state == SB_GRANTED && enter) {
        channel->ghosts[r->ax.id]++;
        channel->ghost_count++;
        if (c == PCL_WRITE && r->w_beats <= r->ax.len) {
          if (!port->ghost_writes) port->ghost_beat = r->w_beats;
          port->ghost_len[(port->ghost_first + port->ghost_writes++) % GHOST_WRITES] = r->ax.len;
        }
      }
      sb->counts.dropped++;
      NOTIFY(sb, drop, sb->view, r);
      end_request(sb, r);
    }
    memset(channel->id, 0, sizeof channel->id);
  }
  port->w_current = NULL;
}

static void follow_isolation(scoreboard_t *sb, unsigned p, bool isolated) {
  sb_port_t *port = &sb->port[p];
  if (isolated == port->isolated) return;
  port->isolated = isolated;
  sb->counts.isolations += isolated;
  drop_requests(sb, p, isolated);
  if (isolated) return;
  if (port->channel[PCL_READ].ghost_count || port->channel[PCL_WRITE].ghost_count || port->ghost_writes)
    wrong(sb, p, PCL_READ, NULL, "an isolation ended before memory had answered everything");
}

static void follow_valid(scoreboard_t *sb, sb_channel_t *channel, const pcl_ax_t *ax, bool taken) {
  if (ax->valid && !channel->was_valid) channel->valid_since = sb->view->cycle;
  channel->was_valid = ax->valid && !taken;
}

void scoreboard_clock(scoreboard_t *sb, const tb_view_t *view) {
  sb->view = view;
  for (unsigned p = 0; p < sb->ports; p++) {
    const pcl_port_pins_in_t *in = &view->in->port[p];
    const pcl_port_pins_out_t *out = &view->out->port[p];
    follow_isolation(sb, p, view->top->port[p].guard.isolated);
    for (unsigned c = 0; c < PCL_CHANNELS; c++) check_grant(sb, p, c, &out->mem_ax[c], in->mem_ax_ready[c]);
    check_w(sb, p, in, out);
    check_r(sb, p, in, out);
    check_b(sb, p, in, out);
    for (unsigned c = 0; c < PCL_CHANNELS; c++) {
      bool taken = in->dev_ax[c].valid && out->dev_ax_ready[c];
      follow_valid(sb, &sb->port[p].channel[c], &in->dev_ax[c], taken);
      if (taken) accept(sb, p, c, &in->dev_ax[c]);
    }
  }
}
