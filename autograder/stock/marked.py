"""nbgrader's marks on a cell: what a student's notebook says they are, and what the course says."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import Enum

from autograder.stock.model import Json, SourceCell

SCHEMA = 3
_KEYS = {"schema_version", "grade", "locked", "solution", "task", "grade_id", "points"}
_KEYS |= {"checksum", "cell_type"}


def checksum(source: str, own: SourceCell) -> str:
    """nbgrader's checksum of a cell that has this text and the course's marks.

    It is the MD5 sum of the text, the kind, the three flags, the id and, of a graded cell, the
    points. See ``nbgrader.utils.compute_checksum``.
    """
    parts = [source, own.cell_type, str(own.grade), str(own.solution), str(own.locked)]
    parts.append(own.grade_id)
    if own.grade:
        parts.append(str(float(own.points)))
    text = "".join(parts).encode("utf-8", "surrogatepass")
    return hashlib.md5(text, usedforsecurity=False).hexdigest()


def marks_of(own: SourceCell) -> Json:
    """The marks that the course gives a cell."""
    marks: Json = {
        "cell_type": own.cell_type,
        "grade": own.grade,
        "grade_id": own.grade_id,
        "locked": own.locked,
        "schema_version": SCHEMA,
        "solution": own.solution,
        "task": own.task,
    }
    if own.checksum:
        marks["checksum"] = own.checksum
    if own.grade or own.task:
        marks["points"] = own.points
    return marks


def overwritten(cell: Json, own: SourceCell) -> Json:
    """A student's cell with the kind, the marks and, if it is locked, the text of the course's."""
    found = dict(cell)
    found["cell_type"] = own.cell_type
    if own.cell_type == "code":
        found.pop("attachments", None)
        found |= {"outputs": [], "execution_count": None}
    else:
        found.pop("outputs", None)
        found.pop("execution_count", None)
    found["metadata"] = cell["metadata"] | {"nbgrader": marks_of(own)}
    if own.locked:
        found["source"] = own.source
    return found


class Fate(Enum):
    """What nbgrader makes of a student's marks that we replace by the course's."""

    SAME = "same"  # the same as we do
    CELL = "cell"  # it judges this cell by the student's marks
    NOTEBOOK = "notebook"  # it gives no cell of the notebook a score


@dataclass(frozen=True)
class Marks:
    """What a student's notebook says about one cell: anything at all.

    Args:
        grade_id: "" for a cell that has none.
        given: the marks themselves; None for a cell without.
        malformed: ``nbgrader`` is there, but is no object; or its id is no text.
    """

    grade_id: str
    given: Json | None
    malformed: bool = False

    @classmethod
    def of(cls, cell: Json) -> Marks:
        """The marks of a cell as a student handed it in."""
        metadata = cell.get("metadata", {})
        if not isinstance(metadata, dict):
            return cls("", None, malformed=True)
        given = metadata.get("nbgrader")
        if not isinstance(given, dict):
            return cls("", None, malformed="nbgrader" in metadata)
        grade_id = given.get("grade_id", "")
        named = isinstance(grade_id, str)
        return cls(grade_id if named else "", given, malformed=not named)

    def flag(self, name: str) -> bool:
        """Whether ``grade``, ``solution``, ``locked`` or ``task`` is set."""
        return bool(self.given and self.given.get(name, False))

    @property
    def flagged(self) -> bool:
        """Whether nbgrader looks at the cell when it looks for duplicates."""
        return self.flag("grade") or self.flag("solution") or self.flag("locked")

    def fate(self, own: SourceCell) -> Fate:
        """Of the cell that counts as the course's cell ``own``."""
        if not self._is_valid(own):
            return Fate.NOTEBOOK
        grade, solution, task = map(self.flag, ("grade", "solution", "task"))
        markdown = own.cell_type == "markdown"
        if (task and not markdown) or (not task and markdown and grade != solution):
            return Fate.NOTEBOOK
        if (grade, solution) == (own.grade, own.solution):
            return Fate.CELL if task and not own.task else Fate.SAME
        if own.locked or (grade and not own.grade and not own.task):
            return Fate.NOTEBOOK
        return Fate.CELL

    def fate_twice(self, own: SourceCell) -> Fate:
        """Of a cell when one further down bears the same id."""
        if self.flagged or own.locked or not self._is_valid(own):
            return Fate.NOTEBOOK
        return Fate.SAME

    def fate_unknown(self) -> Fate:
        """Of a cell that the course does not have: nbgrader takes its id away."""
        if self.malformed or (self.given is not None and (self.flagged or not self._is_valid())):
            return Fate.NOTEBOOK
        return Fate.SAME

    def _is_valid(self, own: SourceCell | None = None) -> bool:
        """Whether nbgrader's schema takes the marks, once it has set right what it sets right."""
        given = self.given or {}
        version = given.get("schema_version")
        if type(version) is not int or version != SCHEMA or not _KEYS.issuperset(given):
            return False
        flags = [given.get(name) for name in ("grade", "locked", "solution")]
        flags.append(given.get("task", False))
        kind = given.get("cell_type", "code")
        if any(type(flag) is not bool for flag in flags) or not isinstance(kind, str):
            return False
        if kind not in ("raw", "code", "markdown") or not self._has_valid_points(own):
            return False
        check = given.get("checksum", "0" * 32)
        return own is not None or (isinstance(check, str) and len(check) == 32)

    def _has_valid_points(self, own: SourceCell | None) -> bool:
        """Points of a graded cell are set right, if they are a number at all."""
        assert self.given is not None
        graded = own is not None and self.flag("grade")
        points = self.given.get("points", None if graded else 0)
        if graded and own is not None and _number(points) not in (None, own.points):
            return True
        if isinstance(points, bool) or not isinstance(points, int | float):
            return False
        return points >= 0


def _number(value: object) -> float | None:
    """What ``float`` makes of a mark."""
    try:
        return float(value) if isinstance(value, int | float | str) else None
    except (ValueError, OverflowError):
        return None
