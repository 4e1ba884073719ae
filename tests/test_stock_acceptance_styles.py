"""Sixty ways to write a test cell, graded by nbgrader and by this program: the same points.

Where they are not, the style says so: ``partial`` or ``forged``.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import stock_styles
from stock_both import Course, Seen, by_id, graded, nbgraders_of, verdicts
from stock_styles import STYLES, Style

from autograder import stock

pytestmark = [
    pytest.mark.alone,  # two cores, and time limits that a busy machine might change
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore"),  # of nbgrader, nbconvert and SQLAlchemy
]
STUDENTS = ("right", "wrong")


class Both:
    """What both programs gave to the two students."""

    def __init__(self, folder: Path) -> None:
        ours = Course(folder / "ours", {"p1": stock_styles.source()}, files=stock_styles.FILES)
        for student in STUDENTS:
            book = ours.book()
            for one in STYLES:
                by_id(book, f"{one.name}-answer").source = getattr(one, student)
            ours.hand_in(student, {"p1": book}, course_helpers_py="def triple(x): return 0")
        self.expected = nbgraders_of(ours, STUDENTS, folder)
        self.report = graded(ours.root, folder / "results", lang="en")
        self.ways = {one.cell: one for one in stock.inspect(ours.root)}
        self.found: dict[str, Seen | None] = {one: ours.graded(one) for one in STUDENTS}
        self.tests = {one: verdicts(folder / "results", one) for one in STUDENTS}


@pytest.fixture(scope="module")
def both(tmp_path_factory) -> Iterator[Both]:
    return Both(tmp_path_factory.mktemp("styles"))


@pytest.mark.parametrize("style", STYLES, ids=lambda style: style.name)
def test_a_test_cell_gives_the_points_that_it_gives_in_a_kernel(both, style: Style):
    expected, found = (
        {student: seen[style.name][0] for student, seen in all_seen.items()}
        for all_seen in (both.expected, both.found)
    )
    reasons = {student: both.tests[student][style.name]["differs"] for student in STUDENTS}
    if "partial" in style.flags:
        assert expected["right"] == 1.0 > found["right"]
        assert reasons["right"] == ["partial"]
    else:
        assert found["right"] == expected["right"] > 0
        assert reasons["right"] == []
    if "forged" in style.flags:
        assert (expected["wrong"], found["wrong"]) == (1.0, 0.0)
    else:
        assert found["wrong"] == expected["wrong"] == 0.0


@pytest.mark.parametrize("style", STYLES, ids=lambda style: style.name)
def test_inspect_says_where_each_cell_is_judged(both, style: Style):
    inside = "inside" in style.flags
    way = both.ways[style.name]
    assert (way.inside, way.proved) == (inside, True)
    assert bool(way.construct) is inside
    for student in STUDENTS:
        assert both.tests[student][style.name]["inside"] is inside


def test_nothing_needed_a_person(both):
    assert both.report.notes == ()
    assert both.report.complete
