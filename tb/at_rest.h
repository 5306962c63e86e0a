// SPDX-License-Identifier: Apache-2.0
//
// Whether the IOMMU itself has come to rest, judged by the model's registers, to which the lockstep ties the RTL. For the end of
// a run, when every device has its answers and the buses are idle: whatever is still held then has been forgotten or is stuck.
//
// A port that is still isolated may hold requests that will never be answered (they go when it is resumed); of it only what a
// resume waits for must be over. Commands left behind an error of the command queue are software's business.
#ifndef TB_AT_REST_H
#define TB_AT_REST_H

#include <stddef.h>

#include "cycle/portcullis.h"

// True if nothing is under way. Otherwise `text` names what is, each item after a space and separated by commas.
bool at_rest(const pcl_top_t *top, char *text, size_t size);

#endif
