// SPDX-License-Identifier: Apache-2.0
//
// Fault records (IOMMU spec 4.2): each is of a request that waits or was refused, once, and must be explained: by a walk that
// ends so, or by an access to memory that failed meanwhile.
#include "monitor_internal.h"

typedef struct {
  unsigned cause, ttyp;
  uint32_t device_id, process_id;
  bool pv, priv;
  uint64_t iotval, iotval2;
} record_t;

static bool names(const record_t *record, const monitor_access_t *a) {
  unsigned ttyp = a->kind ? a->kind : a->access + (a->translated ? 4u : 0u);
  return a->device_id == record->device_id && a->iova == record->iotval && a->pv == record->pv &&
         ttyp == record->ttyp &&
         (!a->pv || (a->process_id == record->process_id && a->priv == record->priv));
}

// Whether the access can have had this fault.
static bool explains(monitor_t *m, const record_t *record, const monitor_access_t *a) {
  bool silent = record->cause < 256 && record->cause != 5 && record->cause != 1 && record->cause != 7;
  if (a->kind && (silent || record->cause == 262 || record->cause == 266)) return false;   // 3.6: answered, not recorded
  switch (record->cause) {
    case 1: case 5: case 7:
      if (!a->illegal && monitor_is_access_fault(a, record->cause) &&
          (monitor_walk_failed(m, a->valid_at, false) || monitor_update_gave_up(m, a->valid_at))) return true;
      break;
    case 257: case 261: case 265: return !a->illegal && monitor_walk_failed(m, a->valid_at, false);
    case 268: case 269: case 270: case 274: return !a->illegal && monitor_walk_failed(m, a->valid_at, true);
    case 264: case 271: return !a->illegal && a->access == 3 && a->beats == 1;
    case 2048: return a->illegal;
  }
  return !a->illegal && monitor_fault_check(m, a, record->cause, record->iotval2);
}

typedef bool visit_t(monitor_t *m, const record_t *record, monitor_access_t *a);

// Visits the requests that a record names until one takes it: waiting ones first, then refused ones, newest first.
static bool visit_named(monitor_t *m, const record_t *record, visit_t *visit, const monitor_access_t **named) {
  for (unsigned p = 0; p < m->config.num_ports; p++) {
    monitor_channel_t *channel = &m->port[p].channel[(record->ttyp & 3) == 3 ? PCL_WRITE : PCL_READ];
    for (unsigned id = 0; id < 1u << m->config.id_width; id++) {
      for (int16_t i = channel->id[id].head; i >= 0; i = channel->pool[i].next) {
        monitor_access_t *a = &channel->pool[i].access;
        if (!names(record, a)) continue;
        if (!a->recorded) *named = a;
        if (visit(m, record, a)) return true;
      }
    }
  }
  if (m->messages.pending && names(record, &m->messages.access)) {
    if (!m->messages.access.recorded) *named = &m->messages.access;
    if (visit(m, record, &m->messages.access)) return true;
  }
  for (uint64_t i = 0; i < MONITOR_REFUSED && i < m->refused_count; i++) {
    monitor_access_t *a = &m->refused[(m->refused_count - 1 - i) & (MONITOR_REFUSED - 1)];
    if (!names(record, a)) continue;
    if (!a->recorded) *named = a;
    if (visit(m, record, a)) return true;
  }
  return false;
}

static bool take(monitor_t *m, const record_t *record, monitor_access_t *a) {
  if (a->recorded || !explains(m, record, a)) return false;
  a->recorded = (uint16_t)record->cause;
  a->iotval2 = record->iotval2;
  return true;
}

// Which of several equal requests an earlier record was of is not known: gives that one to another request.
static bool take_over(monitor_t *m, const record_t *record, monitor_access_t *a) {
  const monitor_access_t *other = NULL;
  record_t earlier = *record;
  earlier.cause = a->recorded;
  earlier.iotval2 = a->iotval2;
  if (!a->recorded || !explains(m, record, a) || !visit_named(m, &earlier, take, &other)) return false;
  a->recorded = (uint16_t)record->cause;
  a->iotval2 = record->iotval2;
  return true;
}

void monitor_record(monitor_t *m, const uint64_t *beat) {
  record_t record = {
    .cause = beat[0] & 0xfff, .process_id = beat[0] >> 12 & 0xfffff, .pv = beat[0] >> 32 & 1, .priv = beat[0] >> 33 & 1,
    .ttyp = beat[0] >> 34 & 63, .device_id = (uint32_t)(beat[0] >> 40), .iotval = beat[2], .iotval2 = beat[3],
  };
  bool of_guest_page = record.cause == 20 || record.cause == 21 || record.cause == 23;
  if (record.iotval2 && !of_guest_page)
    monitor_alarm(m, NULL, "fault record with cause %u and iotval2 0x%llx", record.cause, (unsigned long long)record.iotval2);
  m->stats.records++;
  if (record.cause == 2049 && record.ttyp == 0 && record.iotval < m->config.num_ports) return;   // of the isolator
  if (record.cause == 273 && record.ttyp == 0) {
    if (record.device_id || record.pv || record.process_id || record.priv || !monitor_write_was_refused(m, record.iotval))
      monitor_alarm(m, NULL, "fault record with cause 273 of no refused write at 0x%llx", (unsigned long long)record.iotval);
    return;
  }
  if ((record.cause == 264 || record.cause == 271) && !monitor_mrif_faulted(m, record.cause)) {
    monitor_alarm(m, NULL, "fault record with cause %u, but no access to an interrupt file failed so", record.cause);
    return;
  }
  const monitor_access_t *named = NULL;
  if (visit_named(m, &record, take, &named) || visit_named(m, &record, take_over, &named)) return;
  unsigned long long iotval = record.iotval;
  if (named)
    monitor_alarm(m, named, "fault record with cause %u: no value of memory since the request came explains it", record.cause);
  else
    monitor_alarm(m, NULL, "fault record (cause %u, TTYP %u, device_id 0x%x, iotval 0x%llx) of no refused request", record.cause,
                  record.ttyp, record.device_id, iotval);
}
