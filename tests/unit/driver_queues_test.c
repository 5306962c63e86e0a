// SPDX-License-Identifier: Apache-2.0
//
// The driver's command and fault queues by themselves, and what pcl_probe() and pcl_init() report of an IOMMU that they cannot
// drive, against the untimed model: commands put and rung separately, memory faults, queues that never answer.
#include "driver_board.h"

enum { LOG2 = 3, IN_RING = (1 << LOG2) - 1, NEVER = 1000 };

static pcl_ops_t board_ops;
static pcl_cmdq_t queue;
static pcl_faultq_t faults;
static unsigned bad_fetches, bad_records;   // to come
static uint32_t deaf;                       // offset of a csr that reads 0: the queue never turns on; 0: none
static const pcl_cmd_words_t nothing = {{2, 0}};

static void read_or_fail(void *context, const pcl_access_t *access, pcl_response_t *response) {
  if (access->kind == PCL_ACCESS_COMMAND && bad_fetches) {
    bad_fetches -= bad_fetches != NEVER;
    response->status = PCL_MEM_ACCESS_FAULT;
  } else {
    model_read(context, access, response);
  }
}

static pcl_mem_status_t store_or_fail(void *context, const pcl_store_t *store) {
  if (store->kind != PCL_STORE_FAULT_RECORD || !bad_records) return model_store(context, store);
  bad_records--;
  return PCL_MEM_ACCESS_FAULT;
}

static uint32_t read_or_deaf(void *context, uint32_t offset) { return deaf && offset == deaf ? 0 : read32(context, offset); }

static void start_model(uint64_t capabilities) {
  const pcl_iommu_config_t config = {.capabilities = capabilities, .fuse = ~UINT64_C(0), .vectors = 4};
  static const pcl_bus_t failing = {.access = read_or_fail, .store = store_or_fail};
  memset(&board, 0, sizeof board);
  bad_fetches = bad_records = deaf = 0;
  pcl_iommu_init(&board.iommu, &config, &failing);
  board_ops = ops;
  board_ops.read_reg32 = read_or_deaf;
}

static int start(void **state) {
  (void)state;
  start_model(CAPABILITIES);
  assert_int_equal(pcl_cmdq_enable(&queue, &board_ops, LOG2, true), PCL_OK);
  assert_int_equal(pcl_faultq_enable(&faults, &board_ops, LOG2, true), PCL_OK);
  return 0;
}

// ---- Commands

static void test_put_and_ring(void **state) {
  (void)state;
  for (unsigned i = 0; i < IN_RING; i++) assert_int_equal(pcl_cmdq_put(&queue, &nothing), PCL_OK);
  assert_int_equal(board.iommu.cq.head, 0);
  pcl_cmdq_ring(&queue);
  assert_int_equal(board.iommu.cq.head, IN_RING);
  for (unsigned i = 0; i < 3 * IN_RING; i++) assert_int_equal(pcl_cmdq_put(&queue, &nothing), PCL_OK);   // rings when it is full
  assert_int_equal(pcl_cmdq_submit(&queue, &nothing), PCL_OK);
  assert_int_equal(board.iommu.cq.head, queue.tail);
  assert_int_equal(queue.illegal + queue.faults, 0);
}

static void test_fences(void **state) {
  (void)state;
  uint32_t first = pcl_cmdq_fence(&queue, 0);
  assert_int_equal(first, 1);
  assert_true(pcl_cmdq_passed(&queue, first));
  assert_false(pcl_cmdq_passed(&queue, first + 1));
  bad_fetches = NEVER;
  uint32_t second = pcl_cmdq_fence(&queue, PCL_CMD_PR | PCL_CMD_PW);
  assert_false(pcl_cmdq_passed(&queue, second));
  assert_int_equal(pcl_cmdq_recover(&queue), PCL_CQCSR_CQMF_MASK);
  bad_fetches = 0;
  assert_int_equal(pcl_cmdq_recover(&queue), PCL_CQCSR_CQMF_MASK);
  assert_int_equal(pcl_cmdq_wait(&queue, second), PCL_OK);
  assert_int_equal(pcl_cmdq_recover(&queue), 0);
  queue.fences = UINT32_MAX - 1;             // numbers wrap and leave 0 out
  *word(queue.flag) = UINT32_MAX - 1;
  assert_int_equal(pcl_cmdq_fence(&queue, 0), UINT32_MAX);
  assert_int_equal(pcl_cmdq_fence(&queue, 0), 1);
  assert_true(pcl_cmdq_passed(&queue, UINT32_MAX));
}

static void test_memory_faults_pass(void **state) {
  (void)state;
  bad_fetches = PCL_MEMORY_FAULT_TRIES - 1;
  assert_int_equal(pcl_cmdq_wait(&queue, pcl_cmdq_fence(&queue, 0)), PCL_E_TIMEOUT);   // 100 waits: looks at 12 of them
  while (bad_fetches) assert_int_equal(pcl_cmdq_recover(&queue), PCL_CQCSR_CQMF_MASK);
  pcl_cmdq_recover(&queue);
  assert_true(pcl_cmdq_passed(&queue, 1));
  assert_int_equal(queue.faults, PCL_MEMORY_FAULT_TRIES - 1);
  assert_int_equal(queue.illegal, 0);
}

static void test_memory_fault_that_stays(void **state) {
  (void)state;
  pcl_cmdq_submit(&queue, &nothing);
  bad_fetches = NEVER;
  pcl_cmdq_submit(&queue, &nothing);
  for (unsigned i = 0; i < 2 * PCL_MEMORY_FAULT_TRIES && !queue.illegal; i++) pcl_cmdq_recover(&queue);
  assert_int_equal(queue.illegal, 1);        // given up: replaced
  assert_in_range(queue.faults, PCL_MEMORY_FAULT_TRIES, PCL_MEMORY_FAULT_TRIES + 1);
}

static void test_no_room(void **state) {
  (void)state;
  bad_fetches = NEVER;
  for (unsigned i = 0; i < IN_RING; i++) assert_int_equal(pcl_cmdq_submit(&queue, &nothing), PCL_OK);
  assert_int_equal(pcl_cmdq_put(&queue, &nothing), PCL_E_TIMEOUT);
  assert_int_equal(pcl_cmdq_submit(&queue, &nothing), PCL_E_TIMEOUT);
  assert_int_equal(pcl_cmdq_fence(&queue, 0), 0);
}

static void test_command_queue_off(void **state) {
  (void)state;
  uint32_t before = pages_used();
  assert_int_equal(pcl_cmdq_disable(&queue), PCL_OK);
  assert_int_equal(pages_used(), before - 2);
  assert_int_equal(pcl_cmdq_disable(&queue), PCL_OK);
  assert_int_equal(pcl_cmdq_enable(&queue, &board_ops, 10, false), PCL_OK);    // 16 KiB, and the fences' flag
  assert_int_equal(pages_used(), before + 3);
  assert_int_equal(pcl_cmdq_disable(&queue), PCL_OK);
  deaf = PCL_REG_CQCSR_OFFSET;
  assert_int_equal(pcl_cmdq_enable(&queue, &board_ops, LOG2, false), PCL_E_TIMEOUT);
}

// One page is left: enough for the ring, not for the flag of the fences.
static void test_no_page_for_the_flag(void **state) {
  (void)state;
  assert_int_equal(pcl_cmdq_disable(&queue), PCL_OK);
  memset(board.used, true, sizeof board.used);
  assert_int_equal(pcl_cmdq_enable(&queue, &board_ops, LOG2, false), PCL_E_MEMORY);
  board.used[7] = false;
  assert_int_equal(pcl_cmdq_enable(&queue, &board_ops, LOG2, false), PCL_E_MEMORY);
  assert_false(board.used[7]);
  assert_int_equal(pcl_cmdq_disable(&queue), PCL_OK);
}

// ---- Fault records

static void fault(uint64_t iova) {
  const pcl_request_t request = {.iova = iova, .device_id = DEVICE};
  assert_true(pcl_iommu_translate(&board.iommu, &request).faulted);
}

static void test_records_refused_by_memory(void **state) {
  (void)state;
  pcl_fault_event_t event;
  bad_records = 1;
  fault(0x1000);
  fault(0x2000);                             // dropped: fqmf is set
  assert_false(pcl_faultq_take(&faults, &event));
  assert_int_equal(pcl_faultq_recover(&faults), PCL_FQCSR_FQMF_MASK);
  assert_int_equal(pcl_faultq_recover(&faults), 0);
  assert_true(faults.faults == 1 && faults.overflows == 0);
  fault(0x3000);
  assert_true(pcl_faultq_take(&faults, &event));
  assert_true(event.iotval == 0x3000 && event.cause == 256 && !event.pv);
  for (unsigned i = 0; i <= IN_RING; i++) fault(0x1000);
  assert_int_equal(pcl_faultq_recover(&faults), PCL_FQCSR_FQOF_MASK);
  for (unsigned i = 0; i < IN_RING; i++) assert_true(pcl_faultq_take(&faults, &event));
  assert_false(pcl_faultq_take(&faults, &event));
}

static void test_fault_queue_off(void **state) {
  (void)state;
  uint32_t before = pages_used();
  assert_int_equal(pcl_faultq_disable(&faults), PCL_OK);
  assert_int_equal(pages_used(), before - 1);
  assert_int_equal(pcl_faultq_disable(&faults), PCL_OK);
  fault(0x1000);
  deaf = PCL_REG_FQCSR_OFFSET;
  assert_int_equal(pcl_faultq_enable(&faults, &board_ops, LOG2, false), PCL_E_TIMEOUT);
  memset(board.used, true, sizeof board.used);
  assert_int_equal(pcl_faultq_enable(&faults, &board_ops, LOG2, false), PCL_E_MEMORY);
}

// ---- The IOMMU as a whole

static const pcl_setup_t setup = {.device_id_bits = 24, .log2_commands = LOG2, .log2_faults = LOG2, .interrupts = true};

static void test_probe(void **state) {
  (void)state;
  start_model(CAPABILITIES & ~UINT64_C(0xff));
  assert_int_equal(pcl_probe(&driver, &board_ops), PCL_E_VERSION);
  assert_int_equal(pcl_init(&driver, &board_ops, &setup), PCL_E_VERSION);
  start_model(CAPABILITIES | PCL_CAP_HPM);
  assert_int_equal(pcl_probe(&driver, &board_ops), PCL_OK);
  assert_int_equal(driver.vectors, 4);
  assert_false(driver.messages);
  board_ops.big_endian = true;
  assert_int_equal(pcl_probe(&driver, &board_ops), PCL_E_UNSUPPORTED);
}

static void test_init_without_pages(void **state) {
  (void)state;
  for (unsigned left = 0; left < 4; left++) {   // ring, flag, ring, directory
    start_model(CAPABILITIES);
    for (unsigned i = left; i < PAGES; i++) board.used[i] = true;
    assert_int_equal(pcl_init(&driver, &board_ops, &setup), PCL_E_MEMORY);
  }
  start_model(CAPABILITIES);
  for (unsigned i = 4; i < PAGES; i++) board.used[i] = true;
  assert_int_equal(pcl_init(&driver, &board_ops, &setup), PCL_OK);
  start_model(CAPABILITIES);
  deaf = PCL_REG_CQCSR_OFFSET;
  assert_int_equal(pcl_init(&driver, &board_ops, &setup), PCL_E_TIMEOUT);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup(test_put_and_ring, start),
    cmocka_unit_test_setup(test_fences, start),
    cmocka_unit_test_setup(test_memory_faults_pass, start),
    cmocka_unit_test_setup(test_memory_fault_that_stays, start),
    cmocka_unit_test_setup(test_no_room, start),
    cmocka_unit_test_setup(test_command_queue_off, start),
    cmocka_unit_test_setup(test_no_page_for_the_flag, start),
    cmocka_unit_test_setup(test_records_refused_by_memory, start),
    cmocka_unit_test_setup(test_fault_queue_off, start),
    cmocka_unit_test(test_probe),
    cmocka_unit_test(test_init_without_pages),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
