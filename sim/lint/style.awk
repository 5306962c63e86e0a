# SPDX-License-Identifier: Apache-2.0
# File style: the licence line first, no tabs but in rules of make, no blanks at line ends, at most 130 columns.
function report(text) { printf "%s:%d: %s\n", FILENAME, FNR, text; found = 1 }
FNR == 1 { licensed = 0 }
/SPDX-License-Identifier: Apache-2.0/ { licensed = 1 }
FNR == 2 && !licensed { report("the first line (after #!) must be SPDX-License-Identifier: Apache-2.0") }
length($0) > 130 { report("longer than 130 columns") }
/[ \t]$/ { report("blanks at the end of the line") }
/\t/ && FILENAME !~ /(Makefile|\.mk)$/ { report("a tab; indent with two spaces") }
END { exit found }
