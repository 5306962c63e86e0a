// SPDX-License-Identifier: Apache-2.0
//
// Reader of oracle traces: lines, words, numbers, and the order of records.
#include "trace.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#define DEC 0x80  // the field is decimal

enum { LINE_BYTES = 256, WORDS = 24 };

// Widths of the fields of a record in bits, 0 after the last.
static const struct {
  char kind;
  uint8_t bits[ORACLE_FIELDS];
} formats[] = {
  {'M', {64, 64}},
  {'W', {12, 4, 64}},
  {'S', {64, 64}},
  {'Q', {2 | DEC, 24, 1 | DEC, 20, 1 | DEC, 1 | DEC, 1 | DEC, 1 | DEC, 64, 1 | DEC}},
  {'B', {16, 1, 8, 1, 20, 1, 1, 64}},
  {'Y', {16, 1, 8, 3}},
  {'U', {0}},
  {'R', {12, 4, 64, 64}},
  {'F', {32 | DEC, 64, 64, 64, 64}},
  {'G', {32 | DEC, 64, 64}},
  {'I', {64, 32}},
  {'K', {64, 32}},
  {'X', {8, 16, 1, 10, 20, 1, 8, 64}},
  {'O', {1, 1}},
  {'T', {64, 64}},
  {'E', {32, 32, 32, 32, 32, 32, 32}},
  {'Z', {0}},
};

typedef struct {
  oracle_trace_t *trace;
  size_t room;
  uint32_t line;
  char stimulus;  // kind of the last stimulus, 0 before the first
  bool answered;  // its P or T was seen
  bool version;
  bool ended;
  unsigned configured;  // bit per C record
  char *word[WORDS];
  unsigned words;
  const char *problem;
} reader_t;

static bool refuse(reader_t *reader, const char *problem) {
  reader->problem = problem;
  return false;
}

static bool number(reader_t *reader, const char *text, unsigned bits, uint64_t *value) {
  const int base = bits & DEC ? 10 : 16;
  const char *digits = base == 10 ? "0123456789" : "0123456789abcdefABCDEF";
  bits &= 0x7f;
  const size_t length = strlen(text);
  if (length == 0 || length > 20 || strspn(text, digits) != length) {
    return refuse(reader, "holds something else where a number belongs");
  }
  if (base == 16 && length > 16) return refuse(reader, "holds a number that is too wide for its field");
  *value = strtoull(text, 0, base);
  if (bits < 64 && *value >> bits) return refuse(reader, "holds a number that is too wide for its field");
  return true;
}

static bool fields(reader_t *reader, const uint8_t *bits, oracle_record_t *record) {
  unsigned count = 0;
  while (count < ORACLE_FIELDS && bits[count]) count++;
  if (reader->words != count + 1) return refuse(reader, "has too few or too many fields");
  for (unsigned i = 0; i < count; i++) {
    if (!number(reader, reader->word[i + 1], bits[i], &record->field[i])) return false;
  }
  return true;
}

// "110" or "u1": the bits that the digits after `skip` letters give, most significant first.
static bool flags(reader_t *reader, const char *text, const char *prefix, unsigned digits, uint64_t *bits) {
  const size_t skip = strlen(prefix);
  if (strlen(text) != skip + digits || strncmp(text, prefix, skip) != 0) return refuse(reader, "has a damaged ATS part");
  for (unsigned i = 0; i < digits; i++) {
    const char digit = text[skip + i];
    if (digit != '0' && digit != '1') return refuse(reader, "has a damaged ATS part");
    *bits = *bits << 1 | (uint64_t)(digit - '0');
  }
  return true;
}

static bool response(reader_t *reader, oracle_record_t *record) {
  static const uint8_t bits[] = {64, 64, 2, 1, 1};
  char **word = reader->word;
  unsigned at = 2;
  uint64_t *field = record->field;
  if (reader->words < 3 || !number(reader, word[1], 3, &field[P_STATUS])) return refuse(reader, "has too few fields");
  if (field[P_STATUS] != 0 && field[P_STATUS] != 1 && field[P_STATUS] != 4) return refuse(reader, "has an unknown status");
  if (field[P_STATUS] == 0) {
    if (reader->words < 8) return refuse(reader, "has too few fields");
    for (; at < 7; at++) {
      if (!number(reader, word[at], bits[at - 2], &field[at - 1])) return false;
    }
    if (strcmp(word[at], "ats") == 0) {
      if (reader->words < at + 6) return refuse(reader, "has too few fields");
      field[P_ATS] = 1;
      if (!flags(reader, word[at + 1], "", 3, &field[P_ATS]) || !flags(reader, word[at + 2], "u", 1, &field[P_ATS]) ||
          !flags(reader, word[at + 3], "g", 1, &field[P_ATS]) || !flags(reader, word[at + 4], "p", 1, &field[P_ATS])) {
        return false;
      }
      at += 5;
    }
    if (strcmp(word[at], "mrif") == 0) {
      if (reader->words < at + 4) return refuse(reader, "has too few fields");
      if (!number(reader, word[at + 1], 64, &field[P_MRIF_ADDR])) return false;
      if (!number(reader, word[at + 2], 11, &field[P_NID])) return false;
      at += 3;
    }
  }
  if (at + 1 != reader->words || word[at][0] != 'c') return refuse(reader, "does not end in its cause");
  return number(reader, word[at] + 1, 12 | DEC, &field[P_CAUSE]);
}

static bool config_value(reader_t *reader) {
  static const char *const name[] = {"caps", "fctl", "pas", "num_event_counters", "num_vectors"};
  oracle_config_t *config = &reader->trace->config;
  uint64_t value = 0, width = 0;
  unsigned which = 0;
  if (reader->words < 3) return refuse(reader, "has too few fields");
  while (which < 5 && strcmp(reader->word[1], name[which]) != 0) which++;
  if (which == 5) return refuse(reader, "names an unknown setting");
  if (!number(reader, reader->word[2], which == 0 ? 64 : which == 1 ? 32 : 8 | DEC, &value)) return false;
  if (reader->words != (which == 3 ? 5u : 3u)) return refuse(reader, "has too few or too many fields");
  switch (which) {
    case 0: config->capabilities = value; break;
    case 1: config->fctl = (uint32_t)value; break;
    case 2: config->pas = (uint32_t)value; break;
    case 3:
      if (strcmp(reader->word[3], "width") != 0) return refuse(reader, "does not give the width of the counters");
      if (!number(reader, reader->word[4], 8 | DEC, &width)) return false;
      config->event_counters = (uint32_t)value;
      config->counter_width = (uint32_t)width;
      break;
    default: config->vectors = (uint32_t)value; break;
  }
  if (value > (which == 2 ? 56 : which == 3 ? 31 : which == 4 ? 16 : UINT64_MAX) || width > 64) {
    return refuse(reader, "asks for more than an IOMMU can have");
  }
  reader->configured |= 1u << which;
  return true;
}

// Where a record may stand. Reading a register is a check of its own, so that it may follow anything.
static bool in_place(reader_t *reader, const oracle_record_t *record) {
  const char kind = record->kind;
  if (reader->ended) return refuse(reader, "stands behind the end (Z)");
  if (!reader->version) return refuse(reader, "stands before the version (V 1)");
  if (strchr("CAM", kind)) return reader->stimulus == 0 || refuse(reader, "belongs before the first stimulus");
  if (reader->configured != 0x1f) return refuse(reader, "stands before the configuration is complete");
  const bool unanswered = reader->stimulus == 'Q' && !reader->answered;
  if (strchr("WSQBYURZ", kind)) {
    if (unanswered) return refuse(reader, "follows a request whose response (P) is missing");
    reader->stimulus = kind;
    reader->answered = false;
    reader->ended = kind == 'Z';
    return true;
  }
  if (reader->stimulus == 0) return refuse(reader, "expects something before the first stimulus");
  if (kind == 'P' && reader->stimulus != 'Q') return refuse(reader, "answers no request");
  if (kind == 'T' && reader->stimulus != 'W') return refuse(reader, "answers no debug request");
  if (strchr("PT", kind)) {
    if (reader->answered) return refuse(reader, "is a second response");
    reader->answered = true;
  }
  return true;
}

static bool parse(reader_t *reader, oracle_record_t *record) {
  if (reader->word[0][1]) return refuse(reader, "is of unknown kind");
  record->kind = reader->word[0][0];
  switch (record->kind) {
    case 'V':
      reader->version = true;
      return (reader->words == 2 && strcmp(reader->word[1], "1") == 0) || refuse(reader, "is of another version than 1");
    case 'C': return in_place(reader, record) && config_value(reader);
    case 'A':
      if (reader->words != 3) return refuse(reader, "has too few or too many fields");
      record->field[1] = strcmp(reader->word[2], "DC") == 0;
      if (!record->field[1] && strcmp(reader->word[2], "AF") != 0) return refuse(reader, "is neither AF nor DC");
      return number(reader, reader->word[1], 52, &record->field[0]) && in_place(reader, record);
    case 'D':
      if (reader->words != 5) return refuse(reader, "has too few or too many fields");
      record->field[3] = strcmp(reader->word[4], "G") == 0;
      if (!record->field[3] && strcmp(reader->word[4], "S") != 0) return refuse(reader, "is of neither stage");
      for (unsigned i = 0; i < 3; i++) {
        if (!number(reader, reader->word[i + 1], 64, &record->field[i])) return false;
      }
      return in_place(reader, record);
    case 'P': return response(reader, record) && in_place(reader, record);
    default: break;
  }
  for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
    if (formats[i].kind == record->kind) return fields(reader, formats[i].bits, record) && in_place(reader, record);
  }
  return refuse(reader, "is of unknown kind");
}

static bool keep(reader_t *reader, const oracle_record_t *record) {
  oracle_trace_t *trace = reader->trace;
  if (trace->records == reader->room) {
    const size_t room = reader->room ? 2 * reader->room : 4096;
    oracle_record_t *grown = realloc(trace->record, room * sizeof *grown);
    if (!grown) return refuse(reader, "finds no more memory");
    trace->record = grown;
    reader->room = room;
  }
  trace->record[trace->records++] = *record;
  return true;
}

static bool line(reader_t *reader, char *text) {
  oracle_record_t record = {.line = reader->line};
  reader->words = 0;
  for (char *word = strtok(text, " \r\n"); word; word = strtok(0, " \r\n")) {
    if (word[0] == '#') break;
    if (reader->words == WORDS) return refuse(reader, "has too few or too many fields");
    reader->word[reader->words++] = word;
  }
  if (reader->words == 0) return true;
  if (!parse(reader, &record)) return false;
  return record.kind == 'V' || record.kind == 'C' || keep(reader, &record);
}

static bool broken(gzFile file) {
  int error = Z_OK;
  gzerror(file, &error);
  return error != Z_OK && error != Z_STREAM_END;
}

static bool lines(reader_t *reader, gzFile file) {
  static const char damaged[] = "cannot be read: the compressed file is damaged";
  char text[LINE_BYTES];
  while (gzgets(file, text, sizeof text)) {
    reader->line++;
    if (!strchr(text, '\n') && broken(file)) return refuse(reader, damaged);
    if (!strchr(text, '\n') && !gzeof(file)) return refuse(reader, "is longer than any record");
    if (!line(reader, text)) return false;
  }
  reader->line++;
  if (broken(file)) return refuse(reader, damaged);
  return reader->ended || refuse(reader, "is missing: the trace ends without its last record (Z)");
}

bool oracle_trace_load(const char *path, oracle_trace_t *trace, char *why, size_t why_size) {
  reader_t reader = {.trace = trace};
  *trace = (oracle_trace_t){0};
  gzFile file = gzopen(path, "rb");
  if (!file) {
    snprintf(why, why_size, "cannot be opened");
    return false;
  }
  bool good = lines(&reader, file);
  // A checksum or length that does not fit shows only when the file is closed.
  if (gzclose_r(file) != Z_OK && good) good = refuse(&reader, "is the last, but the compressed file is damaged");
  if (good) return true;
  snprintf(why, why_size, "line %u %s", reader.line, reader.problem);
  oracle_trace_free(trace);
  return false;
}

void oracle_trace_free(oracle_trace_t *trace) {
  free(trace->record);
  *trace = (oracle_trace_t){0};
}
