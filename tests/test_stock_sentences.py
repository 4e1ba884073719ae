"""What a student reads about a test cell: visible lines with their values, hidden ones never."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from stock_child import Judge, a_cell, warm

from autograder.stock.play import Judged
from autograder.stock.sentences import of_test, summary

STUDENT = """
import numpy as np
class Thing:
    pass
def thing():
    return Thing()
def double(x):
    return x
def nested():
    a = [1]
    for _ in range(60):
        a = [a, a]
    return a
def keyed():
    return {Thing(): [Thing()]}
def boom():
    raise KeyError("a\\x1b[31mb")
def end():
    import os
    os._exit(1)
"""


@pytest.fixture(scope="module")
def isolation():
    with warm() as isolation:
        yield isolation


@pytest.fixture
def said(isolation):
    """The sentences of a cell, in English; its child is gone by then, as when results are made."""
    judge = Judge(isolation, STUDENT, frozenset({"double"}))

    def said(source: str, released: str | None = None, lang: str = "en") -> str:
        cell = a_cell(source, released=released)
        found = judge(source)
        judge.child.close()
        judged = Judged(
            cell, found.credit, found.outcome, False, found, frozenset(), judge.remote.last
        )
        return of_test(judged, 3.0, lang)

    yield said
    judge.child.close()


CASES = [
    ("assert double(2) == 4", "`assert double(2) == 4` fails: `double(2)` returns 2."),
    ("x = [1]\nassert double(x) == 4", "`assert double(x) == 4` fails: `double([1])` returns [1]."),
    ("assert double(2) == 4, 'twice'", "twice"),
    ("assert double(2) == 4, f'not {double(2)}'", "not 2"),
    ("assert thing() == 4", "`assert thing() == 4` fails: `thing()` returns a `Thing` object."),
    ("assert thing() is None, thing()", ""),
    ("assert keyed() == 4", "{a `Thing` object: [a `Thing` object]}"),
    ("assert nested() == 4", "returns [[[…, …], […, …]], [[…, …], […, …]]]."),
    ("boom()", "`boom()` fails: `KeyError: 'a\\x1b[31mb'`."),
    ("nothing()", "`nothing()` fails: `NameError: name 'nothing' is not defined`."),
    ("end()", "The test “t” ended the Python process abruptly."),
    ("0.5", "0.5 of 1 points."),
    ("2.0", "The test gives more points than the cell is worth: a person will decide."),
    ("1", ""),
]


@pytest.mark.parametrize(("source", "sentence"), CASES)
def test_of_a_line_that_students_have_all_is_said(said, source, sentence):
    found = said(source)
    assert sentence in found
    assert found.isprintable()


def test_in_french_too(said):
    assert said("assert double(2) == 4", lang="fr") == (
        "`assert double(2) == 4` échoue : `double(2)` renvoie 2."
    )


HIDDEN = [
    ("assert double(7) == 14", "A hidden test of this cell fails."),
    ("assert double(7) == 14, f'14, not {double(7)}'", "A hidden test of this cell fails."),
    ("assert double(7) == 14, 'multiply by two'", "multiply by two"),
    ("boom()  # 7", "A hidden test of this cell fails. Your code raises `KeyError`."),
    ("raise ValueError(7, 14)", "A hidden test of this cell fails. Your code raises `ValueError`."),
]


@pytest.mark.parametrize(("hidden", "sentence"), HIDDEN)
def test_of_a_hidden_line_nothing_is_shown(said, hidden, sentence):
    found = said(f"assert double(1) == 1\n{hidden}", released="assert double(1) == 1")
    assert found == sentence
    assert "14" not in found
    assert "7" not in found


@pytest.mark.parametrize(
    ("value", "text"),
    [
        *((None, "None"), (3, "3"), (2.5, "2.5"), (True, "True"), ("é", "'é'")),
        *((np.float64(2), "2.0"), ((1,), "(1,)"), ({1: {2}}, "{1: {2}}")),
        *((range(3), "range(0, 3)"), (Decimal("1.5"), "Decimal('1.5')")),
        (list(range(99)), "[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, …]"),
    ],
)
def test_values_are_written_as_python_does(value, text):
    assert summary(value, "en") == text


@pytest.mark.parametrize(
    "value", [10**5000, Fraction(10**5000, 3), ["x" * 10**6] * 99], ids=["int", "fraction", "text"]
)
def test_whatever_is_long_is_cut(value):
    assert len(summary(value, "en")) <= 300
