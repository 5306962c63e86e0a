// SPDX-License-Identifier: Apache-2.0
#include "profile.h"

#include <string.h>

const profile_t *const profiles[] = {&profile_nic, &profile_nvme, &profile_gpu, &profile_rogue, &profile_mixed, NULL};

const profile_t *profile_find(const char *name) {
  for (unsigned i = 0; profiles[i]; i++)
    if (!strcmp(profiles[i]->name, name)) return profiles[i];
  return NULL;
}
