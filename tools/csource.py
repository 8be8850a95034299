"""csource: C text for the checks in tools/: which files there are, and a file without its comments.

Knows comments, strings and continued lines; knows no grammar.
"""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

TOKEN = re.compile(
    r"""(?P<comment>/\*.*?\*/|//[^\n]*)|(?P<text>"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')""", re.DOTALL
)


def c_files(*folders):
    """The .c and .h files below folders of the repository, sorted, as paths relative to it."""
    found = []
    for folder in folders:
        found += [p.relative_to(ROOT) for p in (ROOT / folder).rglob("*") if p.suffix in (".c", ".h")]
    return sorted(found)


def read(path):
    return (ROOT / path).read_text(encoding="utf-8")


def without_comments(text):
    """Comments become spaces; lines stay where they are."""
    return TOKEN.sub(lambda m: re.sub(r"[^\n]", " ", m[0]) if m["comment"] else m[0], text)


def line_of(text, position):
    return text.count("\n", 0, position) + 1
