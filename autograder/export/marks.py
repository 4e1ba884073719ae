"""What is given back: for each student and assignment a score, or why a person must look first.

A mark comes from the results (``from_results``) or from the course's gradebook (``gradebook``). No
result, no points: whatever is not a full and final score has ``score`` None and says why.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from autograder import results
from autograder.errors import UsageError
from autograder.model import Outcome, Score


@dataclass(frozen=True)
class Person:
    """A student. The names and the address are known only where a gradebook has them."""

    id: str
    last_name: str = ""
    first_name: str = ""
    email: str = ""


@dataclass(frozen=True)
class Mark:
    """What one student has for one assignment, in points."""

    score: float | None  # the late penalty taken off, never below 0; None: ``needs`` says why
    max_score: float
    raw: float | None = None  # before the penalty
    penalty: float = 0.0
    needs: str = ""
    tasks: tuple[tuple[str, float | None, float], ...] = ()  # name, score, most
    platform: str = ""  # ``moodle`` or ``canvas``: where the file was downloaded
    number: str = ""  # what that platform calls the student
    timestamp: str = ""


@dataclass(frozen=True)
class Marks:
    """All of them. ``source`` says where they come from, ``notes`` what else needs a person."""

    source: str
    assignments: Mapping[str, float]  # names and their points, in the order of the columns
    people: Mapping[str, Person]  # by id, in the order of the rows
    marks: Mapping[tuple[str, str], Mark]  # by student and assignment
    duedates: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def of(self, student: str) -> dict[str, Mark]:
        """The student's marks by assignment; what was not handed in is not there."""
        pairs = ((name, self.marks.get((student, name))) for name in self.assignments)
        return {name: mark for name, mark in pairs if mark is not None}

    def missing(self) -> list[str]:
        """A line for each mark without a score."""
        return [
            f"{student}, {assignment}: no score: {mark.needs}"
            for (student, assignment), mark in self.marks.items()
            if mark.score is None
        ]


def mark(
    raw: float | None,
    max_score: float,
    penalty: float | None,
    needs: str = "",
    tasks: Iterable[tuple[str, float | None, float]] = (),
) -> Mark:
    """A mark as nbgrader counts it: the penalty comes off, and none falls below zero."""
    late = penalty or 0.0
    if needs or raw is None:
        return Mark(None, max_score, None, late, needs or "it has none", tuple(tasks))
    return Mark(max(0.0, raw - late), max_score, raw, late, "", tuple(tasks))


def from_results(folder: Path, assignments: Sequence[str] = ()) -> Marks:
    """The marks in a results folder, of ``assignments`` only if any are named.

    Raises:
        UsageError: there is no such folder, no result in it, or none of a named assignment.
    """
    if not folder.is_dir():
        raise UsageError(f"{folder}: no such folder; say where the results are with --results")
    found = results.read_all(folder)
    unread = len(list(folder.glob("*/*.json"))) - len(found)
    known = sorted({score.assignment for score in found})
    check_known(assignments, known, str(folder))
    kept = [score for score in found if not assignments or score.assignment in assignments]
    names = list(dict.fromkeys(assignments)) or known
    return Marks(
        source=f"scores taken from the results in {folder}",
        assignments={name: _most(kept, name) for name in names},
        people={score.student: Person(score.student) for score in kept},
        marks={(score.student, score.assignment): _mark(score) for score in kept},
        notes=(f"{folder}: result files that cannot be read: {unread}; grade again",)
        if unread
        else (),
    )


def check_known(asked: Sequence[str], known: Sequence[str], where: str) -> None:
    """Raise UsageError unless there is something, and each of ``asked`` is among it."""
    if not known:
        raise UsageError(f"{where}: nothing to export there")
    for name in asked:
        if name not in known:
            raise UsageError(f"{where}: no assignment {name!r}; there are {', '.join(known)}")


def _most(scores: Iterable[Score], assignment: str) -> float:
    return max(score.max_score for score in scores if score.assignment == assignment)


def _mark(score: Score) -> Mark:
    tasks = ((task.id, task.score, task.max_score) for task in score.tasks)
    made = mark(score.score, score.max_score, score.late_penalty, _needs(score), tasks)
    platform, number = (score.provenance.get(key, "") for key in ("platform", "number"))
    return Mark(**{**vars(made), "platform": platform, "number": number})


def _needs(score: Score) -> str:
    """Why this is no score to hand out; "" if it is one."""
    if score.status != "graded":
        return f"{score.status.replace('_', ' ')}: {score.reason}"
    if score.provenance.get("track") == "short":
        return "a trial with --short is no grade"
    by_hand = {
        test.task for task in score.tasks for test in task.tests if test.outcome is Outcome.MANUAL
    }
    return f"to be marked by hand: {', '.join(sorted(by_hand))}" if by_hand else ""
