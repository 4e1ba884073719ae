"""Tasks that a person marks: what a result says of them until then. Pure.

No points are given here. A cell without an answer has none to come, as in nbgrader.
"""

from __future__ import annotations

from collections.abc import Iterable

from autograder.model import Assignment, Language, Outcome, Task, TestResult, Text
from autograder.notebook import stub

PENDING = Text(
    "Une personne lira ta réponse : ces points s'ajouteront plus tard.",
    "A person will read your answer: these points are added later.",
)
NO_RESPONSE = Text("Tu n'as pas répondu à cette question.", "You have not answered this question.")


def results(
    assignment: Assignment, cells: Iterable[tuple[str, str]], lang: Language
) -> tuple[TestResult, ...]:
    """One result a task that a person marks, named like the task.

    Args:
        assignment: whose tasks these are.
        cells: grade id and source of the cells that were handed in; of two with the same id, an
            answer in either will be read.
        lang: of the sentences.
    """
    answered = {grade_id for grade_id, source in cells if stub.is_text(source)}
    return tuple(
        _result(task, task.id in answered, lang) for task in assignment.tasks if task.manual
    )


def _result(task: Task, answered: bool, lang: Language) -> TestResult:
    return TestResult(
        name=task.id,
        task=task.id,
        visibility="visible",
        outcome=Outcome.MANUAL if answered else Outcome.FAILED,
        points=0.0,
        max_points=task.points,
        message=(PENDING if answered else NO_RESPONSE).to(lang),
    )
