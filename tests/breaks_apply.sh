#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Every patch of tests/breaks still fits the tree: who changes a line that one of them breaks must break the new line.
status=0
for patch in tests/breaks/*/*.patch; do git apply --check "$patch" || status=1; done
exit $status
