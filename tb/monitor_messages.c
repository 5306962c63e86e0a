// SPDX-License-Identifier: Apache-2.0
//
// ATS and PRI messages (IOMMU spec 3.6, 3.7, 4.1.4; the message port). One request is in hand at a time: its answer shows before
// the next one is taken. What a Translation Completion grants must be an admissible walk in the clock in which it shows: its
// rights, page and size no more than the tables allow. Invalidation Requests and group responses must come from a command, or
// be the one answer to the page request in hand.
//
// Not judged: refusals, CXL.io, what an Invalidation Completion ends.
#include "monitor_internal.h"

static uint32_t device_of(const pcl_msg_t *msg) { return (msg->dsv ? (uint32_t)msg->segment << 16 : 0) | msg->rid; }

static bool same_place(const pcl_msg_t *a, const pcl_msg_t *b) {
  return a->rid == b->rid && a->dsv == b->dsv && (!a->dsv || a->segment == b->segment);
}

// Records may still come of a request that was not granted.
static void end(monitor_t *m, bool granted) {
  monitor_messages_t *messages = &m->messages;
  if (messages->pending && !granted) monitor_keep_refused(m, &messages->access, m->cycle);
  messages->pending = false;
}

// ---- Out

static void completion(monitor_t *m, const pcl_msg_t *out) {
  monitor_messages_t *messages = &m->messages;
  const pcl_msg_t *in = &messages->msg;
  uint64_t entry = out->payload;
  if (!messages->pending || in->kind != PCL_MSG_TRANSLATION_REQUEST || !same_place(in, out) || in->tag != out->tag) {
    monitor_alarm(m, NULL, "a Translation Completion for device 0x%x, tag %u, of no request", device_of(out), out->tag);
    return;
  }
  const monitor_access_t *a = &messages->access;
  bool grants = entry & 3;
  if ((out->status || !grants) && entry)
    monitor_alarm(m, a, "a Translation Completion with payload 0x%llx that grants nothing", (unsigned long long)entry);
  else if (grants && (((entry >> 3 & 1) && !a->exec) || (entry >> 4 & 1) != a->priv || ((entry >> 5 & 1) && !a->pv) ||
                      (entry & 0x5c0)))
    monitor_alarm(m, a, "a Translation Completion (0x%llx) with bits that its request does not have", (unsigned long long)entry);
  else if (grants && !monitor_entry_check(m, a, entry))
    monitor_alarm(m, a, "no admissible walk gives the Translation Completion 0x%llx", (unsigned long long)entry);
  m->stats.completions += grants;
  end(m, out->status == 0);
}

static bool is_answer(const monitor_t *m, const pcl_msg_t *out) {
  const pcl_msg_t *in = &m->messages.msg;
  unsigned code = out->payload >> 44 & 15;
  uint64_t payload = (uint64_t)in->rid << 48 | (uint64_t)code << 44 | (in->payload >> 3 & 0x1ff) << 32;
  if (!m->messages.pending || in->kind != PCL_MSG_PAGE_REQUEST || !same_place(in, out)) return false;
  if (!(in->payload & 4) || !(in->payload & 3) || (code != 0 && code != 1 && code != 15)) return false;
  return out->payload == payload && (!out->pv || (in->pv && in->pasid == out->pasid));
}

static void judge(monitor_t *m, const pcl_msg_t *out) {
  switch (out->kind) {
    case PCL_MSG_TRANSLATION_COMPLETION: completion(m, out); return;
    case PCL_MSG_INVAL_REQUEST:
      if (!monitor_commands_message(m, out))
        monitor_alarm(m, NULL, "an Invalidation Request to 0x%x of no command", device_of(out));
      return;
    case PCL_MSG_PRG_RESPONSE:
      if (is_answer(m, out)) end(m, false);
      else if (!monitor_commands_message(m, out))
        monitor_alarm(m, NULL, "a Page Request Group Response to 0x%x of no request and no command", device_of(out));
      return;
    default: monitor_alarm(m, NULL, "a message of kind %u leaves", out->kind);
  }
}

static bool unchanged(const pcl_msg_t *a, const pcl_msg_t *b) {
  return a->kind == b->kind && a->payload == b->payload && a->rid == b->rid && a->tag == b->tag && a->pasid == b->pasid &&
         a->status == b->status && a->pv == b->pv && a->dsv == b->dsv && a->segment == b->segment;
}

// ---- In

static void request(monitor_t *m, const pcl_msg_t *in) {
  monitor_messages_t *messages = &m->messages;
  end(m, messages->queued);
  bool translation = in->kind == PCL_MSG_TRANSLATION_REQUEST;
  if (!translation && in->kind != PCL_MSG_PAGE_REQUEST) return;
  messages->msg = *in;
  messages->pending = true;
  messages->queued = false;
  messages->access = (monitor_access_t){
    .iova = translation ? in->payload & ~UINT64_C(4095) : 4, .valid_at = m->cycle, .answered_at = MONITOR_NOW,
    .epoch = m->tags.epoch, .device_id = device_of(in), .process_id = in->pv ? in->pasid : 0, .access = 2, .pv = in->pv,
    .priv = in->pv && in->priv, .exec = in->pv && in->exec, .nw = in->payload & 1,
    .kind = translation ? MONITOR_TRANSLATION : MONITOR_PAGE_REQUEST,
  };
  monitor_keep_track(m, &messages->access);
}

void monitor_messages_clock(monitor_t *m) {
  monitor_messages_t *messages = &m->messages;
  const pcl_msg_t *out = &m->out->msg_out;
  if (out->valid && !messages->was_shown) judge(m, out);
  else if (messages->was_shown && (!out->valid || !unchanged(out, &messages->shown)))
    monitor_alarm(m, NULL, "a message changed before it was taken");
  messages->was_shown = out->valid && !m->in->msg_out_ready;
  messages->shown = *out;
  if (m->in->msg_in.valid && m->out->msg_in_ready) request(m, &m->in->msg_in);
}

// ---- Page-request queue (IOMMU spec 4.3)

void monitor_pages_address(monitor_t *m, const pcl_ax_t *aw) {
  monitor_messages_t *messages = &m->messages;
  uint32_t mask = monitor_queue_mask(m->regs.pqb);
  uint64_t slot = monitor_queue_base(m->regs.pqb) | (uint64_t)(messages->tail & mask) << 4;
  uint32_t next = (messages->tail + 1) & mask;
  bool full = next == (messages->head & mask) && next == (messages->head_before & mask);
  if (aw->len != 1 || aw->size != 3 || aw->lock || aw->addr != slot || !m->probe.pq_on || full)
    monitor_alarm(m, NULL, "a write at 0x%llx is not of the next free slot of the page-request queue",
                  (unsigned long long)aw->addr);
}

void monitor_pages_record(monitor_t *m, const uint64_t *beat) {
  monitor_messages_t *messages = &m->messages;
  const monitor_access_t *a = &messages->access;
  uint64_t first = (uint64_t)a->device_id << 40 | (uint64_t)a->exec << 34 | (uint64_t)a->priv << 33 | (uint64_t)a->pv << 32 |
                   (uint64_t)a->process_id << 12;
  m->stats.page_requests++;
  if (!messages->pending || messages->queued || a->kind != MONITOR_PAGE_REQUEST || beat[0] != first ||
      beat[1] != messages->msg.payload)
    monitor_alarm(m, NULL, "a page-request record 0x%llx, 0x%llx of no message", (unsigned long long)beat[0],
                  (unsigned long long)beat[1]);
  else if (!monitor_page_request_check(m, a))
    monitor_alarm(m, a, "a page request is recorded of a device that may make none");
  messages->queued = true;
}

void monitor_pages_answer(monitor_t *m, unsigned resp) {
  monitor_messages_t *messages = &m->messages;
  if (resp > PCL_RESP_EXOKAY) return;   // the answer follows
  messages->tail = (messages->tail + 1) & monitor_queue_mask(m->regs.pqb);
  end(m, true);
}
