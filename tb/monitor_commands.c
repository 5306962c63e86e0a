// SPDX-License-Identifier: Apache-2.0
//
// The commands that the IOMMU fetches, seen on the data-structure port, and their completion (IOMMU spec 4.1): a command is
// complete once a later IOFENCE.C is: when AWVALID of its write rises, fence_w_ip sets or cqh passes it, whichever is first.
//
// After an error, or when the queue is switched off, fetched commands are dropped and fetched again: a fetch of an index that
// waits already takes that command and those behind it out of the list.
#include "monitor_internal.h"

// The size of an S=1 range: its ADDR is ones up to the first 0 (IOMMU spec 9.3). All ones mean nothing.
static bool range_size(uint64_t page, uint8_t *size_bits) {
  if (page == (UINT64_C(1) << 52) - 1) return false;
  *size_bits = (uint8_t)(__builtin_ctzll(~page) + 1);
  return true;
}

static void decode_iotinval(const uint64_t *dw, bool second, monitor_command_t *c) {
  bool gv = dw[0] >> 33 & 1, s = dw[1] >> 9 & 1;
  monitor_iotinval_t *inval = &c->iotinval;
  *inval = (monitor_iotinval_t){
    .page = dw[1] >> 10 & ((UINT64_C(1) << 52) - 1), .vm = gv ? MONITOR_VM | (dw[0] >> 44 & 0xffff) : MONITOR_HOST,
    .pscid = dw[0] >> 12 & 0xfffff, .av = dw[0] >> 10 & 1, .pscv = !second && (dw[0] >> 32 & 1), .nl = dw[0] >> 34 & 1,
    .second = second, .all = second && !gv,
  };
  if (!inval->pscv) inval->pscid = 0;
  if (inval->av && s && !inval->all && !range_size(inval->page, &inval->size_bits)) return;
  c->kind = MONITOR_IOTINVAL;
}

static monitor_command_t decode(const uint64_t *dw) {
  unsigned opcode = dw[0] & 127, func3 = dw[0] >> 7 & 7;
  monitor_command_t c = {.kind = MONITOR_OTHER};
  if (opcode == 1 && func3 <= 1) {
    decode_iotinval(dw, func3 == 1, &c);
  } else if (opcode == 2 && func3 == 0) {
    c.kind = MONITOR_FENCE;
    c.av = dw[0] >> 10 & 1;
    c.wsi = dw[0] >> 11 & 1;
    c.pr = dw[0] >> 12 & 1;
    c.pw = dw[0] >> 13 & 1;
    c.data = (uint32_t)(dw[0] >> 32);
    c.addr = dw[1] << 2;
  } else if (opcode == 4 && func3 <= 1) {
    c.kind = MONITOR_ATS;
    c.message = (pcl_msg_t){
      .kind = func3 ? PCL_MSG_PRG_RESPONSE : PCL_MSG_INVAL_REQUEST, .payload = dw[1], .pv = dw[0] >> 32 & 1,
      .dsv = dw[0] >> 33 & 1, .rid = (uint16_t)(dw[0] >> 40), .segment = (uint8_t)(dw[0] >> 56), .pasid = dw[0] >> 12 & 0xfffff};
  } else if (opcode == 3 && func3 <= 1) {
    c.kind = func3 ? MONITOR_PDT : MONITOR_DDT;
    c.dv = dw[0] >> 33 & 1;
    c.device_id = dw[0] >> 40 & 0xffffff;
    c.process_id = dw[0] >> 12 & 0xfffff;
  }
  return c;
}

// ---- Completion

static void apply(monitor_t *m, const monitor_command_t *c) {
  monitor_tags_t *tags = &m->tags;
  if (c->kind == MONITOR_IOTINVAL) {
    // With other values of second-stage entries, a PC may be found elsewhere.
    if (c->iotinval.second && m->guest_directories) monitor_keep_roots(m, false, 0, c->fetched);
    monitor_tags_iotinval(tags, &c->iotinval, c->fetched);
  } else if (c->kind == MONITOR_DDT) {
    monitor_keep_roots(m, c->dv, c->device_id, c->fetched);
    tags->epoch++;
    if (!c->dv) tags->ddt_all = c->fetched;
    else *monitor_map_at(&tags->ddt_device, c->device_id, 0) = c->fetched;
  } else if (c->kind == MONITOR_PDT) {
    monitor_keep_process_roots(m, c->device_id, c->process_id, c->fetched);
    tags->epoch++;
    *monitor_map_at(&tags->pdt_process, monitor_process_key(c->device_id, c->process_id), 0) = c->fetched;
  }
}

// The fence at `at` completes, and with it all before it. They leave the list, the fence itself only if cqh is past it.
static void complete(monitor_t *m, uint32_t at) {
  monitor_commands_t *commands = &m->commands;
  monitor_command_t *fence = &commands->item[at];
  if (!fence->complete) {
    fence->complete = true;
    m->stats.fences++;
    m->stats.drains += fence->pr || fence->pw;
    if (fence->pr || fence->pw) monitor_port_drained(m, fence);
  }
  for (uint32_t i = 0; i < at; i++) apply(m, &commands->item[i]);
  uint64_t floor = monitor_tags_oldest(&m->tags);
  m->history.floor = floor > 65536 ? floor - 65536 : 0;
  uint32_t gone = at < commands->passed ? at + 1 : at;
  commands->count -= gone;
  commands->passed = commands->passed > gone ? commands->passed - gone : 0;
  memmove(commands->item, commands->item + gone, commands->count * sizeof *commands->item);
}

static bool find_fence(const monitor_commands_t *commands, uint32_t from, bool wsi, uint32_t *at) {
  for (uint32_t i = from; i < commands->count; i++) {
    const monitor_command_t *c = &commands->item[i];
    if (c->kind == MONITOR_FENCE && (!wsi || c->wsi)) {
      *at = i;
      return true;
    }
  }
  return false;
}

void monitor_commands_before(monitor_t *m) {
  monitor_commands_t *commands = &m->commands;
  uint32_t at;
  uint32_t steps = m->probe.cq_on ? (m->probe.cqh - commands->cqh) & monitor_queue_mask(m->regs.cqb) : 0;
  bool rises = m->probe.fence_w_ip && !commands->fence_w_ip;
  commands->cqh = m->probe.cqh;
  for (; steps && commands->passed < commands->count; steps--) {
    at = commands->passed++;
    if (commands->item[at].kind != MONITOR_FENCE) continue;
    if (commands->item[at].wsi) rises = false;   // it is this one
    complete(m, at);
  }
  commands->fence_w_ip = m->probe.fence_w_ip;
  if (rises && find_fence(commands, commands->passed, true, &at)) complete(m, at);
}

const monitor_command_t *monitor_commands_write(monitor_t *m, uint64_t addr) {
  monitor_commands_t *commands = &m->commands;
  uint32_t at = commands->passed;
  if (at >= commands->count) return NULL;
  const monitor_command_t *c = &commands->item[at];   // every earlier command is behind cqh
  if (c->kind != MONITOR_FENCE || !c->av || c->addr != addr) return NULL;
  complete(m, at);
  return &commands->item[commands->passed];
}

// A message shows when cqh passes its command; commands whose message vanished leave none.
bool monitor_commands_message(monitor_t *m, const pcl_msg_t *message) {
  monitor_commands_t *commands = &m->commands;
  for (uint32_t i = 0; i < commands->count && i <= commands->passed; i++) {
    monitor_command_t *c = &commands->item[i];
    const pcl_msg_t *own = &c->message;
    if (c->kind != MONITOR_ATS || c->sent || own->kind != message->kind || own->payload != message->payload) continue;
    if (own->rid != message->rid || own->dsv != message->dsv || own->pv != message->pv) continue;
    if ((own->dsv && own->segment != message->segment) || (own->pv && own->pasid != message->pasid)) continue;
    for (uint32_t k = 0; k <= i; k++) commands->item[k].sent = true;
    return true;
  }
  return false;
}

// ---- Fetch

void monitor_commands_restart(monitor_t *m) {
  monitor_commands_t *commands = &m->commands;
  commands->count = commands->passed;
  commands->cqh = 0;
  commands->fence_w_ip = false;
}

static void add(monitor_t *m, monitor_command_t command) {
  monitor_commands_t *commands = &m->commands;
  if (commands->count >= commands->capacity) {
    commands->capacity = commands->capacity ? commands->capacity * 2 : 64;
    commands->item = monitor_alloc(commands->item, commands->capacity * sizeof *commands->item);
  }
  for (uint32_t i = commands->passed; i < commands->count; i++)
    if (commands->item[i].index == command.index) commands->count = i;
  command.fetched = m->cycle;
  commands->item[commands->count++] = command;
  if (command.kind == MONITOR_OTHER || command.kind == MONITOR_FENCE || command.kind == MONITOR_ATS) return;
  m->stats.invalidations++;
  m->stats.covering += monitor_ports_cover(m, &command);
}

static void address(monitor_t *m, const pcl_ax_t *ar) {
  monitor_commands_t *commands = &m->commands;
  uint64_t offset = ar->addr - monitor_queue_base(m->regs.cqb);
  uint64_t bytes = ((uint64_t)monitor_queue_mask(m->regs.cqb) + 1) * 16;
  if (ar->len != 1 || ar->size != 3 || (offset & 15) || offset >= bytes || commands->fetch_count == 32) {
    monitor_alarm(m, NULL, "a command fetch at 0x%llx is not a slot of the command queue", (unsigned long long)ar->addr);
    return;
  }
  commands->fetching[(commands->first + commands->fetch_count++) % 32] = (uint32_t)(offset / 16);
}

void monitor_commands_after(monitor_t *m) {
  monitor_commands_t *commands = &m->commands;
  const pcl_ax_t *ar = &m->out->ds.ar;
  const pcl_r_t *r = &m->in->ds.r;
  unsigned id = m->config.walkers;
  if (r->valid && m->out->ds.r_ready && r->id == id && commands->fetch_count) {
    commands->bad |= r->resp > PCL_RESP_EXOKAY || (r->user & 1);
    commands->beat[commands->beats++] = m->regs.be ? __builtin_bswap64(r->data[0]) : r->data[0];
    if (commands->beats == 2) {
      monitor_command_t command = {.kind = MONITOR_OTHER};
      if (!commands->bad) command = decode(commands->beat);
      command.index = commands->fetching[commands->first];
      commands->first = (commands->first + 1) % 32;
      commands->fetch_count--;
      commands->beats = 0;
      commands->bad = false;
      add(m, command);
    }
  }
  if (ar->valid && m->in->ds.ar_ready && ar->id == id) address(m, ar);
}
