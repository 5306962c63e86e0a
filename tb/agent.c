// SPDX-License-Identifier: Apache-2.0
#include "agent.h"

const agent_t *const agents[] = {&agent_os, &agent_basic, NULL};
