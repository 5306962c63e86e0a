// SPDX-License-Identifier: Apache-2.0
// Isolator of a port, the twin of port_guard.sv (microarchitecture 4.4).
//
// A device that does not take its answers, or does not send the W beats that it owes, is cut off after `isotime` clocks without
// progress, or at once by register; software resumes it when nothing of the port is under way and the isolation has its record,
// unless it isolates once more before. A W beat is progress, WVALID without one is not: clocks in which memory lets the device
// wait count neither way.
// Limits: timers of 16 bits, which wrap when isotime is 0.
#ifndef PCL_CYCLE_PORT_GUARD_H
#define PCL_CYCLE_PORT_GUARD_H

#include "buses.h"

enum { PCL_STUCK_R = 0, PCL_STUCK_B = 1, PCL_STUCK_W = 2, PCL_STUCK_KINDS = 3 };

// From the registers qctl and isotime; all are registers there.
typedef struct {
  uint16_t isotime;  // 0: the timers do not isolate
  uint8_t mode;      // PCL_MODE_*
  bool isolate;      // pulse
  bool resume;       // pulse
} pcl_port_q_t;

typedef struct {
  uint16_t timer[PCL_STUCK_KINDS];
  bool isolated;
  bool resume_pend;
  bool rec_pend;
} pcl_port_guard_t;

// Reset.
void pcl_port_guard_init(pcl_port_guard_t *guard);

// Whether the isolation begins in this clock.
bool pcl_port_guard_enter(const pcl_port_guard_t *guard, const pcl_port_q_t *q);

// Whether it ends in this clock. `settled`: the port is quiet and no slot is SENT.
bool pcl_port_guard_leave(const pcl_port_guard_t *guard, const pcl_port_q_t *q, bool settled);

typedef struct {
  bool enter;
  bool leave;
  bool isolate;
  bool resume;
  bool rec_taken;
  bool stuck[PCL_STUCK_KINDS];  // the timers' conditions
  bool w_late;                  // a beat is there and memory does not take it: the W timer keeps its count
} pcl_port_guard_edge_t;

// Edge.
void pcl_port_guard_commit(pcl_port_guard_t *guard, const pcl_port_guard_edge_t *edge);

#endif
