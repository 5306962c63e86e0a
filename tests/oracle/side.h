// SPDX-License-Identifier: Apache-2.0
//
// The side under test, as a replay sees it: an IOMMU over the replay's memory. Every call returns when the IOMMU is idle again
// (commands done or stalled, records and interrupts written) and leaves in the log what the IOMMU did meanwhile.
#ifndef PCL_ORACLE_SIDE_H
#define PCL_ORACLE_SIDE_H

#include "memory.h"
#include "trace.h"

enum { ORACLE_LOG = 256 };

// Records of kind F, G, I, K, D, X and O in the order in which they happened, with the fields of the trace format.
typedef struct {
  oracle_record_t record[ORACLE_LOG];
  unsigned records;
  unsigned lost;  // did not fit
} oracle_log_t;

static inline void oracle_log(oracle_log_t *log, oracle_record_t record) {
  if (log->records < ORACLE_LOG) log->record[log->records++] = record;
  else log->lost++;
}

typedef struct {
  const char *name;
  // Translation requests with no-write are handled as if they asked for write permission, too (PCIe allows it).
  bool ignores_no_write;
  // Identities of addresses that 56 bits cannot hold are refused (docs/microarchitecture.md, "Choices"): the replay asks for the
  // low 56 bits instead, and expects them.
  bool narrow_identity;
  // P_IS_MSI is not filled in: nothing shows whether an address is that of an MSI page.
  bool hides_msi;

  // A new IOMMU after reset with these capabilities; NULL if it cannot have them, with the reason in `why`.
  void *(*open)(const oracle_config_t *config, oracle_memory_t *memory, oracle_log_t *log, const char **why);
  void (*close)(void *side);
  void (*write)(void *side, uint32_t offset, unsigned size, uint64_t value);
  uint64_t (*read)(void *side, uint32_t offset, unsigned size);
  // Fills in P. Its P_SIZE is 0 where the size means nothing: a stage is Bare, or no translation was made.
  void (*request)(void *side, const oracle_record_t *q, oracle_record_t *p);
  void (*page_request)(void *side, const oracle_record_t *b);
  void (*completion)(void *side, const oracle_record_t *y);
  void (*time_out)(void *side);
  // What went wrong that no record can say, or NULL. May be NULL itself: nothing can.
  const char *(*failure)(void *side);
} oracle_side_t;

extern const oracle_side_t oracle_model_side;  // the untimed C model
extern const oracle_side_t oracle_rtl_side;    // the RTL and its cycle twin in lockstep
bool oracle_has_rtl(void);                     // else the program was linked without it

#endif
