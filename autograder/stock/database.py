"""What a gradebook keeps of the course's own notebooks. Nothing is written, nor created."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from autograder.errors import CourseError, Problem
from autograder.stock import config
from autograder.stock.model import CellType, Regions, SourceCell, SourceNotebook


def read(
    db_url: str, names: Sequence[str], regions: Regions
) -> dict[str, tuple[SourceNotebook, ...]]:
    """The notebooks of the assignments called ``names`` that the gradebook has.

    Their cells come in the order in which they were saved, which is the notebook's.

    Raises:
        CourseError: the database cannot be read.
    """
    with _session(db_url) as session:
        if session is None:
            return {}
        from nbgrader.api import Assignment

        found = session.query(Assignment).filter(Assignment.name.in_(names)).all()
        return {
            one.name: tuple(_notebook(notebook, regions) for notebook in one.notebooks)
            for one in found
        }


def names(db_url: str) -> list[str]:
    """The assignments that the gradebook has.

    Raises:
        CourseError: the database cannot be read.
    """
    with _session(db_url) as session:
        if session is None:
            return []
        from nbgrader.api import Assignment

        return [str(name) for (name,) in session.query(Assignment.name).all()]


@contextmanager
def _session(db_url: str) -> Iterator[Any]:
    """A session of the database, or None where there is none yet."""
    import sqlalchemy
    from sqlalchemy.exc import SQLAlchemyError
    from sqlalchemy.orm import Session

    try:
        url = sqlalchemy.make_url(db_url)
        if url.get_backend_name() == "sqlite" and not Path(url.database or "").is_file():
            yield None
            return
        engine = sqlalchemy.create_engine(url)
    except (SQLAlchemyError, ImportError) as error:
        raise _unreadable(_shown(db_url), error) from error
    try:
        if not sqlalchemy.inspect(engine).has_table("assignment"):
            yield None
            return
        with Session(engine) as session:
            yield session
    except SQLAlchemyError as error:
        raise _unreadable(_shown(db_url), error) from error
    finally:
        engine.dispose()


def _shown(db_url: str) -> str:
    """The URL without its password."""
    scheme, _, rest = db_url.partition("://")
    return f"{scheme}://{rest.rpartition('@')[2]}"


def _unreadable(place: str, error: Exception) -> CourseError:
    said = str(error).splitlines()[0] if str(error) else type(error).__name__
    cure = f"{said}; after an update of nbgrader, run `nbgrader db upgrade`"
    return CourseError([Problem(place, "the gradebook cannot be read", cure)])


def _notebook(notebook: Any, regions: Regions) -> SourceNotebook:
    points = {cell.name: cell.max_score for cell in notebook.grade_cells}
    tasks = {cell.name: cell.max_score for cell in notebook.task_cells}
    solutions = {cell.name for cell in notebook.solution_cells}
    cells = tuple(
        SourceCell(
            grade_id=cell.name,
            cell_type=cell.cell_type,
            source=cell.source or "",
            released=released(cell.source or "", cell.cell_type, regions, cell.name),
            grade=cell.name in points,
            solution=cell.name in solutions,
            locked=bool(cell.locked),
            task=cell.name in tasks,
            points=float(points.get(cell.name, tasks.get(cell.name, 0.0))),
            checksum=cell.checksum or "",
        )
        for cell in notebook.source_cells
    )
    return SourceNotebook(notebook.name, cells, _kernelspec(notebook.kernelspec))


def _kernelspec(text: str | None) -> Mapping[str, Any]:
    found = json.loads(text or "{}")
    return found if isinstance(found, dict) else {}


def released(source: str, cell_type: CellType, regions: Regions, name: str) -> str:
    """``source`` as students got it: by nbgrader's own hand, without what is marked hidden.

    Raises:
        CourseError: a mark has no partner; what is hidden is not known then.
    """
    marks = (*regions.hidden, *regions.scheme)
    if not any(mark in source for mark in marks):
        return source
    from nbformat import NotebookNode
    from nbgrader.preprocessors import ClearHiddenTests, ClearMarkScheme

    cell = config.made(NotebookNode, cell_type=cell_type, source=source, metadata={})
    (begin, end), (opening, closing) = regions.hidden, regions.scheme
    hidden = config.made(
        ClearHiddenTests, begin_test_delimeter=begin, end_test_delimeter=end, enforce_metadata=False
    )
    scheme = config.made(
        ClearMarkScheme,
        begin_mark_scheme_delimeter=opening,
        end_mark_scheme_delimeter=closing,
        enforce_metadata=False,
        check_attachment_leakage=False,
    )
    try:
        for clear in (hidden, scheme):
            cell, _ = clear.preprocess_cell(cell, {}, 0)
    except RuntimeError as error:
        raise CourseError([Problem("the gradebook", name, str(error))]) from error
    return str(cell.source)
