"""``autograded/`` of our own course: students' notebooks run in the sandbox, with their verdicts.

For nbgrader's form grader and feedback. The results are the truth and are not touched: what a
notebook shows here earns nothing. Only what is older than its result is made again.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from autograder import autograded, course, farm, intake, results
from autograder.autograded import Page
from autograder.errors import UsageError
from autograder.executed import sources
from autograder.executed.batch import ExecuteBatch, Executed, Job
from autograder.executed.page import as_handed_in, language_of, restored, with_verdicts
from autograder.farm import Watch, Watcher
from autograder.isolation import Isolation, Preload
from autograder.model import Assignment, Course, Rejection, Score, Submission, Tier
from autograder.stock import config
from autograder.stock import course as stock
from autograder.stock.model import Json, SourceNotebook, StockSettings

SHELL: Preload = ("autograder.sandbox.bridge", "autograder.sandbox.shell")
_FIGURES = "matplotlib.pyplot"  # cells that draw are not graded, but shown
_SIZE = 3  # notebooks that a worker takes at a time
_EXCHANGE = {"timestamp.txt": 100, "submission_secret.txt": 1000}  # bytes that are kept, at most


@dataclass(frozen=True)
class Options:
    """What is to be made, and from what."""

    root: Path  # the course
    results: Path
    submissions: Path
    assignments: tuple[str, ...] = ()
    tier: Tier = Tier.S2
    jobs: int = 0  # worker processes; 0: one a core
    force: bool = False


@dataclass(frozen=True)
class Report:
    """What was made; ``notes`` are for the instructor."""

    written: int
    kept: int
    notes: tuple[str, ...]
    place: str = ""  # what the course calls the folder; "": nothing was handed in there

    @property
    def line(self) -> str:
        """What to tell the instructor."""
        if not self.place:
            return "no submissions are there: no notebooks were run for the form grader"
        unchanged = f"; {self.kept} unchanged" if self.kept else ""
        return f"{self.written} notebooks are in {self.place}{unchanged}"


def write(options: Options, watch: Watch) -> Report:
    """Write ``autograded/<student>/<assignment>/`` for every graded result.

    Raises:
        UsageError, CourseError: before anything is run.
        SandboxUnavailable: this machine lacks a protection; nothing was run.
    """
    loaded = course.load(options.root)
    settings = config.read(options.root)
    if not options.submissions.exists():
        return Report(0, 0, ())
    scores = _graded(options, loaded)
    todo = [one for one in scores if options.force or _is_stale(options, settings, one)]
    notes: list[str] = []
    slugs = sorted({one.assignment for one in todo})
    sources.write(loaded, settings, slugs)
    known = stock.load(settings, slugs) if slugs else {}
    written = 0
    with watch(len(todo)) as watcher:
        for slug in slugs:
            mine = {one.student: one for one in todo if one.assignment == slug}
            source = sources.current(known[slug].notebooks[slug], settings)
            maker = _Maker(options, settings, loaded, slug, source)
            for student, notebook in maker.pages(mine, watcher, notes):
                _keep(maker, settings, student, notebook)
                written += 1
                watcher.done()
    return Report(written, len(scores) - len(todo), tuple(notes), settings.autograded)


def _graded(options: Options, loaded: Course) -> list[Score]:
    if unknown := set(options.assignments) - set(loaded.assignments):
        raise UsageError(f"no assignment {', '.join(sorted(unknown))} in {options.root}")
    wanted = options.assignments or loaded.assignments
    found = results.read_all(options.results)
    return [one for one in found if one.assignment in wanted and one.status == "graded"]


def _is_stale(options: Options, settings: StockSettings, score: Score) -> bool:
    """Whether the notebook is not there, or the result is younger."""
    file = (
        config.autograded(settings, score.student, score.assignment) / f"{score.assignment}.ipynb"
    )
    result = results.result_path(options.results, score.assignment, score.student)
    return not file.is_file() or file.stat().st_mtime < result.stat().st_mtime


def _keep(maker: _Maker, settings: StockSettings, student: str, notebook: Json) -> None:
    page = Page(notebook, set(maker.source.by_id), maker.prose)
    autograded.write(
        config.autograded(settings, student, maker.slug),
        {maker.slug: page},
        _beside(maker.options.submissions / student / maker.slug),
        permissions=settings.permissions,
        groupshared=settings.groupshared,
    )


def _beside(folder: Path) -> dict[str, bytes]:
    """What nbgrader's exchange put beside a notebook: by it, feedback finds the way back."""
    files = [(folder / name, most) for name, most in _EXCHANGE.items()]
    return {file.name: _start(file, most) for file, most in files if _is_plain(file)}


def _start(file: Path, most: int) -> bytes:
    with file.open("rb") as opened:
        return opened.read(most)


def _is_plain(file: Path) -> bool:
    return file.is_file() and not file.is_symlink()


# ---------------------------------------------------------------- one assignment


@dataclass(frozen=True)
class _Maker:
    """Makes the notebooks of one assignment."""

    options: Options
    settings: StockSettings
    loaded: Course
    slug: str
    source: SourceNotebook

    @property
    def assignment(self) -> Assignment:
        """The assignment."""
        return self.loaded.assignments[self.slug]

    @property
    def prose(self) -> frozenset[str]:
        """Markdown that the course wrote, in either language, and may hold pictures."""
        return sources.prose(self.loaded, self.slug) | {
            cell.source for cell in self.source.cells if not cell.solution
        }

    def pages(
        self, scores: Mapping[str, Score], watcher: Watcher, notes: list[str]
    ) -> Iterator[tuple[str, Json]]:
        """Student and finished notebook, as soon as there is one."""
        handed_in = self._handed_in(scores, notes)
        timed = self.assignment.training is not None  # once is enough: it took minutes
        jobs = []
        for student, data in handed_in.items():
            score, lang = scores[student], language_of(scores[student])
            if timed:
                notebook = as_handed_in(data, self.source, self.settings, score)
            else:
                notebook = restored(data, self.source, self.settings, lang)
            if isinstance(notebook, Rejection):
                notes.append(f"{student}/{self.slug}: {notebook.reason.en}")
            elif timed:
                yield student, notebook
            else:
                jobs.append(Job(student, self.slug, notebook, lang))
        for executed in self._executed(jobs, watcher, notes):
            yield executed.student, with_verdicts(executed.notebook, scores[executed.student])

    def _handed_in(self, scores: Mapping[str, Score], notes: list[str]) -> dict[str, Submission]:
        """The file of each student, whole."""
        found = intake.collect(
            self.options.submissions, self.loaded, assignments=[self.slug], keep=intake.whole
        )
        files = {one.student: one for one in found.submissions if one.student in scores}
        notes += [
            f"{student}/{self.slug}: there is a result, but no submission below "
            f"{self.options.submissions}"
            for student in scores
            if student not in files
        ]
        return files

    def _executed(
        self, jobs: Sequence[Job], watcher: Watcher, notes: list[str]
    ) -> Iterator[Executed]:
        if not jobs:
            return
        preload = (*self.assignment.preload, *self._used(jobs), *SHELL)
        workers = min(self.options.jobs or len(os.sched_getaffinity(0)), len(jobs))
        whole = ExecuteBatch(self.options.root, self.assignment, self.options.tier, preload, ())
        batches = [
            replace(whole, jobs=tuple(jobs[start : start + _SIZE]))
            for start in range(0, len(jobs), _SIZE)
        ]
        with Isolation(self.options.tier, [preload], workers) as isolation:
            isolation.selftest()
            dead = yield from farm.graded(batches, isolation, workers, watcher)
        notes += [f"{student}/{slug}: the process that ran it died" for student, slug in dead]

    def _used(self, jobs: Iterable[Job]) -> tuple[str, ...]:
        """The heavier modules that any of the notebooks names."""
        words = {word for job in jobs for word in job.words}
        named = dict.fromkeys((*self.assignment.preload_on_use, _FIGURES))
        return tuple(module for module in named if module.partition(".")[0] in words)
