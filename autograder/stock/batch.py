"""What one worker process does with a few submissions of an nbgrader course."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from autograder import outputs, workers
from autograder.errors import SandboxError
from autograder.gradebook import CellComment, CellGrade
from autograder.isolation import Preload
from autograder.model import (
    WALL,
    Language,
    Limits,
    Outcome,
    Rejection,
    Score,
    Tier,
)
from autograder.refused import Refused
from autograder.sandbox.asked import Asked
from autograder.stock import marks, sentences
from autograder.stock.given import Given, given
from autograder.stock.kernel import Bounds, Kernel
from autograder.stock.marks import NotebookMarks
from autograder.stock.model import (
    Json,
    SourceNotebook,
    StockAssignment,
    StockSettings,
    StockSubmission,
)
from autograder.stock.play import Player
from autograder.stock.restore import restored
from autograder.stock.settled import settings_kept
from autograder.stock.shown import with_outputs
from autograder.stock.ways import Ways

WHOLE = 10.0  # a notebook may take so many times what nbgrader gives a cell


@dataclass(frozen=True)
class Conditions:
    """What holds for a whole run."""

    settings: StockSettings
    lang: Language
    tier: Tier
    provenance: Mapping[str, str]

    @property
    def bounds(self) -> Bounds:
        """How long a notebook may take."""
        return Bounds(self.settings.cell_seconds, WHOLE * self.settings.cell_seconds)

    @property
    def limits(self) -> Limits:
        """What the process of a notebook may use."""
        cell = self.settings.cell_seconds
        return Limits(
            cpu_seconds=WHOLE * cell,
            call_seconds=cell,
            cell_seconds=cell,
            total_seconds=WALL * WHOLE * cell,
            memory_mib=2048,
        )

    def held_by(self, held: str) -> Conditions:
        """The same, saying by whom a submission's processes are limited together."""
        return replace(self, provenance={**self.provenance, "limits": held})

    def kernel(
        self, preload: Preload, files: Mapping[str, bytes], refused: Refused | None = None
    ) -> Kernel:
        """A process of this worker's slot for one notebook, with ``files`` beside it.

        ``refused`` looks after it where it is a student's.
        """

        def open_child() -> Asked:
            return workers.place(self.tier).child(preload, self.limits)

        opened = refused.watching(open_child) if refused else open_child
        return Kernel(opened, files, self.bounds, outputs.shown)


@dataclass(frozen=True)
class StockWork:
    """One submission, read and ready to run."""

    submission: StockSubmission
    digest: str


@dataclass(frozen=True)
class Graded:
    """What became of one submission."""

    score: Score
    grades: tuple[CellGrade, ...] = ()
    comments: tuple[CellComment, ...] = ()
    missing: tuple[str, ...] = ()
    notebooks: Mapping[str, Json] | None = None  # as autograded/ has them, by name
    files: Mapping[str, bytes] | None = None  # and what lies beside them there
    timestamp: datetime | None = None
    notes: tuple[str, ...] = ()  # for the instructor

    @property
    def student(self) -> str:
        """Whose it is."""
        return self.score.student

    @property
    def assignment(self) -> str:
        """What it answers."""
        return self.score.assignment


@dataclass(frozen=True)
class _Notebook:
    """What became of one notebook."""

    marks: NotebookMarks
    page: Json | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class StockBatch:
    """Submissions of one assignment and one preload."""

    conditions: Conditions
    assignment: StockAssignment
    ways: Mapping[str, Ways]  # by notebook
    preload: Preload
    work: tuple[StockWork, ...]

    @property
    def root(self) -> Path:
        """The course."""
        return self.conditions.settings.root

    @property
    def keys(self) -> list[tuple[str, str]]:
        """Student and assignment of each submission in it."""
        return [(one.submission.student, one.submission.assignment) for one in self.work]

    def only(self, keys: Sequence[tuple[str, str]]) -> StockBatch:
        """The batch without all others."""
        kept = (
            one for one in self.work if (one.submission.student, one.submission.assignment) in keys
        )
        return replace(self, work=tuple(kept))

    def grade(self) -> list[Graded]:
        """Grade it in this process; what we failed to judge is tried once more."""
        known = {name: given(source) for name, source in self.assignment.notebooks.items()}
        found = []
        for one in self.work:
            workers.announce(one.submission.student)
            result = self._one(one, known)
            if result.score.status == "not_graded":
                result = self._one(one, known)
            if result.score.status != "not_graded":
                workers.announce(result)
            found.append(result)
        return found

    def _one(self, work: StockWork, known: Mapping[str, Given]) -> Graded:
        refused = Refused()
        found = self._judged(work, known, refused)
        return replace(found, score=replace(found.score, refused=refused.names))

    def _judged(self, work: StockWork, known: Mapping[str, Given], refused: Refused) -> Graded:
        started = time.perf_counter()
        try:
            with among_files(self.assignment, self.root), settings_kept():
                found = [
                    self._notebook(source, work.submission, known[name], refused)
                    for name, source in self.assignment.notebooks.items()
                ]
        except SandboxError as error:
            return Graded(self._score(work, [], time.perf_counter() - started, str(error)))
        except Exception as error:  # noqa: BLE001 - our own fault, which must not end the class
            why = f"{type(error).__name__}: {error}"[:500]
            return Graded(self._score(work, [], time.perf_counter() - started, why))
        seconds = time.perf_counter() - started
        names = self.assignment.notebooks
        return Graded(
            self._score(
                work, [marks.also(one.marks, work.submission.differs) for one in found], seconds
            ),
            tuple(grade for one in found for grade in one.marks.grades),
            tuple(comment for one in found for comment in one.marks.comments),
            tuple(name for name in names if name not in work.submission.notebooks),
            {name: one.page for name, one in zip(names, found, strict=True) if one.page},
            work.submission.files,
            work.submission.timestamp,
            tuple(note for one in found for note in one.notes),
        )

    def _notebook(
        self, source: SourceNotebook, submission: StockSubmission, known: Given, refused: Refused
    ) -> _Notebook:
        lang = self.conditions.lang
        data = submission.notebooks.get(source.name)
        if data is None:
            sentence = sentences.NO_NOTEBOOK.to(lang).format(source.name)
            return _Notebook(marks.of_missing(source, sentence, Outcome.FAILED))
        own = restored(data, source, self.conditions.settings)
        if isinstance(own, Rejection):
            found = marks.of_missing(source, own.reason.to(lang), Outcome.ERROR)
            return _Notebook(found, notes=(f"{source.name}.ipynb: {own.reason.en}",))
        kernel = self.conditions.kernel(self.preload, submission.files, refused)
        played = Player(known, self.ways.get(source.name, {}), kernel).play(own.steps)
        found = marks.of_notebook(source, own, played, self.conditions.settings.cell_seconds, lang)
        return _Notebook(found, with_outputs(own, played, found.task), own.notes)

    def not_graded(self, work: StockWork, reason: str) -> Graded:
        """Of a submission that we could not judge: no score, never zero points."""
        return Graded(self._score(work, (), 0.0, reason))

    def _score(
        self, work: StockWork, found: Sequence[NotebookMarks], seconds: float, reason: str = ""
    ) -> Score:
        tasks = tuple(one.task for one in found)
        return Score(
            student=work.submission.student,
            assignment=self.assignment.name,
            status="not_graded" if reason else "graded",
            score=None if reason else sum(task.score for task in tasks),
            max_score=self.assignment.max_score,
            tier=self.conditions.tier,
            seconds=seconds,
            tasks=tasks,
            reason=reason,
            provenance={**self.conditions.provenance, "digest": work.digest},
        )


@contextlib.contextmanager
def among_files(assignment: StockAssignment, root: Path) -> Iterator[None]:
    """In the folder of the course's own files, which its tests may read and import.

    What is imported from there is forgotten afterwards: other assignments have their own.
    """
    tops = (path.parents[len(Path(name).parts) - 1] for name, path in assignment.files.items())
    folder = next(tops, root)
    before, modules = Path.cwd(), set(sys.modules)
    os.chdir(folder)
    sys.path.insert(0, str(folder))
    try:
        yield
    finally:
        os.chdir(before)
        sys.path.remove(str(folder))
        for name in set(sys.modules) - modules:
            file = getattr(sys.modules[name], "__file__", None)
            if file and Path(file).is_relative_to(root):
                del sys.modules[name]
