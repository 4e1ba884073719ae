"""One submission after the other into the gradebook, each wholly or not at all."""

from __future__ import annotations

import math
from types import TracebackType
from typing import Any

from nbgrader.api import InvalidEntry, MissingEntry, Student
from sqlalchemy import select
from sqlalchemy.exc import (
    DataError,
    DBAPIError,
    IntegrityError,
    SQLAlchemyError,
    StatementError,
)

from autograder.gradebook import database, late
from autograder.gradebook.entry import CellGrade, Entry, Refused, Target, Written
from autograder.gradebook.refusal import Refusal
from autograder.gradebook.rows import Cells, Rows, rows_of

_TRIES = 3
_AGAIN = (
    "40001",
    "40P01",
)  # PostgreSQL ends one of two transactions that stand in each other's way


class Writer:
    """The one writer of a gradebook: a context manager.

    Raises:
        GradebookError: the database is not there, or cannot be written.
    """

    def __init__(self, target: Target) -> None:
        self._target = target
        self._gradebook = database.opened(target)
        self._cells: dict[str, Cells] = {}

    def __enter__(self) -> Writer:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._gradebook.close()

    def write(self, entry: Entry) -> Written | Refused:
        """Write one submission in one transaction.

        Raises:
            GradebookError: the database cannot be written; it holds what it held before.
        """
        for left in reversed(range(_TRIES)):
            try:
                return self._whole(entry)
            except (SQLAlchemyError, UnicodeError, MissingEntry, InvalidEntry, Refusal) as error:
                self._undo()
                if left and _passes(error):
                    continue
                if not _is_about_one(error):
                    raise database.fault(self._target.db_url, error) from error
                return Refused(entry.student, entry.assignment, _said(error))
            except BaseException:
                self._undo()
                raise
        raise AssertionError("the last try returns or raises")

    def _whole(self, entry: Entry) -> Written:
        _check(entry)
        self._admit(entry.student)
        cells = self._cells_of(entry.assignment)
        rows = rows_of(self._gradebook, cells, entry)
        _fill(rows, entry)
        db = self._gradebook.db
        db.flush()
        late.assign(db, rows, entry, self._target.late)
        written = _written(db, rows, entry)
        db().commit_all()
        self._forget(rows, cells)
        return written

    def _admit(self, student: str) -> None:
        """Find or make the student. Another grader has to wait from here on."""
        if self._target.create_student:
            self._gradebook.update_or_create_student(student)
            self._gradebook.db.flush()
        else:
            try:
                self._gradebook.find_student(student)
            except MissingEntry as error:
                raise Refusal(
                    "the gradebook knows no such student, and Autograde.create_student is off"
                ) from error

        self._gradebook.db.execute(select(Student.id).filter_by(id=student).with_for_update())

    def _cells_of(self, name: str) -> Cells:
        if name not in self._cells:
            try:
                assignment = self._gradebook.find_assignment(name)
            except MissingEntry as error:
                raise Refusal(f"the gradebook has no assignment {name}") from error
            self._cells[name] = Cells.of(assignment)
        return self._cells[name]

    def _forget(self, rows: Rows, cells: Cells) -> None:
        """Rows are read anew next time: others may have changed them. The cells stay."""
        db = self._gradebook.db
        student = rows.submission.student
        for row in (*rows.made, student):
            db.expunge(row)
        for owner in (cells.assignment, *cells.assignment.notebooks):
            db.expire(owner, ["submissions"])

    def _undo(self) -> None:
        self._cells.clear()
        self._gradebook.db.remove()


def _check(entry: Entry) -> None:
    for grade in entry.grades:
        if grade.auto_score is not None and not math.isfinite(grade.auto_score):
            raise Refusal(f"the score of {grade.grade_id} is no number")


def _fill(rows: Rows, entry: Entry) -> None:
    """Automatic scores and comments. What ``entry`` does not name loses its earlier ones.

    So do penalties, which are assigned once the scores are known.
    """
    grades = {(one.notebook, one.grade_id): one for one in entry.grades}
    comments = {(one.notebook, one.grade_id): one for one in entry.comments}
    unknown = [*(set(grades) - set(rows.grades)), *(set(comments) - set(rows.comments))]
    unknown += [(name, "") for name in set(entry.missing) - set(rows.notebooks)]
    if unknown:
        named = ", ".join(sorted("/".join(filter(None, key)) for key in unknown))
        raise Refusal(f"the gradebook has no cell for {named}: release the assignment again")
    for key, row in rows.grades.items():
        score, needs = _decided(grades.get(key), row.manual_score)
        if key[0] in entry.missing:
            score, needs = 0.0, False
        _put(row, auto_score=score, needs_manual_grade=needs)
    for key, row in rows.comments.items():
        comment = comments.get(key)
        _put(row, auto_comment=comment.auto_comment if comment else None)
    for notebook in rows.notebooks.values():
        _put(notebook, late_submission_penalty=None)


def _decided(grade: CellGrade | None, manual_score: float | None) -> tuple[float | None, bool]:
    """The automatic score, and whether a person has to look.

    A person who gave another score looks again, as nbgrader has it.
    """
    if grade is None or grade.auto_score is None:
        return None, True
    return grade.auto_score, grade.needs_manual_grade or manual_score is not None


def _put(row: Any, **values: object) -> None:
    """Set what differs: a row that is only touched costs as much as one that is written."""
    for name, value in values.items():
        if getattr(row, name) != value:
            setattr(row, name, value)


def _written(db: Any, rows: Rows, entry: Entry) -> Written:
    penalties = [one.late_submission_penalty for one in rows.notebooks.values()]
    given = [float(one) for one in penalties if one is not None]
    return Written(
        student=entry.student,
        assignment=entry.assignment,
        score=sum(late.scores(db, rows).values()),
        late_penalty=sum(given) if given else None,
        needs_manual_grade=any(row.needs_manual_grade for row in rows.grades.values()),
    )


# ---------------------------------------------------------------- what went wrong


def _passes(error: Exception) -> bool:
    """Whether it may go well the next time: another program was in the way, and is through."""
    if isinstance(error, IntegrityError | InvalidEntry):
        return True  # the same student or submission was added from elsewhere
    if not isinstance(error, DBAPIError):
        return False
    return error.connection_invalidated or getattr(error.orig, "sqlstate", "") in _AGAIN


def _is_about_one(error: Exception) -> bool:
    """Whether other submissions can still be written."""
    if isinstance(error, DBAPIError):
        return isinstance(error, IntegrityError | DataError)
    return isinstance(error, StatementError | UnicodeError | ValueError | Refusal)


def _said(error: Exception) -> str:
    return str(getattr(error, "orig", None) or error).strip().partition("\n")[0]
