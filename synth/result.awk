# SPDX-License-Identifier: Apache-2.0
# One result line "CONFIG FF LUT6 DEPTH BRAM_BITS" from rams.txt (mark_rams.awk), Yosys's stat of the mapped netlist, and ltp.
FILENAME ~ /rams/ { bits += $3 }
FILENAME ~ /stat/ && $1 ~ /^\$_S?A?DFF/ { ff += $2 }
FILENAME ~ /stat/ && $1 == "$lut" { lut += $2 }
FILENAME ~ /ltp/ && /\(length=/ { depth = $0; sub(/.*length=/, "", depth); sub(/\).*/, "", depth) }
END { print config, ff + 0, lut + 0, depth + 0, bits + 0 }
