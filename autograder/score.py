"""From the results of tests to the points of tasks. Pure, and fail-closed: no result, no points."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from autograder import messages
from autograder.model import Assignment, Language, Outcome, TaskScore, TestResult

WRONG = (Outcome.FAILED, Outcome.ERROR)  # a dependency explains these; a time-out explains itself


def task_scores(
    assignment: Assignment,
    results: Sequence[TestResult],
    depends: Mapping[str, tuple[str, ...]],
    lang: Language,
) -> tuple[TaskScore, ...]:
    """The points of each task, in the assignment's order.

    Args:
        assignment: names the tasks and what they are worth.
        results: one per test that ran.
        depends: names of the tests that each test depends on.
        lang: of the sentences about skipped tests.
    """
    settled = _skip_dependents(assignment, results, depends, lang)
    scores = []
    for task in assignment.tasks:
        tests = tuple(result for result in settled if result.task == task.id)
        bonus = sum(max(test.points - test.max_points, 0.0) for test in tests)
        earned = sum(test.points for test in tests) - bonus
        score = round(min(earned, task.points) + bonus, 6)
        scores.append(TaskScore(task.id, score, task.points, tests))
    return tuple(scores)


def total(scores: Sequence[TaskScore]) -> float:
    """Points of all tasks together."""
    return round(sum(score.score for score in scores), 6)


def _skip_dependents(
    assignment: Assignment,
    results: Sequence[TestResult],
    depends: Mapping[str, tuple[str, ...]],
    lang: Language,
) -> list[TestResult]:
    """Report a wrong test as skipped while something it depends on is wrong too.

    A dependent test runs all the same and keeps its points when it passes: a right answer never
    loses marks for another one. A known mistake keeps its hint.
    """
    failed = {result.name for result in results if result.outcome is not Outcome.PASSED}
    earned = {task.id: 0.0 for task in assignment.tasks}
    for result in results:
        earned[result.task] = earned.get(result.task, 0.0) + result.points
    before = {task.id: task.depends for task in assignment.tasks}

    def cause(result: TestResult) -> str | None:
        for name in depends.get(result.name, ()):
            if name in failed:
                return name
        return next((task for task in before.get(result.task, ()) if earned[task] == 0), None)

    settled = []
    for result in results:
        known = bool(result.hint)  # a known mistake of this function is its own
        own = known or result.points > 0  # and what is partly right has its own sentence
        because = cause(result) if result.outcome in WRONG and not own else None
        if because:
            text = messages.skipped(because, lang)
            result = replace(result, outcome=Outcome.SKIPPED, message=text, hint="")
        settled.append(result)
    return settled
