"""Every clause has its row, and each test that a row names is there."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
PAGE = TESTS.parent / "docs" / "conformance.md"
ROWS = re.findall(r"^\| (T\d\d) \|([^|]+)\|([^|]+)\|([^|]*)\|$", PAGE.read_text("utf-8"), re.M)


def test_every_clause_has_one_row_in_order():
    assert [clause for clause, *_ in ROWS] == [f"T{number:02}" for number in range(33)]


@pytest.mark.parametrize(("clause", "holds", "shown", "otherwise"), ROWS)
def test_what_a_row_names_is_there(clause, holds, shown, otherwise):
    named = re.findall(r"`([^`:]+)::(\w+)`", shown)
    assert len(named) == shown.count("::") > 0
    assert holds.strip()
    for file, function in named:
        body = ast.parse((TESTS / file).read_text(encoding="utf-8")).body
        assert function in {node.name for node in body if isinstance(node, ast.FunctionDef)}, file
