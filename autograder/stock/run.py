"""One run over an nbgrader course: its submissions in; gradebook, results and autograded/ out."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from autograder import farm, pipeline, results, workers
from autograder.digest import grader_digest, hashed
from autograder.errors import UsageError
from autograder.farm import Watch, Watcher
from autograder.isolation import Isolation, Preload
from autograder.model import Course, Score
from autograder.run import Options, Report, jobs_for
from autograder.stock import config, course, doubts, submitted
from autograder.stock.batch import Conditions, Graded, StockBatch, StockWork
from autograder.stock.keep import Keeper
from autograder.stock.model import StockAssignment, StockSubmission
from autograder.stock.preload import preload_for
from autograder.stock.prove import ProofBatch, doubted
from autograder.stock.ways import Ways


def grade(options: Options, watch: Watch) -> Report:
    """Grade what changed in the course ``options.root``.

    Raises:
        UsageError, CourseError, ResultsError, GradebookError: before anything is graded.
        SandboxUnavailable: this machine lacks a protection; nothing was run.
    """
    started = time.monotonic()
    settings = config.read(options.root)
    results.check_writable(options.results)
    assignments = course.load(settings, options.assignments)
    if unknown := set(options.assignments) - set(assignments):
        raise UsageError(f"no assignment {', '.join(sorted(unknown))} in {options.root}")
    provenance = {"lang": options.lang, **pipeline.versions()}
    conditions = Conditions(settings, options.lang, options.tier, provenance)
    notes = [*settings.notes]
    for assignment in assignments.values():
        notes += [f"{assignment.name}: {note}" for note in assignment.notes]
    found = [
        one
        for assignment in assignments.values()
        for one in submitted.submissions(settings, assignment, options.students)
    ]
    notes += [f"{one.student}/{one.assignment}: {note}" for one in found for note in one.notes]
    todo, scores = _sort(options, conditions, assignments, found)
    reused = len(scores)
    with watch(len(todo)) as watcher, Keeper(options, settings, assignments, notes) as keeper:
        for graded in _grade(options, conditions, assignments, todo, watcher, notes):
            scores.append(keeper.keep(graded))
            watcher.done()
    notes += doubts.untried(assignments, scores, settings.source)
    results.write_scores_csv(options.results)
    seconds = time.monotonic() - started
    return Report(Course(options.root, {}), tuple(scores), tuple(notes), reused, seconds)


def _sort(
    options: Options,
    conditions: Conditions,
    assignments: Mapping[str, StockAssignment],
    found: Iterable[StockSubmission],
) -> tuple[list[StockWork], list[Score]]:
    """What is to be graded, and the results that stand already."""
    digests = {name: _digest_of_course(conditions, one) for name, one in assignments.items()}
    todo: list[StockWork] = []
    scores: list[Score] = []
    for one in found:
        digest = _digest(one, digests[one.assignment])
        known = None
        if not options.force and _autograded(conditions, one).is_dir():
            known = results.unchanged(options.results, one.assignment, one.student, digest)
        if known:
            scores.append(known)
        else:
            todo.append(StockWork(one, digest))
    return todo, scores


def _grade(
    options: Options,
    conditions: Conditions,
    assignments: Mapping[str, StockAssignment],
    todo: list[StockWork],
    watcher: Watcher,
    notes: list[str],
) -> Iterator[Graded]:
    if not todo:
        return
    needed = {one.submission.assignment for one in todo}
    used = {name: one for name, one in assignments.items() if name in needed}
    preloads = {name: preload_for(one) for name, one in used.items()}
    jobs = jobs_for(options, len(todo), [conditions.limits])
    with Isolation(options.tier, preloads.values(), jobs) as isolation:
        conditions = conditions.held_by(isolation.held)
        isolation.selftest()
        ways = find_ways(conditions, used, preloads, isolation, jobs, watcher)
        notes += doubts.unproved(used, ways)
        batches = [
            batch
            for name, one in used.items()
            for batch in _batches(conditions, one, ways[name], preloads[name], todo, jobs)
        ]
        dead = yield from farm.graded(batches, isolation, jobs, watcher)
        for batch in batches:
            for work in batch.work:
                if (work.submission.student, work.submission.assignment) in dead:
                    yield batch.not_graded(work, "the grading process died")


def find_ways(
    conditions: Conditions,
    assignments: Mapping[str, StockAssignment],
    preloads: Mapping[str, Preload],
    isolation: Isolation,
    jobs: int,
    watcher: Watcher,
) -> dict[str, Mapping[str, Ways]]:
    """How each test cell is run, by assignment and notebook; a worker tries it out.

    Where the course's own tests end that worker, only their text decides.
    """
    proofs = [ProofBatch(conditions, one, preloads[name]) for name, one in assignments.items()]
    found = farm.graded(proofs, isolation, min(jobs, len(proofs)), watcher)
    proved = {one.assignment: one.ways for one in found}
    return {name: proved.get(name) or _read(one) for name, one in assignments.items()}


def _read(assignment: StockAssignment) -> Mapping[str, Ways]:
    return {name: doubted(source) for name, source in assignment.notebooks.items()}


def _batches(
    conditions: Conditions,
    assignment: StockAssignment,
    ways: Mapping[str, Ways],
    preload: Preload,
    todo: Sequence[StockWork],
    jobs: int,
) -> Iterator[StockBatch]:
    work = [one for one in todo if one.submission.assignment == assignment.name]
    for piece in workers.cut([work], jobs):
        yield StockBatch(conditions, assignment, ways, preload, piece)


# ---------------------------------------------------------------- has it changed?


def _digest_of_course(conditions: Conditions, assignment: StockAssignment) -> str:
    parts: list[str | bytes] = [grader_digest(), conditions.lang, conditions.tier.value]
    parts.append(repr(sorted(assignment.notebooks.items(), key=lambda pair: pair[0])))
    for name, path in sorted(assignment.files.items()):
        parts += [name, path.read_bytes()]
    parts += [repr(conditions.settings), repr(sorted(conditions.provenance.items()))]
    return hashed(parts)


def _digest(submission: StockSubmission, assignment: str) -> str:
    parts: list[str | bytes] = [assignment, str(submission.timestamp)]
    for files in (submission.notebooks, submission.files):
        parts.append(str(len(files)))
        for name, data in sorted(files.items()):
            parts += [name, data]
    return hashed(parts)


def _autograded(conditions: Conditions, one: StockSubmission) -> Path:
    return config.autograded(conditions.settings, one.student, one.assignment)
