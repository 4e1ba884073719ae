"""Grading, from a folder of submissions to scores: each step once, in order.

``prepare`` turns submissions into work, ``batches`` groups it, and ``Batch.grade`` is what one
worker process does with a few students. ``run`` maps it over an executor; nothing here knows where
it runs.
"""

from __future__ import annotations

import functools
import platform
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib import metadata
from itertools import groupby
from pathlib import Path

from autograder import __version__, course, data, manual, notebook, runner, workers
from autograder.digest import assignment_digest, digest
from autograder.isolation import Preload, preload_for
from autograder.model import (
    Assignment,
    Course,
    Language,
    Limits,
    Rejection,
    Score,
    StudentSource,
    Submission,
    TaskScore,
    TestResult,
    Tier,
)
from autograder.pytest_plugin import Seat
from autograder.refused import Refused
from autograder.sandbox.asked import Asked
from autograder.sandbox.gpu import Gpu
from autograder.sandbox.grant import NOTHING, Grant
from autograder.score import task_scores, total
from autograder.student import Student
from autograder.training import Ground, Paces, Training
from autograder.verdict import TestInfo


@dataclass(frozen=True)
class Work:
    """One submission, read and ready to run."""

    student: str
    assignment: Assignment
    source: StudentSource
    preload: Preload
    digest: str
    by_hand: tuple[TestResult, ...] = ()  # of the tasks that a person marks


@dataclass(frozen=True)
class Settings:
    """What holds for a whole run."""

    root: Path
    lang: Language
    tier: Tier
    seed: int
    short: bool = False  # trainings on a part of the images
    gpu: Gpu | None = None  # where trainings run; None: on the CPU
    held: str = ""  # by whom a submission's processes are limited together: ``Isolation.held``


@dataclass(frozen=True)
class Batch:
    """Students of one assignment and one preload, graded in one pytest session."""

    settings: Settings
    work: tuple[Work, ...]

    @property
    def assignment(self) -> Assignment:
        """The assignment of every student in the batch."""
        return self.work[0].assignment

    @property
    def root(self) -> Path:
        """The course."""
        return self.settings.root

    @property
    def keys(self) -> list[tuple[str, str]]:
        """Student and assignment of each submission in it."""
        return [(work.student, work.assignment.slug) for work in self.work]

    def only(self, keys: Sequence[tuple[str, str]]) -> Batch:
        """The batch without all others."""
        kept = (one for one in self.work if (one.student, one.assignment.slug) in keys)
        return replace(self, work=tuple(kept))

    def grade(self) -> list[Score]:
        """Grade it in this process; what we failed to judge is tried once more."""
        scores = _grade(self)
        return [
            _grade(replace(self, work=(work,)))[0] if score.status == "not_graded" else score
            for work, score in zip(self.work, scores, strict=True)
        ]


# ---------------------------------------------------------------- before grading


def prepare(
    loaded: Course, submissions: Iterable[Submission], settings: Settings
) -> Iterator[Work | Rejection]:
    """Read each submission; what cannot be read becomes a ``Rejection``."""
    boilerplate: dict[str, frozenset[str]] = {}
    digests: dict[str, str] = {}
    for submission in submissions:
        slug = submission.assignment
        assignment = loaded.assignments[slug]
        if slug not in digests:
            boilerplate[slug] = course.boilerplate(loaded, slug)
            reference = loaded.root / "reference" / f"{slug}.py"
            track = "short" if settings.short and assignment.training else ""
            digests[slug] = assignment_digest(
                assignment, reference, settings.lang, settings.tier, track
            )
        source = notebook.read(submission, boilerplate[slug])
        if isinstance(source, Rejection):
            yield source
            continue
        preload = preload_for(assignment, source)
        key = digest(submission, digests[slug])
        named = notebook.named_cells(submission.data, submission.name)
        by_hand = manual.results(assignment, named, settings.lang)
        yield Work(submission.student, assignment, source, preload, key, by_hand)


def batches(settings: Settings, work: Iterable[Work], jobs: int) -> list[Batch]:
    """Work in batches, by assignment and preload, small enough to keep every worker busy."""

    def kind(one: Work) -> tuple[str, Preload]:
        return one.assignment.slug, one.preload

    groups = [list(group) for _, group in groupby(sorted(work, key=kind), key=kind)]
    return [Batch(settings, piece) for piece in workers.cut(groups, jobs)]


def rejected(rejection: Rejection, assignment: Assignment, settings: Settings) -> Score:
    """The result of a submission that cannot be read."""
    return Score(
        student=rejection.student,
        assignment=rejection.assignment,
        status="rejected",
        score=None,
        max_score=assignment.max_score,
        tier=settings.tier,
        seconds=0.0,
        reason=rejection.reason.to(settings.lang),
        provenance=provenance(settings),
    )


def not_graded(work: Work, settings: Settings, reason: str) -> Score:
    """The result of a submission that we could not judge: no score, never zero points."""
    return Score(
        student=work.student,
        assignment=work.assignment.slug,
        status="not_graded",
        score=None,
        max_score=work.assignment.max_score,
        tier=settings.tier,
        seconds=0.0,
        reason=reason,
        provenance=provenance(settings),
    )


def provenance(settings: Settings, digest: str = "", *, timed: bool = False) -> dict[str, str]:
    """What it takes to replay a grade; ``timed``: of an assignment with trainings."""
    found = {"lang": settings.lang, "seed": str(settings.seed), **versions()}
    found |= {"limits": settings.held} if settings.held else {}
    found |= {"track": "short"} if settings.short else {}
    found |= {"device": settings.gpu.model if settings.gpu else "cpu"} if timed else {}
    return found | ({"digest": digest} if digest else {})


@functools.cache
def versions() -> dict[str, str]:
    """Of everything that has a say in a score."""
    libraries = [name for name in ("numpy", "torch") if name in sys.modules]
    return {
        "autograder": __version__,
        "python": platform.python_version(),
        **{name: metadata.version(name) for name in libraries},
    }


# ---------------------------------------------------------------- in a worker process


def _grade(batch: Batch) -> list[Score]:
    settings, preload = batch.settings, batch.work[0].preload
    usual = grant_of(batch.assignment)

    def open_child(
        limits: Limits = batch.assignment.limits,
        cores: Sequence[int] = (),
        files: Sequence[int] = (),
        grant: Grant = usual,
    ) -> Asked:
        place = workers.place(settings.tier)
        return place.child(preload, limits, grant, cores=cores, files=files)

    ground = _ground(batch, open_child) if batch.assignment.training else None
    paces = Paces(ground) if ground else None
    seats = [_seat(work, open_child, ground, paces) for work in batch.work]
    work_of = {id(seat): work for work, seat in zip(batch.work, seats, strict=True)}
    scores: list[Score] = []

    def finished(seat: Seat, tests: Mapping[str, TestInfo]) -> None:
        scores.append(_score(work_of[id(seat)], seat, tests, settings))
        if scores[-1].status == "graded":
            workers.announce(scores[-1])

    runner.run(
        batch.assignment,
        settings.root,
        seats,
        lang=settings.lang,
        seed=settings.seed,
        started=lambda seat: workers.announce(seat.key),
        finished=finished,
    )
    return scores


def _seat(
    work: Work, open_child: Callable[..., Asked], ground: Ground | None, paces: Paces | None
) -> Seat:
    """A student's place in the session; all processes that it opens are looked after."""
    refused = Refused()
    student = Student(work.source, refused.watching(open_child), work.assignment.limits)
    training = None
    if ground and paces:
        own = replace(ground, open_child=refused.watching(ground.open_child))
        training = Training(own, paces, work.source)
    return Seat(work.student, student, training, refused)


def grant_of(assignment: Assignment) -> Grant:
    """What its submissions may use beyond what all may."""
    if assignment.training is None:
        return Grant(pretrained=True)  # where nothing is trained they help nobody
    if not assignment.pretrained:
        return NOTHING
    return Grant(pretrained=True, weights=str(data.find_weights() or ""))


def _ground(batch: Batch, open_child: Callable[..., Asked]) -> Ground:
    """Where the trainings of a batch run: on all cores, of which tests have one, or on the GPU."""
    settings = batch.settings
    cores = workers.place(settings.tier).isolation.cores
    grant = replace(grant_of(batch.assignment), gpu=settings.gpu)
    return Ground(
        assignment=batch.assignment,
        reference=settings.root / "reference" / f"{batch.assignment.slug}.py",
        open_child=lambda limits, files: open_child(limits, cores, files, grant),
        cores=len(cores),
        tier=settings.tier,
        short=settings.short,
        gpu=settings.gpu,
    )


def _score(work: Work, seat: Seat, tests: Mapping[str, TestInfo], settings: Settings) -> Score:
    refused = seat.refused.names
    if seat.fault or len(seat.results) != len(tests):
        reason = seat.fault or "the session ended before its last test"
        return replace(not_graded(work, settings, reason), refused=refused)
    depends = {info.name: info.depends for info in tests.values()}
    found = [*seat.results, *work.by_hand]
    tasks: Sequence[TaskScore] = task_scores(work.assignment, found, depends, settings.lang)
    notices = (*work.source.notices, *seat.student.notices)
    return Score(
        student=work.student,
        assignment=work.assignment.slug,
        status="graded",
        score=total(tasks),
        max_score=work.assignment.max_score,
        tier=settings.tier,
        seconds=seat.seconds,
        tasks=tuple(tasks),
        notices=tuple(text.to(settings.lang) for text in notices),
        refused=refused,
        provenance=provenance(settings, work.digest, timed=work.assignment.training is not None),
    )
