"""``autograder gradebook``: a folder of results → the course's gradebook. Can be run again."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from autograder import course, results
from autograder.errors import UsageError
from autograder.gradebook.entry import Entry, Refused, Target, Written
from autograder.gradebook.own import entry_of
from autograder.model import Course, Language, Score


@dataclass(frozen=True)
class Options:
    """What is to be written, and from where."""

    root: Path  # of the course
    results: Path
    submissions: Path  # for the times; it need not be there
    assignments: tuple[str, ...] = ()
    lang: Language = "fr"  # of the notebooks that are put into the gradebook


@dataclass(frozen=True)
class Report:
    """What the gradebook holds now; ``notes`` are all that needs a person."""

    place: str
    registered: tuple[str, ...]
    written: tuple[Written, ...]
    notes: tuple[str, ...]

    def lines(self) -> Iterator[str]:
        """What to tell the instructor."""
        for slug in self.registered:
            yield f"{slug}: put into the gradebook"
        open_ = sum(one.needs_manual_grade for one in self.written)
        hands = f"; {open_} to be looked at in the form grader" if open_ else ""
        yield f"{len(self.written)} submissions are in {self.place}{hands}"


def write(options: Options, target: Target) -> Report:
    """Write every result below ``options.results``, and the late penalties back into them.

    Raises:
        UsageError: there are no results, or no assignment of such a name.
        CourseError, ReleaseError: the assignments cannot be put into the gradebook.
        GradebookError: it cannot be opened or written.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # nbgrader's and nbformat's own, at import and later
        return _write(options, target)


def _write(options: Options, target: Target) -> Report:
    from autograder.gradebook.database import shown
    from autograder.gradebook.registered import ensure
    from autograder.gradebook.writer import Writer

    loaded = course.load(options.root)
    notes: list[str] = []
    scores = _scores(options, loaded, notes)
    registered = ensure(loaded, sorted({one.assignment for one in scores}), target, options.lang)
    written: list[Written] = []
    with Writer(target) as writer:
        for score in scores:
            result = writer.write(_entry(options, loaded, score, notes))
            if isinstance(result, Refused):
                notes.append(f"{score.student}/{score.assignment}: {result.reason}")
            else:
                written.append(result)
                _note_penalty(options, score, result)
    results.write_scores_csv(options.results)
    return Report(shown(target.db_url), tuple(registered), tuple(written), tuple(notes))


def _scores(options: Options, loaded: Course, notes: list[str]) -> list[Score]:
    if unknown := set(options.assignments) - set(loaded.assignments):
        known = ", ".join(sorted(loaded.assignments))
        raise UsageError(f"no assignment {', '.join(sorted(unknown))}; this course has {known}")
    found = results.read_all(options.results)
    wanted = [one for one in found if not options.assignments or _is(one, options.assignments)]
    if not wanted:
        raise UsageError(f"{options.results}: no results there; run `autograder grade` first")
    for one in wanted:
        if one.assignment not in loaded.assignments:
            notes.append(f"{one.student}/{one.assignment}: the course has no such assignment")
        elif one.status != "graded":
            notes.append(f"{one.student}/{one.assignment}: {one.status}, no points are written")
    return [one for one in wanted if one.assignment in loaded.assignments]


def _is(score: Score, assignments: Sequence[str]) -> bool:
    return score.assignment in assignments


def _entry(options: Options, loaded: Course, score: Score, notes: list[str]) -> Entry:
    from autograder.gradebook.times import handed_in

    moment, fault = handed_in(options.submissions, score.student, score.assignment)
    if fault:
        notes.append(f"{score.student}/{score.assignment}: {fault}")
    return entry_of(score, loaded.assignments[score.assignment], moment)


def _note_penalty(options: Options, score: Score, written: Written) -> None:
    """The results say what the gradebook takes off."""
    if score.late_penalty != written.late_penalty:
        results.write(replace(score, late_penalty=written.late_penalty), options.results)
