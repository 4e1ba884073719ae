"""The same submissions through nbgrader and through this program: the same gradebook.

Wherever it is not, the case says which reason is due, and the result names it.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

import pytest
import stock_cases
from stock_cases import CASES, Case, Course

from autograder import run, stock
from autograder.farm import Watcher

pytestmark = [
    pytest.mark.alone,  # two cores, and time limits that a busy machine might change
    pytest.mark.filterwarnings("ignore"),  # of nbgrader, nbconvert and SQLAlchemy
]

FORGED = "forged"  # nothing to name: nbgrader gave points that nobody earned


class Nobody:
    def working(self, student: str, assignment: str = "") -> None: ...

    def done(self, count: int = 1) -> None: ...


def graded(root: Path, results: Path, **options: object) -> run.Report:
    watcher: Watcher = Nobody()
    asked = run.Options(submissions=root, root=root, results=results, **options)
    return stock.grade(asked, lambda total: nullcontext(watcher))


@pytest.fixture(scope="module")
def both(tmp_path_factory) -> Iterator[tuple[Course, Course, Path]]:
    """The course graded by nbgrader (on demand), by us, and our results."""
    path = os.environ["PATH"]
    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{path}"  # nbgrader: alembic
    folder = tmp_path_factory.mktemp("same")
    theirs = Course(folder / "theirs")
    for case in CASES:
        theirs.hand_in(case)
    ours = theirs.copied_to(folder / "ours")
    graded(ours.root, folder / "results", lang="en")
    yield theirs, ours, folder / "results"
    os.environ["PATH"] = path


def results_of(results: Path, student: str) -> dict[str, dict]:
    document = json.loads((results / "a1" / f"{student}.json").read_text())
    assert document["status"] == "graded"
    return {test["name"]: test for test in document["tasks"][0]["tests"]}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_submission_is_scored_as_nbgrader_does_or_says_why_not(both, case: Case):
    theirs, ours, results = both
    expected, found = theirs.nbgraders(case.name), ours.graded(case.name)
    tests = results_of(results, case.name)
    if case.stops:
        assert expected is None, "nbgrader gives scores after all"
        assert {reason for test in tests.values() for reason in test["differs"]} >= {
            case.differs["*"]
        }
        return
    assert expected is not None, "nbgrader gives up"
    different = {name for name in expected if expected[name] != found[name]}
    assert different == set(case.differs), {
        name: (expected[name], found[name]) for name in different
    }
    for name, reason in case.differs.items():
        if reason != FORGED:
            assert reason in tests[name]["differs"]


def test_there_is_a_case_for_every_reason_that_can_be_made_here():
    shown = {reason for case in CASES for reason in case.differs.values()}
    assert {"stderr", "duplicate", "flags", "dead_kernel", FORGED} <= shown


def test_the_right_answers_have_all_points(both):
    _, _, results = both
    document = json.loads((results / "a1" / "right.json").read_text())
    assert document["score"] == 7
    assert document["max_score"] == 13
    assert stock_cases.SOURCE  # the points above are those of its cells
