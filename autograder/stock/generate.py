"""nbgrader's own ``generate_assignment`` on a copy of an assignment, in a throw-away course."""

from __future__ import annotations

import logging
import shutil
from pathlib import Path
from typing import Any

from autograder.errors import CourseError, Problem
from autograder.gradebook.registered import own_programs
from autograder.release import Said
from autograder.stock import config
from autograder.stock.model import StockSettings


def generate(settings: StockSettings, name: str, folder: Path, db_url: str) -> None:
    """Save what the source notebooks of ``name`` hold into the gradebook at ``db_url``.

    AUTOTEST lines are expanded by running the notebook in a kernel, in the copy.

    Args:
        folder: an empty folder for the copy, and for the student version that nbgrader makes.

    Raises:
        CourseError: with what nbgrader says.
    """
    from nbgrader.converters import GenerateAssignment, NbGraderException
    from nbgrader.coursedir import CourseDirectory

    source = config.path_of(settings, settings.source, ".", name)
    shutil.copytree(source, folder / "source" / name, dirs_exist_ok=True)
    given, log, said = _config(settings, name, folder, db_url), config.quiet(), Said()
    log.addHandler(said)
    log.setLevel(logging.ERROR)
    try:
        directory = CourseDirectory(config=given, log=log)
        with config.importable(settings.root), own_programs():
            GenerateAssignment(coursedir=directory, config=given, log=log).start()
    except (NbGraderException, SystemExit) as error:
        reason = _reason(said.lines) or str(error)
        raise CourseError([Problem(str(source), "nbgrader refuses it", reason)]) from error


def _config(settings: StockSettings, name: str, folder: Path, db_url: str) -> Any:
    """The course's configuration, with all places those of the copy."""
    given = config.without_hooks(config.loaded(settings.root))
    given.pop("CourseDirectory", None)
    given.CourseDirectory.root = str(folder)
    given.CourseDirectory.assignment_id = name
    given.CourseDirectory.db_url = db_url
    given.CourseDirectory.course_id = settings.course_id
    given.CourseDirectory.ignore = list(settings.ignore)
    for notebook in ("header", "footer"):
        if notebook in given.IncludeHeaderFooter:
            path = given.IncludeHeaderFooter[notebook]
            given.IncludeHeaderFooter[notebook] = str(settings.root / path) if path else ""
    templates = given.InstantiateTests.get("autotest_filename", "autotests.yml")
    if (settings.root / templates).is_file():
        shutil.copy(settings.root / templates, folder / Path(templates).name)
    return given


def _reason(lines: list[str]) -> str:
    """The last line of each of the first messages: of a traceback, what went wrong."""
    last = (line.strip().rpartition("\n")[2] for line in lines[:3])
    return "; ".join(dict.fromkeys(filter(None, last)))
