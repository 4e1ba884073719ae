"""From our results to what a gradebook learns: a task's points go to its cell. Pure.

In the released notebook a task has an answer cell, named like it, and a graded cell:
``<task>-check`` with the visible tests or, where a person gives the points, the answer itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from autograder import markup
from autograder.gradebook.entry import CellComment, CellGrade, Entry
from autograder.model import Assignment, Outcome, Score, Task, TaskScore

NO_RESPONSE = "No response."  # nbgrader's own words for an answer that nobody wrote
LONGEST = 4_000  # characters of a comment
_CHECK = "-check"


def graded_cell(task: Task) -> str:
    """The id of the cell that has the points of ``task``."""
    return task.id if task.manual else task.id + _CHECK


def entry_of(score: Score, assignment: Assignment, timestamp: datetime | None = None) -> Entry:
    """What ``score`` writes.

    Points above a task's own, a bonus, are written as they are. What was not graded, or could not
    be read, writes no points at all, so that a person looks at it.
    """
    found = {task.id: task for task in score.tasks} if score.status == "graded" else {}
    marked = [(task, found[task.id]) for task in assignment.tasks if task.id in found]
    slug = assignment.slug
    return Entry(
        student=score.student,
        assignment=slug,
        timestamp=timestamp,
        grades=tuple(_grade(slug, task, result) for task, result in marked),
        comments=tuple(CellComment(slug, task.id, _comment(task, one)) for task, one in marked),
    )


def _grade(slug: str, task: Task, result: TaskScore) -> CellGrade:
    points = None if result.pending else result.score
    return CellGrade(slug, graded_cell(task), points, points is None)


def _comment(task: Task, result: TaskScore) -> str | None:
    """What the tests said, values of the student's in it: nbgrader renders it as Markdown."""
    if task.manual:
        return None if result.pending else NO_RESPONSE
    text = "\n\n".join(dict.fromkeys(_sentences(result)))
    if len(text) > LONGEST:
        text = text[:LONGEST].rstrip() + " …"
    return markup.markdown(text.replace("<", "&lt;")) or None


def _sentences(result: TaskScore) -> Iterator[str]:
    for test in result.tests:
        if test.outcome is not Outcome.PASSED:
            yield from filter(None, (test.message.strip(), test.hint.strip()))
