#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Checks that the tools of a command are there (sim/deps/apt.txt).
#   need.sh COMMAND             names each missing tool and its package; status 1 if any is missing
#   need.sh --install COMMAND   installs what is missing by apt, as root or through sudo
# COMMAND is one of run, test, oracle, lint, synth, regs, waves, picture, or all.
set -u
install=no
if [ "${1:-}" = --install ]; then install=yes; shift; fi
command=${1:?usage: need.sh [--install] COMMAND}
list=$(dirname "$0")/apt.txt

missing=
while IFS='|' read -r package commands probe purpose; do
  case $package in '#'*|'') continue ;; esac
  [ "$command" = all ] || case " $commands " in *" $command "*) ;; *) continue ;; esac
  sh -c "$probe" >/dev/null 2>&1 && continue
  package=$(echo $package)
  missing="$missing $package"
  [ $install = yes ] || echo "missing: Debian package $package ($(echo $purpose)); \`make deps\` installs it" >&2
done <"$list"

[ -n "$missing" ] || exit 0
[ $install = yes ] || exit 1

root=
if [ "$(id -u)" != 0 ]; then
  if ! command -v sudo >/dev/null 2>&1; then
    echo "missing packages:$missing; install them as root: apt-get install$missing" >&2
    exit 1
  fi
  root=sudo
fi
mkdir -p build
log=build/apt.log
echo "installing with apt:$missing (log: $log)"
{ $root apt-get update &&
  $root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $missing; } >$log 2>&1 || {
  tail -5 $log >&2
  echo "apt could not install$missing; see $log" >&2
  exit 1
}
