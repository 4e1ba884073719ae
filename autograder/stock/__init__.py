"""Courses as nbgrader knows them: their tests sit in cells of the notebook.

The same scores as ``nbgrader autograde``, but a test cell is evaluated in the trusted process,
where the names that the student defined stand for what lives in the sandbox. nbgrader itself, slow
to import, is only loaded by what needs it.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from autograder.farm import Watch
    from autograder.run import Options, Report
    from autograder.stock.model import Inspected

__all__ = ["as_json", "grade", "inspect", "is_course", "lines"]


def is_course(folder: Path) -> bool:
    """Whether ``folder`` holds a course made for nbgrader, and none of our own."""
    from autograder.stock import config

    return config.is_course(folder)


def grade(options: Options, watch: Watch) -> Report:
    """Grade what changed in the course ``options.root``; see ``stock.run``."""
    from autograder.stock import run

    return run.grade(options, watch)


def inspect(root: Path, assignments: Sequence[str] = ()) -> list[Inspected]:
    """What will happen to each test cell; see ``stock.inspection``."""
    from autograder.stock import inspection

    return inspection.inspect(root, assignments)


def lines(cells: Sequence[Inspected]) -> list[str]:
    """The same as lines of text."""
    from autograder.stock import inspection

    return inspection.lines(cells)


def as_json(cells: Sequence[Inspected]) -> str:
    """And as a JSON document."""
    from autograder.stock import inspection

    return inspection.as_json(cells)
