"""A student's notebook with the course's own cells put back: nbgrader's "sanitise" step.

In code of our own, because nbgrader's stops the whole class at a duplicate cell, asks the database
for every cell and takes a hundred times as long. Where it gives the same, so does this; where it
would fail, this goes on, and the reason is named (``Differs``).
"""

from __future__ import annotations

from collections.abc import Iterator

from autograder.model import Rejection
from autograder.notebook.refusals import Unreadable
from autograder.notebook.text import shown
from autograder.stock import marked
from autograder.stock.marked import Fate, Marks
from autograder.stock.missing import with_missing
from autograder.stock.model import (
    Differs,
    Json,
    Restored,
    SourceCell,
    SourceNotebook,
    Step,
    StockSettings,
)
from autograder.stock.notebook import clean_cell, document, is_id, parsed

_SKIP = "skip-execution"  # nbclient's tag for cells that are not to run


def restored(data: bytes, source: SourceNotebook, settings: StockSettings) -> Restored | Rejection:
    """The notebook as it is to be run, or why it cannot be read.

    A ``Rejection`` names no student: the caller knows whose notebook it is.
    """
    try:
        raw = parsed(data)
    except Unreadable as fault:
        return Rejection("", "", fault.reason)
    return _Restoring(source, settings).of(raw)


class _Restoring:
    """One notebook on its way."""

    def __init__(self, source: SourceNotebook, settings: StockSettings) -> None:
        self._source = source
        self._settings = settings
        self._by_id = source.by_id
        self._differs: dict[str, list[Differs]] = {}
        self._notes: list[str] = []

    def of(self, raw: Json) -> Restored:
        """The whole way."""
        found = self._cells(raw["cells"])
        cells = [cell for cell, _ in found]
        own = [source for _, source in found]
        if self._settings.add_missing_cells:
            cells, own, guessed = with_missing(cells, own, self._source, self._settings)
            if guessed:
                self._everywhere(Differs.DELETED)
        notebook = document(raw, cells, self._source.kernelspec)
        self._kernel(notebook)
        return Restored(
            notebook,
            tuple(_steps(cells, own)),
            frozenset(_unanswered(cells, own)),
            frozenset(one.grade_id for one in own if one is not None),
            {grade_id: tuple(dict.fromkeys(why)) for grade_id, why in self._differs.items()},
            tuple(self._notes),
        )

    def _cells(self, raw: list[Json]) -> list[tuple[Json, SourceCell | None]]:
        """Cleaned cells, each with the course's cell that it is. Of two with one id, the last."""
        seen: set[str] = set()
        found = []
        for position in range(len(raw) - 1, -1, -1):
            found.append(self._cell(raw[position], position, seen))
        return found[::-1]

    def _cell(self, raw: Json, position: int, seen: set[str]) -> tuple[Json, SourceCell | None]:
        marks, cell = Marks.of(raw), clean_cell(raw, position)
        own = self._by_id.get(marks.grade_id)
        if own is None:
            self._unknown(marks)
            return cell, None
        if own.grade_id in seen:
            self._twice(marks, own)
            return cell, None
        seen.add(own.grade_id)
        fate = Fate.NOTEBOOK if _unlike(raw, own) else marks.fate(own)
        if fate is not Fate.SAME:
            self._notes.append(f"{own.grade_id}: its nbgrader marks were changed; restored")
            moves = (own.grade or own.solution) != (marks.flag("grade") or marks.flag("solution"))
            if moves and self._settings.add_missing_cells:
                fate = Fate.NOTEBOOK  # nbgrader takes it for no place to put a missing cell after
            self._apart(fate, Differs.FLAGS, own)
        if own.is_test and _is_skipped(cell):
            self._notes.append(f"{own.grade_id}: tagged to be skipped; it runs all the same")
            self._apart(Fate.CELL, Differs.FLAGS, own)
        return marked.overwritten(cell, own), own

    def _unknown(self, marks: Marks) -> None:
        if marks.grade_id:
            self._notes.append(
                f"{shown(marks.grade_id)}: the course has no such cell; left unmarked"
            )
        fate = marks.fate_unknown()
        if marks.given is not None and self._settings.add_missing_cells:
            fate = Fate.NOTEBOOK  # nbgrader then asks every marked cell for its id
        self._apart(fate, Differs.FLAGS)

    def _twice(self, marks: Marks, own: SourceCell) -> None:
        self._notes.append(f"{own.grade_id}: there twice; the last one counts")
        self._apart(marks.fate_twice(own), Differs.DUPLICATE, own)

    def _apart(self, fate: Fate, why: Differs, own: SourceCell | None = None) -> None:
        """Name why nbgrader gives something else."""
        if fate is Fate.NOTEBOOK:
            self._everywhere(why)
        elif fate is Fate.CELL and own is not None:
            self._differs.setdefault(own.grade_id, []).append(why)

    def _everywhere(self, why: Differs) -> None:
        """nbgrader gives no cell of such a notebook a score."""
        for cell in self._source.cells:
            if cell.grade or cell.task:
                self._differs.setdefault(cell.grade_id, []).append(why)

    def _kernel(self, notebook: Json) -> None:
        spec = notebook["metadata"].get("kernelspec", {})
        language = notebook["metadata"].get("language_info", {}).get("name")
        language = spec.get("language") or (None if self._source.kernelspec else language)
        name = language or spec.get("name") or "python"
        if not str(name).lower().startswith(("python", "ipython")):
            self._notes.append(f"kernel {shown(str(name))}: run as Python all the same")
            self._everywhere(Differs.KERNEL)


def _is_skipped(cell: Json) -> bool:
    return _SKIP in cell["metadata"].get("tags", ())


def _unlike(raw: Json, own: SourceCell) -> bool:
    """Whether nbgrader fails at giving the cell its kind back: it then checks the cell whole."""
    if raw["cell_type"] == own.cell_type:
        return False
    surplus = own.cell_type == "code" and "attachments" in raw
    return surplus or not is_id(raw.get("id"))


def _steps(cells: list[Json], own: list[SourceCell | None]) -> Iterator[Step]:
    number = 0
    for position, (cell, source) in enumerate(zip(cells, own, strict=True)):
        if cell["cell_type"] != "code":
            continue
        number += 1
        test = source if source is not None and source.is_test else None
        if test is not None or not _is_skipped(cell):
            yield Step(position, number, cell["source"], test)


def _unanswered(cells: list[Json], own: list[SourceCell | None]) -> Iterator[str]:
    for cell, source in zip(cells, own, strict=True):
        if source is None or not source.solution or not source.checksum:
            continue
        if marked.checksum(cell["source"], source) == source.checksum:
            yield source.grade_id
