"""Hidden tests read through what a student is told: their values, their lines, their text."""

from __future__ import annotations

import pytest
from stock_child import Judge, a_cell, warm

from autograder.model import Outcome
from autograder.stock.evaluate import evaluate
from autograder.stock.model import SourceCell
from autograder.stock.play import Judged
from autograder.stock.sentences import is_released, of_test

HIDDEN = "### BEGIN HIDDEN TESTS\n{}\n### END HIDDEN TESTS"
SECRET = "secret_7349"


def hidden(text: str, before: str = "", after: str = "") -> SourceCell:
    """A cell with a hidden part."""
    parts = [part for part in (before, HIDDEN.format(text), after) if part]
    released = "\n".join(part for part in (before, after) if part)
    return a_cell("\n".join(parts), released=released)


@pytest.fixture(scope="module")
def isolation():
    with warm() as isolation:
        yield isolation


@pytest.fixture
def told(isolation):
    judges = []

    def tell(source: str, cell: SourceCell) -> str:
        judges.append(Judge(isolation, source, frozenset({"f"})))
        judge = judges[-1]
        judge.remote.allowed = frozenset()
        found = evaluate(cell, judge.names, judge.remote, 5.0)
        assert found.outcome in (Outcome.FAILED, Outcome.ERROR)
        judged = Judged(
            cell, found.credit, found.outcome, evaluated=found, called=judge.remote.last
        )
        return of_test(judged, 5.0, "en")

    yield tell
    for one in judges:
        one.child.close()


ECHO = "def f(*args):\n    raise {}"
READERS = {
    "the class of an exception": (
        ECHO.format("type('Got_' + args[0], (Exception,), {})"),
        hidden(f"f('{SECRET}')"),
    ),
    "the text of an exception": (ECHO.format("ValueError(args[0])"), hidden(f"f('{SECRET}')")),
    "an assertion of its own": (
        ECHO.format("AssertionError(args[0])"),
        hidden(f"assert f('{SECRET}') == 4, 'try again'"),
    ),
    "a helper's text below a plain one": (
        "def f(x): return 0",
        hidden(
            "def same(a, b):\n    if a != b:\n        raise AssertionError(f'{a} is not {b}')\n"
            f"    return True\nassert same(f(1), '{SECRET}'), 'try again'"
        ),
    ),
    "a line spelt like a visible one": (
        "def f(x): return x if x == 'a' else 'no'",
        hidden(f"x = '{SECRET}'\nassert f(x) == x", before="x = 'a'\nassert f(x) == x"),
    ),
    "such a line before the visible one": (
        "def f(x): return x if x == 'a' else 'no'",
        hidden(f"x = '{SECRET}'\nassert f(x) == x", after="x = 'a'\nassert f(x) == x"),
    ),
    "the name of a function": (
        "def f(x):\n    def g(y): return 1\n    g.__name__ = g.__qualname__ = x\n    return g",
        hidden(f"assert f('{SECRET}') == 4"),
    ),
    "the name of a class": (
        "def f(x): return type(x, (), {})()",
        hidden(f"assert f('{SECRET}') == 4"),
    ),
    "a note": (
        "def f(x):\n    error = ValueError()\n    error.add_note(x)\n    raise error",
        hidden(f"f('{SECRET}')"),
    ),
}


@pytest.mark.parametrize("name", READERS)
def test_what_a_hidden_test_gave_is_not_told(told, name):
    source, cell = READERS[name]
    sentence = told(source, cell)
    assert SECRET not in sentence
    assert sentence.startswith("A hidden test of this cell fails")


def test_what_a_visible_line_gave_is_told(told):
    cell = hidden("assert f('b') == 4", before="assert f('a') == 4")
    assert told("def f(x): return 0", cell) == "`assert f('a') == 4` fails: `f('a')` returns 0."


def test_an_authors_plain_sentence_is_told(told):
    assert told("def f(x): return 0", hidden("assert f('b') == 4, 'Not 4.'")) == "Not 4."


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        (a_cell("a\nb\na", released="a\nb"), {1, 2}),
        (hidden("a", before="a", after="b"), {1, 5}),
        (hidden("a\nb", after="a\nb"), {5, 6}),
        (a_cell("a\nb"), {1, 2}),
        (a_cell("a\nb", released=""), set()),
    ],
)
def test_lines_are_known_by_their_place(cell, shown):
    count = len(cell.source.splitlines())
    assert {line for line in range(1, count + 1) if is_released(cell, (line, line))} == shown
