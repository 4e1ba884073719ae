"""nbgrader's marks on a cell: what a student's notebook says they are, and what the course says."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import Any

from autograder.stock.model import Json, SourceCell

SCHEMA = 3
_KEYS = {"schema_version", "grade", "locked", "solution", "task", "grade_id", "points"}
_KEYS |= {"checksum", "cell_type"}
_ID = re.compile(r"[a-zA-Z0-9_\-]*$")  # a line end may follow, as in nbgrader's pattern


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


@dataclass(frozen=True)
class Marks:
    """What a student's notebook says about one cell: anything at all.

    Args:
        grade_id: "" for a cell that has none.
        given: the marks themselves; None for a cell without.
    """

    grade_id: str
    given: dict[str, Any] | None
    malformed: bool = False  # ``nbgrader`` is there, but is no object

    @classmethod
    def of(cls, cell: Json) -> Marks:
        """The marks of a cell as a student handed it in."""
        metadata = cell.get("metadata")
        given = metadata.get("nbgrader") if isinstance(metadata, dict) else None
        if not isinstance(given, dict):
            there = isinstance(metadata, dict) and "nbgrader" in metadata
            return cls("", None, there)
        grade_id = given.get("grade_id")
        return cls(grade_id if isinstance(grade_id, str) else "", given)

    def stock_fails(self, own: SourceCell) -> bool:
        """Whether nbgrader gives the whole notebook no score for what these marks say."""
        assert self.given is not None
        flags = [bool(self.given.get(name, False)) for name in ("grade", "solution", "task")]
        if flags != [own.grade, own.solution, own.task]:
            return not self._harmless(own, *flags)
        return not self._is_valid() or (own.grade and "points" not in self.given)

    def _harmless(self, own: SourceCell, grade: bool, solution: bool, task: bool) -> bool:
        """Some flags change nothing that nbgrader looks at, and nothing of the score."""
        return False

    def stock_fails_unknown(self) -> bool:
        """The same of a cell that the course does not have: nbgrader takes its id away."""
        if self.given is None:
            return self.malformed
        flags = (self.given.get(name) for name in ("grade", "solution", "locked"))
        return not self._is_valid() or any(flags)

    def stock_fails_twice(self, own: SourceCell) -> bool:
        """The same of a cell whose id another cell further down has."""
        return True

    def _is_valid(self) -> bool:
        """Whether nbgrader's schema takes the marks."""
        given = self.given or {}
        version = given.get("schema_version")
        if type(version) is not int or version != SCHEMA or not _KEYS.issuperset(given):
            return False
        if any(type(given.get(name)) is not bool for name in ("grade", "locked", "solution")):
            return False
        points, check = given.get("points", 0), given.get("checksum", "0" * 32)
        return (
            type(given.get("task", False)) is bool
            and isinstance(given.get("grade_id", ""), str)
            and _ID.match(given.get("grade_id", "")) is not None
            and type(points) in (int, float)
            and points >= 0
            and isinstance(check, str)
            and len(check) == 32
            and given.get("cell_type", "code") in ("raw", "code", "markdown")
        )
