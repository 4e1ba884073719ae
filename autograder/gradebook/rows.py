"""The rows of one submission in a gradebook, found or made through nbgrader's own methods."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from nbgrader.api import Comment, Grade, SubmittedNotebook
from sqlalchemy import select
from sqlalchemy.orm import load_only

from autograder.gradebook.entry import Entry


@dataclass(frozen=True)
class Cells:
    """The cells of an assignment, read once: what they are called, by the database's own id.

    Holds nbgrader's objects, so that its session finds them again without asking the database.
    """

    assignment: Any
    names: dict[str, str]

    @classmethod
    def of(cls, assignment: Any) -> Cells:
        """Read those of ``assignment``."""
        kinds = ("grade_cells", "solution_cells", "task_cells")
        notebooks = assignment.notebooks
        cells = [cell for one in notebooks for kind in kinds for cell in getattr(one, kind)]
        return cls(assignment, {cell.id: cell.name for cell in cells})


Key = tuple[str, str]  # notebook and grade id


@dataclass(frozen=True)
class Rows:
    """What the gradebook holds of one submission."""

    submission: Any
    notebooks: dict[str, Any]
    grades: dict[Key, Any]
    comments: dict[Key, Any]

    @property
    def made(self) -> tuple[Any, ...]:
        """Every object that belongs to this submission alone."""
        parts = (self.notebooks, self.grades, self.comments)
        return (self.submission, *(one for part in parts for one in part.values()))


def rows_of(gradebook: Any, cells: Cells, entry: Entry) -> Rows:
    """The rows of ``entry``'s submission; made with all its grades and comments if it is new.

    Until the transaction ends nobody else can change them.
    """
    when = {} if entry.timestamp is None else {"timestamp": entry.timestamp}
    submission = gradebook.update_or_create_submission(entry.assignment, entry.student, **when)
    if submission in gradebook.db.new:
        notebooks = submission.notebooks
        grades = [(one, row) for one in notebooks for row in one.grades]
        comments = [(one, row) for one in notebooks for row in one.comments]
    else:
        chosen = select(SubmittedNotebook).filter_by(assignment_id=submission.id)
        notebooks = gradebook.db.scalars(chosen).all()
        by_id = {one.id: one for one in notebooks}
        grades = [(by_id[row.notebook_id], row) for row in _locked(gradebook, Grade, by_id)]
        comments = [(by_id[row.notebook_id], row) for row in _locked(gradebook, Comment, by_id)]
    return Rows(
        submission,
        {one.notebook.name: one for one in notebooks},
        {(one.notebook.name, cells.names[row.cell_id]): row for one, row in grades},
        {(one.notebook.name, cells.names[row.cell_id]): row for one, row in comments},
    )


_COLUMNS = {
    Grade: ("notebook_id", "cell_id", "auto_score", "manual_score", "needs_manual_grade"),
    Comment: ("notebook_id", "cell_id", "auto_comment"),
}


def _locked(gradebook: Any, kind: Any, notebooks: dict[str, Any]) -> Any:
    """The rows of these notebooks; where the database locks single rows, these are."""
    columns = [getattr(kind, name) for name in _COLUMNS[kind]]
    chosen = select(kind).where(kind.notebook_id.in_(notebooks)).options(load_only(*columns))
    return gradebook.db.scalars(chosen.with_for_update(of=kind)).all()
