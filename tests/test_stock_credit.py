"""Points of a test cell from what its last expression gives."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from nbgrader.utils import get_partial_grade

from autograder.stock.credit import of_text, of_value
from autograder.stock.model import Differs

P = (Differs.PARTIAL,)
CASES = [
    (None, 3.0, ()),
    (0, 0.0, ()),
    (1.5, 1.5, ()),
    (3, 3.0, ()),
    (True, 3.0, ()),
    (False, 0.0, P),
    (math.nan, 0.0, P),
    (-1, 0.0, P),
    (-math.inf, 0.0, P),
    (3.0000001, 3.0, P),
    (np.float64(0.0), 0.0, P),
    (np.float32(1.5), 1.5, P),
    (np.int64(2), 2.0, P),
    (np.bool_(False), 0.0, P),
    (np.bool_(True), 3.0, ()),
    (np.array(0.5), 0.5, P),
    (np.array([0.0]), 0.0, P),
    (torch.tensor(0.0), 0.0, P),
    (torch.tensor([2.0]), 2.0, P),
    (np.array([1.0, 2.0]), 3.0, ()),
    (torch.ones(2), 3.0, ()),
    ("well done", 3.0, ()),
    ([1, 2], 3.0, ()),
    ("0", 3.0, ()),
    (1j, 3.0, ()),
]


@pytest.mark.parametrize(("value", "points", "differs"), CASES, ids=lambda one: repr(one)[:40])
def test_a_value_gives_points(value, points, differs):
    found = of_value(value, 3.0)
    assert (found.points, found.differs) == (points, differs)


@pytest.mark.parametrize(("value", "points", "differs"), CASES[1:], ids=lambda one: repr(one)[:40])
def test_its_text_gives_the_same(value, points, differs):
    found = of_text(repr(value), 3.0)
    assert (found.points, found.differs) == (points, differs)


@pytest.mark.parametrize("value", [3.1, math.inf, 10**400, np.float64(4)], ids=repr)
def test_more_than_the_cell_is_worth_is_for_a_person(value):
    assert of_value(value, 3.0).points is None
    assert of_value(value, 3.0).differs == (Differs.OVER_MAX,)


@pytest.mark.parametrize(
    "value", [case[0] for case in CASES[1:] if case[1] <= 3.0], ids=lambda one: repr(one)[:40]
)
def test_a_difference_is_named_where_nbgrader_gives_something_else(value):
    """Against nbgrader's own function."""
    try:
        theirs: float | None = get_partial_grade({"data": {"text/plain": repr(value)}}, 3.0)
    except ValueError:
        theirs = None
    found = of_value(value, 3.0)
    assert (found.points != theirs) == (Differs.PARTIAL in found.differs)
