// SPDX-License-Identifier: Apache-2.0
//
// The security monitor as an observer of a run: feeds it pins, stores and resets, and reports its alarm.
// Of the model it takes only the registers of monitor_probe_t, which the lockstep compares through every read of them.
#ifndef TB_MONITOR_OBSERVER_H
#define TB_MONITOR_OBSERVER_H

#include "monitor.h"
#include "tb.h"

typedef struct monitor_observer monitor_observer_t;

// Before the first step and before software stores anything.
monitor_observer_t *monitor_attach(tb_t *tb);

// After the last step.
void monitor_detach(monitor_observer_t *observer);

const monitor_stats_t *monitor_observer_stats(const monitor_observer_t *observer);

#endif
