// SPDX-License-Identifier: Apache-2.0
//
// Replay: apply a stimulus, compare what the side did, go on.
#include "replay.h"

#include <stdio.h>
#include <string.h>

#include "compare.h"

// Registers of an E record, in its order, and the doublewords that hold them; registers of a debug request.
enum { TR_REQ_CTL = 608, TR_RESPONSE = 616, BUSY_POLLS = 1000, STATE_WORDS = 5, E_REGISTERS = 7 };
static const uint16_t state_word[STATE_WORDS] = {32, 48, 64, 72, 80};
static const struct {
  const char *name;
  uint8_t word;
  bool high;
} state[E_REGISTERS] = {
  {"fqt", 1, true}, {"fqcsr", 3, true}, {"ipsr", 4, true}, {"cqh", 0, false}, {"cqcsr", 3, false}, {"pqt", 2, true},
  {"pqcsr", 4, false},
};

typedef struct {
  const oracle_trace_t *trace;
  const oracle_side_t *side;
  void *dut;
  oracle_memory_t memory;
  oracle_log_t log;
  const oracle_record_t *state;  // last E, which holds until the next
  char *why;
} replay_t;

static bool report(replay_t *replay, const oracle_record_t *at, const oracle_difference_t *difference) {
  char want[192] = "nothing", have[192] = "nothing", what[48] = "";
  if (difference->expected) oracle_print(difference->expected, want, sizeof want);
  if (difference->got) oracle_print(difference->got, have, sizeof have);
  if (difference->what) snprintf(what, sizeof what, " (%s)", difference->what);
  snprintf(replay->why, ORACLE_WHY, "line %u: expected %s, got %s%s", at->line, want, have, what);
  return false;
}

static bool load_image(replay_t *replay) {
  for (size_t i = 0; i < replay->trace->records; i++) {
    const oracle_record_t *record = &replay->trace->record[i];
    if (record->kind == 'M') oracle_memory_store(&replay->memory, record->field[0], record->field[1]);
    if (record->kind != 'A' || oracle_memory_break(&replay->memory, record->field[0], record->field[1])) continue;
    snprintf(replay->why, ORACLE_WHY, "line %u: more pages with errors than the memory can hold", record->line);
    return false;
  }
  return true;
}

static bool check_read(replay_t *replay, const oracle_record_t *r) {
  const uint64_t value = replay->side->read(replay->dut, (uint32_t)r->field[0], (unsigned)r->field[1]);
  const uint64_t mask = r->field[3];
  if (((value ^ r->field[2]) & mask) == 0) return true;
  snprintf(replay->why, ORACLE_WHY, "line %u: register %llx holds %llx, expected %llx (mask %llx)", r->line,
           (unsigned long long)r->field[0], (unsigned long long)(value & mask), (unsigned long long)(r->field[2] & mask),
           (unsigned long long)mask);
  return false;
}

// The registers are as the last E says, whether it follows this stimulus or an earlier one. They are not asked where nothing has
// happened that could change them; what changed them nevertheless is seen after the next stimulus.
static bool check_state(replay_t *replay, const oracle_case_t *c) {
  uint64_t word[STATE_WORDS];
  bool idle = c->stimulus->kind == 'S' || c->stimulus->kind == 'R' || (c->response && c->response->field[P_STATUS] == 0);
  for (size_t i = 0; i < c->count; i++) {
    if (c->expected[i].kind != 'E') continue;
    replay->state = &c->expected[i];
    idle = false;
  }
  if (!replay->state || (idle && replay->log.records == 0)) return true;
  for (unsigned i = 0; i < STATE_WORDS; i++) word[i] = replay->side->read(replay->dut, state_word[i], 8);
  for (unsigned i = 0; i < E_REGISTERS; i++) {
    const uint64_t value = state[i].high ? word[state[i].word] >> 32 : word[state[i].word] & 0xffffffff;
    if (value == replay->state->field[i]) continue;
    snprintf(replay->why, ORACLE_WHY, "line %u: %s is %llx after it, expected %llx (E of line %u)", c->stimulus->line,
             state[i].name, (unsigned long long)value, (unsigned long long)replay->state->field[i], replay->state->line);
    return false;
  }
  return true;
}

static bool check_debug(replay_t *replay, const oracle_record_t *expected) {
  unsigned polls = 0;
  while (replay->side->read(replay->dut, TR_REQ_CTL, 8) & 1) {
    if (++polls < BUSY_POLLS) continue;
    snprintf(replay->why, ORACLE_WHY, "line %u: tr_req_ctl stays busy", expected->line);
    return false;
  }
  const uint64_t response = replay->side->read(replay->dut, TR_RESPONSE, 8);
  if (oracle_compare_debug(expected, response)) return true;
  snprintf(replay->why, ORACLE_WHY, "line %u: tr_response is %llx, expected %llx", expected->line, (unsigned long long)response,
           (unsigned long long)expected->field[0]);
  return false;
}

// See oracle_side_t.narrow_identity. The result of a translation request may be a GPA of more bits.
static void narrow(const replay_t *replay, oracle_record_t *request, oracle_record_t *response) {
  const uint64_t bits = (UINT64_C(1) << 56) - 1;
  if (!replay->side->narrow_identity || request->field[Q_AT] == 1) return;
  if (response->field[P_STATUS] || response->field[P_PA] != request->field[Q_IOVA] || response->field[P_PA] <= bits) return;
  request->field[Q_IOVA] &= bits;
  response->field[P_PA] &= bits;
}

static void apply(replay_t *replay, const oracle_record_t *record, oracle_record_t *response) {
  const oracle_side_t *side = replay->side;
  const uint64_t *v = record->field;
  switch (record->kind) {
    case 'W': side->write(replay->dut, (uint32_t)v[0], (unsigned)v[1], v[2]); break;
    case 'S': oracle_memory_store(&replay->memory, v[0], v[1]); break;
    case 'Q': side->request(replay->dut, record, response); break;
    case 'B': side->page_request(replay->dut, record); break;
    case 'Y': side->completion(replay->dut, record); break;
    case 'U': side->time_out(replay->dut); break;
    default: break;
  }
}

static bool check(replay_t *replay, const oracle_case_t *c, const oracle_record_t *response) {
  oracle_difference_t difference;
  bool good = !c->response || oracle_compare_response(c, response, &difference);
  good = good && oracle_compare_log(c, &replay->log, &difference);
  good = good && oracle_compare_updates(c, &replay->log, &replay->memory, &difference);
  if (!good) return report(replay, difference.expected ? difference.expected : c->stimulus, &difference);
  if (replay->log.lost) {
    snprintf(replay->why, ORACLE_WHY, "line %u: the side did more than can be logged", c->stimulus->line);
    return false;
  }
  for (size_t i = 0; i < c->count; i++) {
    if (c->expected[i].kind == 'T' && !check_debug(replay, &c->expected[i])) return false;
  }
  return check_state(replay, c);
}

// What broke the side itself explains more than any record that it then lacks.
static bool broken(const replay_t *replay, const oracle_case_t *c) {
  const char *failure = replay->side->failure ? replay->side->failure(replay->dut) : 0;
  if (failure) snprintf(replay->why, ORACLE_WHY, "line %u: %s", c->stimulus->line, failure);
  return failure;
}

static bool is_stimulus(char kind) { return strchr("WSQBYURZ", kind); }

static bool run(replay_t *replay) {
  const oracle_trace_t *trace = replay->trace;
  size_t at = 0;
  while (!is_stimulus(trace->record[at].kind)) at++;
  while (trace->record[at].kind != 'Z') {
    oracle_case_t c = {.stimulus = &trace->record[at], .side = replay->side};
    oracle_record_t request, expected, response = {.kind = 'P'};
    c.expected = &trace->record[++at];
    for (; !is_stimulus(trace->record[at].kind); at++, c.count++) {
      if (trace->record[at].kind == 'P') c.response = &trace->record[at];
    }
    if (c.response) {
      request = *c.stimulus, expected = *c.response;
      narrow(replay, &request, &expected);
      c.stimulus = &request, c.response = &expected;
    }
    replay->log.records = replay->log.lost = 0;
    apply(replay, c.stimulus, &response);
    const bool good = (c.stimulus->kind != 'R' || check_read(replay, c.stimulus)) && check(replay, &c, &response);
    if (broken(replay, &c) || !good) return false;
  }
  return check_state(replay, &(oracle_case_t){.stimulus = &trace->record[at]});
}

bool oracle_replay(const oracle_trace_t *trace, const oracle_side_t *side, char why[ORACLE_WHY]) {
  static replay_t replay;
  const char *refusal = "no more memory";
  replay = (replay_t){.trace = trace, .side = side, .why = why};
  if (!oracle_memory_init(&replay.memory, trace->config.pas)) {
    snprintf(why, ORACLE_WHY, "%s", refusal);
    return false;
  }
  bool good = load_image(&replay);
  if (good) {
    replay.dut = side->open(&trace->config, &replay.memory, &replay.log, &refusal);
    good = replay.dut && run(&replay);
    if (!replay.dut) snprintf(why, ORACLE_WHY, "cannot be replayed here: %s", refusal);
    else side->close(replay.dut);
  }
  oracle_memory_free(&replay.memory);
  return good;
}
