"""The page on nbgrader courses names every case and every reason, and no others."""

from __future__ import annotations

import re

import pytest
from stock_cases import CASES
from stock_page import FORGED, PAGE, rows

from autograder.stock.model import Differs

ROWS = rows()
REASONS = {str(reason) for reason in Differs} | {FORGED}


def test_every_case_has_its_row():
    assert set(ROWS) == {case.name for case in CASES}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_row_names_the_reasons_of_its_case(case):
    theirs, ours, why = ROWS[case.name]
    assert set(re.findall(r"`(\w+)`:", why)) == set(case.differs.values())
    assert (theirs != ours) == bool(why)
    assert (theirs == "no score") == case.stops


def test_every_reason_that_a_result_may_name_is_described():
    described = set(re.findall(r"`(\w+)`:", PAGE.read_text(encoding="utf-8")))
    assert described >= REASONS
