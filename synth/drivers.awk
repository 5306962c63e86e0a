# SPDX-License-Identifier: Apache-2.0
# Finds bits of wires that more than one assignment, cell or instance drives, in a Yosys RTLIL text taken after `proc` and before
# `flatten`; the `check` of Yosys 0.23 misses those that short two wires.  awk -f drivers.awk X.il X.il   (given twice)
# First pass: the output ports of each module. Second pass: the drivers. Status 1 and a line per wire if there is any.

# Counts a driver for each bit of the signal that starts at field `at`: a constant, a wire, a wire with [bit] or [high:low], or
# a { list } of them.
function drive(at,   list, part) {
  list = ($at == "{")
  if (list) at++
  for (; at <= NF && $at != "}"; at++) {
    if ($at ~ /^[\\$]/) {
      part = ""
      if ($(at + 1) ~ /^\[/) part = $(at + 1)
      mark($at, part)
      if (part != "") at++
    }
    if (!list) break
  }
}

function mark(wire, part,   bounds, high, low, bit) {
  low = 0
  high = width[wire] - 1
  if (part != "") {
    gsub(/[][]/, "", part)
    if (split(part, bounds, ":") == 1) bounds[2] = bounds[1]
    high = bounds[1] + 0
    low = bounds[2] + 0
  }
  for (bit = low; bit <= high; bit++)
    if (++drivers[wire, bit] == 2 && !((module, wire) in told)) {
      told[module, wire] = 1
      printf "Warning: several drivers of %s in module %s, bit %d\n", wire, module, bit
      found = 1
    }
}

FNR == 1 { pass++; cell = "" }
$1 == "module" { module = $2; split("", drivers); split("", width) }
$1 == "wire" && cell == "" {
  width[$NF] = 1
  for (i = 2; i < NF; i++) {
    if ($i == "width") width[$NF] = $(i + 1)
    if ($i == "output") output[module, $NF] = 1
    if ($i == "input" && pass == 2) mark($NF, "")
  }
}
$1 == "cell" { cell = $2 }
$1 == "end" { cell = "" }
pass == 2 && $1 == "connect" && cell == "" { drive(2) }
pass == 2 && $1 == "connect" && cell ~ /^\$[^p]/ && $2 ~ /^\\(Y|Q|RD_DATA|DATA)$/ && cell !~ /^\$memwr/ { drive(3) }
pass == 2 && $1 == "connect" && (cell, $2) in output { drive(3) }
END { exit found }
