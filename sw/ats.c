// SPDX-License-Identifier: Apache-2.0
//
// Caches of devices and their page requests (IOMMU spec 4.1.4 and 7.4).
#include "pcl_driver.h"
#include "pcl_regs.h"

#include <stddef.h>

enum { PAGES_ONE_BY_ONE = 8 };

static pcl_status_t put(pcl_driver_t *driver, const pcl_cmd_words_t *command) {
  if (!(driver->capabilities & PCL_CAPABILITIES_ATS_MASK)) return PCL_E_UNSUPPORTED;
  return pcl_cmdq_submit(&driver->commands, command);
}

pcl_status_t pcl_ats_invalidate(pcl_driver_t *driver, const pcl_ats_space_t *space, uint64_t iova, uint64_t bytes) {
  pcl_cmd_words_t command = pcl_cmd_ats_inval(space, iova, bytes, false);
  return put(driver, &command);
}

pcl_status_t pcl_unmap_ats(pcl_driver_t *driver, const pcl_domain_t *domain, const pcl_ats_space_t *space, uint64_t iova,
                           uint64_t bytes) {
  const uint32_t before = driver->commands.timeouts;
  pcl_status_t status = pcl_unmap_later(driver, domain, iova, bytes);
  bool many = bytes > PAGES_ONE_BY_ONE * PCL_PAGE;
  for (uint64_t done = 0; done < bytes && !status; done += many ? bytes : PCL_PAGE)
    status = pcl_ats_invalidate(driver, space, many ? 0 : iova + done, many ? 0 : PCL_PAGE);
  if (!status) status = pcl_fence(driver, PCL_CMD_PR | PCL_CMD_PW);
  return status ? status : driver->commands.timeouts != before ? PCL_E_TIMEOUT : PCL_OK;
}

static pcl_page_group_t *group_of(pcl_driver_t *driver, const pcl_page_ask_t *request) {
  pcl_page_group_t *free = NULL;
  for (uint32_t i = 0; i < PCL_PAGE_GROUPS; i++) {
    pcl_page_group_t *group = &driver->group[i];
    if (!group->open) free = group;
    else if (group->device_id == request->space.device_id && group->number == request->group) return group;
  }
  if (free) *free = (pcl_page_group_t){.open = true, .device_id = request->space.device_id, .number = request->group};
  return free;
}

// Answers carry the process_id only for devices that want it (DC.tc.PRPR).
static void answer_group(pcl_driver_t *driver, const pcl_page_ask_t *request, pcl_page_answer_t answer) {
  pcl_device_context_t context = {0};
  pcl_ats_space_t space = request->space;
  pcl_directory_get(driver->ops, &driver->directory, space.device_id, &context);
  space.pv = space.pv && (context.tc & PCL_DC_PRPR);
  pcl_cmd_words_t command = pcl_cmd_ats_prgr(&space, request->group, answer);
  put(driver, &command);
}

static bool worse(pcl_page_answer_t a, pcl_page_answer_t b) { return a > b; }

uint32_t pcl_handle_page_requests(pcl_driver_t *driver, pcl_page_handler_t handler, void *context) {
  pcl_page_ask_t request;
  uint32_t taken = 0;
  pcl_pageq_recover(&driver->pages);
  for (; pcl_pageq_take(&driver->pages, &request); taken++) {
    if (!request.read && !request.write) continue;
    pcl_page_answer_t answer = handler ? handler(context, &request) : PCL_PAGES_INVALID;
    pcl_page_group_t *group = group_of(driver, &request);
    if (group && worse(answer, group->answer)) group->answer = answer;
    if (!request.last) continue;
    answer_group(driver, &request, group ? group->answer : answer);
    if (group) group->open = false;
  }
  return taken;
}

pcl_status_t pcl_messages_quiesce(pcl_driver_t *driver) {
  const pcl_ops_t *ops = driver->ops;
  ops->write_reg32(ops->context, PCL_REG_MCTL_OFFSET, PCL_MCTL_MODE_ABORT);
  for (uint32_t tries = 0; !(ops->read_reg32(ops->context, PCL_REG_MSTA_OFFSET) & PCL_MSTA_DRAINED_MASK); tries++)
    if (!ops->wait(ops->context, tries)) return PCL_E_TIMEOUT;
  return PCL_OK;
}

void pcl_messages_resume(pcl_driver_t *driver) {
  driver->ops->write_reg32(driver->ops->context, PCL_REG_MCTL_OFFSET, PCL_MCTL_MODE_RUN);
}
