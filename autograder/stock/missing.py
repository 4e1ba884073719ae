"""``OverwriteCells.add_missing_cells``: graded cells that a student deleted, put back.

Where nbgrader puts them, as far as it knows a place; where it does not, after the nearest cell of
the course that comes before.
"""

from __future__ import annotations

from collections.abc import Sequence

from autograder.stock.marked import marks_of
from autograder.stock.model import Json, SourceCell, SourceNotebook, StockSettings

Own = list[SourceCell | None]


def with_missing(
    cells: list[Json],
    own: Sequence[SourceCell | None],
    source: SourceNotebook,
    settings: StockSettings,
) -> tuple[list[Json], Own]:
    """Cells, and the course's cell that each is, with those that were missing."""
    cells, found = list(cells), list(own)
    place = {
        cell.grade_id: position
        for position, cell in enumerate(own)
        if cell is not None and (cell.grade or cell.solution)
    }
    there = {cell.grade_id: position for position, cell in enumerate(own) if cell is not None}
    added = 0
    for number, cell in enumerate(source.cells):
        if not cell.grade or cell.grade_id in place:
            continue
        if number == 0:
            at, place[cell.grade_id] = 0, 0
        else:
            before = _before(source.cells[:number], place, there)
            at = 0 if before is None else before + added + 1
            place[cell.grade_id] = 0 if before is None else before
        cells.insert(at, _given_back(cell, settings))
        found.insert(at, cell)
        added += 1
    for cell in source.cells:
        if cell.task and cell.grade_id not in there:
            cells.append(_given_back(cell, settings))
            found.append(cell)
    return cells, found


def _before(
    earlier: Sequence[SourceCell], place: dict[str, int], there: dict[str, int]
) -> int | None:
    """Where the nearest earlier cell stood before anything was put back; None if none is left."""
    for cell in reversed(earlier):
        if cell.grade_id in place:
            return place[cell.grade_id]
        if cell.grade_id in there:
            return there[cell.grade_id]
    return None


def _given_back(cell: SourceCell, settings: StockSettings) -> Json:
    text = settings.missing_cell_notification.format(cell_id=cell.grade_id) + cell.source
    code = cell.cell_type == "code"
    metadata: Json = {"deletable": False, "nbgrader": marks_of(cell)}
    if not cell.solution:
        metadata["editable"] = False
    made: Json = {
        "cell_type": cell.cell_type,
        "id": None,
        "metadata": metadata,
        "source": f"# {text}" if code else text,
    }
    return made | {"execution_count": None, "outputs": []} if code else made
