// SPDX-License-Identifier: Apache-2.0
#include "failure.h"

#include <stdarg.h>
#include <stdio.h>

void fail(failure_t *failure, const char *format, ...) {
  if (failure->failed) return;
  failure->failed = true;
  failure->at = failure->cycle;
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(failure->text, sizeof failure->text, format, arguments);
  va_end(arguments);
}
