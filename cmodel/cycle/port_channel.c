// SPDX-License-Identifier: Apache-2.0
// One address channel of a port: slots, out register, answers, counters. What they are is described in port_channel.h; the
// paragraphs of microarchitecture 4.2 are named at the functions.
#include "port_channel.h"

#include <string.h>

#include "bus_check.h"
#include "rr_arb.h"

static uint32_t bit(unsigned slot) { return UINT32_C(1) << slot; }

void pcl_port_channel_init(pcl_port_channel_t *ch, const pcl_config_t *config, unsigned port, unsigned channel) {
  memset(ch, 0, sizeof *ch);
  ch->channel = channel;
  ch->q = 2 * port + channel;
  ch->slots = config->port_misses;
  ch->all = (uint32_t)((UINT64_C(1) << config->port_misses) - 1);
  ch->max_outstanding = config->max_outstanding;
  ch->bus_size = (unsigned)__builtin_ctz(config->data_width / 8);
  ch->counts = config->hpm;
  ch->absorbs = config->msi_mrif && channel == PCL_WRITE;
  pcl_port_mrif_init(&ch->absorber, config);
}

// "Asking": a write to an interrupt file in memory waits until it is the oldest.
static uint32_t ask_candidates(const pcl_port_channel_t *ch) {
  uint32_t candidates = ch->need;
  for (uint32_t rest = ch->need & ch->late; rest != 0; rest &= rest - 1) {
    const uint32_t slot = rest & -rest;
    if (ch->blocked & slot || ch->cnt[ch->slot[__builtin_ctz(rest)].ax.id] != 0) candidates &= ~slot;
  }
  return candidates;
}

void pcl_port_channel_req(const pcl_port_channel_t *ch, bool flush, pcl_miss_req_t *req) {
  const uint32_t candidates = ask_candidates(ch);
  req->valid = candidates != 0 && !flush;
  if (!req->valid) return;
  unsigned slot = pcl_rr_pick(candidates, ch->send_ptr);
  const pcl_ax_t *ax = &ch->slot[slot].ax;
  req->iova = ax->addr;
  req->device_id = ax->device_id;
  req->process_id = ax->pv ? ax->process_id : 0;
  req->slot = (uint8_t)slot;
  req->pv = ax->pv;
  req->priv = ax->pv && ax->priv;
  req->exec = ax->exec && ch->channel == PCL_READ;  // exec on AW is ignored
  req->translated = ax->translated;
  req->illegal = (ch->illegal >> slot & 1) != 0;
  req->solo = (ch->solo >> slot & 1) != 0;
  req->write = ch->channel == PCL_WRITE;
  req->ats = req->nw = req->pri = false;
}

bool pcl_port_channel_mrif_req(const pcl_port_channel_t *ch, bool flush, pcl_mrif_req_t *req) {
  const pcl_port_mrif_t *absorber = &ch->absorber;
  if (absorber->upd != PCL_UPD_ASK || flush) return false;
  const pcl_port_slot_t *slot = &ch->slot[ch->answer.slot];
  *req = (pcl_mrif_req_t){
    .file = absorber->file, .nppn = slot->grant.spn, .iova = slot->ax.addr, .data = absorber->data,
    .device_id = slot->ax.device_id, .process_id = slot->ax.pv ? slot->ax.process_id : 0, .nid = absorber->nid,
    .rcid = slot->grant.rcid, .mcid = slot->grant.mcid, .beyond = absorber->beyond, .high = absorber->high,
    .dtf = absorber->dtf, .pv = slot->ax.pv, .priv = slot->ax.pv && slot->ax.priv, .translated = slot->ax.translated};
  return true;
}

// Slots not FREE that a request with this ID must follow: all (write), or those of its ID (read).
static uint32_t followed(const pcl_port_channel_t *ch, uint16_t id) {
  uint32_t busy = pcl_port_channel_busy(ch);
  if (ch->channel == PCL_WRITE) return busy;
  uint32_t same = 0;
  for (uint32_t rest = busy; rest != 0; rest &= rest - 1) {
    if (ch->slot[__builtin_ctz(rest)].ax.id == id) same |= rest & -rest;
  }
  return same;
}

// "Leaving": OK slots that nothing holds back.
static uint32_t leave_candidates(const pcl_port_channel_t *ch, bool w_full) {
  uint32_t candidates = 0;
  if (w_full) return 0;
  for (uint32_t rest = ch->ok & ~ch->blocked; rest != 0; rest &= rest - 1) {
    if (ch->cnt[ch->slot[__builtin_ctz(rest)].ax.id] < ch->max_outstanding) candidates |= rest & -rest;
  }
  return candidates;
}

// "Refusal": FAULT and MRIF slots whose turn to be answered it is.
static uint32_t refusal_candidates(const pcl_port_channel_t *ch, bool w_full) {
  uint32_t candidates = 0;
  if (w_full || ch->answer.valid) return 0;
  for (uint32_t rest = (ch->fault | ch->mrif) & ~ch->blocked; rest != 0; rest &= rest - 1) {
    if (ch->cnt[ch->slot[__builtin_ctz(rest)].ax.id] == 0) candidates |= rest & -rest;
  }
  return candidates;
}

// "Device Ax", and "R multiplexer".
void pcl_port_channel_eval(const pcl_port_channel_t *ch, const pcl_port_channel_in_t *in, pcl_port_channel_found_t *found) {
  bool out_free = !ch->out.valid || in->mem_ax_ready;
  found->direct = false;
  found->enqueue = false;
  found->leaves = false;
  if (ch->ok != 0 && out_free && !in->flush) {
    uint32_t candidates = leave_candidates(ch, in->w_full);
    found->leaves = candidates != 0;
    if (found->leaves) found->leaving = (uint8_t)pcl_rr_pick(candidates, ch->leave_ptr);
  }
  if (in->ax->valid && !in->hold && !in->flush) {
    found->illegal = pcl_bus_illegal(in->ax, ch->bus_size);
    found->hit = (pcl_port_tlb_hit_t){.hit = false};
    if (!found->illegal && !in->refuse) found->hit = pcl_port_tlb_lookup(in->tlb, in->ax, ch->channel, in->qosid);
    found->same = followed(ch, in->ax->id);
    if (found->hit.hit && found->same == 0) {
      found->direct = ch->cnt[in->ax->id] < ch->max_outstanding && out_free && !found->leaves && !in->w_full;
    } else {
      found->enqueue = pcl_port_channel_busy(ch) != ch->all;
    }
  }
  found->dev_valid = ch->sel || (in->mem_valid && !in->isolated);
  found->mem_ready = in->isolated || (!ch->sel && in->dev_ready);
}

// Loads the out register from a request with its translation.
static void load_out(pcl_port_channel_t *ch, const pcl_ax_t *ax, const pcl_grant_t *grant) {
  ch->out = *ax;
  ch->out.addr = grant->spn << 12 | (ax->addr & 0xfff);
  ch->out.pbmt = grant->pbmt;
  ch->out.rcid = grant->rcid;
  ch->out.mcid = grant->mcid;
  ch->out.valid = true;
}

// "Event".
static void note_event(pcl_port_channel_t *ch, const pcl_ax_t *ax, bool taken) {
  ch->ev.event = PCL_EVENT_NONE;
  if (!taken) return;
  ch->ev.event = ax->translated ? PCL_EVENT_TRANSLATED : PCL_EVENT_UNTRANSLATED;
  ch->ev.ids.device_id = ax->device_id;
  ch->ev.ids.process_id = ax->pv ? ax->process_id : 0;
  ch->ev.ids.pv = ax->pv;
}

// 4.6, "Response": a page in MRIF mode.
static void take_mrif(pcl_port_channel_t *ch, unsigned index, const pcl_resp_t *resp) {
  const uint32_t slot = bit(index);
  if (ch->channel == PCL_READ) {
    ch->fault |= slot;
    ch->okay |= ch->word & slot;
  } else if (!(ch->word & slot)) {
    ch->fault |= slot;
  } else if (ch->blocked & slot || ch->cnt[ch->slot[index].ax.id] != 0) {
    ch->need |= slot;
    ch->late |= slot;
  } else {
    ch->mrif |= slot;
    pcl_port_mrif_grant(&ch->absorber, resp);
  }
}

// "Response": what becomes of the SENT slots that it names. Returns those that become FREE.
static uint32_t take_response(pcl_port_channel_t *ch, uint32_t named, bool flush, const pcl_port_channel_edge_t *edge) {
  const pcl_resp_t *resp = edge->resp;
  uint32_t freed = flush ? named : named & ch->drop;
  ch->sent &= ~named;
  for (uint32_t rest = named & ~freed; rest != 0; rest &= rest - 1) {
    unsigned index = (unsigned)__builtin_ctz(rest);
    pcl_port_slot_t *slot = &ch->slot[index];
    bool leader = resp->lead && resp->lead_q == ch->q && resp->lead_slot == index;
    bool allowed = ch->channel == PCL_WRITE ? resp->w : slot->ax.exec ? resp->x : resp->r;
    if (edge->resp_covered) {
      ch->need |= bit(index);
    } else if (resp->ok && (leader || allowed)) {
      if (resp->mrif) take_mrif(ch, index, resp);
      else ch->ok |= bit(index);
      slot->grant = (pcl_grant_t){.spn = resp->spn, .rcid = resp->rcid, .mcid = resp->mcid, .pbmt = resp->pbmt};
    } else if (leader) {
      ch->fault |= bit(index);
    } else {
      ch->need |= bit(index);
      ch->solo |= bit(index);
    }
  }
  return freed;
}

// "kill": grants that have not left are asked again.
static void take_kill(pcl_port_channel_t *ch, uint32_t granted, uint32_t absorbed) {
  ch->ok &= ~granted;
  ch->mrif &= ~absorbed;
  ch->need |= granted | absorbed;
}

// "Refusal" and "R multiplexer" at the edge. `done`: what a write's answer waits for. Returns the slot that becomes FREE, as
// a mask.
static uint32_t step_answer(pcl_port_channel_t *ch, const pcl_port_channel_in_t *in, bool done) {
  pcl_port_answer_t *answer = &ch->answer;
  if (ch->sel) {
    if (!in->dev_ready) return 0;
    if (ch->channel == PCL_READ && answer->left != 0) {
      answer->left--;
      return 0;
    }
    answer->valid = false;
    ch->sel = false;
    ch->fault &= ~bit(answer->slot);
    return bit(answer->slot);
  }
  ch->sel = answer->ready && answer->valid && (in->isolated || !in->mem_valid || in->dev_ready);
  if (done) answer->ready = true;
  return 0;
}

static void load_answer(pcl_port_channel_t *ch, unsigned slot) {
  const pcl_ax_t *ax = &ch->slot[slot].ax;
  ch->answer = (pcl_port_answer_t){
      .valid = true, .ready = ch->channel == PCL_READ, .absorb = (ch->mrif & bit(slot)) != 0, .err = !(ch->okay & bit(slot)),
      .slot = (uint8_t)slot, .left = ax->len, .id = ax->id};
  ch->mrif &= ~bit(slot);
  ch->fault |= bit(slot);
  ch->fault_ptr = pcl_rr_next(slot, ch->slots);
}

static bool holds_absorbed(const pcl_port_channel_t *ch) { return ch->answer.valid && ch->answer.absorb; }

static void take_told(pcl_port_channel_t *ch, pcl_port_mrif_told_t told) {
  if (!told.ready) return;
  ch->answer.ready = true;
  ch->answer.err = told.err;
}

// "Counters". A last beat of an ID that has nothing in memory counts nothing.
static void count(pcl_port_channel_t *ch, bool loaded, uint16_t id, bool finished, uint16_t finished_id, bool fence_start) {
  if (finished && ch->cnt[finished_id] != 0) {
    ch->cnt[finished_id]--;
    ch->cnt_sum--;
    if (ch->snap[finished_id] != 0) {
      ch->snap[finished_id]--;
      ch->snap_sum--;
    }
  }
  if (loaded) {
    ch->cnt[id]++;
    ch->cnt_sum++;
  }
  if (fence_start) {
    memcpy(ch->snap, ch->cnt, sizeof ch->snap);
    ch->snap_sum = ch->cnt_sum;
  }
}

// 4.6: whether a request has the shape of an access to an interrupt file, as far as it shows before the data.
static bool is_word(const pcl_ax_t *ax, unsigned channel) {
  return ax->len == 0 && (channel == PCL_WRITE || (ax->size == 2 && (ax->addr & 3) == 0));
}

// "enqueue": the first FREE slot takes the device's request.
static void enqueue(pcl_port_channel_t *ch, uint32_t was_free, uint32_t freed, const pcl_port_channel_in_t *in,
                    const pcl_port_channel_found_t *found, bool kill) {
  unsigned index = pcl_rr_pick(was_free, ch->alloc_ptr);
  pcl_port_slot_t *slot = &ch->slot[index];
  ch->alloc_ptr = pcl_rr_next(index, ch->slots);
  slot->ax = *in->ax;
  slot->grant = found->hit.grant;
  slot->dep = found->same & ~freed;
  ch->blocked = slot->dep != 0 ? ch->blocked | bit(index) : ch->blocked & ~bit(index);
  ch->illegal = found->illegal ? ch->illegal | bit(index) : ch->illegal & ~bit(index);
  ch->drop &= ~bit(index);
  ch->solo &= ~bit(index);
  ch->aborted &= ~bit(index);
  ch->late &= ~bit(index);
  ch->okay &= ~bit(index);
  ch->word = is_word(in->ax, ch->channel) ? ch->word | bit(index) : ch->word & ~bit(index);
  if (in->refuse) {
    ch->fault |= bit(index);
    ch->aborted |= bit(index);
  } else if (found->hit.hit && !kill) {
    ch->ok |= bit(index);
  } else {
    ch->need |= bit(index);
  }
}

static void release(pcl_port_channel_t *ch, uint32_t freed) {
  for (uint32_t rest = ch->blocked; rest != 0; rest &= rest - 1) {
    pcl_port_slot_t *slot = &ch->slot[__builtin_ctz(rest)];
    slot->dep &= ~freed;
    if (slot->dep == 0) ch->blocked &= ~(rest & -rest);
  }
}

// Everything that happens to slots that are not FREE, but for `leaving` and what `answering` loads. Returns those that become
// FREE.
static uint32_t step_slots(pcl_port_channel_t *ch, const pcl_port_channel_in_t *in, const pcl_port_channel_edge_t *edge,
                           uint32_t leaving, uint32_t answering) {
  uint32_t named = edge->resp->valid ? edge->resp->mask[ch->q] & ch->sent : 0;
  uint32_t granted = ch->ok & ~leaving;
  uint32_t absorbed = ch->mrif & ~answering;
  uint32_t asked = 0;
  const uint32_t candidates = ask_candidates(ch);
  if (edge->req_ready && candidates != 0 && !in->flush) {
    unsigned slot = pcl_rr_pick(candidates, ch->send_ptr);
    ch->send_ptr = pcl_rr_next(slot, ch->slots);
    asked = bit(slot);
  }
  ch->ok = granted;
  uint32_t freed = leaving;
  if (in->flush) {
    freed |= pcl_port_channel_busy(ch) & ~ch->sent;
    ch->need = 0;
    ch->ok = 0;
    ch->mrif = 0;
    ch->fault = 0;
    granted = 0;
    absorbed = 0;
  }
  if (named != 0) freed |= take_response(ch, named, in->flush, edge);
  if (in->flush) ch->drop |= ch->sent;
  if (edge->inv->kill) take_kill(ch, granted, absorbed);
  ch->need &= ~asked;
  ch->sent |= asked;
  return freed;
}

bool pcl_port_channel_commit(pcl_port_channel_t *ch, const pcl_port_channel_in_t *in, const pcl_port_channel_found_t *found,
                             const pcl_port_channel_edge_t *edge, pcl_port_w_entry_t *pushed) {
  uint32_t busy = pcl_port_channel_busy(ch);
  bool load = found->direct || found->leaves;
  uint32_t leaving = found->leaves ? bit(found->leaving) : 0;
  bool push = load;
  *pushed = (pcl_port_w_entry_t){.pass = true};

  if (ch->counts) note_event(ch, in->ax, found->direct || found->enqueue);
  if (ch->out.valid && in->mem_ax_ready) ch->out.valid = false;
  if (found->leaves) {
    const pcl_port_slot_t *slot = &ch->slot[found->leaving];
    load_out(ch, &slot->ax, &slot->grant);
    ch->leave_ptr = pcl_rr_next(found->leaving, ch->slots);
  } else if (found->direct) {
    load_out(ch, in->ax, &found->hit.grant);
  }
  if (load) pushed->len = ch->out.len;

  uint32_t refusals = (ch->fault | ch->mrif) != 0 && !in->flush ? refusal_candidates(ch, in->w_full) : 0;
  const unsigned answering = refusals != 0 ? pcl_rr_pick(refusals, ch->fault_ptr) : 0;
  const bool held = holds_absorbed(ch);
  const uint64_t absorbed_addr = ch->slot[ch->answer.slot].ax.addr;
  bool finished = in->mem_valid && found->mem_ready && in->mem_last;
  uint32_t freed = 0;
  if (ch->answer.valid) freed = step_answer(ch, in, edge->swallow_done && !ch->answer.absorb);
  if (busy != 0) freed |= step_slots(ch, in, edge, leaving, refusals != 0 ? bit(answering) : 0);
  if (load || finished || edge->fence_start) count(ch, load, ch->out.id, finished, in->mem_id, edge->fence_start);
  if (in->flush) {
    ch->answer.valid = false;
    ch->sel = false;
  } else if (refusals != 0) {
    load_answer(ch, answering);
    *pushed = (pcl_port_w_entry_t){.pass = false, .len = ch->answer.left};
    push = true;
  }
  if (ch->absorbs) {
    const pcl_port_mrif_edge_t absorber = {
      .w = in->w, .addr = absorbed_addr, .load = refusals != 0 && ch->answer.absorb, .holds = held,
      .holds_next = holds_absorbed(ch), .swallow_done = edge->swallow_done, .flush = in->flush, .ready = edge->mrif_ready,
      .done = edge->mrif_done, .ok = edge->mrif_ok, .fence_start = edge->fence_start};
    take_told(ch, pcl_port_mrif_commit(&ch->absorber, &absorber));
  }
  if (freed != 0 && ch->blocked != 0) release(ch, freed);
  if (found->enqueue) enqueue(ch, ch->all & ~busy, freed, in, found, edge->inv->kill);
  return push;
}
