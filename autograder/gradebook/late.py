"""Penalties for late submissions, by the course's own rule, as nbgrader assigns them."""

from __future__ import annotations

import math
from typing import Any

from nbgrader.api import SubmittedNotebook
from sqlalchemy import select

from autograder.gradebook.entry import Entry, LatePenalty
from autograder.gradebook.refusal import Refusal
from autograder.gradebook.rows import Rows


def scores(db: Any, rows: Rows) -> dict[str, float]:
    """The score of each notebook, by its id: nbgrader's own sum."""
    table: Any = SubmittedNotebook
    chosen = select(table.id, table.score).where(table.assignment_id == rows.submission.id)
    found = db.execute(chosen)
    return {notebook: float(score) for notebook, score in found}


def assign(db: Any, rows: Rows, entry: Entry, late: LatePenalty | None) -> None:
    """Give each notebook that was handed in its penalty; it has none yet.

    Raises:
        Refusal: the course's rule fails.
    """
    seconds = _seconds(rows.submission)
    if late is None or seconds <= 0:
        return
    found = scores(db, rows)
    for name, notebook in rows.notebooks.items():
        if name not in entry.missing:
            score = found[notebook.id]
            notebook.late_submission_penalty = _penalty(late, entry.student, score, seconds)


def _seconds(submission: Any) -> float:
    """How late; nbgrader's own figure, which fails for an extension of no date."""
    if submission.assignment.duedate is None:
        return 0.0
    return float(submission.total_seconds_late)


def _penalty(late: LatePenalty, student: str, score: float, seconds: float) -> float | None:
    """At least nothing, at most the score."""
    try:
        given = late(student, score, seconds)
        penalty = None if given is None else float(given)
    except Exception as error:  # the instructor's code: it may raise anything
        said = f"{type(error).__name__}: {error}"
        raise Refusal(f"the course's plugin for late submissions fails: {said}") from error
    if penalty is None:
        return None
    if math.isnan(penalty):
        raise Refusal("the course's plugin for late submissions gives no number")
    return min(max(penalty, 0.0), score)
