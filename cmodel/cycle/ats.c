// SPDX-License-Identifier: Apache-2.0
//
//   payloads   Translation Completion: 63:12 address | 11 S | 9 CXL.io | 5 Global | 4 Priv | 3 Exe | 2 U | 1 W | 0 R
//              Page Request: 63:12 address | 11:3 PRG index | 2 L | 1 W | 0 R
//              Page Request Group Response: 63:48 requester ID | 47:44 code | 40:32 PRG index
#include "ats.h"

#include <string.h>

#include "arch/ats.h"
#include "arch/types.h"
#include "rr_arb.h"

enum { ANSWER = 0, COMMAND = 1, SOURCES = 2 };
enum { WANTED_BY_0 = 8 };  // completions that a CC of 0 means

#define TC_R      UINT64_C(0x001)
#define TC_W      UINT64_C(0x002)
#define TC_U      UINT64_C(0x004)
#define TC_EXE    UINT64_C(0x008)
#define TC_PRIV   UINT64_C(0x010)
#define TC_GLOBAL UINT64_C(0x020)
#define TC_CXL_IO UINT64_C(0x200)
#define TC_S      UINT64_C(0x800)
#define TR_NW     UINT64_C(1)

void pcl_ats_reset(pcl_ats_t *ats, const pcl_config_t *config) {
  memset(ats, 0, sizeof *ats);
  ats->q = (uint8_t)pcl_ats_requester(config);
  ats->timeout = config->ats_timeout;
}

static uint32_t device_id(const pcl_msg_t *m) { return (uint32_t)m->segment << 16 | m->rid; }

static uint32_t bit(unsigned itag) { return UINT32_C(1) << itag; }

// --- Functions of registers ---

static pcl_miss_req_t request(const pcl_ats_t *ats) {
  const pcl_msg_t *m = &ats->m;
  const bool page = m->kind == PCL_MSG_PAGE_REQUEST;
  return (pcl_miss_req_t){
    .iova = page ? PCL_MESSAGE_PAGE_REQUEST : m->payload >> 12 << 12,
    .device_id = device_id(m),
    .process_id = m->pasid,
    .pv = m->pv,
    .priv = m->priv,
    .exec = m->exec,
    .solo = true,
    .ats = !page,
    .nw = !page && m->payload & TR_NW,
    .pri = page,
    .valid = true,
  };
}

static bool queue_off(const pcl_queue_regs_t *pq) { return !pq->on || !pq->en || pq->mf; }

static bool full(const pcl_queue_regs_t *pq) { return ((pq->tail + 1) & pcl_queue_mask(pq)) == pq->head; }

// The record of a page request (IOMMU spec 4.3).
static void offer_record(const pcl_ats_t *ats, const pcl_queue_regs_t *pq, pcl_ats_out_t *out) {
  const pcl_msg_t *m = &ats->m;
  out->record[0] = (uint64_t)device_id(m) << 40 | (uint64_t)m->exec << 34 | (uint64_t)m->priv << 33 | (uint64_t)m->pv << 32 |
                   (uint64_t)m->pasid << 12;
  out->record[1] = m->payload;
  out->write.data = out->record;
  out->write.addr = pq->ppn << 12 | (uint64_t)pq->tail * 16;
  out->write.valid = ats->state == PCL_ATS_PUT && !queue_off(pq) && !pq->of && !full(pq);
}

// An ITag is needed, and there is one.
static bool may_load(const pcl_ats_t *ats, const pcl_command_t *command) {
  return command->kind != PCL_CMD_ATS_INVAL || ~ats->busy != 0;
}

static int loading(const pcl_ats_t *ats, const pcl_command_t *command) {
  const unsigned asking = (ats->state == PCL_ATS_DONE ? 1u << ANSWER : 0) |
                          (command && !ats->stuck && may_load(ats, command) ? 1u << COMMAND : 0);
  return ats->out.valid || asking == 0 ? -1 : (int)pcl_rr_pick(asking, ats->out_ptr);
}

// The device has no answer of this IOMMU to come, but to messages that mctl refuses.
static bool drained(const pcl_ats_t *ats, bool refuse) {
  if (ats->busy != 0 || (ats->out.valid && !ats->mine)) return false;
  return ats->state == PCL_ATS_FREE || (ats->state == PCL_ATS_LOOK && refuse) || ats->refused;
}

void pcl_ats_eval(const pcl_ats_t *ats, const pcl_regs_state_t *regs, const pcl_command_t *command, pcl_ats_out_t *out) {
  out->req.valid = false;
  out->write.valid = false;
  if (ats->state == PCL_ATS_NEED) out->req = request(ats);
  if (ats->state == PCL_ATS_PUT || ats->state == PCL_ATS_QB) offer_record(ats, &regs->pq, out);
  out->in_ready = ats->state == PCL_ATS_FREE;
  out->loads = loading(ats, command);
  out->itag = ~ats->busy != 0 ? (unsigned)__builtin_ctz(~ats->busy) : 0;
  out->cmd_ready = command && (ats->stuck || out->loads == COMMAND);
  out->drained = drained(ats, pcl_msg_refuse(regs));
}

// --- The message that came in ---

static void take_message(pcl_ats_t *ats, const pcl_msg_t *in) {
  ats->m = *in;
  if (!in->pv) {
    ats->m.priv = ats->m.exec = false;
    ats->m.pasid = 0;
  }
  if (!in->dsv) ats->m.segment = 0;
  ats->asked = false;
  ats->refused = false;
  ats->state = PCL_ATS_LOOK;
}

// Only the last of a group is answered, and a stop marker is not.
static void answer_page_request(pcl_ats_t *ats, pcl_prg_code_t code) {
  const pcl_page_request_t message = {.payload = ats->m.payload, .pv = ats->m.pv};
  const pcl_prg_answer_t answer = pcl_prg_answer(&message, code, ats->prpr);
  ats->code = (uint8_t)code;
  ats->state = answer.due ? PCL_ATS_DONE : PCL_ATS_FREE;
}

// Returns the ITags that it ends.
static uint32_t take_completion(pcl_ats_t *ats) {
  const pcl_msg_t *m = &ats->m;
  const unsigned count = m->payload >> 32 & 7;
  const unsigned wanted = count == 0 ? WANTED_BY_0 : count;
  uint32_t ended = 0;
  for (uint32_t left = (uint32_t)m->payload & ats->busy; left != 0; left &= left - 1) {
    const unsigned index = (unsigned)__builtin_ctz(left);
    pcl_ats_itag_t *itag = &ats->itag[index];
    if (itag->rid != m->rid || itag->dsv != m->dsv || itag->segment != m->segment) continue;
    if (++itag->got >= wanted) ended |= bit(index);
  }
  ats->state = PCL_ATS_FREE;
  return ended;
}

static uint32_t look(pcl_ats_t *ats, bool refuse) {
  switch (ats->m.kind) {
    case PCL_MSG_INVAL_COMPLETION: return take_completion(ats);
    case PCL_MSG_TRANSLATION_REQUEST:
      ats->refused = refuse;
      ats->fault_class = 1;
      ats->state = refuse ? PCL_ATS_DONE : PCL_ATS_NEED;
      break;
    case PCL_MSG_PAGE_REQUEST:
      ats->refused = refuse;
      ats->prpr = false;
      if (refuse) answer_page_request(ats, PCL_PRG_FAILURE);
      else ats->state = PCL_ATS_NEED;
      break;
    default: ats->state = PCL_ATS_FREE; break;
  }
  return 0;
}

static uint64_t entry_page(const pcl_resp_t *resp, const pcl_ats_resp_t *beside) {
  const uint64_t low = pcl_lowmask(resp->size);
  return ((beside->t2gpa ? beside->gpn : resp->spn) & ~low) | low >> 1;
}

// What the device is told of its translation; 0 without a right.
static uint64_t entry(const pcl_msg_t *m, const pcl_resp_t *resp, const pcl_ats_resp_t *beside) {
  uint64_t entry = (resp->r ? TC_R : 0) | (resp->w ? TC_W : 0);
  if (!resp->ok || entry == 0) return 0;
  if (m->exec && resp->r && resp->x) entry |= TC_EXE;
  if (m->priv) entry |= TC_PRIV;
  if (m->pv && resp->g && !beside->msi) entry |= TC_GLOBAL;
  if (m->cxl && (beside->msi || beside->t2gpa || resp->pbmt != 0)) entry |= TC_CXL_IO;
  if (resp->mrif) return entry | TC_U;
  if (resp->size != PCL_SIZE_4K) entry |= TC_S;
  return entry | entry_page(resp, beside) << 12;
}

static void take_response(pcl_ats_t *ats, const pcl_ats_told_t *told) {
  const pcl_ats_resp_t *beside = told->ats_resp;
  if (told->resp->ok && told->kill) {
    ats->state = PCL_ATS_NEED;
  } else if (ats->m.kind == PCL_MSG_TRANSLATION_REQUEST) {
    ats->fault_class = beside->fault_class;
    ats->answer = entry(&ats->m, told->resp, beside);
    ats->state = PCL_ATS_DONE;
  } else {
    ats->prpr = beside->prpr;
    if (told->resp->ok) ats->state = PCL_ATS_PUT;
    else answer_page_request(ats, beside->fault_class == 2 ? PCL_PRG_INVALID : PCL_PRG_FAILURE);
  }
}

// IOMMU spec 3.7: while the queue is off or its memory fails page requests are refused; while it is full they are to be repeated.
static void put(pcl_ats_t *ats, const pcl_ats_told_t *told, pcl_regs_events_t *events) {
  const pcl_queue_regs_t *pq = &told->regs->pq;
  if (queue_off(pq)) {
    answer_page_request(ats, PCL_PRG_FAILURE);
  } else if (pq->of || full(pq)) {
    events->pq_set_of = !pq->of;
    answer_page_request(ats, PCL_PRG_SUCCESS);
  } else if (told->write.taken) {
    ats->state = PCL_ATS_QB;
  }
}

static void take_b(pcl_ats_t *ats, bool error, pcl_regs_events_t *events) {
  events->pq_done = !error;
  events->pq_set_mf = error;
  if (error) answer_page_request(ats, PCL_PRG_FAILURE);
  else ats->state = PCL_ATS_FREE;
}

// --- The message that goes out ---

static void load_answer(pcl_ats_t *ats) {
  const pcl_msg_t *m = &ats->m;
  ats->out = (pcl_msg_t){.rid = m->rid, .segment = m->segment, .dsv = m->dsv, .valid = true};
  ats->mine = ats->refused;
  ats->state = PCL_ATS_FREE;
  if (m->kind == PCL_MSG_TRANSLATION_REQUEST) {
    static const uint8_t status[4] = {PCL_ATS_SUCCESS, PCL_ATS_UR, PCL_ATS_UR, PCL_ATS_CA};
    ats->out.kind = PCL_MSG_TRANSLATION_COMPLETION;
    ats->out.tag = m->tag;
    ats->out.status = status[ats->fault_class];
    ats->out.payload = ats->fault_class == 0 ? ats->answer : 0;
    return;
  }
  const pcl_page_request_t message = {.payload = m->payload, .pv = m->pv};
  ats->out.kind = PCL_MSG_PRG_RESPONSE;
  ats->out.pv = pcl_prg_answer(&message, (pcl_prg_code_t)ats->code, ats->prpr).pv;
  ats->out.pasid = ats->out.pv ? m->pasid : 0;
  ats->out.payload = (uint64_t)m->rid << 48 | (uint64_t)ats->code << 44 | (m->payload >> 3 & 0x1ff) << 32;
}

static void load_command(pcl_ats_t *ats, const pcl_command_t *command, unsigned itag) {
  ats->mine = false;
  ats->out = (pcl_msg_t){
    .payload = command->payload,
    .pasid = command->pv ? command->pid : 0,
    .rid = command->rid,
    .kind = PCL_MSG_PRG_RESPONSE,
    .segment = command->dsv ? command->dseg : 0,
    .dsv = command->dsv,
    .pv = command->pv,
    .valid = true,
  };
  if (command->kind != PCL_CMD_ATS_INVAL) return;
  ats->out.kind = PCL_MSG_INVAL_REQUEST;
  ats->out.tag = (uint16_t)itag;
  ats->itag[itag] = (pcl_ats_itag_t){.rid = ats->out.rid, .segment = ats->out.segment, .dsv = ats->out.dsv};
  ats->busy |= bit(itag);
  ats->old &= ~bit(itag);
}

// --- Time ---

// What is old at a tick has been there at the tick before.
static void tick(pcl_ats_t *ats, bool out_waits) {
  const uint32_t over = ats->busy & ats->old;
  ats->old |= ats->busy;
  ats->busy &= ~over;
  if (over != 0) ats->late = true;
  if (!out_waits) return;
  if (ats->out_old) ats->stuck = true;
  ats->out_old = true;
}

static void step(pcl_ats_t *ats, const pcl_ats_out_t *out, const pcl_ats_told_t *told, pcl_regs_events_t *events) {
  switch (ats->state) {
    case PCL_ATS_FREE:
      if (told->in->valid) take_message(ats, told->in);
      break;
    case PCL_ATS_LOOK: ats->busy &= ~look(ats, pcl_msg_refuse(told->regs)); break;
    case PCL_ATS_NEED:
      if (!told->req_taken) break;
      ats->asked = true;
      ats->state = PCL_ATS_SENT;
      break;
    case PCL_ATS_SENT:
      if (told->resp->valid && told->resp->mask[ats->q] != 0) take_response(ats, told);
      break;
    case PCL_ATS_PUT: put(ats, told, events); break;
    case PCL_ATS_QB:
      if (told->write.b_valid) take_b(ats, told->write.b_error, events);
      break;
    default:
      if (out->loads == ANSWER) load_answer(ats);
      else if (told->kill && ats->m.kind == PCL_MSG_TRANSLATION_REQUEST && ats->fault_class == 0 && ats->answer & (TC_R | TC_W))
        ats->state = PCL_ATS_NEED;
      break;
  }
}

void pcl_ats_commit(pcl_ats_t *ats, const pcl_ats_out_t *out, const pcl_ats_told_t *told, pcl_regs_events_t *events) {
  const bool out_taken = ats->out.valid && told->out_ready;
  const bool out_waits = ats->out.valid && !told->out_ready;
  const bool vanishes = ats->stuck && told->command;
  const bool ticks = ats->age + 1 == ats->timeout;
  events->pq_done = events->pq_set_mf = events->pq_set_of = false;
  events->pq_idle = ats->state != PCL_ATS_QB;

  if (told->late_clear) ats->late = false;
  if (vanishes && told->command->kind == PCL_CMD_ATS_INVAL) ats->late = true;
  if (out_taken) ats->stuck = false;
  step(ats, out, told, events);
  if (ticks) tick(ats, out_waits);
  if (out_taken) ats->out.valid = false;
  if (out->loads == COMMAND) load_command(ats, told->command, out->itag);
  if (out->loads >= 0) {
    ats->out_old = false;
    ats->out_ptr = (uint8_t)pcl_rr_next((unsigned)out->loads, SOURCES);
  }
  ats->age = ticks ? 0 : ats->age + 1;
}
