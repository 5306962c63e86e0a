// SPDX-License-Identifier: Apache-2.0
//
// What a Translation Request of a process is answered (IOMMU spec 3.6), behind both stages: rights and what they need of A and D,
// Success without rights for what software may mend, Unsupported Request and Completer Abort with a record for what is wrong,
// ranges without the interrupt files in them.
#include "endpoint.h"
#include "guest.h"

#define FILE_SPA UINT64_C(0x54321000)
#define LARGE UINT64_C(0x80000000)
#define LARGE_GPA UINT64_C(0x40000000)
#define LARGE_SPA UINT64_C(0x2000000000)
#define M2 (UINT64_C(1) << 21)
#define ALLOWED (FRAME_SPA | TRANSLATION_R | TRANSLATION_W)

enum { WANT_EXEC = 2, AS_PRIV = 4 };  // beside NO_WRITE

static guest_t g;

static pcl_msg_t ask(tb_t *tb, uint64_t iova, unsigned flags) {
  pcl_msg_t request = endpoint_message(PCL_MSG_TRANSLATION_REQUEST, g.device_id, (iova & ~OFFSET) | (flags & NO_WRITE));
  request.pv = g.pv;
  request.pasid = g.process_id;
  request.exec = flags & WANT_EXEC;
  request.priv = flags & AS_PRIV;
  return endpoint_ask(tb, &request);
}

// Success with this entry, without a record.
static bool told(tb_t *tb, uint64_t iova, unsigned flags, uint64_t payload) {
  pcl_msg_t answer = ask(tb, iova, flags);
  return answer.status == STATUS_SUCCESS && answer.payload == payload && endpoint_no_record(&g.scene);
}

// Refused with a record of the request as it came.
static bool refused(tb_t *tb, unsigned flags, unsigned status, uint32_t cause) {
  if (ask(tb, IOVA, flags).status != status) return false;
  const pcl_fault_event_t e = scene_fault(&g.scene);
  return e.cause == cause && e.ttyp == 8 && e.iotval == (IOVA & ~OFFSET) && e.iotval2 == 0 && e.device_id == g.device_id &&
         e.pv == g.pv && e.process_id == (g.pv ? g.process_id : 0) && e.priv == (g.pv && flags & AS_PRIV);
}

// Rights of the leaf, whether Exe is wanted, who asks.
static void check_rights(tb_t *tb) {
  uint64_t pte = guest_pte(&g, IOVA, 0), leaf = tb_load(tb, pte), pc = guest_pc(&g, PROCESS), ta = tb_load(tb, pc);
  EXPECT(told(tb, IOVA, 0, ALLOWED) && told(tb, IOVA, WANT_EXEC, ALLOWED | TRANSLATION_EXE));
  guest_set(&g, pte, leaf | PCL_MAP_GLOBAL);
  EXPECT(told(tb, IOVA, 0, ALLOWED | TRANSLATION_GLOBAL));
  guest_set(&g, pte, scene_leaf(FRAME_GPA, PCL_MAP_VALID | PCL_MAP_EXEC | PCL_MAP_USER | PCL_MAP_ACCESSED));
  EXPECT(told(tb, IOVA, WANT_EXEC, 0));  // without R no Exe
  guest_set(&g, pte, leaf);
  guest_set(&g, pc, ta | PCL_PROCESS_ENS);
  EXPECT(told(tb, IOVA, WANT_EXEC | AS_PRIV, 0));  // a user's page, SUM = 0
  guest_set(&g, pc, ta | PCL_PROCESS_ENS | PCL_PROCESS_SUM);
  EXPECT(told(tb, IOVA, WANT_EXEC | AS_PRIV, ALLOWED | TRANSLATION_PRIV));
  guest_set(&g, pte, leaf & ~PCL_MAP_USER);
  EXPECT(told(tb, IOVA, WANT_EXEC | AS_PRIV, ALLOWED | TRANSLATION_PRIV | TRANSLATION_EXE) && told(tb, IOVA, WANT_EXEC, 0));
  guest_set(&g, pte, leaf);
  guest_set(&g, pc, ta);
}

// DPE: a request without PASID is that of process 0, a user's; what it is told says neither Priv nor Global.
static void check_no_process(tb_t *tb) {
  uint64_t pte = guest_pte(&g, IOVA, 0), leaf = guest_set(&g, pte, tb_load(tb, pte) | PCL_MAP_GLOBAL);
  EXPECT(pcl_attach_process(&g.scene.system.driver, &g.processes, 0, &g.domain, PCL_PROCESS_ENS | PCL_PROCESS_SUM) == PCL_OK);
  g.dc[TC] |= PCL_DC_DPE;
  g.pv = false;
  guest_put(&g);
  EXPECT(told(tb, IOVA, WANT_EXEC | AS_PRIV, ALLOWED));
  guest_set(&g, pte, leaf & ~PCL_MAP_USER);
  EXPECT(told(tb, IOVA, AS_PRIV, 0));
  g.dc[TC] &= ~PCL_DC_DPE;
  g.pv = true;
  guest_set(&g, pte, leaf);
  guest_put(&g);
}

// A and D of both stages: without an update the translation is incomplete; with W=0, or NW=1, D is not due.
static void check_updates(tb_t *tb) {
  for (unsigned stage = 0; stage < 2; stage++) {
    uint64_t entry = stage ? guest_g_pte(&g, FRAME_GPA, 0) : guest_pte(&g, IOVA, 0), leaf = tb_load(tb, entry);
    const uint64_t clean = leaf & ~PCL_MAP_DIRTY, fresh = clean & ~PCL_MAP_ACCESSED;
    guest_set(&g, entry, clean);
    EXPECT(told(tb, IOVA, 0, 0) && (ask(tb, IOVA, NO_WRITE).payload & TRANSLATION_R) && tb_load(tb, entry) == clean);
    guest_set(&g, entry, clean & ~PCL_MAP_WRITE);
    EXPECT(told(tb, IOVA, 0, FRAME_SPA | TRANSLATION_R) && tb_load(tb, entry) == (clean & ~PCL_MAP_WRITE));
    guest_set(&g, entry, fresh);
    EXPECT(told(tb, IOVA, NO_WRITE, 0) && tb_load(tb, entry) == fresh);
    if (tb_config()->amo_hwad) {
      g.dc[TC] |= stage ? PCL_DC_GADE : PCL_DC_SADE;
      guest_put(&g);
      EXPECT((ask(tb, IOVA, NO_WRITE).payload & TRANSLATION_R) && tb_load(tb, entry) == clean);
      EXPECT(told(tb, IOVA, 0, ALLOWED) && tb_load(tb, entry) == leaf);
      guest_set(&g, entry, fresh & ~PCL_MAP_WRITE);
      EXPECT(told(tb, IOVA, 0, FRAME_SPA | TRANSLATION_R) && tb_load(tb, entry) == (clean & ~PCL_MAP_WRITE));
      g.dc[TC] &= ~(PCL_DC_GADE | PCL_DC_SADE);
      guest_put(&g);
    }
    guest_set(&g, entry, leaf);
  }
}

// An entry with another value for one question.
static bool with(tb_t *tb, uint64_t entry, uint64_t value, unsigned status, uint32_t cause) {
  uint64_t old = guest_set(&g, entry, value);
  bool so = status == STATUS_SUCCESS ? told(tb, IOVA, 0, 0) : refused(tb, 0, status, cause);
  guest_set(&g, entry, old);
  return so;
}

// Success without rights: what software may mend.
static void check_missing(tb_t *tb) {
  EXPECT(with(tb, guest_pte(&g, IOVA, 0), 0, STATUS_SUCCESS, 13) && with(tb, guest_pte(&g, IOVA, 1), 0, STATUS_SUCCESS, 13));
  EXPECT(with(tb, guest_g_pte(&g, FRAME_GPA, 0), 0, STATUS_SUCCESS, 21));
  EXPECT(with(tb, guest_g_pte(&g, guest_pte_gpa(&g, IOVA, 0), 0), 0, STATUS_SUCCESS, 21));
  EXPECT(with(tb, guest_g_pte(&g, guest_pc_gpa(&g, PROCESS, 0), 0), 0, STATUS_SUCCESS, 21));
  EXPECT(with(tb, guest_pc(&g, PROCESS), 0, STATUS_SUCCESS, 266));
}

// Completer Abort: tables that cannot be read or are misconfigured. Unsupported Request: the device itself.
static void check_errors(tb_t *tb) {
  uint64_t pc = guest_pc(&g, PROCESS), tc = g.dc[TC], reserved = UINT64_C(1) << 63;
  EXPECT(with(tb, guest_pte(&g, IOVA, 1), HOLE >> 2 | 1, STATUS_SUCCESS, 21));  // a GPA too wide
  EXPECT(with(tb, guest_g_pte(&g, FRAME_GPA, 1), HOLE >> 2 | 1, STATUS_CA, 5));
  EXPECT(with(tb, guest_g_pte(&g, guest_pc_gpa(&g, PROCESS, 0), 0), scene_leaf(HOLE, RWX), STATUS_CA, 265));
  EXPECT(with(tb, pc, tb_load(tb, pc) | reserved, STATUS_CA, 267));
  guest_poison(&g, true);
  EXPECT(refused(tb, 0, STATUS_CA, 268));
  guest_poison(&g, false);
  EXPECT(refused(tb, AS_PRIV, STATUS_UR, 260));  // ENS = 0
  g.process_id |= 1 << 19;
  EXPECT(refused(tb, 0, STATUS_UR, 260));  // too wide for the directory
  g.process_id = PROCESS;
  EXPECT(with(tb, guest_dc(&g, 0), tc & ~PCL_DC_EN_ATS, STATUS_UR, 260));
  EXPECT(with(tb, guest_dc(&g, 0), 0, STATUS_UR, 258) && with(tb, guest_dc(&g, 0), tc | reserved, STATUS_UR, 259));
  EXPECT(with(tb, guest_dc(&g, 1), HOLE >> 2 | 1, STATUS_UR, 257));
  guest_set(&g, guest_dc(&g, 0), (tc & ~PCL_DC_EN_ATS) | PCL_DC_DTF);  // DTF silences 260
  EXPECT(ask(tb, IOVA, 0).status == STATUS_UR && endpoint_no_record(&g.scene));
  guest_set(&g, guest_dc(&g, 0), tc);
  EXPECT(pcl_set_mode(&g.scene.system.driver, PCL_DDTP_MODE_OFF) == PCL_OK && refused(tb, 0, STATUS_UR, 256));
  EXPECT(pcl_set_mode(&g.scene.system.driver, PCL_DDTP_MODE_BARE) == PCL_OK && refused(tb, 0, STATUS_UR, 260));
  EXPECT(pcl_set_mode(&g.scene.system.driver, PCL_DDTP_MODE_TABLE) == PCL_OK && told(tb, IOVA, 0, ALLOWED));
}

// Pages of interrupt files: no Exe and no fault for it; a large page around one is not told whole.
static void check_files(tb_t *tb) {
  uint64_t entry = guest_host(&g)->page_alloc(guest_host(&g)->context, 1);
  EXPECT(told(tb, LARGE + 0x5000, 0, LARGE_SPA | 0xff000 | TRANSLATION_S | TRANSLATION_R | TRANSLATION_W));
  g.dc[MSIPTP] = UINT64_C(1) << 60 | entry >> 12;
  g.dc[MSI_PATTERN] = (LARGE_GPA + 0x7000) >> 12;
  guest_put(&g);
  EXPECT(told(tb, LARGE + 0x5000, 0, (LARGE_SPA + 0x5000) | TRANSLATION_R | TRANSLATION_W));
  EXPECT(told(tb, LARGE + 0x7000, 0, 0));  // 262
  g.dc[MSI_PATTERN] = FRAME_GPA >> 12;
  guest_put(&g);
  EXPECT(with(tb, entry, 0, STATUS_SUCCESS, 262) && with(tb, entry, UINT64_C(1) << 63 | 7, STATUS_CA, 263));
  guest_set(&g, entry, FILE_SPA >> 2 | 7);
  EXPECT(told(tb, IOVA, WANT_EXEC, FILE_SPA | TRANSLATION_R | TRANSLATION_W));
  g.dc[MSIPTP] = UINT64_C(1) << 60 | HOLE >> 12;
  guest_put(&g);
  EXPECT(refused(tb, 0, STATUS_CA, 261));
}

SCENARIO(ats_answers, "answers to translation requests of processes: rights, A and D, what is missing, every error") {
  NEEDS(guest_is_built() && tb_config()->ats);
  guest_start_processes(&g, tb, 1, PCL_DC_EN_ATS, 0);
  EXPECT(pcl_vm_map(&g.scene.system.driver, &g.vm, LARGE_GPA, LARGE_SPA, M2, RWX) == PCL_OK);
  scene_map(&g.scene, &g.domain, LARGE, LARGE_GPA, M2, RWX);
  check_rights(tb);
  check_no_process(tb);
  check_updates(tb);
  check_missing(tb);
  check_errors(tb);
  check_files(tb);
}
