"""The same submissions through nbgrader and through this program: the same gradebook.

Wherever it is not, the case says which reason is due, the result names it, and the page shows it.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from stock_both import Course, Seen, graded, nbgraders_of, result, verdicts
from stock_cases import CASES, SOURCE, Case
from stock_page import FORGED, rows

pytestmark = [
    pytest.mark.alone,  # two cores, and time limits that a busy machine might change
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore"),  # of nbgrader, nbconvert and SQLAlchemy
]
ROWS = rows()


@pytest.fixture(scope="module")
def both(tmp_path_factory) -> tuple[dict[str, Seen | None], Course, Path]:
    """What nbgrader gives to each, the course graded by us, and our results."""
    folder = tmp_path_factory.mktemp("same")
    ours = Course(folder / "ours", {"p1": SOURCE})
    for case in CASES:
        book = ours.book()
        case.change(book)
        ours.hand_in(case.name, {"p1": book})
    expected = nbgraders_of(ours, [case.name for case in CASES], folder)
    graded(ours.root, folder / "results", lang="en")
    return expected, ours, folder / "results"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_submission_is_scored_as_nbgrader_does_or_says_why_not(both, case: Case):
    all_expected, ours, results = both
    expected, found = all_expected[case.name], ours.graded(case.name)
    assert found is not None
    tests = verdicts(results, case.name)
    shown = (points(expected), points(found))
    assert ROWS[case.name][:2] == shown, "docs/nbgrader.md says something else"
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


def points(seen: Seen | None) -> str:
    """As the page writes it: the sum of automatic scores, and `+ n` for n cells a person scores."""
    if seen is None:
        return "no score"
    by_hand = sum(manual for _, manual, _ in seen.values())
    total = f"{sum(score or 0 for score, _, _ in seen.values()):g}"
    return f"{total} + {by_hand}" if by_hand else total


def test_there_is_a_case_for_every_reason_that_can_be_made_here():
    shown = {reason for case in CASES for reason in case.differs.values()}
    assert {"stderr", "duplicate", "flags", "dead_kernel", "partial", "over_max", FORGED} <= shown


def test_the_right_answers_have_all_points(both):
    _, _, results = both
    document = result(results, "right")
    assert (document["status"], document["score"], document["max_score"]) == ("graded", 9, 15)
