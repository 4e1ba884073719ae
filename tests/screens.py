"""What ``terminal.show`` writes about made-up scores."""

from __future__ import annotations

import io
from pathlib import Path

from rich.console import Console

from autograder import terminal
from autograder.model import (
    Assignment,
    Course,
    Outcome,
    Score,
    Task,
    TaskScore,
    TestResult,
    Text,
    Tier,
)

NAME = Text("Pooling", "Pooling")
POOLING = Assignment(
    "pooling", NAME, (Task("relu", NAME, 5.0), Task("max_pool2d", NAME, 7.5)), Path("pooling")
)
COURSE = Course(Path(), {"pooling": POOLING})


def a_score(student: str, relu: float, pool: float, outcome: Outcome = Outcome.PASSED) -> Score:
    test = TestResult("test_relu", "relu", "visible", outcome, relu, 5.0)
    tasks = (TaskScore("relu", relu, 5.0, (test,)), TaskScore("max_pool2d", pool, 7.5, ()))
    return Score(student, "pooling", "graded", relu + pool, 12.5, Tier.S2, 0.01, tasks)


def rejected(student: str, reason: str, assignment: str = "pooling") -> Score:
    return Score(student, assignment, "rejected", None, 12.5, Tier.S2, 0.0, reason=reason)


def shown(
    scores: list[Score],
    *notes: str,
    color: bool = False,
    width: int = 110,
    course: Course = COURSE,
    **more: object,
) -> str:
    screen = io.StringIO()
    console = Console(
        file=screen, markup=False, highlight=False, emoji=False, width=width, force_terminal=color
    )
    terminal.show(scores, course, notes, screen=console, **more)
    return screen.getvalue()
