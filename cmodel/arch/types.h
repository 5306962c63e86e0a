// SPDX-License-Identifier: Apache-2.0
//
// The vocabulary of the untimed model: a request, the contexts found for it, and what became of it.
// Plain values, no pointers: each may be copied, compared field by field and stored in a cache entry. A field left 0 asks
// for nothing special.
#ifndef PCL_ARCH_TYPES_H
#define PCL_ARCH_TYPES_H

#include <stdbool.h>
#include <stdint.h>

// Registers that a translation depends on (caps.h has their layout), and two properties of the memory side.
typedef struct {
  uint64_t capabilities;
  uint64_t ddtp;
  uint32_t fctl;
  uint32_t qosid;          // iommu_qosid: 27:16 MCID, 11:0 RCID
  bool check_pas;          // a data structure beyond capabilities.PAS is an access fault without an access; else memory answers
  bool wide_pass_through;  // an untranslated address beyond 56 bits is granted; else it is an access fault (1, 5 or 7)
} pcl_regs_t;

// One inbound transaction. `priv` counts only with `pv`. At most one of translated, ats, page_request; none of them is an
// untranslated request.
typedef struct {
  uint64_t iova;
  uint32_t device_id;   // 24 bits
  uint32_t process_id;  // 20 bits, valid if pv
  bool pv;
  bool priv;          // supervisor privilege requested
  bool exec;          // read for execute (a write is a write whatever it says); ats: execute permission asked for
  bool write;         // write or AMO; ats: ignored, see no_write
  bool translated;    // the address was translated by the device (ATS)
  bool bus_illegal;   // burst that may not leave whatever its translation: refused with PCL_CAUSE_ILLEGAL_BURST
  bool ats;           // PCIe ATS translation request; ats.h turns the outcome into the completion
  bool no_write;      // ats: NW, the device does not ask for write permission
  bool cxl;           // ats: the requester is a CXL type 1 or 2 device
  bool page_request;  // PCIe Page Request message: the walk only finds the DC and looks whether PRI is enabled (ats.h)
  bool debug;         // from tr_req_ctl, otherwise an untranslated request: an MSI PTE in MRIF mode is cause 260
} pcl_request_t;

// Device context as its raw doublewords in host order (IOMMU spec 3.1.3); dc.h decodes and checks them. The base format
// has the first four; the others are 0 then.
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

// Process context as its raw doublewords in host order (IOMMU spec 3.2.3); pc.h decodes and checks them.
typedef struct {
  uint64_t ta;
  uint64_t fsc;
} pcl_pc_t;

// Size of a translation: the range of addresses, naturally aligned, that it covers. A 4-MiB page of Sv32 or Sv32x4 is granted
// in halves of 2 MiB.
typedef enum {
  PCL_SIZE_4K = 0,
  PCL_SIZE_64K = 1,  // Svnapot
  PCL_SIZE_2M = 2,
  PCL_SIZE_1G = 3,
  PCL_SIZE_512G = 4,
  PCL_SIZE_256T = 5,
  PCL_SIZE_IDENTITY = 6  // the whole 56-bit space, no translation
} pcl_size_t;

// Rights of one stage or of both. W contains D: it is missing while a store would have to set D first.
enum { PCL_RIGHT_R = 1, PCL_RIGHT_W = 2, PCL_RIGHT_X = 4, PCL_RIGHT_RWX = 7 };

// A granted translation. The rights are those of the requester's class (user or supervisor) and are complete: any
// request of this class that pcl_translation_allows() accepts may use it. `w` already contains D of both stages.
// A stage that is Bare has all rights and the shift 64.
//
// The range is the smaller of both stages' leaves, but 4 KiB if a page of a virtual interrupt file lies in it: such a page is
// never inside a larger range (IOMMU spec 3.1.3, msi_addr_mask), and has its own (`msi`).
typedef struct {
  uint64_t ppn;       // 44 bits: first supervisor physical page of the range; 0 for identity
  uint64_t gpn;       // its guest physical page; 0 for identity, = ppn if the second stage is Bare
  uint32_t pscid;     // 20 bits; 0 if the first stage is Bare
  uint16_t gscid;     // 0 if the second stage is Bare
  uint16_t rcid;      // QoS IDs for the request that is let through; 0 unless capabilities.QOSID
  uint16_t mcid;
  uint8_t size;       // pcl_size_t
  uint8_t pbmt;       // 0 PMA, 1 NC, 2 IO: the first stage's, or if that is PMA the second's
  uint8_t s1_shift;   // log2 of the bytes of the first-stage leaf (12, 16, 21, 22, 30, 39, 48): what IOTINVAL.VMA must meet
  uint8_t s2_shift;   // the same of the second-stage leaf, for IOTINVAL.GVMA; 12 for an MSI page
  uint8_t s1_rights;  // PCL_RIGHT_* of the first-stage leaf, whatever its U says; pcl_class_rights() takes that into account
  uint8_t s2_rights;  // of the second-stage leaf
  bool gv;            // gscid is valid: the second stage is not Bare
  bool r;
  bool w;
  bool x;
  bool d;
  bool g;             // G of the first-stage leaf; one inherited from a non-leaf PTE only would spare more, and may be ignored
  bool u;             // U of the first-stage leaf
  bool msi;           // page of a virtual interrupt file, translated by an MSI PTE
  bool t2gpa;         // the device is told the guest physical address (DC.tc.T2GPA)
} pcl_translation_t;

// Where an access to a virtual interrupt file in memory goes (MRIF mode). The notice MSI writes `nid` to
// outcome.translation.ppn << 12, page offset 0.
typedef struct {
  uint64_t addr;  // of the 512-byte MRIF
  uint16_t nid;   // 11 bits
} pcl_mrif_t;

// A fault as it goes to the fault queue. `report` is false if no record is due: DTF suppresses it, or an ATS translation
// request is completed successfully without rights. The transaction is aborted (or completed so) either way.
typedef struct {
  uint64_t iotval;
  uint64_t iotval2;
  uint16_t cause;
  uint8_t ttyp;
  bool report;
} pcl_fault_t;

// What became of a request: `translation` counts if !faulted, else `fault`. With is_mrif the access is not passed on but
// handled as IOMMU spec 3.3.3 item 13 says; translation holds the rights, ids and the notice's page.
typedef struct {
  bool faulted;
  bool is_mrif;
  union {
    pcl_translation_t translation;
    pcl_fault_t fault;
  };
  pcl_mrif_t mrif;  // counts with is_mrif
} pcl_outcome_t;

// log2 of the bytes that a translation of this size covers.
static inline unsigned pcl_size_shift(unsigned size) {
  static const uint8_t shift[7] = {12, 16, 21, 30, 39, 48, 56};
  return shift[size];
}

// Whether a translation that the caller found for this requester's class satisfies this request. False means: walk
// (the entry may have been made by a read with D=0), it does not say which fault. Not for ATS translation requests.
static inline bool pcl_translation_allows(const pcl_translation_t *translation, const pcl_request_t *request) {
  return request->write ? translation->w : request->exec ? translation->x : translation->r;
}

// The supervisor physical address of an IOVA inside the translation's range.
static inline uint64_t pcl_translation_spa(const pcl_translation_t *translation, uint64_t iova) {
  if (translation->size == PCL_SIZE_IDENTITY) return iova;
  return translation->ppn << 12 | (iova & ((UINT64_C(1) << pcl_size_shift(translation->size)) - 1));
}

// Its guest physical address; the supervisor physical one if the second stage is Bare.
static inline uint64_t pcl_translation_gpa(const pcl_translation_t *translation, uint64_t iova) {
  if (translation->size == PCL_SIZE_IDENTITY) return iova;
  return translation->gpn << 12 | (iova & ((UINT64_C(1) << pcl_size_shift(translation->size)) - 1));
}

#endif
