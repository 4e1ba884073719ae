"""Our assignments in the gradebook: put there before anything is written about them."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from autograder import release
from autograder.errors import GradebookError
from autograder.gradebook.database import fault, shown
from autograder.gradebook.entry import Target
from autograder.gradebook.own import graded_cell
from autograder.model import Assignment, Course, Language

Points = frozenset[tuple[str, float]]  # ids of graded cells, with their points


def ensure(course: Course, slugs: Iterable[str], target: Target, lang: Language) -> list[str]:
    """Put assignments that are missing, or worth other points by now, into the gradebook.

    It is made where there is none.

    Returns:
        The assignments that were put there.

    Raises:
        ReleaseError: with what nbgrader says; it lets nobody add or remove cells once something
            was handed in.
        GradebookError: the database cannot be read, or the course has no name, without which
            nbgrader can only use SQLite.
    """
    known = _known(target.db_url)
    stale = [slug for slug in slugs if known.get(slug) != _points(course.assignments[slug])]
    if stale and not target.course_id and not target.db_url.startswith("sqlite"):
        raise GradebookError(
            f"the gradebook {shown(target.db_url)} needs the course's name: "
            "set CourseDirectory.course_id in nbgrader_config.py"
        )
    for slug in stale:
        with own_programs():
            release.register(course, slug, lang, target.db_url, target.course_id)
    return stale


def _points(assignment: Assignment) -> Points:
    return frozenset((graded_cell(task), float(task.points)) for task in assignment.tasks)


def _known(db_url: str) -> dict[str, Points]:
    """What the gradebook holds, by assignment. Nothing is made by looking."""
    from nbgrader.api import Assignment as Row
    from sqlalchemy import create_engine, inspect, make_url
    from sqlalchemy.exc import SQLAlchemyError
    from sqlalchemy.orm import Session

    try:
        url = make_url(db_url)
        if url.get_backend_name() == "sqlite" and not Path(url.database or "").is_file():
            return {}
        engine = create_engine(url)
        try:
            if not inspect(engine).has_table("assignment"):
                return {}
            with Session(engine) as session:
                return {str(row.name): _cells(row) for row in session.query(Row)}
        finally:
            engine.dispose()
    except (SQLAlchemyError, ImportError) as error:
        raise fault(db_url, error) from error


def _cells(row: Any) -> Points:
    return frozenset(
        (cell.name, float(cell.max_score)) for part in row.notebooks for cell in part.grade_cells
    )


@contextlib.contextmanager
def own_programs() -> Iterator[None]:
    """``alembic``, which nbgrader starts for a new database, is found beside our Python.

    Without this only where the virtual environment is active.
    """
    before = os.environ.get("PATH", os.defpath)
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), before])
    try:
        yield
    finally:
        os.environ["PATH"] = before
