// SPDX-License-Identifier: Apache-2.0
//
// Replay of one trace into one side.
#ifndef PCL_ORACLE_REPLAY_H
#define PCL_ORACLE_REPLAY_H

#include "side.h"

enum { ORACLE_WHY = 512 };

// Stimulus by stimulus; stops at the first record that differs. False then, with a sentence that names the line, what was
// expected and what came.
bool oracle_replay(const oracle_trace_t *trace, const oracle_side_t *side, char why[ORACLE_WHY]);

#endif
