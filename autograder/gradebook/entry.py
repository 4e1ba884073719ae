"""What is written into a gradebook, where, and what comes of it. Frozen types, no logic."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

# Student, score of one notebook, seconds late → points taken off; None: no penalty. The method
# ``late_submission_penalty`` of nbgrader's plugins.
LatePenalty = Callable[[str, float, float], float | None]


@dataclass(frozen=True)
class CellGrade:
    """What the gradebook learns about one graded cell."""

    notebook: str
    grade_id: str
    auto_score: float | None  # None: a person decides
    needs_manual_grade: bool


@dataclass(frozen=True)
class CellComment:
    """The automatic comment on one answer; None clears it."""

    notebook: str
    grade_id: str
    auto_comment: str | None


@dataclass(frozen=True)
class Entry:
    """Everything that one submission writes into the gradebook.

    A graded cell that ``grades`` does not name loses its automatic score: a person decides.
    """

    student: str
    assignment: str
    timestamp: datetime | None  # UTC, without a time zone; None: the gradebook's own stays
    grades: tuple[CellGrade, ...]
    comments: tuple[CellComment, ...] = ()
    missing: tuple[str, ...] = ()  # notebooks that were not handed in


@dataclass(frozen=True)
class Target:
    """The gradebook of a course and how the course wants it written."""

    db_url: str  # as SQLAlchemy takes it
    course_id: str = ""
    create_student: bool = True  # else only students whom the gradebook knows
    late: LatePenalty | None = None
    patience: float = 30.0  # seconds to wait while another program writes (SQLite)


@dataclass(frozen=True)
class Written:
    """What the gradebook says of one submission after it was written."""

    student: str
    assignment: str
    score: float  # manual scores and extra credit included; the penalty is not taken off
    late_penalty: float | None  # of all notebooks together; None: none has one
    needs_manual_grade: bool  # a person still has something to decide


@dataclass(frozen=True)
class Refused:
    """A submission of which nothing was written; the gradebook is as it was before."""

    student: str
    assignment: str
    reason: str  # for the instructor
