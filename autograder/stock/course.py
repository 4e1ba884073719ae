"""The assignments of an nbgrader course, from its gradebook and its ``source/``. Read only.

What the gradebook keeps of an assignment is what nbgrader grades by: it is the truth here as well.
An assignment that was never released is released into a throw-away gradebook, by nbgrader itself.
"""

from __future__ import annotations

import json
import tempfile
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from autograder.errors import CourseError, Problem
from autograder.stock import config, database
from autograder.stock.generate import generate
from autograder.stock.model import Json, SourceNotebook, StockAssignment, StockSettings
from autograder.stock.submitted import submissions, submitted_assignments

__all__ = ["load", "names", "register", "submissions"]


def load(settings: StockSettings, names: Sequence[str] = ()) -> dict[str, StockAssignment]:
    """The assignments called ``names``, those that exist; without names, those handed in.

    Raises:
        CourseError: the gradebook or a source notebook cannot be read; all mistakes found.
    """
    wanted = list(dict.fromkeys(names)) or submitted_assignments(settings)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # nbgrader's and nbformat's own, at import and later
        known = database.read(settings.db_url, wanted, settings.regions)
        found, problems = dict[str, StockAssignment](), list[Problem]()
        for name in wanted:
            try:
                assignment = _assignment(settings, name, known.get(name))
            except CourseError as error:
                problems += error.problems
            else:
                found |= {name: assignment} if assignment else {}
    if problems:
        raise CourseError(problems)
    return found


def names(settings: StockSettings) -> list[str]:
    """Every assignment that the course has a source of, that was released, or handed in; sorted.

    Raises:
        CourseError: the gradebook cannot be read.
    """
    pattern = config.path_of(settings, settings.source, ".", "*").relative_to(settings.root)
    sources = [path.name for path in settings.root.glob(str(pattern)) if any(path.glob("*.ipynb"))]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # nbgrader's own, at import
        released = database.names(settings.db_url)
    return sorted({*sources, *released, *submitted_assignments(settings)})


def register(settings: StockSettings, assignment: StockAssignment) -> None:
    """Put an assignment that the gradebook lacks into it, as ``nbgrader generate_assignment`` does.

    The student version that it makes is thrown away.

    Raises:
        CourseError: with what nbgrader says.
    """
    if assignment.registered:
        return
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        generate(settings, assignment.name, Path(folder), settings.db_url)


def _assignment(
    settings: StockSettings, name: str, cells: Sequence[SourceNotebook] | None
) -> StockAssignment | None:
    notes: tuple[str, ...] = ()
    folder = config.path_of(settings, settings.source, ".", name)
    registered = cells is not None
    if cells is None:
        if not any(folder.glob("*.ipynb")):
            return None
        cells = _unreleased(settings, name)
        notes = (f"{name} is not in the gradebook: it is taken from {settings.source}/",)
    _check_language(name, cells)
    completed = {one.name: _completed(settings, folder, one) for one in cells}
    notes += tuple(note for one in completed.values() for note in _notes(one))
    return StockAssignment(name, completed, _files(settings, folder), registered, notes)


def _check_language(name: str, notebooks: Sequence[SourceNotebook]) -> None:
    """Raises CourseError: every answer would fail here, whatever it is worth."""
    for notebook in notebooks:
        language = str(notebook.kernelspec.get("language", "python"))
        if not language.lower().startswith(("python", "ipython")):
            found = f"a notebook in Python, found {language}"
            raise CourseError([Problem(f"{name}/{notebook.name}.ipynb", "kernelspec", found)])


def _unreleased(settings: StockSettings, name: str) -> Sequence[SourceNotebook]:
    """What a gradebook would hold of the assignment if it had been released."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/gradebook.db"
        generate(settings, name, Path(folder), url)
        return database.read(url, [name], settings.regions)[name]


def _files(settings: StockSettings, folder: Path) -> dict[str, Path]:
    """The course's own files beside the notebooks, by their path below ``folder``."""
    from nbgrader.utils import find_all_files

    found = find_all_files(str(folder), [*settings.ignore, "*.ipynb"])
    return {Path(file).relative_to(folder).as_posix(): Path(file) for file in sorted(found)}


# ---------------------------------------------------------------- the source notebook


def _completed(settings: StockSettings, folder: Path, notebook: SourceNotebook) -> SourceNotebook:
    """``notebook`` with its answered version, and its cells in that one's order."""
    file = folder / f"{notebook.name}.ipynb"
    if not file.is_file():
        return notebook
    answered = _answered(settings, file, notebook)
    ids = [_grade_id(cell) for cell in answered["cells"]]
    place = {grade_id: position for position, grade_id in enumerate(ids)}
    last = len(ids)
    cells = sorted(notebook.cells, key=lambda cell: place.get(cell.grade_id, last))
    return replace(notebook, cells=tuple(cells), answered=answered)


def _answered(settings: StockSettings, file: Path, notebook: SourceNotebook) -> Json:
    """The source notebook with header and footer; tests as the gradebook has them.

    There AUTOTEST lines are expanded already, so no kernel has to be started for them.
    """
    found = _with_header(settings, file)
    by_id = notebook.by_id
    for cell in found["cells"]:
        own = by_id.get(_grade_id(cell))
        if own is not None and not own.solution:
            cell["source"] = own.source
    return found


def _with_header(settings: StockSettings, file: Path) -> Json:
    import nbformat
    from nbgrader.nbgraderformat.common import SchemaMismatchError
    from nbgrader.preprocessors import IncludeHeaderFooter

    given = config.loaded(settings.root)
    include = config.made(IncludeHeaderFooter, config=given, log=config.quiet())
    for name in ("header", "footer"):
        if path := getattr(include, name):
            setattr(include, name, str(settings.root / path))
    try:
        notebook = config.made(nbformat.reads, s=file.read_text(encoding="utf-8"), as_version=4)
        notebook, _ = include.preprocess(notebook, {})
        plain: Json = json.loads(json.dumps(notebook))
    except (OSError, ValueError, KeyError, nbformat.ValidationError, SchemaMismatchError) as error:
        raise CourseError([Problem(str(file), "notebook", str(error))]) from error
    return plain


def _grade_id(cell: Any) -> str:
    return str(cell["metadata"].get("nbgrader", {}).get("grade_id", ""))


def _notes(notebook: SourceNotebook) -> Iterator[str]:
    if notebook.answered is None:
        return
    there = {_grade_id(cell) for cell in notebook.answered["cells"]}
    if gone := [cell.grade_id for cell in notebook.cells if cell.grade_id not in there]:
        yield (
            f"{notebook.name}: the source notebook has changed since it was released (no longer "
            f"there: {', '.join(gone)}); grading goes by the gradebook"
        )
