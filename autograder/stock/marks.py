"""From what the notebooks of a submission gave to its result and to what the gradebook learns."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from autograder.gradebook import CellComment, CellGrade
from autograder.model import Language, Outcome, TaskScore, TestResult
from autograder.stock import sentences
from autograder.stock.model import (
    Differs,
    Restored,
    SourceCell,
    SourceNotebook,
)
from autograder.stock.play import Played


@dataclass(frozen=True)
class NotebookMarks:
    """One notebook of one submission."""

    task: TaskScore
    grades: tuple[CellGrade, ...]
    comments: tuple[CellComment, ...]


def of_notebook(
    source: SourceNotebook, restored: Restored, played: Played, seconds: float, lang: Language
) -> NotebookMarks:
    """Marks of a notebook that was played."""
    tests: list[TestResult] = []
    grades: list[CellGrade] = []
    for cell in _graded(source):
        result, points = _of_cell(cell, source.name, restored, played, seconds, lang)
        tests.append(result)
        grades.append(CellGrade(source.name, cell.grade_id, points, points is None))
    return NotebookMarks(_task(source, tests), tuple(grades), tuple(_comments(source, restored)))


def of_missing(source: SourceNotebook, sentence: str, outcome: Outcome) -> NotebookMarks:
    """Marks of a notebook that was not handed in (``failed``), or cannot be read (``error``)."""
    points = 0.0 if outcome is Outcome.FAILED else None
    tests = [_result(cell, source.name, outcome, 0.0, sentence) for cell in _graded(source)]
    grades = [
        CellGrade(source.name, cell.grade_id, points, points is None) for cell in _graded(source)
    ]
    return NotebookMarks(_task(source, tests), tuple(grades), ())


def also(marks: NotebookMarks, differs: tuple[Differs, ...]) -> NotebookMarks:
    """``marks`` with more reasons why nbgrader might have given others, for every cell."""
    tests = (
        replace(test, differs=tuple(dict.fromkeys((*test.differs, *map(str, differs)))))
        for test in marks.task.tests
    )
    return replace(marks, task=replace(marks.task, tests=tuple(tests)))


def _graded(source: SourceNotebook) -> Iterator[SourceCell]:
    return (cell for cell in source.cells if cell.grade or cell.task)


def _task(source: SourceNotebook, tests: list[TestResult]) -> TaskScore:
    score = sum(test.points for test in tests)
    return TaskScore(source.name, score, sum(test.max_points for test in tests), tuple(tests))


def _of_cell(
    cell: SourceCell,
    notebook: str,
    restored: Restored,
    played: Played,
    seconds: float,
    lang: Language,
) -> tuple[TestResult, float | None]:
    """The result of one graded cell, and its automatic score: None if a person decides."""
    differs = restored.differs.get(cell.grade_id, ())
    if cell.grade_id not in restored.present:
        text, differs = sentences.ABSENT.to(lang), (*differs, Differs.DELETED)
        return _result(cell, notebook, Outcome.MANUAL, 0.0, text, differs), None
    if cell.is_manual:
        if cell.grade_id in restored.unanswered:
            text = sentences.UNANSWERED.to(lang)
            return _result(cell, notebook, Outcome.FAILED, 0.0, text, differs), 0.0
        text = sentences.MANUAL.to(lang)
        return _result(cell, notebook, Outcome.MANUAL, 0.0, text, differs), None
    judged = played.tests[cell.grade_id]
    points = judged.credit.points
    text = sentences.of_test(judged, seconds, lang)
    outcome = judged.outcome
    if points is None:
        outcome = Outcome.MANUAL
    elif outcome is Outcome.PASSED and points < cell.points:
        outcome = Outcome.FAILED
    differs = (*differs, *judged.credit.differs)
    result = _result(cell, notebook, outcome, points or 0.0, text, differs, inside=judged.inside)
    return result, points


def _result(
    cell: SourceCell,
    notebook: str,
    outcome: Outcome,
    points: float,
    message: str,
    differs: tuple[str, ...] = (),
    *,
    inside: bool = False,
) -> TestResult:
    return TestResult(
        name=cell.grade_id,
        task=notebook,
        visibility="visible" if cell.source == cell.released else "hidden",
        outcome=outcome,
        points=points,
        max_points=cell.points,
        message=message,
        inside=inside,
        differs=tuple(str(one) for one in dict.fromkeys(differs)),
    )


def _comments(source: SourceNotebook, restored: Restored) -> Iterator[CellComment]:
    for cell in source.cells:
        if (cell.solution or cell.task) and cell.grade_id in restored.present:
            text = "No response." if cell.grade_id in restored.unanswered else None
            yield CellComment(source.name, cell.grade_id, text)
