# SPDX-License-Identifier: Apache-2.0
# The README with its tables filled:  awk -f tables.awk [bench.json] [synth.json] README.md

function short(x) {
  if (x >= 1e6) return sprintf("%.1f million", x / 1e6)
  return x == int(x) ? sprintf("%d", x) : x < 10 ? sprintf("%.3f", x) : sprintf("%.1f", x)
}

# $1: what was measured, $2: its keys in bench.json, then what was promised and what the peer does. Nothing if a key is missing.
function row(what, keys, promise, peer,   n, i, key, cell, names) {
  n = split(keys, key, " ")
  for (i = 1; i <= n; i++) {
    if (!(key[i] in value)) return
    cell = cell (i > 1 ? "; " : "") short(value[key[i]])
    names = names (i > 1 ? ", " : "") "`" key[i] "`"
  }
  printf "| %s | %s | %s | %s | %s |\n", what, cell, promise, peer, names
}

function stream(n, promise, peer,   key, base, beats) {
  key = "stream_ratio_" n
  base = value["stream_baseline_" n]
  if (!(key in value)) return
  if (base) beats = sprintf(" (%.3f of %.3f beats)", value[key] * base, base)
  printf "| 64-byte bursts, new pages, %d outstanding; relative to no IOMMU | %.3f%s | >= %s | %s beats | `%s` |\n", \
    n, int(value[key] * 1000) / 1000, beats, promise, peer, key
}

function bench() {
  print "| clocks, or per clock | measured | promised | peer | key |"
  print "| --- | --- | --- | --- | --- |"
  row("hit: device ARVALID to memory ARVALID", "hit_latency", "1", "2")
  row("1-beat hits per port: reads; writes; both", "hit_rate_read hit_rate_write hit_rate_both", "1; 1; 2", "0.333; 0.333; 0.333")
  stream(1, "0.95", "0.258")
  stream(2, "0.935", "0.500")
  stream(4, "0.955", "0.891")
  stream(16, "0.99", "0.997")
  row("random 64-byte reads of 256 pages, beats", "random256_rate_s1", ">= 0.95", "0.121")
  row("Sv39 miss, tables cold; its memory reads", "miss_s1_cold miss_s1_cold_reads", "<= 68; 3", "66; 3")
  row("Sv39 miss, same 2 MiB used before; its memory reads", "miss_s1_warm miss_s1_warm_reads", "<= 26; 1", "66; 3")
  row("1-beat reads of new pages, per 1,000 clocks", "new_pages_s1", ">= 300", "15.1")
  row("two stages: random 64-byte reads of 256 pages, beats", "random256_rate_s2", ">= 0.95", "0.026")
  row("Sv39 and Sv39x4 miss, tables cold; its memory reads", "miss_s2_cold miss_s2_cold_reads", "<= 330; 15", "318; 15")
  row("the same, both 2 MiB used before; its memory reads", "miss_s2_warm miss_s2_warm_reads", "<= 50; 2", "318; 15")
  row("two stages: 1-beat reads of new pages, per 1,000 clocks", "new_pages_s2", ">= 150", "3.1")
  row("hit behind a miss: other port; other ID", "hit_behind_miss_other_port hit_behind_miss_other_id", "1; <= 2", "69")
  row("fault record", "fault_cost", "<= 8", "46.1")
  row("IOTINVAL.VMA of a page", "iotinval_cost", "<= 6", "24.1")
  row("simulation speed, all checks on, relative to off", "lockstep_speed_ratio", ">= 0.5", "-")
  row("untimed C model, translations per second: one stage; two", "model_s1_per_s model_s2_per_s", ">= 5 million; 1.5 million",
      "-")
}

function synth(   n, i, name) {
  print "| configuration | flip-flops | LUT6 | LUT levels | RAM bits |"
  print "| --- | ---: | ---: | ---: | ---: |"
  n = split("mini base full", name, " ")
  for (i = 1; i <= n; i++) if ((name[i], "ff") in size)
    printf "| `%s` | %d | %d | %d | %d |\n", name[i], size[name[i], "ff"], size[name[i], "lut6"], size[name[i], "depth"], \
      size[name[i], "bram_bits"]
  print "| peer, its smallest | 3806 | 4715 | 13 | - |"
}

FILENAME ~ /\.json$/ { gsub(/[",:{}]/, " ") }
FILENAME ~ /bench\.json$/ { if (NF == 2) { value[$1] = $2; have["bench"] = 1 } next }
FILENAME ~ /synth\.json$/ { for (i = 2; i < NF; i += 2) { size[$1, $i] = $(i + 1); have["synth"] = 1 } next }
/^<!-- (bench|synth) -->$/ {
  print
  inside = $2 in have
  if (inside && $2 == "bench") bench()
  if (inside && $2 == "synth") synth()
  next
}
/^<!-- end -->$/ { inside = 0 }
!inside { print }
