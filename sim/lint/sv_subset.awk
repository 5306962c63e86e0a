# SPDX-License-Identifier: Apache-2.0
# The rules of sv_subset.sh. The files are given twice: the first pass collects the names of struct and union types, the second
# checks. `code` is a line without comments and strings; `words` is the same with one blank between words and around it.
# Works in mawk.

function report(text) { printf "%s:%d: %s\n", FILENAME, FNR, text; found = 1 }

function has(word) { return index(words, " " word " ") > 0 }

# Removes strings, // and /* */ comments and compiler directives; in_comment carries a block comment over lines.
function strip(s,   out, i, two) {
  gsub(/"([^"\\]|\\.)*"/, "\"\"", s)
  out = ""
  for (i = 1; i <= length(s); i++) {
    two = substr(s, i, 2)
    if (in_comment) { if (two == "*/") { in_comment = 0; i++ } }
    else if (two == "/*") { in_comment = 1; i++ }
    else if (two == "//") break
    else out = out substr(s, i, 1)
  }
  if (out ~ /^ *`/) out = ""
  return out
}

function rule(regex, text) { rules++; pattern[rules] = regex; advice[rules] = text }

BEGIN {
  begin_word = "(^|[^A-Za-z0-9_.])"
  id = "[A-Za-z_][A-Za-z0-9_]*"
  vector = "(logic|wire|reg|bit)( +signed)? *"
  refuse["import"] = "write pkg::name instead of import: Yosys 0.23 cannot read it"
  refuse["return"] = "assign to the function's name instead of return: Yosys cannot read it"
  refuse["break"] = "break is not read by Yosys"
  refuse["continue"] = "continue is not read by Yosys"
  refuse["foreach"] = "foreach is not read by Yosys; use for"
  refuse["while"] = "while is not read by Yosys; use for"
  refuse["inside"] = "inside is not read by Yosys; compare explicitly"
  refuse["sequence"] = "sequences belong nowhere: Verilator cannot read them"
  refuse["property"] = "concurrent assertions go into bound files in tb/sva/: Yosys cannot read them"
  refuse["initial"] = \
    "no initial blocks: reset the register or let it start random; check parameters by a module-level if (bad) $error(text)"
  refuse["always"] = "use always_ff or always_comb"
  refuse["always_latch"] = "no latches"
  rule("'\\{", \
    "assignment patterns '{ } are not read by Yosys; use a concatenation")
  rule("[=!]=\\?", \
    "==? and !=? are not read by Yosys; mask explicitly")
  rule("\\{ *(<<|>>)", \
    "streaming operators are not read by Yosys")
  rule("##", \
    "cycle delays ## are read by no tool here")
  rule("unique +(casez|if)", \
    "unique casez and unique if differ between tools; use a plain casez or if")
  rule("(unique0|priority) +(case|if)", \
    "unique0 and priority are outside the subset")
  rule("_[te]'\\(", \
    "casts to a type are not read by Yosys 0.23; assign or concatenate")
  rule("\\$bits *\\( *([a-z0-9_]+::)?[a-z0-9_]*_[te] *\\)", \
    "$bits of a type is not read by Yosys; take it of a variable")
  rule("[A-Za-z0-9_]\\.(next|prev|first|last|name|num)\\(", \
    "enum methods are not read by Yosys")
  rule(begin_word vector "\\[[^]]*\\] *\\[", \
    "packed arrays of more than one dimension are not read by Yosys 0.23; flatten")
  rule(begin_word "[a-z0-9_]+_[te] +\\[", \
    "a packed array of a type reads wrongly in Yosys 0.23; use a plain vector")
  rule(begin_word "[a-z0-9_]+_[te] +" id " *\\[", \
    "an array of a type reads wrongly in Yosys; store a plain vector")
  rule("^ *(input|output|inout) [^,)]*[] ]" id " *\\[[^]]*\\] *([,)]|$)", \
    "unpacked array ports are not read by Yosys; flatten")
  rule("parameter +(type|string)( |$)", \
    "type and string parameters are not read by Yosys")
  rule("(parameter|localparam) [^=]*[] ]" id " *\\[[^]]*\\] *=", \
    "parameter arrays are not read by Yosys; use a function")
  refuse["casex"] = "casex hides unknowns; use casez"
}

FNR == 1 { in_comment = 0; in_function = ""; depth = 0; pass = (FILENAME in seen) ? 2 : 1; seen[FILENAME] = 1 }

{
  code = strip($0)
  words = code
  gsub(/[^A-Za-z0-9_$]+/, " ", words)
  words = " " words " "
}

# First pass: names of struct and union types.
pass == 1 {
  if (has("typedef") && (has("struct") || has("union"))) in_struct = 1
  if (in_struct && code ~ /}/) {
    name = code
    sub(/.*} */, "", name)
    sub(/ *;.*/, "", name)
    is_struct[name] = 1
    in_struct = 0
  }
  next
}

{
  for (word in refuse) if (has(word)) report(refuse[word])

  for (n = 1; n <= rules; n++) if (code ~ pattern[n]) report(advice[n])

  if (code ~ /(parameter|localparam) +(logic|bit) *(signed *)?\[ *[0-9]+ *:/) {
    msb = code
    sub(/.*(parameter|localparam) +(logic|bit) *(signed *)?\[ */, "", msb)
    if (msb + 0 > 31) report("parameters wider than 32 bits differ between tools; make it a package function")
  }
  if (FILENAME ~ /\/portcullis\.sv$/ && code ~ ("^ *" id "_if(\\." id ")? +" id))
    report("no interfaces on the top: plain vectors only")

  # Functions: arguments, locals and results are vectors; locals have no initial value.
  if (has("function")) {
    in_function = words
    result_is_struct = 0
    for (name in is_struct) if (code ~ ("function[^(;]*[ :]" name " ")) result_is_struct = 1
    sub(/.*function */, "", in_function)
    if (!has("automatic")) report("functions are automatic")
    head = code
    sub(/[(;].*/, "", head)
    count = split(head, part, /[^A-Za-z0-9_]+/)
    function_name = part[count] == "" ? part[count - 1] : part[count]
  }
  if (in_function != "") {
    body = code
    if (has("function")) sub(/.*function[^(;]*/, "", body)
    for (name in is_struct)
      if (body ~ (begin_word name " +" id))
        report("a struct (" name ") inside a function: Yosys 0.23 cannot read it; use vectors")
    if (body ~ /^ *(automatic +)?(logic|int|integer|bit)[^;(=]*[^=!<>]=[^=]/)
      report("a local with an initial value: Yosys cannot read it; assign it in a statement")
    if (result_is_struct && body ~ (begin_word function_name "\\." id))
      report("assigning a field of a function's struct result reads wrongly in Yosys; return a concatenation")
    if (has("endfunction")) in_function = ""
  }

  # Every case has a default.
  count = split(words, token, " ")
  for (i = 1; i <= count; i++) {
    if (token[i] ~ /^case[zx]?$/) {
      depth++
      opened[depth] = FNR
      default_seen[depth] = 0
    } else if (token[i] == "default" && depth) default_seen[depth] = 1
    else if (token[i] == "endcase" && depth) {
      if (!default_seen[depth]) report("the case opened in line " opened[depth] " has no default")
      depth--
    }
  }
}

END { exit found }
