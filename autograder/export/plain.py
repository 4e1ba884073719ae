"""A table for any program: one line a student, one column an assignment, and the total."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from autograder.export.marks import Mark, Marks
from autograder.export.table import Style, points

Lines = list[Sequence[str]]


def table(marks: Marks, *, tasks: bool = False) -> tuple[Lines, Style, list[str]]:
    """The lines; with ``tasks`` a column ``assignment.task`` for each of them, too.

    A total stands only where every mark of the student is one: a sum without what is still to be
    marked would look like a grade. What was not handed in counts nothing.
    """
    columns = _columns(marks, tasks=tasks)
    headings = [name if task is None else f"{name}.{task}" for name, task in columns]
    lines: Lines = [("student", *headings, "total")]
    for student in marks.people:
        own = marks.of(student)
        cells = [points(_value(own, name, task)) for name, task in columns]
        lines.append((student, *cells, points(_total(own))))
    return lines, Style(), []


def _columns(marks: Marks, *, tasks: bool) -> list[tuple[str, str | None]]:
    columns: list[tuple[str, str | None]] = []
    for name in marks.assignments:
        columns.append((name, None))
        own = (mark for (_, assignment), mark in marks.marks.items() if assignment == name)
        names = dict.fromkeys(task for mark in own for task, _, _ in mark.tasks)
        columns += [(name, task) for task in names if tasks]
    return columns


def _value(own: Mapping[str, Mark], name: str, task: str | None) -> float | None:
    if name not in own:
        return None
    if task is None:
        return own[name].score
    return next((score for id, score, _ in own[name].tasks if id == task), None)


def _total(own: Mapping[str, Mark]) -> float | None:
    scores = [mark.score for mark in own.values() if mark.score is not None]
    return sum(scores) if scores and len(scores) == len(own) else None
