// SPDX-License-Identifier: Apache-2.0
//
// Connects the security monitor (monitor.h) to the testbench as an observer.
#ifndef TB_WATCH_H
#define TB_WATCH_H

#include "monitor.h"
#include "tb.h"

typedef struct watch watch_t;

// Before the first step. Lives until watch_destroy(), which comes after tb_destroy().
watch_t *watch_create(tb_t *tb);
void watch_destroy(watch_t *watch);
const monitor_stats_t *watch_stats(const watch_t *watch);

#endif
