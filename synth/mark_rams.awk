# SPDX-License-Identifier: Apache-2.0
# Marks the memories that become RAM: in a Yosys RTLIL text, cells $mem_v2 whose read ports are all clocked and that hold at
# least 1024 bits get the attribute block_ram. The others become flip-flops.
#   awk -v list=FILE -f mark_rams.awk IN.il > OUT.il      FILE: one line "ram NAME BITS" for each marked memory

function value(line) { sub(/.* /, "", line); return line }

# RTLIL constants are decimal or WIDTH'BITS.
function number(text,   bits, i, n) {
  if (text !~ /'/) return text + 0
  bits = text
  sub(/.*'/, "", bits)
  n = 0
  for (i = 1; i <= length(bits); i++) n = 2 * n + (substr(bits, i, 1) == "1")
  return n
}

BEGIN { printf "" > list }

$1 == "cell" && $2 == "$mem_v2" { inside = 1; text = ""; name = $3; width = size = 0; clocked = 1 }
!inside { print; next }
{ text = text $0 "\n" }
/parameter \\WIDTH / { width = number(value($0)) }
/parameter \\SIZE / { size = number(value($0)) }
/parameter \\RD_CLK_ENABLE / { enables = value($0); sub(/.*'/, "", enables); if (enables ~ /0/) clocked = 0 }
$1 == "end" {
  inside = 0
  if (clocked && width * size >= 1024) {
    print "  attribute \\block_ram 1"
    print "ram", name, width * size > list
  }
  printf "%s", text
}
