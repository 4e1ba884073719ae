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
) -> tuple[list[Json], Own, bool]:
    """Cells, the course's cell that each is, and whether nbgrader would have known no place."""
    cells, found = list(cells), list(own)
    there = {cell.grade_id: place for place, cell in enumerate(own) if cell is not None}
    by_id = source.by_id
    # Of its places nbgrader knows those of answers and tests, as they were before anything came in.
    known = {name: at for name, at in there.items() if by_id[name].grade or by_id[name].solution}
    added, guessed = 0, False
    for number, cell in enumerate(source.cells):
        if not cell.grade or cell.grade_id in known:
            continue
        before = _before(source.cells[:number], known, there) if number else None
        guessed = guessed or (number > 0 and source.cells[number - 1].grade_id not in known)
        at = 0 if before is None else before + added + 1
        known[cell.grade_id] = before or 0
        cells.insert(at, _given_back(cell, settings))
        found.insert(at, cell)
        added += 1
    for cell in source.cells:
        if cell.task and cell.grade_id not in there:
            cells.append(_given_back(cell, settings))
            found.append(cell)
    return cells, found, guessed


def _before(
    earlier: Sequence[SourceCell], known: dict[str, int], there: dict[str, int]
) -> int | None:
    """Where the nearest earlier cell of the course stands; None if none is left."""
    places = known | there
    found = (places[cell.grade_id] for cell in reversed(earlier) if cell.grade_id in places)
    return next(found, None)


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
