"""What an instructor should look at although everything was graded."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from autograder.model import Score, TestResult
from autograder.stock.model import SourceNotebook, StockAssignment
from autograder.stock.ways import Ways

_ENOUGH = 3  # submissions: fewer may all be wrong


def untried(
    assignments: Mapping[str, StockAssignment], scores: Iterable[Score], source: str
) -> Iterator[str]:
    """Test cells that nobody passed where there are no answers of the course's to try them with.

    There only its text said where a cell is judged, and it may be one that cannot be judged there.

    Args:
        source: the folder in which the course's own notebooks would be.
    """
    scores = list(scores)
    for name, assignment in assignments.items():
        for notebook in assignment.notebooks.values():
            if notebook.answered is None:
                own = [one for one in scores if one.assignment == name]
                for cell in _never_passed(notebook, own):
                    yield (
                        f"{name}/{notebook.name}: nobody passes {cell}, and without {source}/ it "
                        "could not be tried with the course's own answers: look at it"
                    )


def unproved(
    assignments: Mapping[str, StockAssignment], ways: Mapping[str, Mapping[str, Ways]]
) -> Iterator[str]:
    """Assignments whose tests could not be tried although there are answers to try them with."""
    for name, assignment in assignments.items():
        answered = [one.name for one in assignment.notebooks.values() if one.answered]
        if any(not way.proved for one in answered for way in ways[name][one].values()):
            yield f"{name}: its tests end the process that tries them with the course's own answers"


def _never_passed(notebook: SourceNotebook, scores: list[Score]) -> Iterator[str]:
    for cell in notebook.cells:
        if not cell.is_test or not cell.points:
            continue
        found = [test for score in scores for test in _tests(score, notebook, cell.grade_id)]
        if len(found) >= _ENOUGH and not any(test.points for test in found):
            yield cell.grade_id


def _tests(score: Score, notebook: SourceNotebook, name: str) -> Iterator[TestResult]:
    """Results of a test that was judged in the trusted process."""
    for task in score.tasks:
        if task.id == notebook.name:
            yield from (one for one in task.tests if one.name == name and not one.inside)
