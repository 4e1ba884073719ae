"""Which cells of a notebook are the student's own, and what of them goes on a page.

The course's own cells never do, neither what they hold nor what they showed: in an executed
notebook they hold the hidden tests.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from autograder.feedback.contents import LeftOut, Piece, Room, Text, pieces
from autograder.feedback.text import cut, one_line
from autograder.model import Cell
from autograder.notebook import cell_digest

MAX_FILE = 64 * 1024 * 1024  # bytes of an executed notebook
MAX_CELLS = 300  # on one page
SOURCE_CHARACTERS, SOURCE_LINES = 50_000, 1_000  # of one cell


@dataclass(frozen=True)
class Answer:
    """One cell of the student's: ``number`` counts the notebook's code cells, "" for prose."""

    number: int
    is_code: bool
    name: str  # the name that the course gave it, or ""
    source: Text
    pieces: tuple[Piece, ...] = ()


@dataclass(frozen=True)
class Notebook:
    """The student's part of one notebook; ``note`` is the frame's word on what its cells show."""

    name: str
    answers: tuple[Answer, ...]
    note: str = ""
    left_out: tuple[LeftOut, ...] = ()


def read(
    data: bytes,
    name: str,
    room: Room,
    *,
    ran: bool = False,
    hidden: frozenset[str] = frozenset(),
    known: frozenset[str] = frozenset(),
) -> Notebook | None:
    """The student's cells of a notebook; None if ``data`` cannot be read as one.

    Args:
        ran: the outputs were made by the grader. Others are not shown: anyone can paint them.
        hidden: names of the course's cells that hold hidden tests. A student's function is called
            there with hidden values, which a later cell can show: what comes after is not shown.
        known: ``cell_digest`` of cells that the course gave out unmarked: they are not shown.
    """
    raw = _cells(data)
    if raw is None:
        return None
    own = list(_own(raw, known, _first(raw, hidden)))
    answers = tuple(
        _answer(cell, number, room, with_outputs=ran and before)
        for cell, number, before in own[:MAX_CELLS]
    )
    left_out = []
    if len(own) > MAX_CELLS:
        left_out.append(LeftOut("more_cells", len(own) - MAX_CELLS))
    if ran and any(cell.get("outputs") for cell, _, before in own if not before):
        left_out.append(LeftOut("after_hidden"))
    return Notebook(name, answers, "" if ran else "source_only", tuple(left_out))


def of_script(cells: Sequence[Cell], name: str, room: Room) -> Notebook:
    """The same of a submission that is no notebook, cut into cells."""
    raw = [({"cell_type": "code", "source": cell.source}, cell.number) for cell in cells]
    answers = (_answer(cell, number, room, with_outputs=False) for cell, number in raw[:MAX_CELLS])
    more = (LeftOut("more_cells", len(raw) - MAX_CELLS),) if len(raw) > MAX_CELLS else ()
    return Notebook(name, tuple(answers), "source_only", more)


def _cells(data: bytes) -> list[dict[str, Any]] | None:
    if len(data) > MAX_FILE:
        return None
    try:
        notebook = json.loads(data)
    except (ValueError, RecursionError):  # no JSON, no UTF-8, nested too deeply
        return None
    cells = notebook.get("cells") if isinstance(notebook, dict) else None
    if not isinstance(cells, list):
        return None
    return [cell for cell in cells if isinstance(cell, dict)]


def _first(cells: list[dict[str, Any]], hidden: frozenset[str]) -> int:
    """Where the first cell with hidden tests stands; behind the end if there is none."""
    for at, cell in enumerate(cells):
        if _marks(cell).get("grade_id") in hidden:
            return at
    return len(cells)


def _own(
    cells: list[dict[str, Any]], known: frozenset[str], end: int
) -> Iterator[tuple[dict[str, Any], int, bool]]:
    """Each cell of the student's, its number among code cells, whether it ran before ``end``."""
    number = 0
    for at, cell in enumerate(cells):
        is_code = cell.get("cell_type") == "code"
        number += is_code
        marks, source = _marks(cell), _source(cell)
        if marks and marks.get("solution") is not True:
            continue
        if not source.strip() or cell_digest(source) in known or not (is_code or marks):
            continue
        yield cell, number, at < end


def _answer(cell: dict[str, Any], number: int, room: Room, *, with_outputs: bool) -> Answer:
    is_code = cell.get("cell_type") == "code"
    name = _marks(cell).get("grade_id")
    text, lost = cut(_source(cell).expandtabs(4), SOURCE_CHARACTERS, SOURCE_LINES)
    if not room.takes(characters=len(text)):
        text, lost = "…", len(_source(cell))
    shown = tuple(pieces(cell.get("outputs"), room)) if is_code and with_outputs else ()
    name = one_line(name, 80) if isinstance(name, str) else ""
    return Answer(number, is_code, name, Text(text.strip("\n"), lost=lost), shown)


def _marks(cell: dict[str, Any]) -> dict[str, Any]:
    """nbgrader's marks, or {} where there are none or they mark nothing."""
    metadata = cell.get("metadata")
    marks = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    if not isinstance(marks, dict) or not isinstance(marks.get("grade_id"), str):
        return {}
    return marks if marks["grade_id"] else {}


def _source(cell: dict[str, Any]) -> str:
    source = cell.get("source")
    if isinstance(source, list):
        source = "".join(line for line in source if isinstance(line, str))
    return source.replace("\r\n", "\n").replace("\r", "\n") if isinstance(source, str) else ""
