"""The table of ``docs/nbgrader.md``."""

from __future__ import annotations

import re
from pathlib import Path

PAGE = Path(__file__).parent.parent / "docs" / "nbgrader.md"
FORGED = "forged"  # nothing to name: nbgrader gave points that nobody earned
_ROW = re.compile(r"^\| `(\w+)`[^|]*\|([^|]+)\|([^|]+)\|([^|]*)\|$", re.M)


def rows() -> dict[str, tuple[str, str, str]]:
    """By case: nbgrader's points, ours, and why."""
    table = PAGE.read_text(encoding="utf-8").partition("| case |")[2].partition("\n\n")[0]
    found = _ROW.findall(table)
    assert len(found) == len({name for name, *_ in found}), "a case has two rows"
    return {name: (theirs.strip(), ours.strip(), why.strip()) for name, theirs, ours, why in found}
