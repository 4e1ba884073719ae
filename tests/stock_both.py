"""A course on disk that both programs can grade: nbgrader's own and this one."""

from __future__ import annotations

import copy
import json
import logging
import os
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager, nullcontext
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import nbformat
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.converters import Autograde, GenerateAssignment, NbGraderException
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config, PyFileConfigLoader

from autograder import run, stock

SECONDS = 3  # that a cell may take, in both programs
HEADER = f'c = get_config()\nc.CourseDirectory.course_id = "small"\nc.Execute.timeout = {SECONDS}\n'

Notebook = Any
Seen = dict[str, tuple[float | None, bool, str | None]]  # points, for a person, comment; by cell


def marks(name: str, kind: str, points: float = 0) -> dict[str, Any]:
    return {
        "schema_version": 3,
        "grade_id": name,
        "grade": kind in ("test", "manual"),
        "solution": kind in ("answer", "manual"),
        "locked": kind in ("test", "locked", "task"),
        "task": kind == "task",
        **({"points": points} if kind in ("test", "manual", "task") else {}),
    }


def cell(kind: str, source: str, name: str = "", points: float = 0) -> Notebook:
    """A cell: code, text, answer, test, locked (code); manual, task (Markdown)."""
    markdown = kind in ("text", "manual", "task")
    make = nbformat.v4.new_markdown_cell if markdown else nbformat.v4.new_code_cell
    made = make(source)
    if name:
        made.metadata["nbgrader"] = marks(name, kind, points)
    return made


def notebook(*cells: Notebook) -> Notebook:
    spec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return nbformat.v4.new_notebook(cells=list(cells), metadata={"kernelspec": spec})


def by_id(book: Notebook, name: str) -> Notebook:
    return next(c for c in book.cells if c.metadata.get("nbgrader", {}).get("grade_id") == name)


def write(path: Path, book: Notebook) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(book, path)


class Course:
    """One assignment, released by nbgrader itself unless ``release`` is False.

    Args:
        notebooks: the course's own, by name, or files to copy.
        settings: lines of its configuration file.
        files: what lies beside its notebooks, by relative path.
        root_files: what lies in the course's folder.
    """

    name = "a1"

    def __init__(
        self,
        root: Path,
        notebooks: Mapping[str, Notebook | Path],
        *,
        settings: str = "",
        files: Mapping[str, str] | None = None,
        root_files: Mapping[str, str] | None = None,
        release: bool = True,
    ) -> None:
        self.root = root
        for name, book in notebooks.items():
            self._put(root / "source" / self.name / f"{name}.ipynb", book)
        for name, text in (files or {}).items():
            self._text(root / "source" / self.name / name, text)
        for name, text in (root_files or {}).items():
            self._text(root / name, text)
        self._text(root / "nbgrader_config.py", f"{HEADER}{settings}\n")
        self.released: dict[str, Notebook] = {}
        if release:
            self.run(GenerateAssignment)
            for file in (root / "release" / self.name).glob("*.ipynb"):
                self.released[file.stem] = nbformat.read(file, 4)

    @staticmethod
    def _put(path: Path, book: Notebook | Path) -> None:
        if isinstance(book, Path):
            path.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(book, path)
        else:
            write(path, book)

    @staticmethod
    def _text(path: Path, text: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def book(self, name: str = "p1") -> Notebook:
        """A fresh student version."""
        return copy.deepcopy(self.released[name])

    def copied_to(self, root: Path) -> Course:
        """The same course somewhere else."""
        shutil.copytree(self.root, root)
        other = object.__new__(type(self))
        other.root, other.released = root, self.released
        return other

    def hand_in(self, student: str, books: Mapping[str, Notebook | Path], **files: str) -> Path:
        """Notebooks by name, and other files: ``data_txt="…"`` is ``data.txt``."""
        folder = self.root / "submitted" / student / self.name
        folder.mkdir(parents=True, exist_ok=True)
        for name, book in books.items():
            self._put(folder / f"{name}.ipynb", book)
        for name, text in files.items():
            (folder / name.replace("_", ".")).write_text(text)
        return folder

    # ------------------------------------------------------------ nbgrader

    def config(self, student: str = "*") -> Config:
        found = PyFileConfigLoader("nbgrader_config.py", path=str(self.root)).load_config()
        found.CourseDirectory.root = str(self.root)
        found.CourseDirectory.assignment_id = self.name
        found.CourseDirectory.student_id = student
        return found

    def run(self, converter: type, student: str = "*", **traits: object) -> None:
        """One of nbgrader's converters. Raises NbGraderException."""
        config = self.config(student)
        for name, value in traits.items():
            config[converter.__name__][name] = value
        log = logging.Logger("quiet", logging.CRITICAL)
        with programs():
            directory = CourseDirectory(config=config, log=log)
            converter(coursedir=directory, config=config, log=log).start()

    def nbgraders(self, student: str, book: str = "p1", **traits: object) -> Seen | None:
        """What nbgrader's own autograde leaves in the gradebook; None where it gives up."""
        try:
            self.run(Autograde, student, **traits)
        except (NbGraderException, SystemExit):
            return None
        return self.graded(student, book)

    # ------------------------------------------------------------ what is there

    @contextmanager
    def gradebook(self) -> Iterator[Gradebook]:
        with Gradebook(f"sqlite:///{self.root}/gradebook.db", "small") as gradebook:
            yield gradebook

    def graded(self, student: str, book: str = "p1") -> Seen | None:
        """Automatic score, whether a person must look, and comment, by cell."""
        with self.gradebook() as gradebook:
            try:
                found = gradebook.find_submission_notebook(book, self.name, student)
            except MissingEntry:
                return None
            comments = {one.name: one.auto_comment for one in found.comments}
            return {
                grade.name: (grade.auto_score, grade.needs_manual_grade, comments.get(grade.name))
                for grade in found.grades
            }

    def total(self, student: str) -> float:
        """The score that the gradebook shows."""
        with self.gradebook() as gradebook:
            return gradebook.find_submission(self.name, student).score


def nbgraders_of(course: Course, students: Sequence[str], folder: Path) -> dict[str, Seen | None]:
    """What nbgrader makes of each student, in two processes with a copy of the course each."""
    with ProcessPoolExecutor(2, get_context("spawn")) as pool:
        halves = [
            pool.submit(_seen, course.copied_to(folder / f"theirs{number}"), students[number::2])
            for number in range(2)
        ]
        return {student: seen for half in halves for student, seen in half.result().items()}


def _seen(course: Course, students: Sequence[str]) -> dict[str, Seen | None]:
    return {student: course.nbgraders(student) for student in students}


# ---------------------------------------------------------------- this program


class Nobody:
    """Watches nothing."""

    def working(self, student: str, assignment: str = "") -> None: ...

    def done(self, count: int = 1) -> None: ...


def graded(root: Path, results: Path, **options: Any) -> run.Report:
    asked = run.Options(submissions=root, root=root, results=results, **options)
    return stock.grade(asked, lambda total: nullcontext(Nobody()))


def result(results: Path, student: str, assignment: str = "a1") -> dict[str, Any]:
    found: dict[str, Any] = json.loads((results / assignment / f"{student}.json").read_text())
    return found


def verdicts(results: Path, student: str, assignment: str = "a1") -> dict[str, dict[str, Any]]:
    """Results of all graded cells, by name."""
    tasks = result(results, student, assignment)["tasks"]
    return {test["name"]: test for task in tasks for test in task["tests"]}


@contextmanager
def programs() -> Iterator[None]:
    """nbgrader looks for ``alembic`` on the path."""
    before = os.environ["PATH"]
    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{before}"
    try:
        yield
    finally:
        os.environ["PATH"] = before
