"""How instructors write test cells: each with an answer that is right and one that is not.

All of ``stock_styles.txt`` stands in one notebook, so that nbgrader grades it in one go.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from stock_both import Notebook, cell, notebook

FILES = {"course_helpers.py": "def triple(x):\n    return 3 * x\n", "numbers.txt": "3\n1\n2\n"}


@dataclass(frozen=True)
class Style:
    """One answer cell and its test cell, one point.

    Args:
        right, wrong: what students write; the course's own answer is ``right``.
        given: a locked cell of the course's before both.
        flags: ``inside``: the test runs in the student's process; ``partial``: nbgrader gives the
            right answer other points; ``forged``: it gives the wrong one some.
    """

    name: str
    right: str
    wrong: str
    test: str
    given: str = ""
    flags: frozenset[str] = frozenset()


def _styles() -> list[Style]:
    text = (Path(__file__).parent / "stock_styles.txt").read_text()
    found = []
    for part in re.split(r"^=== ", text, flags=re.M)[1:]:
        head, *sections = re.split(r"^--- ", part, flags=re.M)
        name, *flags = head.split()
        sources = dict(section.rstrip().split("\n", 1) for section in sections)
        found.append(Style(name, flags=frozenset(flags), **sources))
    return found


STYLES = _styles()


def source() -> Notebook:
    """The course's notebook."""
    cells = []
    for one in STYLES:
        if one.given:
            cells.append(cell("locked", one.given, f"{one.name}-given"))
        answered = f"### BEGIN SOLUTION\n{one.right}\n### END SOLUTION"
        cells.append(cell("answer", answered, f"{one.name}-answer"))
        cells.append(cell("test", one.test, one.name, 1))
    return notebook(*cells)
