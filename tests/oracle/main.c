// SPDX-License-Identifier: Apache-2.0
//
// Replays every oracle trace of a folder into every side: one line per trace and side, a closing count, status 1 if any failed.
// A program that was linked without RTL has the model's side only.
//   oracle FOLDER
#define _POSIX_C_SOURCE 200809L
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "replay.h"

static const oracle_side_t *const sides[] = {&oracle_model_side, &oracle_rtl_side};

static bool ends_in(const char *name, const char *end) {
  const size_t length = strlen(name), tail = strlen(end);
  return length > tail && strcmp(name + length - tail, end) == 0;
}

static int is_trace(const struct dirent *entry) { return ends_in(entry->d_name, ".txt") || ends_in(entry->d_name, ".txt.gz"); }

int main(int argc, char **argv) {
  struct dirent **entry;
  unsigned passed = 0, failed = 0;
  const unsigned all_sides = oracle_has_rtl() ? 2 : 1;
  if (argc != 2) {
    fprintf(stderr, "usage: oracle FOLDER\n");
    return 2;
  }
  const int count = scandir(argv[1], &entry, is_trace, alphasort);
  if (count < 0) {
    fprintf(stderr, "%s: no such folder; ORACLE= names a folder with oracle traces\n", argv[1]);
    return 2;
  }
  if (count == 0) {
    fprintf(stderr, "%s: holds no oracle traces (files that end in .txt or .txt.gz)\n", argv[1]);
    return 2;
  }
  for (int i = 0; i < count; i++) {
    char path[4096], why[ORACLE_WHY];
    oracle_trace_t trace;
    snprintf(path, sizeof path, "%s/%s", argv[1], entry[i]->d_name);
    const bool loaded = oracle_trace_load(path, &trace, why, sizeof why);
    for (unsigned side = 0; side < all_sides; side++) {
      const bool good = loaded && oracle_replay(&trace, sides[side], why);
      printf("%s  %-8s %s%s%s\n", good ? "pass" : "FAIL", sides[side]->name, entry[i]->d_name, good ? "" : ": ", good ? "" : why);
      fflush(stdout);
      if (good) passed++;
      else failed++;
    }
    if (loaded) oracle_trace_free(&trace);
    free(entry[i]);
  }
  free(entry);
  printf("%u passed, %u failed\n", passed, failed);
  return failed ? 1 : 0;
}
