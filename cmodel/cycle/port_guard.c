// SPDX-License-Identifier: Apache-2.0
// Isolator of a port: timers, isolation, resumption, record. The rules are in port_guard.h and microarchitecture 4.4.
#include "port_guard.h"

#include <string.h>

void pcl_port_guard_init(pcl_port_guard_t *guard) { memset(guard, 0, sizeof *guard); }

bool pcl_port_guard_enter(const pcl_port_guard_t *guard, const pcl_port_q_t *q) {
  if (guard->isolated) return false;
  if (q->isolate) return true;
  if (q->isotime == 0) return false;
  for (unsigned kind = 0; kind < PCL_STUCK_KINDS; kind++) {
    if (guard->timer[kind] >= q->isotime) return true;
  }
  return false;
}

bool pcl_port_guard_leave(const pcl_port_guard_t *guard, const pcl_port_q_t *q, bool settled) {
  return guard->isolated && guard->resume_pend && !q->isolate && settled && !guard->rec_pend;
}

void pcl_port_guard_commit(pcl_port_guard_t *guard, const pcl_port_guard_edge_t *edge) {
  for (unsigned kind = 0; kind < PCL_STUCK_KINDS; kind++) {
    const bool kept = kind == PCL_STUCK_W && edge->w_late;
    if (guard->isolated || !(edge->stuck[kind] || kept)) guard->timer[kind] = 0;
    else if (!kept) guard->timer[kind]++;
  }
  if (edge->rec_taken) guard->rec_pend = false;
  if (edge->enter) guard->rec_pend = true;
  guard->resume_pend = guard->isolated && !edge->leave && !edge->isolate && (guard->resume_pend || edge->resume);
  guard->isolated = (guard->isolated || edge->enter) && !edge->leave;
}
