// SPDX-License-Identifier: Apache-2.0
//
// The first thing that went wrong in a run. Later ones are ignored: they follow from it.
#ifndef TB_FAILURE_H
#define TB_FAILURE_H

#include <stdbool.h>
#include <stdint.h>

typedef struct {
  bool failed;
  uint64_t cycle;   // kept right by tb_step()
  uint64_t at;      // the clock in which it went wrong
  char text[2048];
} failure_t;

#if defined(__GNUC__)
__attribute__((format(printf, 2, 3)))
#endif
void fail(failure_t *failure, const char *format, ...);

#endif
