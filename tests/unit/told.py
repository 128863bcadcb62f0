"""What a reader is told: README and the pages of ``docs`` that are written by hand, in order."""

import os
from pathlib import Path

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
DOCS_FOLDER = ROOT / "docs"
DOCS = (
    "running",
    "comparing",
    "searching",
    "capex",
    "audit",
    "textbook",
    "strategies",
    "engine",
    "data",
)
PAGES = (README, *(DOCS_FOLDER / f"{name}.md" for name in DOCS))


def told():
    """Return the text of all pages, one after another."""
    return "\n".join(page.read_text(encoding="utf-8") for page in PAGES)


def assert_told(name, lines):
    """Hold the lines between a page's marks; with ``UPDATE_README=1`` they are written instead."""
    begin, end = f"<!-- {name}: begin -->\n", f"<!-- {name}: end -->\n"
    (page,) = (page for page in PAGES if begin in page.read_text(encoding="utf-8"))
    before, rest = page.read_text(encoding="utf-8").split(begin)
    written, after = rest.split(end)
    if os.environ.get("UPDATE_README") == "1":
        page.write_text(before + begin + lines + end + after, encoding="utf-8")
        written = lines
    assert written == lines, "run this test with UPDATE_README=1, then read what changed"
