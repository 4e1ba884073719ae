"""Which way a test cell goes, from its text and from trying it."""

from __future__ import annotations

import pytest
from stock_child import a_cell

from autograder.stock.given import given, visible_definitions
from autograder.stock.model import SourceCell, SourceNotebook
from autograder.stock.ways import Tried, Way, by_reading, by_trying

OUTSIDE = [
    "assert f(1) == 2",
    "import numpy as np\nnp.testing.assert_allclose(f(1), [1])",
    "from hashlib import sha1\nassert sha1(str(f(1)).encode()).hexdigest() == 'x'",
    "old = f\ndel f\ntry:\n    g()\nexcept NameError:\n    pass\nf = old",
    "def check(x):\n    nonlocal_ = x\n    return x\nassert check(f(1))",
    "account.load(3)\naccount.save()",
    "eval_ = 1\nassert f(eval_)",
    "import unittest\nunittest.TestCase().assertEqual(f(1), 2)",
    "f.limit = 3\nnp = 1\nassert f(1)",
    "sum = 0\nlist = [1]\nassert f(list) == sum",
    "class A:\n    def sum(self): return 1\nsetattr(f, 'limit', 3)",
]
INSIDE = [
    ("%matplotlib inline\nassert f(1)", "IPython"),
    ("!ls", "IPython"),
    ("assert eval(f(1)) == 2", "`eval`"),
    ("exec(f(1))", "`exec`"),
    ("data = open(f(1)).read()", "`open`"),
    ("import os\nassert os.path.exists('x')", "`import os`"),
    ("from pathlib import Path\nassert Path('x').exists()", "`from pathlib import`"),
    ("assert path.exists('x')", "`os.path`"),
    ("import pickle\npickle.loads(f(1))", "`import pickle`"),
    ("import inspect\ninspect.getsource(f)", "`import inspect`"),
    ("assert plt.gca().get_title()", "`matplotlib.pyplot`"),
    ("import numpy as np\nassert np.load(f(1)).sum()", "`.load`"),
    ("assert f.__globals__", "`.__globals__`"),
    ("assert 'f' in globals()", "`globals`"),
    ("get_ipython().run_cell('f')", "`get_ipython`"),
    ("def g():\n    global f\n    f = 1\ng()", "`global`"),
    ("await f(1)", "`await`"),
    ("from unittest.mock import patch\nwith patch('f'): f(1)", "`from unittest.mock import`"),
    ("from unittest import mock\nwith mock.patch('f'): f(1)", "`unittest.mock`"),
    ("import unittest.mock\nunittest.mock.patch('f')", "`import unittest.mock`"),
    ("np.linalg.norm = None\nassert f(1)", "`np.linalg.norm` is changed"),
    ("del np\nassert f(1)", "`del np`"),
    ("setattr(np.linalg, 'norm', None)\nassert f(1)", "`setattr(np.linalg, 'norm', None)`"),
    ("def sum(*a): raise AssertionError\nassert f(1)", "`sum` is bound"),
    ("import types\nassert isinstance(f(1), types.GeneratorType)", "`.GeneratorType`"),
    ("from types import FunctionType\nassert isinstance(f, FunctionType)", "`types.FunctionType`"),
    ("sorted = None\nassert f(1)", "`sorted` is bound"),
    ("old = max\nmax = lambda *a: 1\nassert f(1)\nmax = old", "`max` is bound"),
    ("assert 1 ==", "IPython"),
]
MODULES = {"plt": "matplotlib.pyplot", "path": "os.path", "np": "numpy"}


@pytest.mark.parametrize("source", OUTSIDE)
def test_most_cells_can_be_evaluated_here(source):
    assert not by_reading(a_cell(source), MODULES).inside


@pytest.mark.parametrize(("source", "construct"), INSIDE)
def test_what_makes_code_or_files_of_data_goes_inside(source, construct):
    assert construct in by_reading(a_cell(source), MODULES).construct


FULL, NONE = Tried(1.0, used=frozenset({"eq with a value"})), Tried(0.0, "AssertionError")


def test_a_cell_that_gives_the_same_here_stays_here():
    way = by_trying(Way(), (FULL, NONE), (FULL, NONE))
    assert way == Way(allowed=frozenset({"eq with a value"}), proved=True)


def test_a_cell_that_refuses_the_courses_own_answers_here_goes_inside():
    refused = Tried(0.0, "TypeError: no source")
    way = by_trying(Way(), (refused, NONE), (FULL, NONE))
    assert way.inside
    assert "TypeError: no source" in way.construct


def test_a_cell_that_takes_the_stub_here_goes_inside():
    assert by_trying(Way(), (FULL, FULL), (FULL, NONE)).inside


def test_what_is_inside_by_its_text_is_not_asked_further():
    assert by_trying(Way("`eval`"), (FULL, NONE), (FULL, NONE)).construct == "`eval`"


# ---------------------------------------------------------------- the course's own cells


def a_notebook(*cells: tuple[str, str]) -> SourceNotebook:
    """Cells by kind (given, answer, test) and source."""
    json_cells, own = [], []
    for number, (kind, source) in enumerate(cells):
        name = f"{kind}{number}"
        marks = {"grade_id": name, "grade": kind == "test", "solution": kind == "answer"}
        metadata = {} if kind == "given" else {"nbgrader": marks}
        json_cells.append({"cell_type": "code", "source": source, "metadata": metadata})
        if kind != "given":
            grade = kind == "test"
            own.append(
                SourceCell(name, "code", source, source, grade, not grade, grade, False, 1.0, "")
            )
    return SourceNotebook("p", tuple(own), answered={"cells": json_cells})


def test_definitions_of_given_cells_are_the_trusted_sides_own():
    found = given(
        a_notebook(
            ("given", "import numpy as np\nSIZE = 3\nprint(SIZE)\ndef near(a, b):\n    return a"),
            ("answer", "def f(x):\n    return near(x, SIZE)"),
            ("given", "y = f(2)\nz = SIZE + 1\nrows = open('x').read()"),
            ("test", "assert near(f(1), 1) and z == 4"),
            ("given", "w = z"),
            ("test", "del f"),
        )
    )
    rows = "rows = open('x').read()"  # of the course's own file
    texts = ["import numpy as np", "SIZE = 3", "print(SIZE)", "def near(a, b):\n    return a"]
    assert found.before == {"test3": (*texts, "z = SIZE + 1", rows), "test5": ("w = z",)}
    assert found.answers == {"f", "y"}
    assert found.modules == {"np": "numpy"}


def test_a_name_that_an_answer_binds_is_the_students():
    found = given(a_notebook(("given", "limit = 3"), ("answer", "limit = 5"), ("test", "limit")))
    assert "limit" in found.answers


def test_what_answers_only_import_is_the_trusted_sides_own():
    found = given(
        a_notebook(
            ("answer", "from math import isclose, comb, sqrt\nimport helpers as h\ndef f(): pass"),
            ("answer", "def comb(n, k):\n    return 1"),
            ("test", "from math import isclose\nassert isclose(f(), h.g()) and comb(3, 2)"),
        )
    )
    assert found.before == {"test2": ("from math import isclose", "import helpers as h")}
    assert found.answers == {"f", "comb", "sqrt"}


def test_a_name_that_tests_bind_first_is_theirs():
    found = given(
        a_notebook(
            ("answer", "# nothing is known of this one"),
            ("test", "expected = 4\nassert f(1) == expected\nold = g\ndel g\ng = old"),
        )
    )
    assert found.answers == {"f", "g"}


def test_of_a_gradebook_alone_the_stubs_tell_the_names():
    stub = SourceCell(
        "a", "code", "secret = 1", "def f(x):\n    pass", False, True, False, False, 0, ""
    )
    test = a_cell("assert f(1)")
    found = given(SourceNotebook("p", (stub, test)))
    assert found.answers == {"f"}


def test_what_students_have_of_a_test_can_be_given_to_their_code():
    found = visible_definitions("import math\nx, y = 1, 2\nassert x\ndef g():\n    return x")
    assert [names for _, names in found] == [{"math"}, {"x", "y"}, {"g"}]
