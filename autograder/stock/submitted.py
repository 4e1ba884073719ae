"""What lies in ``submitted/``: students' folders, read as the hostile place that they are."""

from __future__ import annotations

import fnmatch
import glob
import os
import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

from autograder.intake.files import BLOCKED, Kind, Parts, Root
from autograder.notebook.refusals import Unreadable
from autograder.notebook.text import shown
from autograder.stock.lazy import Content, LazyFiles
from autograder.stock.model import Differs, StockAssignment, StockSettings, StockSubmission

MAX_FILES = 64 * 1024 * 1024  # bytes of a student's other files, all together
MAX_COUNT = 2_000  # of them
_TIMESTAMP = "timestamp.txt"
_STUDENT, _ASSIGNMENT = "\0student", "\0assignment"


def submitted_assignments(settings: StockSettings) -> list[str]:
    """Names of the assignments that somebody handed something in for, sorted."""
    return sorted({assignment for _, assignment, _ in _folders(settings, "*")})


def submissions(
    settings: StockSettings, assignment: StockAssignment, students: Sequence[str] = ()
) -> list[StockSubmission]:
    """The submissions for ``assignment``, by student.

    A folder without any notebook is none. ``students`` (names or patterns) leaves out all others.
    """
    found = []
    for student, _, folder in _folders(settings, glob.escape(assignment.name)):
        if _is_wanted(student, students) and student not in settings.student_id_exclude:
            found += _submission(settings, assignment, student, folder)
    return sorted(found, key=lambda one: one.student)


def _is_wanted(student: str, students: Sequence[str]) -> bool:
    matches = (fnmatch.fnmatchcase(student, one) for one in students)
    return not students or student in students or any(matches)


def _folders(settings: StockSettings, assignment: str) -> Iterator[tuple[str, str, Path]]:
    """Student, assignment and folder of each submission, by nbgrader's directory structure."""
    structure, step = settings.directory_structure, settings.submitted
    pattern = structure.format(
        nbgrader_step=glob.escape(step), student_id="*", assignment_id=assignment
    )
    named = structure.format(nbgrader_step=step, student_id=_STUDENT, assignment_id=_ASSIGNMENT)
    regex = re.escape(os.path.normpath(named))
    regex = regex.replace(re.escape(_STUDENT), "(?P<student>[^/]+)", 1)
    regex = regex.replace(re.escape(_ASSIGNMENT), "(?P<assignment>[^/]+)", 1)
    # Path.glob would take no absolute structure, which nbgrader allows.
    for path in sorted(glob.glob(pattern, root_dir=settings.root)):  # noqa: PTH207
        found = re.fullmatch(regex, os.path.normpath(path))
        folder = settings.root / path
        if found and folder.is_dir():
            yield found["student"], found["assignment"], folder


def _submission(
    settings: StockSettings, assignment: StockAssignment, student: str, folder: Path
) -> list[StockSubmission]:
    reading = _Reading(settings, assignment, folder)
    if not reading.has_notebook:
        return []
    timestamp, differs = reading.timestamp()
    return [
        StockSubmission(
            student,
            assignment.name,
            folder,
            LazyFiles(reading.notebooks),
            LazyFiles(reading.files),
            timestamp,
            differs,
            tuple(reading.notes),
        )
    ]


class _Reading:
    """One student's folder, listed: nothing is kept of what its files hold."""

    def __init__(self, settings: StockSettings, assignment: StockAssignment, folder: Path) -> None:
        self._settings = settings
        self._assignment = assignment
        self._folder = folder
        self.notes: list[str] = []
        self.notebooks: dict[str, Content] = {}
        self.files: dict[str, Content] = {}
        self.has_notebook = False
        self._left = MAX_FILES
        with Root(folder) as root:
            for entry in root.entries():
                self._entry(root, entry.parts, entry.kind)
        self._lay_over()

    def _entry(self, root: Root, parts: Parts, kind: Kind) -> None:
        if self._ignored(parts) or kind is Kind.FOLDER:
            return
        name = "/".join(parts)
        if name.endswith(".ipynb"):
            self._notebook(parts, kind)
        elif kind is not Kind.FILE:
            self.notes.append(f"{shown(name)}: {BLOCKED[kind].en}")
        else:
            self._file(root, parts, name)

    def _ignored(self, parts: Parts) -> bool:
        patterns = self._settings.ignore
        return any(fnmatch.fnmatchcase(part, one) for part in parts for one in patterns)

    def _notebook(self, parts: Parts, kind: Kind) -> None:
        """Only those beside each other count: nbgrader looks no deeper."""
        if len(parts) > 1:
            return
        self.has_notebook = True
        name = parts[0].removesuffix(".ipynb")
        if name not in self._assignment.notebooks:
            self.notes.append(f"{shown(parts[0])}: no notebook of this assignment, left out")
            return
        if kind is not Kind.FILE:
            self.notes.append(f"{shown(parts[0])}: {BLOCKED.get(kind, BLOCKED[Kind.OTHER]).en}")
        self.notebooks[name] = Content(self._folder, parts, cut=True)

    def _file(self, root: Root, parts: Parts, name: str) -> None:
        try:
            with root.open(parts, self._left) as file:
                size = os.fstat(file.fileno()).st_size
        except Unreadable as fault:
            self.notes.append(f"{shown(name)}: left out: {fault.reason.en}")
            return
        if len(self.files) >= MAX_COUNT:
            self.notes.append(f"{shown(name)}: left out: more than {MAX_COUNT} files")
            return
        self._left -= size
        self.files[name] = Content(self._folder, parts)

    def _lay_over(self) -> None:
        """The course's own files win, except those that students are to edit."""
        kept = self._settings.exclude_overwriting.get(self._assignment.name, ())
        for name, path in self._assignment.files.items():
            if name not in kept:
                self.files[name] = Content(path.parent, (path.name,), ours=True)

    def timestamp(self) -> tuple[datetime | None, tuple[Differs, ...]]:
        """When it was handed in, by nbgrader's own reading of the file; an empty one: no time."""
        from nbgrader.utils import parse_utc

        try:
            with Root(self._folder) as root:
                text = root.read((_TIMESTAMP,), 1_000).decode().strip()
            return (parse_utc(text) if text else None), ()
        except Unreadable as fault:
            if not os.path.lexists(self._folder / _TIMESTAMP):
                return None, ()
            said = fault.reason.en
        except (ValueError, OverflowError, TypeError) as fault:
            said = str(fault)
        self.notes.append(f"{_TIMESTAMP} holds no time, none is taken: {shown(said)}")
        return None, (Differs.TIMESTAMP,)
