// SPDX-License-Identifier: Apache-2.0
//
// What a run reports: live progress, the summary at its end, and the same as one JSON object.
#ifndef TB_SUMMARY_H
#define TB_SUMMARY_H

#include "watch.h"

typedef struct {
  tb_t *tb;
  const char *profile;
  const char *agent;
  uint64_t seed;
  uint64_t cycles;       // planned
  bool checks;
  const watch_t *watch;  // NULL: no security monitor
  double started;        // seconds
  double shown;          // of the last progress line
  bool line_open;
} summary_t;

void summary_start(summary_t *summary);

// Call now and then: one line that is rewritten on a terminal, a plain line every five seconds elsewhere.
void summary_progress(void *summary);

void summary_print(summary_t *summary);

// False with a message if the file cannot be written.
bool summary_json(const summary_t *summary, const char *file);

#endif
