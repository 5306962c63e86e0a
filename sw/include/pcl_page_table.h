// SPDX-License-Identifier: Apache-2.0
//
// Page tables in memory, as a driver builds them: of the first stage (Sv39, Sv48, Sv57; privileged spec, "Sv39" to "Sv57",
// Svnapot and Svpbmt) and of the second (Sv39x4, Sv48x4, Sv57x4; "Two-Stage Address Translation"). A table of the second stage
// translates GPAs: they are two bits wider and not sign-extended, so its root is 16 KiB; every leaf needs U; G means nothing.
//
// `ops` are those of the memory that the table lies in: of the host, or of a guest (pcl_vm.h), where every address is a GPA.
// Only memory: these functions queue no command. Adding a leaf where V was 0 needs none (IOMMU spec, "Caching invalid
// entries"); whoever removes or changes a leaf must invalidate it and wait for a fence before the memory is used otherwise.
//
// A leaf: 63 N | 62:61 PBMT | 53:10 PPN | 7 D | 6 A | 5 G | 4 U | 3 X | 2 W | 1 R | 0 V. Page sizes: 4 KiB, 64 KiB (Svnapot: 16
// equal PTEs), then 2 MiB, 1 GiB, 512 GiB, 256 TiB as the levels go up.
#ifndef PCL_PAGE_TABLE_H
#define PCL_PAGE_TABLE_H

#include "pcl_ops.h"

// Flags of a mapping are the bits of its leaf. A device without a process_id is a user: it needs U. Unless a device's
// context lets the IOMMU set A and D (PCL_DC_SADE, PCL_DC_GADE), A=0 forbids every access, D=0 forbids writes.
#define PCL_MAP_VALID (UINT64_C(1) << 0)
#define PCL_MAP_READ (UINT64_C(1) << 1)
#define PCL_MAP_WRITE (UINT64_C(1) << 2)  // only together with READ
#define PCL_MAP_EXEC (UINT64_C(1) << 3)
#define PCL_MAP_USER (UINT64_C(1) << 4)
#define PCL_MAP_GLOBAL (UINT64_C(1) << 5)
#define PCL_MAP_ACCESSED (UINT64_C(1) << 6)
#define PCL_MAP_DIRTY (UINT64_C(1) << 7)
#define PCL_MAP_NONCACHED (UINT64_C(1) << 61)
#define PCL_MAP_IO (UINT64_C(2) << 61)
#define PCL_MAP_NAPOT (UINT64_C(1) << 63)  // set by the driver for pages of 64 KiB

// What most mappings want.
#define PCL_MAP_RO (PCL_MAP_VALID | PCL_MAP_READ | PCL_MAP_USER | PCL_MAP_ACCESSED)
#define PCL_MAP_RW (PCL_MAP_RO | PCL_MAP_WRITE | PCL_MAP_DIRTY)

#define PCL_NAPOT_PAGE (UINT64_C(16) * PCL_PAGE)

// A page table: 3 levels for Sv39 and Sv39x4, 4 for Sv48 and Sv48x4, 5 for Sv57 and Sv57x4.
typedef struct {
  uint64_t root;
  uint32_t levels;
  bool second;  // of the second stage
} pcl_page_table_t;

// One leaf, found or removed. For a page of 64 KiB, `iova` is its base and `entry` the first of its 16 PTEs.
typedef struct {
  uint64_t iova;
  uint64_t bytes;
  uint64_t entry;  // address of its PTE
  uint64_t pte;
} pcl_leaf_t;

// Bytes that a PTE of this level (0 is the last) maps.
static inline uint64_t pcl_level_bytes(uint32_t level) { return PCL_PAGE << (9 * level); }

// Whether the address can be translated at all. First stage: its upper bits repeat the sign bit of the levels' virtual address.
// Second stage: the bits above the GPA (41, 50, 59 bits) are 0.
bool pcl_page_table_canonical(const pcl_page_table_t *table, uint64_t iova);

// A table with nothing mapped, of either stage. Frees whatever it still holds.
pcl_status_t pcl_page_table_init(const pcl_ops_t *ops, pcl_page_table_t *table, uint32_t levels);
pcl_status_t pcl_second_table_init(const pcl_ops_t *ops, pcl_page_table_t *table, uint32_t levels);
void pcl_page_table_free(const pcl_ops_t *ops, pcl_page_table_t *table);

// Address of the PTE of `level` on the way to iova, or 0 if a table on the way is missing. With `make` missing tables are made
// (V 0 to 1: no command needed), and 0 means: no page left, or a larger page is in the way.
uint64_t pcl_page_table_entry(const pcl_ops_t *ops, const pcl_page_table_t *table, uint64_t iova, uint32_t level, bool make);

// Maps one page of `bytes` (a page size) at iova to pa. PCL_E_MAPPED if a PTE there has V=1: nothing is changed then.
pcl_status_t pcl_page_table_add(const pcl_ops_t *ops, const pcl_page_table_t *table, uint64_t iova, uint64_t pa, uint64_t bytes,
                                uint64_t flags);

// The leaf with V=1 that maps iova; false if there is none.
bool pcl_page_table_find(const pcl_ops_t *ops, const pcl_page_table_t *table, uint64_t iova, pcl_leaf_t *leaf);

// Clears the PTE(s) of a leaf. From now on the IOMMU may or may not still know it, until an invalidation.
void pcl_page_table_remove(const pcl_ops_t *ops, const pcl_leaf_t *leaf);

// Takes one table without any valid PTE out of the page table, on the way to iova (never the root): clears the pointer to it
// and returns its address, or returns 0. The page may be used again only after an invalidation with AV=0 and a fence.
uint64_t pcl_page_table_prune(const pcl_ops_t *ops, const pcl_page_table_t *table, uint64_t iova);

// The largest page size, at most `limit`, that maps iova to pa within `bytes`; limit 0 means no limit.
uint64_t pcl_page_table_fit(const pcl_page_table_t *table, uint64_t iova, uint64_t pa, uint64_t bytes, uint64_t limit);

#endif
