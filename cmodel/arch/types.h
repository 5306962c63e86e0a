// SPDX-License-Identifier: Apache-2.0
//
// The vocabulary of the untimed model: a request, the device context found for it, and what became of it.
// Plain values, no pointers: each may be copied, compared field by field and stored in a cache entry.
#ifndef PCL_ARCH_TYPES_H
#define PCL_ARCH_TYPES_H

#include <stdbool.h>
#include <stdint.h>

// Registers that a translation depends on (caps.h has their layout).
typedef struct {
  uint64_t capabilities;
  uint64_t ddtp;
  uint32_t fctl;
} pcl_regs_t;

// One inbound transaction. `priv` counts only with `pv`; `exec` only for reads (a write is a write whatever it says).
typedef struct {
  uint64_t iova;
  uint32_t device_id;   // 24 bits
  uint32_t process_id;  // 20 bits, valid if pv
  bool pv;
  bool priv;         // supervisor privilege requested
  bool exec;         // read for execute
  bool write;        // write or AMO
  bool translated;   // the address was translated by the device (ATS)
  bool bus_illegal;  // burst that may not leave whatever its translation: refused with PCL_CAUSE_ILLEGAL_BURST
} pcl_request_t;

// Device context as its raw doublewords (IOMMU spec 3.1.3); dc.h decodes and checks them. The base format has the
// first four; the others are 0 then.
typedef struct {
  uint64_t tc;
  uint64_t iohgatp;
  uint64_t ta;
  uint64_t fsc;
  uint64_t msiptp;
  uint64_t msi_addr_mask;
  uint64_t msi_addr_pattern;
  uint64_t reserved;
} pcl_dc_t;

// Size of a translation: the range of addresses, naturally aligned, that one leaf maps.
typedef enum {
  PCL_SIZE_4K = 0,
  PCL_SIZE_64K = 1,  // Svnapot
  PCL_SIZE_2M = 2,
  PCL_SIZE_1G = 3,
  PCL_SIZE_512G = 4,
  PCL_SIZE_256T = 5,
  PCL_SIZE_IDENTITY = 6  // the whole 56-bit space, no translation
} pcl_size_t;

// A granted translation. The rights are those of the requester's class (user or supervisor) and are complete: any
// request of this class that pcl_translation_allows() accepts may use it. `w` already contains D.
typedef struct {
  uint64_t ppn;     // 44 bits: first page of the leaf (aligned to its size); 0 for identity
  uint32_t pscid;   // 20 bits; 0 if the first stage is Bare
  uint16_t gscid;   // 0 if the second stage is Bare
  uint8_t size;     // pcl_size_t
  uint8_t pbmt;     // 0 PMA, 1 NC, 2 IO
  bool gv;          // gscid is valid: the second stage is not Bare
  bool r;
  bool w;
  bool x;
  bool d;
  bool g;           // G of the leaf PTE itself; one inherited from a non-leaf PTE only would spare more, and may be ignored
  bool u;
} pcl_translation_t;

// A fault as it goes to the fault queue. `report` is false if DTF suppresses the record; the transaction is aborted
// either way.
typedef struct {
  uint64_t iotval;
  uint64_t iotval2;
  uint16_t cause;
  uint8_t ttyp;
  bool report;
} pcl_fault_t;

// What became of a request: `translation` counts if !faulted, else `fault`.
typedef struct {
  bool faulted;
  union {
    pcl_translation_t translation;
    pcl_fault_t fault;
  };
} pcl_outcome_t;

// log2 of the bytes that a translation of this size covers.
static inline unsigned pcl_size_shift(unsigned size) {
  static const uint8_t shift[7] = {12, 16, 21, 30, 39, 48, 56};
  return shift[size];
}

// Whether a translation that the caller found for this requester's class satisfies this request. False means: walk
// (the entry may have been made by a read with D=0), it does not say which fault.
static inline bool pcl_translation_allows(const pcl_translation_t *translation, const pcl_request_t *request) {
  return request->write ? translation->w : request->exec ? translation->x : translation->r;
}

// The supervisor physical address of an IOVA inside the translation's range.
static inline uint64_t pcl_translation_spa(const pcl_translation_t *translation, uint64_t iova) {
  return translation->ppn << 12 | (iova & ((UINT64_C(1) << pcl_size_shift(translation->size)) - 1));
}

#endif
