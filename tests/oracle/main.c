// SPDX-License-Identifier: Apache-2.0
//
// Replays every oracle trace of a folder into every side: one line per trace and side, a closing count, status 1 if any failed.
// A program that was linked without RTL has the model's side only.
//   oracle FOLDER [PROCESSES]      the traces are dealt to so many processes, 1 if it is not given; lines come as they are done
#define _POSIX_C_SOURCE 200809L
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "replay.h"

static const oracle_side_t *const sides[] = {&oracle_model_side, &oracle_rtl_side};

static bool ends_in(const char *name, const char *end) {
  const size_t length = strlen(name), tail = strlen(end);
  return length > tail && strcmp(name + length - tail, end) == 0;
}

static int is_trace(const struct dirent *entry) { return ends_in(entry->d_name, ".txt") || ends_in(entry->d_name, ".txt.gz"); }

// The number of sides that failed.
static int replay(const char *folder, const char *name, int all_sides) {
  char path[4096], why[ORACLE_WHY];
  oracle_trace_t trace;
  int failed = 0;
  snprintf(path, sizeof path, "%s/%s", folder, name);
  const bool loaded = oracle_trace_load(path, &trace, why, sizeof why);
  for (int side = 0; side < all_sides; side++) {
    const bool good = loaded && oracle_replay(&trace, sides[side], why);
    printf("%s  %-8s %s%s%s\n", good ? "pass" : "FAIL", sides[side]->name, name, good ? "" : ": ", good ? "" : why);
    fflush(stdout);
    failed += !good;
  }
  if (loaded) oracle_trace_free(&trace);
  return failed;
}

// One byte per trace goes from each process to the parent: how many sides failed. A trace without it has failed.
static void deal(const char *folder, struct dirent **entry, int count, int all_sides, int processes, int answers) {
  for (int process = 0; process < processes; process++) {
    if (fork() != 0) continue;
    for (int i = process; i < count; i += processes) {
      const char failed = (char)replay(folder, entry[i]->d_name, all_sides);
      if (write(answers, &failed, 1) != 1) _exit(1);
    }
    _exit(0);
  }
}

int main(int argc, char **argv) {
  struct dirent **entry;
  int answers[2], answered = 0, failed = 0;
  char one;
  const int processes = argc == 3 ? atoi(argv[2]) : 1, all_sides = oracle_has_rtl() ? 2 : 1;
  if (argc < 2 || argc > 3 || processes < 1) {
    fprintf(stderr, "usage: oracle FOLDER [PROCESSES]\n");
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
  if (pipe(answers) != 0) {
    perror("oracle");
    return 2;
  }
  deal(argv[1], entry, count, all_sides, processes, answers[1]);
  close(answers[1]);
  for (; read(answers[0], &one, 1) == 1; answered++) failed += one;
  while (wait(0) > 0) continue;
  failed += (count - answered) * all_sides;
  for (int i = 0; i < count; i++) free(entry[i]);
  free(entry);
  printf("%d passed, %d failed\n", count * all_sides - failed, failed);
  return failed ? 1 : 0;
}
