#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Prints a configuration with other values:  variant.sh CONFIG Key=Value...
set -eu
cd "$(dirname "$0")"
config=$1
shift
for pair in "$@"; do printf 's/^\\(%s *= *\\)[0-9]*/\\1%s/\n' "${pair%=*}" "${pair#*=}"; done | sed -f - "$config.cfg"
