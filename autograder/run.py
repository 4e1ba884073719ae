"""One run of the grader: a folder of submissions in, results on disk out."""

from __future__ import annotations

import gc
import importlib
import os
import re
import secrets
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from autograder import course, farm, intake, pipeline, results, runner
from autograder.errors import (
    CourseError,
    Problem,
    SandboxError,
    SandboxUnavailable,
    TrainingError,
    UsageError,
)
from autograder.farm import Watch, Watcher
from autograder.isolation import Isolation, affordable, shared
from autograder.model import (
    Assignment,
    Course,
    Language,
    Limits,
    Rejection,
    Score,
    Submission,
    Tier,
)
from autograder.pipeline import Settings, Work
from autograder.sandbox import host
from autograder.sandbox.gpu import Gpu
from autograder.sandbox.grant import Grant
from autograder.sandbox.selftest import selftest
from autograder.training import cuda

_IMPORT = re.compile(r"^(?:import|from) ([\w.]+)", re.M)


@dataclass(frozen=True)
class Options:
    """What the command line asks for."""

    submissions: Path
    root: Path
    results: Path
    assignments: tuple[str, ...] = ()
    students: tuple[str, ...] = ()
    jobs: int = 0  # worker processes; 0: one a core
    tier: Tier = Tier.S2
    lang: Language = "fr"
    force: bool = False
    seed: int | None = None  # of the hidden tests' inputs; None: fresh
    short: bool = False  # trainings on a part of the images
    device: str = "auto"  # of trainings: auto, cpu, cuda, cuda:N
    watchdog: bool = False  # grade exams where no control group holds a submission, too


@dataclass(frozen=True)
class Report:
    """What a run found: every score, and what else needs a person."""

    course: Course
    scores: tuple[Score, ...]
    notes: tuple[str, ...]
    reused: int
    seconds: float

    @property
    def complete(self) -> bool:
        """Whether every submission was graded."""
        return not self.notes and all(score.status == "graded" for score in self.scores)


def grade(options: Options, watch: Watch) -> Report:
    """Grade what changed below ``options.submissions`` and write the results.

    Raises:
        UsageError, CourseError, ResultsError: before anything is graded.
        SandboxUnavailable: this machine lacks a protection; nothing was run.
    """
    started = time.monotonic()
    if options.root.resolve().is_relative_to(options.submissions.resolve()):
        raise UsageError(f"the course {options.root} lies inside the submissions: use --course")
    loaded = course.load(options.root)
    _known(options.assignments, loaded)
    results.check_writable(options.results)
    found = intake.collect(
        options.submissions,
        loaded,
        assignments=options.assignments or None,
        students=options.students or None,
    )
    seed = secrets.randbits(63) if options.seed is None else options.seed
    settings = Settings(options.root, options.lang, options.tier, seed, options.short)
    todo, scores = _sort(options, settings, loaded, found.submissions)
    scores += [
        pipeline.rejected(one, loaded.assignments[one.assignment], settings)
        for one in found.rejections
    ]
    for at, score in enumerate(scores):
        scores[at] = _numbered(score, found)
        if score.status == "rejected" or scores[at] != score:
            results.write(scores[at], options.results)
    reused = sum(score.status == "graded" for score in scores)
    notes = list(found.notes)
    with watch(len(todo)) as watcher:
        for score in _grade(options, settings, todo, watcher, notes):
            scores.append(_numbered(score, found))
            results.write(scores[-1], options.results)
            watcher.done()
    results.write_scores_csv(options.results)
    seconds = time.monotonic() - started
    return Report(loaded, tuple(scores), tuple(notes), reused, seconds)


def _numbered(score: Score, found: intake.Intake) -> Score:
    """With the learning platform's number for the student, by which ``export`` finds the line."""
    key = score.student, score.assignment
    if key not in found.numbers:
        return score
    platform, number = found.numbers[key]
    return replace(score, provenance={**score.provenance, "platform": platform, "number": number})


def _known(slugs: Sequence[str], loaded: Course) -> None:
    for slug in slugs:
        if slug not in loaded.assignments:
            known = ", ".join(sorted(loaded.assignments))
            raise UsageError(f"no assignment {slug!r}; this course has {known}")


def _sort(
    options: Options, settings: Settings, loaded: Course, submissions: Sequence[Submission]
) -> tuple[list[Work], list[Score]]:
    """What is to be graded, and the results that stand already."""
    todo: list[Work] = []
    scores: list[Score] = []
    for one in pipeline.prepare(loaded, submissions, settings):
        if isinstance(one, Rejection):
            scores.append(pipeline.rejected(one, loaded.assignments[one.assignment], settings))
            continue
        slug = one.assignment.slug
        known = None
        if not options.force:
            known = results.unchanged(options.results, slug, one.student, one.digest)
        if known:
            scores.append(known)
        else:
            todo.append(one)
    return todo, scores


def _grade(
    options: Options,
    settings: Settings,
    todo: list[Work],
    watcher: Watcher,
    notes: list[str],
) -> Iterator[Score]:
    """Yield each score; what else needs a person is added to ``notes``."""
    if not todo:
        return
    needed = {work.preload for work in todo}
    todo = [
        replace(work, preload=shared(work.assignment.preload, work.preload, needed))
        for work in todo
    ]
    jobs = jobs_for(options, len(todo), [work.assignment.limits for work in todo])
    with Isolation(options.tier, {work.preload for work in todo}, jobs) as isolation:
        _may_be_watched(isolation, todo, options)
        with runner.importable(settings.root):
            _import_tests({work.assignment.slug: work.assignment for work in todo}.values())
        isolation.selftest()
        gpu = _gpu(options.device, isolation, todo, notes)
        settings = replace(settings, gpu=gpu, held=isolation.held)
        # Trainings come last and one at a time: whatever runs beside them would change their time.
        for timed, at_once in ((False, jobs), (True, 1)):
            part = [work for work in todo if (work.assignment.training is not None) is timed]
            if part:
                batches = pipeline.batches(settings, part, at_once)
                dead = yield from farm.graded(batches, isolation, at_once, watcher)
                for work in part:
                    if (work.student, work.assignment.slug) in dead:
                        yield pipeline.not_graded(work, settings, "the grading process died")


def jobs_for(options: Options, work: int, limits: Iterable[Limits]) -> int:
    """How many workers: as many as are asked for, or one a core, as far as memory lasts."""
    return affordable(min(options.jobs or len(os.sched_getaffinity(0)), work), limits)


def _may_be_watched(isolation: Isolation, todo: Sequence[Work], options: Options) -> None:
    """Raise SandboxUnavailable if an exam would be held by nothing but a look now and then."""
    exams = {work.assignment.slug for work in todo if work.assignment.exam}
    if exams and isolation.groups is None and not options.watchdog:
        missing = f"{', '.join(sorted(exams))}: an exam needs control groups; {isolation.unheld}"
        raise SandboxUnavailable([missing], f"{host.UNHELD} Or grade it with `--watchdog`.")


def _gpu(wish: str, isolation: Isolation, todo: Sequence[Work], notes: list[str]) -> Gpu | None:
    """Where the trainings run, proved to work there; None: on the CPU, or there is no training.

    Raises UsageError, TrainingError: a device that was asked for by name is not there, or does not
    work. Where nobody named one, that is a note.
    """
    timed = [work for work in todo if work.assignment.training is not None]
    if not timed or (wish == "auto" and isolation.tier is not Tier.S2):
        return None
    device = cuda.chosen(wish)
    if device is None:
        return None
    place = (timed[0].preload, isolation.slots, Grant(gpu=device))
    try:
        sandbox = isolation.sandbox(*place)
        selftest(sandbox)
        cuda.prove(device, lambda limits: sandbox.child(limits, cores=isolation.cores))
    except (TrainingError, SandboxError) as error:
        if wish != "auto":
            raise
        notes.append(f"trained on the CPU: {error}")
        return None
    finally:
        isolation.discard(*place)
    return device


def _import_tests(assignments: Iterable[Assignment]) -> None:
    """Import what the tests import before the workers are forked: once instead of once a worker."""
    gc.disable()  # nothing that is imported is garbage, and looking for some takes half a second
    try:
        for assignment in assignments:
            for name in _IMPORT.findall(assignment.test_file.read_text(encoding="utf-8")):
                _import(name, assignment.test_file)
    finally:
        gc.enable()


def _import(name: str, file: Path) -> None:
    try:
        importlib.import_module(name)
    except ImportError as error:
        raise CourseError([Problem(str(file), f"import {name}", str(error))]) from error
