// SPDX-License-Identifier: Apache-2.0
//
// Oracle traces: text files, plain or compressed by gzip, of stimuli to an IOMMU and of what another implementation of the
// specification answered. A trace is read whole and checked before any of it is used: a record that is unknown, too short, too
// long, holds a number wider than its field or stands where it may not, and a file that ends early, are refused with the
// line number.
//
//   configuration  V version | C name value | A ppn AF or DC | M addr value
//   stimulus       W off size value | S addr value | Q request | B page request | Y completion | U (time-out) |
//                  R off size value mask
//   expectation    P response | F fault | G page request | I interrupt MSI | K fence data | D A/D update | X message | O order |
//                  T debug response | E registers
//   Z              end
#ifndef PCL_ORACLE_TRACE_H
#define PCL_ORACLE_TRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { ORACLE_FIELDS = 11 };

// Fields in the order of the record. 'A': ppn, 1 if poison. 'D': addr, old, new, 1 if second stage. 'P': see below.
typedef struct {
  uint64_t field[ORACLE_FIELDS];
  uint32_t line;
  char kind;
} oracle_record_t;

// Fields of Q, of B and of E.
enum { Q_AT, Q_DID, Q_PV, Q_PID, Q_NW, Q_EXEC, Q_PRIV, Q_CXL, Q_IOVA, Q_RW };
enum { B_RID, B_DSV, B_DSEG, B_PV, B_PID, B_PRIV, B_EXEC, B_PAYLOAD };
enum { X_CODE, X_RID, X_PV, X_TAG, X_PID, X_DSV, X_DSEG, X_PAYLOAD };

// Fields of P. Status 1 and 4 have P_CAUSE only. P_ATS: ATS_PRESENT says that the ATS part is there. P_MRIF_ADDR and P_NID count
// if P_IS_MRIF.
enum { P_STATUS, P_PA, P_SIZE, P_PBMT, P_IS_MSI, P_IS_MRIF, P_ATS, P_MRIF_ADDR, P_NID, P_CAUSE };
enum { ATS_R = 32, ATS_W = 16, ATS_X = 8, ATS_U = 4, ATS_G = 2, ATS_PRIV = 1, ATS_PRESENT = 64 };

typedef struct {
  uint64_t capabilities;
  uint32_t fctl;
  uint32_t pas;
  uint32_t event_counters;
  uint32_t counter_width;
  uint32_t vectors;
} oracle_config_t;

typedef struct {
  oracle_config_t config;
  oracle_record_t *record;  // all but V and C, in order; the last is Z
  size_t records;
} oracle_trace_t;

// Reads a trace. False if it is damaged: `why` is then a sentence with the line number.
bool oracle_trace_load(const char *path, oracle_trace_t *trace, char *why, size_t why_size);
void oracle_trace_free(oracle_trace_t *trace);

#endif
