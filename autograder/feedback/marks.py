"""What a person added in the gradebook, and the points that follow from it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from autograder.model import Outcome, Score, TaskScore, TestResult


@dataclass(frozen=True)
class Mark:
    """What a person gave one graded cell. ``points``: instead of the automatic ones, None: none."""

    points: float | None = None
    extra: float = 0.0
    comment: str = ""


# By task and test, as the result has them. The test is "" for what concerns a task as a whole.
Marks = Mapping[tuple[str, str], Mark]


def of_test(marks: Marks, test: TestResult) -> Mark | None:
    """What a person gave this test, or the task for which it stands."""
    found = marks.get((test.task, test.name))
    if found is None and test.outcome is Outcome.MANUAL:
        return marks.get((test.task, ""))
    return found


def of_task(marks: Marks, task: TaskScore) -> Mark | None:
    """What a person gave the task as a whole, unless one of its tests stands for it."""
    if any(test.outcome is Outcome.MANUAL for test in task.tests):
        return None
    return marks.get((task.id, ""))


def points(marks: Marks, test: TestResult) -> float:
    """The points that count for a test."""
    mark = of_test(marks, test)
    return test.points if mark is None or mark.points is None else mark.points


def task_points(marks: Marks, task: TaskScore) -> float:
    """The points that count for a task, without extra ones."""
    whole = marks.get((task.id, ""))
    if whole is not None and whole.points is not None:
        return whole.points
    return task.score + sum(points(marks, test) - test.points for test in task.tests)


def total(marks: Marks, score: Score) -> float | None:
    """The points of a submission, extra ones included; None unless it was graded."""
    if score.score is None:
        return None
    gained = sum(task_points(marks, task) - task.score for task in score.tasks)
    return score.score + gained + beyond(marks, score)


def beyond(marks: Marks, score: Score) -> float:
    """Points that a person gave beyond those of the tasks."""
    ids = {task.id for task in score.tasks}
    return sum(mark.extra for (task, _), mark in marks.items() if task in ids)


def pending(marks: Marks, task: TaskScore) -> float:
    """Points of a task that a person has still to give."""
    return sum(
        test.max_points
        for test in task.tests
        if test.outcome is Outcome.MANUAL and not is_given(of_test(marks, test))
    )


def is_given(mark: Mark | None) -> bool:
    """Whether a person has given points."""
    return mark is not None and mark.points is not None
