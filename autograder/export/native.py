"""The table that ``nbgrader export`` writes: the same columns and values.

Other than nbgrader's, a cell with a comma is quoted and none is run as a formula, and a score that
is not final is empty instead of 0.
Source: https://nbgrader.readthedocs.io/en/stable/plugins/export-plugin.html
"""

from __future__ import annotations

from collections.abc import Sequence

from autograder.export.marks import Mark, Marks
from autograder.export.table import Style

COLUMNS = (
    "assignment", "duedate", "timestamp", "student_id", "last_name", "first_name", "email",
    "raw_score", "late_submission_penalty", "score", "max_score",
)  # fmt: skip

Lines = list[Sequence[str]]


def table(marks: Marks, *, everyone: bool) -> tuple[Lines, Style, list[str]]:
    """The lines; ``everyone``: with a 0 for each who did not hand in, as nbgrader has it."""
    lines: Lines = [COLUMNS]
    for name, most in marks.assignments.items():
        for person in marks.people.values():
            mark = marks.marks.get((person.id, name))
            if mark is None and not everyone:
                continue
            who = (person.id, person.last_name, person.first_name, person.email)
            due, when = marks.duedates.get(name, ""), mark.timestamp if mark else ""
            lines.append((name, due, when, *who, *_scores(mark), str(float(most))))
    return lines, Style(), []


def _scores(mark: Mark | None) -> tuple[str, str, str]:
    """Raw score, penalty and score, as nbgrader prints them."""
    if mark is None:
        return ("0.0", "0.0", "0.0")
    if mark.score is None or mark.raw is None:
        return ("", "", "")
    return (str(float(mark.raw)), str(float(mark.penalty)), str(float(mark.score)))
