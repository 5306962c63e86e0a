# SPDX-License-Identifier: Apache-2.0
# Writes the GTKWave view of one scenario for one recording:
#   fst2vcd -f X.fst | awk -v view=overrun -f view.awk signals.tbl views.tbl - > overrun.gtkw
# The recording says how wide each signal is and when the marked moments are; reading stops once all are found. Signals that
# this configuration lacks are left out, and a group without any; with -v strict=1 both these and moments not found are errors.
# A scenario without a section of views.tbl has the section [default].
# Time: a clock is two units, registers change at odd times, inputs at even ones; a moment is judged at even times.

function trim(s) { gsub(/^[ \t]+|[ \t]+$/, "", s); return s }
function complain(text) { print "view " view ": " text >"/dev/stderr"; failed = 1 }

# A number as VCD writes it: binary, without leading zeros.
function binary(s,   i, digit, out) {
  s = trim(tolower(s))
  if (s ~ /^0x/) {
    for (i = 3; i <= length(s); i++) out = out nibble[substr(s, i, 1)]
  } else {
    for (digit = s + 0; digit > 0; digit = int(digit / 2)) out = (digit % 2) out
  }
  sub(/^0+/, "", out)
  return out
}

function add_mark(text,   parts, conditions, i, n) {
  split(text, parts, "|")
  mark[++marks] = substr(trim(parts[1]), 1, 1)
  mark_text[marks] = trim(substr(trim(parts[1]), 2))
  n = split(parts[2], conditions, ",")
  for (i = 1; i <= n; i++) {
    split(trim(conditions[i]), parts, " ")
    terms[marks] = i
    term_path[marks, i] = parts[1]
    term_not[marks, i] = parts[2] ~ /^!/
    term_value[marks, i] = binary(substr(parts[2], index(parts[2], "=") + 1))
    watched[parts[1]] = 1
  }
}

BEGIN {
  watched["rst_ni"] = 1
  for (i = 0; i < 16; i++)
    nibble[substr("0123456789abcdef", i + 1, 1)] = int(i / 8) int(i / 4) % 2 int(i / 2) % 2 i % 2
  flag["bit"] = "28"; flag["hex"] = "22"; flag["dec"] = "24"; flag["enum"] = "100000028"
  colour["orange"] = 2; colour["yellow"] = 3; colour["green"] = 4; colour["violet"] = 7
}

FNR == 1 { file++ }
file < 3 && (/^#/ || NF == 0) { next }

# signals.tbl
file == 1 && /^\[/ {
  group = substr($1, 2, length($1) - 2)
  title[group] = trim(substr($0, index($0, "|") + 1))
  tint[group] = $2
  next
}
file == 1 {
  split($0, part, "|")
  i = ++size[group]
  label[group, i] = part[1]
  sub(/ +$/, "", label[group, i])
  format[group, i] = trim(part[2])
  path[group, i] = trim(part[3])
  next
}

# views.tbl. The default comes first; the scenario's own section starts anew.
file == 2 && /^\[/ {
  mine = ($1 == "[default]" || $1 == "[" view "]")
  if (mine) says = shows = marks = 0
  next
}
file == 2 {
  rest = trim(substr($0, length($1) + 1))
  if (!mine) next
  if ($1 == "say") say[++says] = rest
  if ($1 == "show" || $1 == "fold")
    for (i = 2; i <= NF; i++) { shown[++shows] = $i; folded[shows] = $1 == "fold" }
  if ($1 == "mark") add_mark(rest)
  if ($1 == "zoom") { zoom_from = $2; zoom_to = $3 }
  next
}

# The recording: its hierarchy, then changes.
$1 == "$scope" { depth++; scope[depth] = (depth > 1 ? scope[depth - 1] "." : "") $3; next }
$1 == "$upscope" { depth--; next }
$1 == "$var" {
  name = scope[depth] "." $5
  if (name ~ /^TOP\.portcullis\./) {
    short = substr(name, length("TOP.portcullis.") + 1)
    full[short] = name ($6 ~ /^\[/ ? $6 : "")
    if (short in watched) key[short] = $4
    if (short in watched) keyed[$4] = 1
  }
  next
}
$1 == "$enddefinitions" {
  values = 1
  next_mark = 1
  for (i = 1; i <= marks; i++)
    for (j = 1; j <= terms[i]; j++)
      if (!(term_path[i, j] in key)) { unknown[i] = 1; if (strict) complain("no signal " term_path[i, j]) }
  skip_unknown()
  next
}
!values { next }
/^#/ { if (now % 2 == 0) judge(); now = substr($0, 2) + 0; last = now; if (marks && next_mark > marks) exit; next }
/^[01xz]/ { id = substr($1, 2); if (id in keyed) value[id] = substr($1, 1, 1) == "0" ? "" : substr($1, 1, 1); next }
/^b/ { if ($2 in keyed) { value[$2] = substr($1, 2); sub(/^0+/, "", value[$2]) } }

function skip_unknown() { while (next_mark <= marks && unknown[next_mark]) next_mark++ }

function holds(m,   j, same) {
  for (j = 1; j <= terms[m]; j++) {
    same = value[key[term_path[m, j]]] == term_value[m, j]
    if (same == term_not[m, j]) return 0
  }
  return 1
}

# Called once per clock. A mark that holds already when its turn comes waits for it to hold anew, unless it came true in this
# very clock.
function judge(   m, h) {
  if (value[key["rst_ni"]] == "") return
  for (m = 1; m <= marks; m++) {
    if (unknown[m]) continue
    h = holds(m)
    rising[m] = h && !held[m]
    held[m] = h
  }
  while (next_mark <= marks && rising[next_mark]) {
    mark_time[next_mark] = now
    rising[next_mark] = 0
    for (m = next_mark + 1; m <= marks; m++)
      if (same_terms(m, next_mark)) rising[m] = 0
    next_mark++
    skip_unknown()
  }
}

function same_terms(a, b,   j) {
  if (terms[a] != terms[b]) return 0
  for (j = 1; j <= terms[a]; j++)
    if (term_path[a, j] != term_path[b, j] || term_value[a, j] != term_value[b, j] || term_not[a, j] != term_not[b, j]) return 0
  return 1
}

function show(g, port, fold,   i, p, heading, open) {
  if (!(g in size)) complain("no group " g)
  for (i = 1; i <= size[g]; i++) {
    p = path[g, i]
    gsub(/#/, port, p)
    if (!(p in full)) { if (strict) complain("no signal " p); continue }
    if (!open) {
      heading = title[g]
      gsub(/#/, port, heading)
      print (fold ? "@c00200" : "@800200") "\n-" heading
      open = 1
    }
    print "@" flag[format[g, i]] "\n[color] " colour[tint[g]] "\n+{" label[g, i] "} " full[p]
  }
  if (open) print (fold ? "@1401200" : "@1000200") "\n-" heading
}

# Text above the signals, in lines that do not widen their column.
function comment(text,   word, n, i, line) {
  n = split(text, word, " ")
  for (i = 1; i <= n; i++) {
    if (line != "" && length(line " " word[i]) > 42) { print "-" line; line = "" }
    line = line (line == "" ? "" : " ") word[i]
  }
  print "-" line
}

END {
  if (!values) complain("no recording")
  if (failed) exit 1
  first = 0
  end = last
  for (i = 1; i <= marks; i++) {
    if (strict && !(i in mark_time)) complain("moment " mark[i] " (" mark_text[i] ") does not happen")
    if (mark[i] == zoom_from && i in mark_time) first = mark_time[i]
    if (mark[i] == zoom_to && i in mark_time) end = mark_time[i]
  }
  room = (end - first) * 0.1 + 30
  first = first > room ? int(first - room) : 0
  # The zoom is an exponent of 2: 200 pixels show 2^-zoom units.
  print "[*] SPDX-License-Identifier: Apache-2.0"
  print "[*] Written by sim/waves/view.awk from signals.tbl and views.tbl: change those."
  printf "[size] 1280 1200\n[pos] -1 -1\n*%.6f -1", -log((end + room - first) * 200 / 780) / log(2)
  for (letter = 0; letter < 26; letter++) {
    at = -1
    for (i = 1; i <= marks; i++) if (mark[i] == sprintf("%c", 65 + letter) && i in mark_time) at = mark_time[i]
    printf " %d", at
  }
  printf "\n"
  for (i = 1; i <= marks; i++) if (i in mark_time) print "[markername] " mark[i] mark_text[i]
  print "[timestart] " first
  print "[sst_width] 10\n[signals_width] 320\n[sst_expanded] 0\n[sst_vpaned_height] 400"
  print "@200"
  for (i = 1; i <= says; i++) comment(say[i])
  print "@28\n+{clock} TOP.portcullis.clk_i"
  for (i = 1; i <= shows; i++) {
    split(shown[i], part, ":")
    show(part[1], part[2], folded[i])
  }
  exit failed
}
