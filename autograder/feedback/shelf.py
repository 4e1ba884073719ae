"""Where a course keeps what its pages are made of: titles, students' notebooks, people's marks."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path

from autograder import course, intake, notebook
from autograder.export.gradebook import url_of
from autograder.feedback import cells, gradebook
from autograder.feedback.cells import Notebook
from autograder.feedback.contents import Room
from autograder.feedback.marks import Marks
from autograder.feedback.page import Titles
from autograder.intake.files import Root
from autograder.model import Course, Language, Score, Submission
from autograder.notebook.refusals import Unreadable
from autograder.stock import config
from autograder.stock.model import StockSettings

Key = tuple[str, str]  # student, assignment


class Shelf(ABC):
    """One course, ours or nbgrader's own kind."""

    own: bool

    def __init__(self, root: Path) -> None:
        self.root = root

    @cached_property
    def settings(self) -> StockSettings:
        """What nbgrader's configuration says. Raises CourseError; costs seconds."""
        return config.read(self.root)

    @cached_property
    def marks(self) -> dict[Key, Marks]:
        """What people gave in the gradebook; {} where there is none. Raises GradebookError."""
        url = url_of(self.root)
        return gradebook.read(url, own=self.own) if url else {}

    @abstractmethod
    def titles(self, score: Score, lang: Language) -> Titles:
        """What the course calls the assignment and its tasks."""

    @abstractmethod
    def notebooks(self, score: Score) -> list[Notebook]:
        """The student's part of each notebook of the submission, as far as it can be found."""

    @abstractmethod
    def names(self, score: Score) -> list[str]:
        """The notebooks that a submission has, each with a page of its own in nbgrader's layout."""

    def folder(self, step: str, score: Score) -> Path | None:
        """The folder of a submission at one of nbgrader's steps; None for a name that is none."""
        if not (is_name(score.student) and is_name(score.assignment)):
            return None
        return config.path_of(self.settings, step, score.student, score.assignment)

    def _executed(self, score: Score, name: str) -> bytes | None:
        """The notebook that the grader ran, if it made one."""
        return self.file(self.settings.autograded, score, f"{name}.ipynb")

    def file(self, step: str, score: Score, name: str) -> bytes | None:
        """A file of a submission at one of nbgrader's steps, if it is there and no link."""
        folder = self.folder(step, score)
        return _read(folder, name) if folder is not None and folder.is_dir() else None


def is_name(text: str) -> bool:
    """Whether ``text`` can name a file or folder, and nothing above or beside it."""
    return bool(text) and not text.startswith(".") and not {"/", "\\", "\0"} & set(text)


def _read(folder: Path, name: str) -> bytes | None:
    try:
        with Root(folder) as root:
            return root.read((name,), cells.MAX_FILE)
    except Unreadable:
        return None


class NbgraderShelf(Shelf):
    """A course made for nbgrader: a task of a result is a notebook, a test one of its cells."""

    own = False

    def titles(self, score: Score, lang: Language) -> Titles:
        """Such a course has no titles but its names."""
        return Titles()

    def names(self, score: Score) -> list[str]:
        """One a task."""
        return [task.id for task in score.tasks if is_name(task.id)] or [score.assignment]

    def notebooks(self, score: Score) -> list[Notebook]:
        """As they were run; of one that was not, the source as it was handed in."""
        room = Room()
        found = (self._notebook(score, name, room) for name in self.names(score))
        return [one for one in found if one is not None]

    def _notebook(self, score: Score, name: str, room: Room) -> Notebook | None:
        data, ran = self._executed(score, name), True
        if data is None:
            data, ran = self.file(self.settings.submitted, score, f"{name}.ipynb"), False
        if data is None:
            return None
        tests = [test for task in score.tasks if task.id == name for test in task.tests]
        hidden = frozenset(test.name for test in tests if test.visibility == "hidden")
        return cells.read(data, name, room, ran=ran, hidden=hidden)


class OwnShelf(Shelf):
    """A course of ours: an assignment is one notebook, a task one of its functions."""

    own = True

    def __init__(self, root: Path, submissions: Path, scores: Iterable[Score]) -> None:
        """Raises CourseError, UsageError."""
        super().__init__(root)
        self.loaded: Course = course.load(root)
        self._submissions = submissions
        self._slugs = sorted({one.assignment for one in scores} & set(self.loaded.assignments))

    def titles(self, score: Score, lang: Language) -> Titles:
        """From ``assignment.yaml``."""
        assignment = self.loaded.assignments.get(score.assignment)
        if assignment is None:
            return Titles()
        return Titles(
            assignment.title.to(lang), {task.id: task.title.to(lang) for task in assignment.tasks}
        )

    def names(self, score: Score) -> list[str]:
        """The one."""
        return [score.assignment]

    def notebooks(self, score: Score) -> list[Notebook]:
        """As it was run, else the source as it was handed in."""
        name, room = score.assignment, Room()
        known = self._boilerplate.get(name, frozenset())
        data = self._executed(score, name) if self._has_executed else None
        if data is not None:
            found = cells.read(data, name, room, ran=True, known=known)
            if found is not None:
                return [self._told(found, score)]
        submission = self._handed_in.get((score.student, score.assignment))
        return [] if submission is None else _source(submission, name, known)

    def _told(self, found: Notebook, score: Score) -> Notebook:
        """With the note that a training was not done again to make its outputs."""
        assignment = self.loaded.assignments.get(score.assignment)
        if assignment is None or assignment.training is None:
            return found
        return Notebook(found.name, found.answers, "as_handed_in", found.left_out)

    @cached_property
    def _has_executed(self) -> bool:
        """Whether any notebook was run: without one, nbgrader need not be asked where."""
        config_file = self.root / f"{config.FILE}.py"
        return config_file.is_file() and (self.root / self.settings.autograded).is_dir()

    @cached_property
    def _boilerplate(self) -> dict[str, frozenset[str]]:
        return {slug: course.boilerplate(self.loaded, slug) for slug in self._slugs}

    @cached_property
    def _handed_in(self) -> dict[Key, Submission]:
        """What is there of the submissions; read once, and only if it is needed."""
        if not self._submissions.exists() or not self._slugs:
            return {}
        found = intake.collect(self._submissions, self.loaded, assignments=self._slugs)
        return {(one.student, one.assignment): one for one in found.submissions}


def _source(submission: Submission, name: str, known: frozenset[str]) -> list[Notebook]:
    """Outputs that were handed in are not shown: anyone can paint them."""
    if not notebook.reads_as_script(submission.data, submission.name):
        found = cells.read(submission.data, name, Room(), known=known)
        return [found] if found is not None else []
    source = notebook.read(submission)
    parts = getattr(source, "cells", ())
    return [cells.of_script(parts, name, Room())] if parts else []
