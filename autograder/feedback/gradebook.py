"""What people gave in the course's nbgrader database: points and comments. It is only read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from autograder.export.gradebook import reading
from autograder.feedback.marks import Mark, Marks

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

Row = tuple[str, str, str, str]  # student, assignment, notebook, cell
_CHECK = "-check"  # what the graded cell of a task is called, see release/cells


def read(url: str, *, own: bool) -> dict[tuple[str, str], Marks]:
    """The marks of each student and assignment that has any.

    Args:
        own: the course has tasks of ours, each one or two cells of one notebook; else the cells are
            tests of their notebook.

    Raises:
        GradebookError: the database cannot be read.
    """
    with reading(url) as session:
        return _by_submission(dict(_points(session)), dict(_comments(session)), own=own)


def _by_submission(
    points: Mapping[Row, Mark], comments: Mapping[Row, str], *, own: bool
) -> dict[tuple[str, str], Marks]:
    found: dict[tuple[str, str], dict[tuple[str, str], Mark]] = defaultdict(dict)
    for row in {**points, **comments}:
        student, assignment, notebook, cell = row
        key = (cell.removesuffix(_CHECK), "") if own else (notebook, cell)
        marks = found[student, assignment]
        marks[key] = _joined(marks.get(key, Mark()), points.get(row, Mark()), comments.get(row, ""))
    return dict(found)


def _joined(one: Mark, other: Mark, comment: str) -> Mark:
    """Two cells of one task: the points of either, both comments."""
    return Mark(
        other.points if one.points is None else one.points,
        one.extra + other.extra,
        "\n".join(filter(None, (one.comment, comment))),
    )


def _points(session: Session) -> Iterator[tuple[Row, Mark]]:
    from nbgrader.api import Grade
    from sqlalchemy import or_

    given = or_(Grade.manual_score.is_not(None), Grade.extra_credit.is_not(None))
    for row, manual, extra in _rows(session, Grade, Grade.manual_score, Grade.extra_credit, given):
        yield row, Mark(None if manual is None else float(manual), float(extra or 0.0))


def _comments(session: Session) -> Iterator[tuple[Row, str]]:
    from nbgrader.api import Comment

    said: Any = Comment.manual_comment
    for row, text, _ in _rows(session, Comment, said, said, said.is_not(None)):
        yield row, str(text)


def _rows(
    session: Session, kind: Any, first: Any, second: Any, condition: Any
) -> Iterator[tuple[Row, Any, Any]]:
    from nbgrader.api import (
        Assignment,
        BaseCell,
        Notebook,
        SubmittedAssignment,
        SubmittedNotebook,
    )
    from sqlalchemy import select

    query = (
        select(
            SubmittedAssignment.student_id, Assignment.name, Notebook.name, BaseCell.name,
            first.label("first"), second.label("second"),
        )
        .select_from(kind)
        .join(BaseCell, kind.cell_id == BaseCell.id)
        .join(SubmittedNotebook, kind.notebook_id == SubmittedNotebook.id)
        .join(Notebook, SubmittedNotebook.notebook_id == Notebook.id)
        .join(SubmittedAssignment, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        .join(Assignment, SubmittedAssignment.assignment_id == Assignment.id)
        .where(condition)
    )  # fmt: skip
    for student, assignment, notebook, cell, one, other in session.execute(query):
        yield (student, assignment, notebook, cell), one, other
