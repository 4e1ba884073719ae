"""Marks from the course's nbgrader database: manual scores, extra credit and late penalties count.

The database is only read, through nbgrader's own tables (``nbgrader.api``), never created or
changed: nbgrader's ``Gradebook`` would do both on opening.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograder.errors import GradebookError
from autograder.export.marks import Mark, Marks, Person, check_known, mark

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

_SQLITE = "sqlite:///"
_UPGRADE = "if another version of nbgrader made it, run `nbgrader db upgrade` in the course"


def url_of(root: Path) -> str | None:
    """The database of the course in ``root``, if it has one: as its configuration says.

    Raises:
        CourseError: the configuration fails.
    """
    if not _has_one(root):
        return None
    from autograder.stock import config

    url: str = config.read(root).db_url
    if url.startswith(_SQLITE) and not Path(url.removeprefix(_SQLITE)).is_file():
        return None
    return url


def _has_one(root: Path) -> bool:
    """Whether it is worth the seconds that nbgrader takes to read the configuration."""
    if (root / "gradebook.db").is_file():
        return True
    file = root / "nbgrader_config.py"
    return file.is_file() and "db_url" in file.read_text(encoding="utf-8", errors="replace")


def from_gradebook(url: str, assignments: Sequence[str] = ()) -> Marks:
    """The marks of every submission in the database, of ``assignments`` only if any are named.

    They are empty where nothing was written yet.

    Raises:
        GradebookError: it cannot be read.
        UsageError: it has assignments, but none of such a name.
    """
    from autograder.gradebook.database import shown

    with reading(url, f"; {_UPGRADE}") as session:
        return _marks(session, f"the gradebook {shown(url)}", assignments)


@contextlib.contextmanager
def reading(url: str, cure: str = "") -> Iterator[Session]:
    """A session that can change nothing.

    Raises:
        GradebookError: the database cannot be read; ``cure`` ends the sentence.
    """
    from sqlalchemy import create_engine
    from sqlalchemy.exc import SQLAlchemyError
    from sqlalchemy.orm import Session

    from autograder.gradebook.database import shown

    try:
        engine = create_engine(_read_only(url))
        try:
            with Session(engine) as session:
                yield session
        finally:
            engine.dispose()
    except (SQLAlchemyError, ImportError) as error:
        reason = str(error).partition("\n")[0]
        raise GradebookError(
            f"the gradebook {shown(url)} cannot be read ({reason}){cure}"
        ) from error


def _read_only(url: str) -> str:
    """The address at which the same database cannot be changed, nor made where there is none."""
    if not url.startswith(_SQLITE):
        return url
    return f"{_SQLITE}{Path(url.removeprefix(_SQLITE)).resolve().as_uri()}?mode=ro&uri=true"


def _marks(session: Session, shown: str, asked: Sequence[str]) -> Marks:
    from nbgrader.api import Assignment, Student, SubmittedAssignment
    from sqlalchemy import select

    order = (Assignment.duedate, Assignment.name)
    found = session.scalars(select(Assignment).order_by(*order)).all()
    if found:
        check_known(asked, [str(one.name) for one in found], shown)
    kept = [one for one in found if not asked or one.name in asked]
    everyone = select(Student).order_by(Student.last_name, Student.first_name, Student.id)
    people = {one.id: _person(one) for one in session.scalars(everyone)}
    ids = {one.id: one.name for one in kept}
    submitted = select(SubmittedAssignment).where(SubmittedAssignment.assignment_id.in_(ids))
    parts = _parts(session)
    marks = {
        (one.student_id, ids[one.assignment_id]): _mark(one, parts.get(one.id, ()))
        for one in session.scalars(submitted)
    }
    return Marks(
        source=f"scores taken from {shown}, manual ones included",
        assignments={one.name: float(one.max_score) for one in kept},
        people=people,
        marks=marks,
        duedates={one.name: _text(one.duedate) for one in kept},
    )


def _person(student: Any) -> Person:
    names = (student.last_name, student.first_name, student.email)
    return Person(student.id, *(name or "" for name in names))


def _mark(one: Any, tasks: Sequence[tuple[str, float | None, float]]) -> Mark:
    needs = "to be marked by hand in the gradebook" if one.needs_manual_grade else ""
    made = mark(float(one.score), float(one.max_score), one.late_submission_penalty, needs, tasks)
    return Mark(**{**vars(made), "timestamp": _text(one.timestamp)})


def _parts(session: Session) -> dict[str, list[tuple[str, float | None, float]]]:
    """The graded cells of each submission: name, score and points."""
    from nbgrader.api import BaseCell, Grade, Notebook, SubmittedNotebook
    from sqlalchemy import select

    rows: Any = (
        select(SubmittedNotebook.assignment_id, Notebook.name, BaseCell.name, Grade)
        .join(SubmittedNotebook, Grade.notebook_id == SubmittedNotebook.id)
        .join(Notebook, SubmittedNotebook.notebook_id == Notebook.id)
        .join(BaseCell, Grade.cell_id == BaseCell.id)
        .order_by(Notebook.name, BaseCell.name)
    )
    found: dict[str, list[tuple[str, float | None, float]]] = {}
    for submission, notebook, cell, grade in session.execute(rows):
        score = None if grade.needs_manual_grade else float(grade.score)
        found.setdefault(submission, []).append((f"{notebook}.{cell}", score, grade.max_score))
    return found


def _text(moment: object) -> str:
    return "" if moment is None else str(moment)


def lacking(marks: Marks, results: Marks) -> Iterator[str]:
    """A line for each result that the gradebook does not have."""
    for student, assignment in results.marks:
        if assignment in marks.assignments and (student, assignment) not in marks.marks:
            yield f"{student}, {assignment}: in the results, but not in the gradebook"
