// SPDX-License-Identifier: Apache-2.0
//
// Comparison of records, with the tolerances of the trace format (compare.h has their list).
#include "compare.h"

#include <stdio.h>
#include <string.h>

#define PAGE_OFFSET UINT64_C(0xfff)
#define PTE_A       UINT64_C(0x40)
#define PTE_D       UINT64_C(0x80)

static bool differs(oracle_difference_t *difference, const oracle_record_t *expected, const oracle_record_t *got,
                    const char *what) {
  *difference = (oracle_difference_t){expected, got, what};
  return false;
}

static bool is_access_fault(uint64_t cause) { return cause == 1 || cause == 5 || cause == 7; }

static bool is_corruption(uint64_t cause) { return (cause >= 268 && cause <= 272) || cause == 274; }

// Faults that a request meets after its first stage.
static bool is_late_fault(uint64_t cause) {
  return cause == 20 || cause == 21 || cause == 23 || (cause >= 261 && cause <= 264) || cause == 270 || cause == 274 ||
         is_access_fault(cause);
}

static bool compare_ats(const oracle_case_t *c, const oracle_record_t *p, const oracle_record_t *got,
                        oracle_difference_t *difference) {
  const uint64_t want = p->field[P_ATS], have = got->field[P_ATS];
  const uint64_t rw = ATS_R | ATS_W;
  if (c->side->ignores_no_write && c->stimulus->field[Q_NW] && !(have & rw)) return true;  // 2
  uint64_t compared = want & rw ? ATS_R | ATS_W | ATS_X | ATS_U | ATS_PRIV : rw;
  if (c->side->ignores_no_write && c->stimulus->field[Q_NW]) compared &= ~(uint64_t)ATS_W;  // 2
  if ((want ^ have) & compared) return differs(difference, p, got, "permissions");
  if (!(want & rw)) return true;
  if (have & ATS_G && !(want & ATS_G)) return differs(difference, p, got, "Global");  // 5
  if (want & ATS_U) return true;
  if ((p->field[P_PA] ^ got->field[P_PA]) & ~PAGE_OFFSET) return differs(difference, p, got, "translated address");
  if (got->field[P_SIZE] && got->field[P_SIZE] / 512 >= p->field[P_SIZE]) return differs(difference, p, got, "size");  // 4
  return true;
}

bool oracle_compare_response(const oracle_case_t *c, const oracle_record_t *got, oracle_difference_t *difference) {
  const oracle_record_t *p = c->response;
  const uint64_t *want = p->field, *have = got->field;
  const bool ats = c->stimulus->field[Q_AT] == 1;
  if (want[P_STATUS] || have[P_STATUS]) {
    const bool either = !ats || is_corruption(want[P_CAUSE]);  // 6, 7
    if (either ? !want[P_STATUS] != !have[P_STATUS] : want[P_STATUS] != have[P_STATUS]) {
      return differs(difference, p, got, "status");
    }
    return true;
  }
  if (ats) return compare_ats(c, p, got, difference);
  const bool same_msi = want[P_IS_MSI] == have[P_IS_MSI] || c->side->hides_msi;
  if (!same_msi || want[P_IS_MRIF] != have[P_IS_MRIF]) return differs(difference, p, got, "MSI or MRIF");
  if (want[P_IS_MRIF]) {
    if ((want[P_PA] ^ have[P_PA]) & ~PAGE_OFFSET) return differs(difference, p, got, "notice address");  // 3
    if (want[P_MRIF_ADDR] != have[P_MRIF_ADDR]) return differs(difference, p, got, "MRIF address");
    if (want[P_NID] != have[P_NID]) return differs(difference, p, got, "notice identifier");
    return true;
  }
  if (want[P_PA] != have[P_PA]) return differs(difference, p, got, "translated address");
  if (want[P_PBMT] != have[P_PBMT]) return differs(difference, p, got, "PBMT");
  return true;
}

// dw0. A translation request's access fault may name any permission that was asked for (8).
static bool same_fault_word(const oracle_case_t *c, uint64_t want, uint64_t have) {
  if (want == have) return true;
  if (c->stimulus->kind != 'Q' || c->stimulus->field[Q_AT] != 1 || (want ^ have) >> 12) return false;
  const uint64_t cause = have & 0xfff;
  return is_access_fault(want & 0xfff) && (cause == 5 || (cause == 1 && c->stimulus->field[Q_EXEC]) ||
                                           (cause == 7 && !c->stimulus->field[Q_NW]));
}

// dw1[31:0] is custom; page offsets may be 0, and that of a guest physical address is not compared.
static bool same_fault(const oracle_case_t *c, const oracle_record_t *f, const oracle_record_t *got) {
  const uint64_t *want = f->field, *have = got->field;
  const uint64_t offset = have[3] & PAGE_OFFSET;
  return want[0] == have[0] && same_fault_word(c, want[1], have[1]) && have[2] >> 32 == 0 && want[3] >> 12 == have[3] >> 12 &&
         (offset == 0 || offset == (want[3] & PAGE_OFFSET)) && want[4] >> 12 == have[4] >> 12 && !((want[4] ^ have[4]) & 3);
}

// The tag is the IOMMU's choice. A response that the IOMMU generated may leave out the copy of the requester ID.
static bool same_message(const oracle_case_t *c, const oracle_record_t *x, const oracle_record_t *got) {
  const uint64_t *want = x->field, *have = got->field;
  const uint64_t id = UINT64_C(0xffff) << 48;
  uint64_t payload = want[X_PAYLOAD];
  if (c->stimulus->kind == 'B' && !(have[X_PAYLOAD] & id)) payload &= ~id;
  return want[X_CODE] == have[X_CODE] && want[X_RID] == have[X_RID] && want[X_PV] == have[X_PV] &&
         (!want[X_PV] || want[X_PID] == have[X_PID]) && want[X_DSV] == have[X_DSV] &&
         (!want[X_DSV] || want[X_DSEG] == have[X_DSEG]) && payload == have[X_PAYLOAD];
}

static bool same(const oracle_case_t *c, const oracle_record_t *expected, const oracle_record_t *got) {
  switch (expected->kind) {
    case 'F': return same_fault(c, expected, got);
    case 'X': return same_message(c, expected, got);
    default: return memcmp(expected->field, got->field, sizeof got->field) == 0;
  }
}

// The record of the log that is not taken and may stand for `expected`: the next of its kind; for an interrupt an equal one,
// wherever it is; of orders asked for by several fences, the last.
static unsigned candidate(const oracle_case_t *c, const oracle_record_t *expected, const oracle_log_t *log, const bool *taken) {
  unsigned found = log->records;
  for (unsigned i = 0; i < log->records; i++) {
    if (taken[i] || log->record[i].kind != expected->kind) continue;
    if (expected->kind == 'I' && same(c, expected, &log->record[i])) return i;
    if (found == log->records || expected->kind == 'O') found = i;
    if (!strchr("IO", expected->kind)) break;
  }
  return found;
}

static bool expects_order(const oracle_case_t *c) {
  for (size_t i = 0; i < c->count; i++) {
    if (c->expected[i].kind == 'O') return true;
  }
  return false;
}

bool oracle_compare_log(const oracle_case_t *c, const oracle_log_t *log, oracle_difference_t *difference) {
  bool taken[ORACLE_LOG] = {false};
  for (size_t i = 0; i < c->count; i++) {
    const oracle_record_t *expected = &c->expected[i];
    if (!strchr("FGIKXO", expected->kind)) continue;
    const unsigned at = candidate(c, expected, log, taken);
    if (at == log->records) return differs(difference, expected, 0, 0);
    if (!same(c, expected, &log->record[at])) return differs(difference, expected, &log->record[at], 0);
    taken[at] = true;
  }
  for (unsigned i = 0; i < log->records; i++) {
    const char kind = log->record[i].kind;
    if (taken[i] || kind == 'D' || (kind == 'O' && expects_order(c))) continue;
    return differs(difference, 0, &log->record[i], 0);
  }
  return true;
}

static bool may_lack_dirty(const oracle_case_t *c) {
  return c->response && c->stimulus->field[Q_AT] == 1 && !(c->response->field[P_ATS] & ATS_W);  // 9
}

static bool may_be_absent(const oracle_case_t *c, const oracle_record_t *d) {
  if (c->stimulus->kind == 'W') return true;  // 10
  if (!c->response) return false;
  if (!d->field[3] && is_late_fault(c->response->field[P_CAUSE])) return true;  // 1
  if (c->stimulus->field[Q_AT] != 1 || c->response->field[P_STATUS]) return false;
  if (!(c->response->field[P_ATS] & (ATS_R | ATS_W))) return true;  // 9
  return may_lack_dirty(c) && (d->field[1] ^ d->field[2]) == PTE_D;
}

static bool same_update(const oracle_case_t *c, const oracle_record_t *d, const oracle_record_t *got) {
  if (d->field[0] != got->field[0] || d->field[1] != got->field[1] || d->field[3] != got->field[3]) return false;
  return d->field[2] == got->field[2] || (may_lack_dirty(c) && d->field[2] == (got->field[2] | PTE_D));
}

static bool may_be_extra(const oracle_case_t *c, const oracle_record_t *got) {
  const uint64_t set = got->field[1] ^ got->field[2];
  if (c->stimulus->kind != 'Q' || c->stimulus->field[Q_AT] != 1) return false;
  return set == PTE_A || (c->side->ignores_no_write && c->stimulus->field[Q_NW]);  // 9, 2
}

bool oracle_compare_updates(const oracle_case_t *c, const oracle_log_t *log, oracle_memory_t *memory,
                            oracle_difference_t *difference) {
  bool taken[ORACLE_LOG] = {false};
  for (size_t i = 0; i < c->count; i++) {
    const oracle_record_t *d = &c->expected[i];
    unsigned at = 0;
    if (d->kind != 'D') continue;
    while (at < log->records && (taken[at] || log->record[at].kind != 'D' || !same_update(c, d, &log->record[at]))) at++;
    if (at < log->records) taken[at] = true;
    else if (!may_be_absent(c, d)) return differs(difference, d, 0, 0);
  }
  for (unsigned i = log->records; i-- > 0;) {
    const oracle_record_t *got = &log->record[i];
    if (taken[i] || got->kind != 'D') continue;
    if (!may_be_extra(c, got)) return differs(difference, 0, got, 0);
    oracle_memory_store(memory, got->field[0], got->field[1]);
  }
  for (size_t i = 0; i < c->count; i++) {
    if (c->expected[i].kind == 'D') oracle_memory_store(memory, c->expected[i].field[0], c->expected[i].field[2]);
  }
  return true;
}

// The page that a tr_response value gives for an IOVA: with S=1 the range is encoded in the PPN (IOMMU spec, tr_response).
static uint64_t debug_page(uint64_t response, uint64_t iova) {
  const uint64_t ppn = response >> 10 & ((UINT64_C(1) << 44) - 1);
  const uint64_t range = response & 0x200 ? ppn ^ (ppn + 1) : 0;
  return (ppn & ~range) | (iova >> 12 & range);
}

bool oracle_compare_debug(const oracle_record_t *expected, uint64_t response) {
  const uint64_t want = expected->field[0], iova = expected->field[1];
  if ((want ^ response) & 1) return false;
  if (want & 1) return true;
  return !((want ^ response) & 0x180) && debug_page(want, iova) == debug_page(response, iova);
}

static void print_response(const oracle_record_t *p, char *text, size_t size) {
  const uint64_t *v = p->field;
  if (v[P_STATUS]) {
    snprintf(text, size, "P %u c%u", (unsigned)v[P_STATUS], (unsigned)v[P_CAUSE]);
    return;
  }
  int at = snprintf(text, size, "P 0 %016llx %llx %u %u %u", (unsigned long long)v[P_PA], (unsigned long long)v[P_SIZE],
                    (unsigned)v[P_PBMT], (unsigned)v[P_IS_MSI], (unsigned)v[P_IS_MRIF]);
  if (v[P_ATS] & ATS_PRESENT) {
    at += snprintf(text + at, size - (size_t)at, " ats %d%d%d u%d g%d p%d", !!(v[P_ATS] & ATS_R), !!(v[P_ATS] & ATS_W),
                   !!(v[P_ATS] & ATS_X), !!(v[P_ATS] & ATS_U), !!(v[P_ATS] & ATS_G), !!(v[P_ATS] & ATS_PRIV));
  }
  if (v[P_IS_MRIF]) {
    at += snprintf(text + at, size - (size_t)at, " mrif %llx %x", (unsigned long long)v[P_MRIF_ADDR], (unsigned)v[P_NID]);
  }
  snprintf(text + at, size - (size_t)at, " c%u", (unsigned)v[P_CAUSE]);
}

void oracle_print(const oracle_record_t *record, char *text, size_t size) {
  static const struct { char kind; uint8_t fields; } widths[] = {
    {'F', 5}, {'G', 3}, {'I', 2}, {'K', 2}, {'D', 4}, {'X', 8}, {'O', 2}, {'E', 7}, {'W', 3}, {'S', 2},
    {'Q', 10}, {'B', 8}, {'Y', 4}, {'U', 0}, {'R', 4}, {'T', 2}, {'A', 2}, {'M', 2},
  };
  unsigned fields = 0;
  if (record->kind == 'P') {
    print_response(record, text, size);
    return;
  }
  for (size_t i = 0; i < sizeof widths / sizeof widths[0]; i++) {
    if (widths[i].kind == record->kind) fields = widths[i].fields;
  }
  int at = snprintf(text, size, "%c", record->kind);
  for (unsigned i = 0; i < fields; i++) {
    at += snprintf(text + at, size - (size_t)at, i == 0 && strchr("FG", record->kind) ? " %llu" : " %llx",
                   (unsigned long long)record->field[i]);
  }
}
