# SPDX-License-Identifier: Apache-2.0
# Turns one configuration into what the tools read.
#   awk -v name=base -v out=build/base -f gen.awk keys.tbl base.cfg
# writes into the directory `out`: params.vf (Verilator -G flags), chparam.ys (one Yosys command), config_gen.h (the C
# initialiser of pcl_config_t). An unknown, missing, doubled or illegal key ends it with a sentence and status 1.
# Works in mawk; values are decimal integers.

function refuse(text) { print file_of_cfg ": " text > "/dev/stderr"; failed = 1; exit 1 }

function is_pow2(v) { while (v > 1 && v % 2 == 0) v /= 2; return v == 1 }

function legal_text(k) {
  if (kind[k] == "range") return "an integer in " low[k] ".." high[k]
  if (kind[k] == "pow2") return "a power of two in " low[k] ".." high[k]
  if (kind[k] == "pow2or0") return "0 or a power of two in " low[k] ".." high[k]
  return "2^n-1 in " low[k] ".." high[k]
}

function is_legal(k, v) {
  if (kind[k] == "pow2or0" && v == 0) return 1
  if (v < low[k] || v > high[k]) return 0
  if (kind[k] == "mask") return is_pow2(v + 1)
  return kind[k] == "range" || is_pow2(v)
}

# UpperCamelCase to snake_case: every capital but the first starts a word (WFifoDepth -> w_fifo_depth).
function snake(k,   i, c, s) {
  for (i = 1; i <= length(k); i++) {
    c = substr(k, i, 1)
    if (i > 1 && c ~ /[A-Z]/) s = s "_"
    s = s tolower(c)
  }
  return s
}

function needs(k, other) { if (value[k] && !value[other]) refuse(k " = 1 needs " other " = 1") }

{ sub(/#.*/, "") }
NF == 0 { next }
FNR == NR { order[++keys] = $1; kind[$1] = $2; low[$1] = $3 + 0; high[$1] = $4 + 0; next }
{
  file_of_cfg = FILENAME ":" FNR
  if ($2 != "=" || NF != 3) refuse("expected `Key = value  # comment`, found `" $0 "`")
  if (!($1 in kind)) refuse("unknown key " $1 "; sim/configs/keys.tbl lists the legal ones")
  if ($1 in value) refuse($1 " is given twice")
  if ($3 !~ /^[0-9]+$/) refuse($1 " = " $3 " is not a decimal integer")
  if (!is_legal($1, $3 + 0)) refuse($1 " = " $3 " is illegal: it must be " legal_text($1))
  value[$1] = $3 + 0
}

END {
  if (failed) exit 1
  file_of_cfg = FILENAME
  for (i = 1; i <= keys; i++) if (!(order[i] in value)) refuse(order[i] " is missing")
  needs("Sv57", "Sv48"); needs("Sv57x4", "Sv48x4"); needs("Sv48x4", "Sv39x4"); needs("Sv32x4", "Sv32"); needs("Sv32x4", "Sv39x4")
  needs("MsiFlat", "Sv39x4"); needs("MsiMrif", "MsiFlat"); needs("Pd17", "Pd8"); needs("Pd20", "Pd17")
  if (value["Pd8"] && !value["PcEntries"]) refuse("PcEntries must not be 0 when Pd8 = 1")
  if (value["Sv39x4"] && !value["GEntries"]) refuse("GEntries must not be 0 when Sv39x4 = 1")
  if (value["AmoMrif"] != value["MsiMrif"]) refuse("AmoMrif must be as MsiMrif: what is built updates atomically")
  if (value["Hpm"] && !value["HpmCounters"]) refuse("HpmCounters must not be 0 when Hpm = 1")
  needs("T2gpa", "Ats"); needs("T2gpa", "Sv39x4")
  if (value["Ats"] && value["AtsTimeout"] < 2) refuse("AtsTimeout must be at least 2 when Ats = 1")
  if (value["L2Entries"] && value["L2Entries"] < 2 * value["L2Ways"]) refuse("L2Entries must be at least twice L2Ways")
  if (value["NumPorts"] > value["Walkers"]) refuse("Walkers must be at least NumPorts, so that each port always finds one")
  vf = out "/params.vf"; ys = out "/chparam.ys"; header = out "/config_gen.h"
  printf "chparam" > ys
  printf "// SPDX-License-Identifier: Apache-2.0\n// Generated from %s: do not edit.\n", file_of_cfg > header
  printf "#ifndef PCL_CONFIG_GEN_H\n#define PCL_CONFIG_GEN_H\n#define PCL_CFG_INIT { .name = \"%s\"", name > header
  for (i = 1; i <= keys; i++) {
    printf "-G%s=%d\n", order[i], value[order[i]] > vf
    printf " -set %s %d", order[i], value[order[i]] > ys
    printf ", \\\n  .%s = %d", snake(order[i]), value[order[i]] > header
  }
  print " portcullis" > ys
  print " }\n#endif" > header
}
