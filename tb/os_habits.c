// SPDX-License-Identifier: Apache-2.0
//
// What kinds of systems there are, one for each profile of devices.
#include <string.h>

#include "os_agent.h"

// What every kind does alike.
#define FEATURES                                                                                                \
  [OS_INTERRUPTS] = 16, [OS_COUNT] = 60, [OS_DEBUG] = 20, [OS_QOS] = 2, [OS_ATS] = 30, [OS_MESSAGES] = 90,      \
  [OS_NARROW] = 6

// A network card's driver maps and unmaps a buffer for each packet.
static const os_habits_t nic = {
  .profile = "nic", .gap = 60, .mappings = 64, .odd = 30, .lazy = 30, .defer = 500, .size = {40, 4, 2, 1, 0, 0},
  .action = {
    [OS_MAP] = 300, [OS_UNMAP] = 260, [OS_CHANGE] = 60, [OS_BREAK] = 10, [OS_TRIM] = 40, [OS_PROBE] = 60, [OS_STORM] = 30,
    [OS_FLUSH] = 20, [OS_FAULTS] = 60, [OS_MOVE] = 6, [OS_RECYCLE] = 3, [OS_JUNK_DEVICE] = 3, [OS_BREAK_DIRECTORY] = 3,
    [OS_MODE] = 5, [OS_QUIESCE] = 8, [OS_ISOLATE] = 3, [OS_ISOTIME] = 3, [OS_RESIZE] = 5, [OS_ILLEGAL] = 20, [OS_NONSENSE] = 2,
    [OS_RESET] = 1, [OS_PROCESS] = 20, [OS_BREAK_PROCESSES] = 4, [OS_TABLES] = 40, [OS_RECYCLE_VM] = 2,
    FEATURES,
  },
};

// A disk's driver maps lists of scattered pages, and leaves old ones for a common invalidation.
static const os_habits_t nvme = {
  .profile = "nvme", .gap = 80, .mappings = 120, .odd = 20, .lazy = 300, .defer = 300, .size = {60, 10, 2, 0, 0, 0},
  .action = {
    [OS_MAP] = 400, [OS_UNMAP] = 300, [OS_CHANGE] = 80, [OS_BREAK] = 10, [OS_TRIM] = 30, [OS_PROBE] = 30, [OS_STORM] = 20,
    [OS_FLUSH] = 15, [OS_FAULTS] = 50, [OS_MOVE] = 6, [OS_RECYCLE] = 3, [OS_JUNK_DEVICE] = 3, [OS_BREAK_DIRECTORY] = 3,
    [OS_MODE] = 5, [OS_QUIESCE] = 8, [OS_ISOLATE] = 3, [OS_ISOTIME] = 3, [OS_RESIZE] = 5, [OS_ILLEGAL] = 12, [OS_NONSENSE] = 2,
    [OS_RESET] = 1, [OS_PROCESS] = 15, [OS_BREAK_PROCESSES] = 3, [OS_TABLES] = 40, [OS_RECYCLE_VM] = 2,
    FEATURES,
  },
};

// A graphics driver maps much, in large pages, and changes it in place.
static const os_habits_t gpu = {
  .profile = "gpu", .gap = 150, .mappings = 150, .odd = 50, .lazy = 100, .defer = 500, .size = {30, 20, 20, 8, 4, 2},
  .action = {
    [OS_MAP] = 250, [OS_UNMAP] = 150, [OS_CHANGE] = 250, [OS_BREAK] = 10, [OS_TRIM] = 20, [OS_PROBE] = 20, [OS_STORM] = 60,
    [OS_FLUSH] = 20, [OS_FAULTS] = 40, [OS_MOVE] = 6, [OS_RECYCLE] = 3, [OS_JUNK_DEVICE] = 3, [OS_BREAK_DIRECTORY] = 3,
    [OS_MODE] = 5, [OS_QUIESCE] = 5, [OS_ISOLATE] = 2, [OS_ISOTIME] = 2, [OS_RESIZE] = 4, [OS_ILLEGAL] = 12, [OS_NONSENSE] = 2,
    [OS_RESET] = 1, [OS_PROCESS] = 15, [OS_BREAK_PROCESSES] = 3, [OS_TABLES] = 60, [OS_RECYCLE_VM] = 2,
    FEATURES,
  },
};

// Software under attack, and not quite sane itself.
static const os_habits_t rogue = {
  .profile = "rogue", .gap = 100, .mappings = 60, .odd = 200, .lazy = 100, .defer = 500, .size = {30, 10, 10, 3, 2, 1},
  .action = {
    [OS_MAP] = 200, [OS_UNMAP] = 120, [OS_CHANGE] = 120, [OS_BREAK] = 60, [OS_TRIM] = 20, [OS_PROBE] = 40, [OS_STORM] = 60,
    [OS_FLUSH] = 10, [OS_FAULTS] = 60, [OS_MOVE] = 12, [OS_RECYCLE] = 6, [OS_JUNK_DEVICE] = 12, [OS_BREAK_DIRECTORY] = 12,
    [OS_MODE] = 10, [OS_QUIESCE] = 15, [OS_ISOLATE] = 10, [OS_ISOTIME] = 8, [OS_RESIZE] = 10, [OS_ILLEGAL] = 40,
    [OS_NONSENSE] = 12, [OS_RESET] = 2, [OS_PROCESS] = 30, [OS_BREAK_PROCESSES] = 12, [OS_TABLES] = 80, [OS_RECYCLE_VM] = 5,
    FEATURES,
  },
};

static const os_habits_t mixed = {
  .profile = "mixed", .gap = 100, .mappings = 100, .odd = 80, .lazy = 100, .defer = 500, .size = {40, 10, 8, 3, 2, 1},
  .action = {
    [OS_MAP] = 260, [OS_UNMAP] = 180, [OS_CHANGE] = 160, [OS_BREAK] = 20, [OS_TRIM] = 30, [OS_PROBE] = 40, [OS_STORM] = 60,
    [OS_FLUSH] = 20, [OS_FAULTS] = 60, [OS_MOVE] = 10, [OS_RECYCLE] = 4, [OS_JUNK_DEVICE] = 6, [OS_BREAK_DIRECTORY] = 6,
    [OS_MODE] = 5, [OS_QUIESCE] = 10, [OS_ISOLATE] = 4, [OS_ISOTIME] = 4, [OS_RESIZE] = 6, [OS_ILLEGAL] = 24, [OS_NONSENSE] = 4,
    [OS_RESET] = 2, [OS_PROCESS] = 25, [OS_BREAK_PROCESSES] = 8, [OS_TABLES] = 60, [OS_RECYCLE_VM] = 3,
    FEATURES,
  },
};

static const os_habits_t *const all[] = {&nic, &nvme, &gpu, &rogue, &mixed};

const os_habits_t *os_habits_find(const char *profile) {
  for (unsigned i = 0; i < sizeof all / sizeof all[0]; i++)
    if (!strcmp(all[i]->profile, profile)) return all[i];
  return &mixed;
}
