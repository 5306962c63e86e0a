// SPDX-License-Identifier: Apache-2.0
//
// Comparison of what a side did with the records that a trace expects. What the specification leaves free is no difference; the
// numbers in the comments of compare.c are those of the tolerances of the trace format:
//   1  first-stage A/D updates may be absent if the request ends in a second-stage or MSI fault
//   2  translation requests with no-write may be treated as if without (oracle_side_t.ignores_no_write)
//   3  MRIF mode: only the page of the address counts
//   4  an ATS size may be smaller, or larger by less than 512; not compared if a stage is Bare
//   5  ATS: Global may be 0, PBMT is not compared
//   6  other requests: one kind of abort is as good as another
//   7  ATS: corruption (268-272, 274) may be answered by either abort
//   8  ATS: an access fault is recorded with a cause of any permission that was asked for
//   9  ATS: A/D updates of permissions that were not granted may be absent; updates of A alone may be there in addition
//  10  debug requests: A/D updates may be absent
#ifndef PCL_ORACLE_COMPARE_H
#define PCL_ORACLE_COMPARE_H

#include "side.h"

// A stimulus with the records expected for it, up to the next stimulus.
typedef struct {
  const oracle_record_t *stimulus;
  const oracle_record_t *expected;
  size_t count;
  const oracle_record_t *response;  // its P, or NULL
  const oracle_side_t *side;
} oracle_case_t;

// What differs first.
typedef struct {
  const oracle_record_t *expected;  // NULL: nothing was expected
  const oracle_record_t *got;       // NULL: nothing came
  const char *what;                 // field that differs, or NULL
} oracle_difference_t;

bool oracle_compare_response(const oracle_case_t *c, const oracle_record_t *got, oracle_difference_t *difference);

// F, G, I, K, X and O: each record in the order of its kind, but I in any order; a trace names the last O of a stimulus only.
bool oracle_compare_log(const oracle_case_t *c, const oracle_log_t *log, oracle_difference_t *difference);

// D. Afterwards memory holds what the trace says, whatever tolerance was used.
bool oracle_compare_updates(const oracle_case_t *c, const oracle_log_t *log, oracle_memory_t *memory,
                            oracle_difference_t *difference);

// T against the value of tr_response.
bool oracle_compare_debug(const oracle_record_t *expected, uint64_t response);

// The record as a line of a trace.
void oracle_print(const oracle_record_t *record, char *text, size_t size);

#endif
