// SPDX-License-Identifier: Apache-2.0
//
// The text of a lockstep mismatch: the pin, and what the IOMMU was doing.
#ifndef TB_REPORT_H
#define TB_REPORT_H

#include "lockstep.h"
#include "scoreboard.h"

// The port's requests under way and the walks, for the mismatch found in this clock.
void report_mismatch(failure_t *failure, const mismatch_t *mismatch, const scoreboard_t *scoreboard, const pcl_top_t *top);

#endif
