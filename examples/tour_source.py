#!/usr/bin/env python3
"""tour_source FILE OUTPUT: the source in FILE behind its #include lines, as the text `tour_source` of a C program."""

import json
import sys

with open(sys.argv[1], encoding="utf-8") as f:
    lines = f.read().split("\n")
last = max(i for i, line in enumerate(lines) if line.startswith("#include"))
shown = "\n".join(lines[last + 1 :]).strip("\n").split("\n")
with open(sys.argv[2], "w", encoding="utf-8") as f:
    f.write("extern const char tour_source[];\nconst char tour_source[] =\n")
    f.write("\n".join("    " + json.dumps(line + "\n", ensure_ascii=False) for line in shown) + ";\n")
