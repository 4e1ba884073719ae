"""Points by what is done to cells: tests moved, deleted, undermined by names of the student's."""

from __future__ import annotations

import ast
import time

import pytest
from stock_both import cell as made_cell
from stock_both import notebook
from stock_child import Judge

from autograder import outputs
from autograder.isolation import Isolation
from autograder.model import Limits, Outcome, Tier
from autograder.stock.given import Given, given
from autograder.stock.kernel import Bounds, Kernel
from autograder.stock.model import SourceCell, SourceNotebook, Step
from autograder.stock.play import Played, Player

PRELOAD = ("numpy", "autograder.sandbox.bridge", "autograder.sandbox.shell")
SIMPLE = PRELOAD[:2]
WRONG = "def double(x):\n    return 0"

# What the course's notebook says, cell by cell.
SOURCE = {
    "all": ("code", "from math import *\ndouble = None"),
    "data": ("locked", "DATA = [1, 2, 3]\n\ndef same(a, b):\n    assert a == b"),
    "more": (
        "code",
        "print(DATA)\ntry:\n    import math\nexcept ImportError: math = 0\nfor base in (10, 20):\n"
        "    DATA = DATA + [base]\nDATA += [30]\nif True:\n    def at_least(a, b): return a >= b",
    ),
    "double": (
        "answer",
        "import math as m\n\ndef dist(p, q):\n    return 5\n\ndef double(x):\n    return 2 * x",
    ),
    "t1": ("test", "expected = 4\n\ndef check(x, y):\n    assert x == y\n\nsame(double(2), 4)"),
    "t2": ("test", "same(double(3), 6)\nassert dist([0, 1], [0, 2]) == 5"),
    "t3": ("test", "check(double(2), expected)"),
    "t4": ("test", "assert [double(x) for x in DATA] == [2, 4, 6, 20, 40, 60]"),
    "t5": ("test", "assert m.isclose(double(2), 4)"),
    "t6": ("test", "assert math.isclose(double(2), 4) and at_least(double(2), 4)"),
}


def source_notebook() -> SourceNotebook:
    cells = [
        SourceCell(
            name, "code", text, text, kind == "test", kind == "answer", kind != "answer", False,
            float(kind == "test"), "",
        )
        for name, (kind, text) in SOURCE.items()
    ]  # fmt: skip
    book = notebook(*(made_cell(kind, text, name, 1) for name, (kind, text) in SOURCE.items()))
    return SourceNotebook("p1", tuple(cells), {}, book)


@pytest.fixture(scope="module")
def isolation():
    with Isolation(Tier.S2, [PRELOAD, SIMPLE], slots=1) as isolation:
        yield isolation


@pytest.fixture
def play(isolation):
    """Play a student's notebook: ids of the course's cells, or text of the student's own."""

    def play(*cells: str, whole: float = 30.0, known: Given | None = None) -> Played:
        source = source_notebook()
        steps = []
        for number, text in enumerate(cells, 1):
            own = source.by_id.get(text)
            test = own if own and own.is_test else None
            steps.append(Step(number - 1, number, own.source if own else text, test))
        sandbox = isolation.sandbox(PRELOAD, 0)
        limits = Limits(call_seconds=2, cell_seconds=2, memory_mib=512)
        kernel = Kernel(lambda: sandbox.child(limits), {}, Bounds(2, whole), outputs.shown)
        return Player(known or given(source), {}, kernel).play(tuple(steps))

    return play


def points(played: Played) -> dict[str, float | None]:
    return {name: judged.credit.points for name, judged in played.tests.items()}


def test_right_answers_are_worth_all_points(play, capsys):
    found = points(play(*SOURCE))
    assert capsys.readouterr().out == "", "what the course's cells print is the notebook's"
    assert found == dict.fromkeys(("t1", "t2", "t3", "t4", "t5", "t6"), 1.0)


PRETENDED = (
    WRONG + "\nsame = check = at_least = lambda *args: True\nexpected, DATA = 0, []\nsum = max\n"
    "import types\nm = math = types.ModuleType('mine')\nm.isclose = lambda *args: True"
)


@pytest.mark.parametrize(
    "cells",
    [
        ("data", "more", PRETENDED, "t1", "t2", "t3", "t4", "t5", "t6"),
        (PRETENDED, "t6"),
        ("t1", "t2", "data", PRETENDED, "t3", "t4", "t5"),
        (PRETENDED, "t5", "t4", "t3", "t2", "t1"),
        (PRETENDED, "t2", "t3"),
        (PRETENDED, "t3"),
        (PRETENDED, "t4", PRETENDED, "t5"),
        ("data", PRETENDED, "t2", "import builtins\nbuiltins.AssertionError = OSError", "t3"),
        (PRETENDED, "globals()['__builtins__'] = {}\n__name__ = 'x'\n__debug__ and 0", "t3", "t4"),
    ],
    ids=lambda cells: " ".join(one for one in cells if one in SOURCE),
)
def test_wrong_answers_are_worth_nothing_in_any_order(play, cells):
    found = points(play(*cells))
    assert found
    assert set(found.values()) == {0.0}


def test_a_deleted_test_takes_the_names_that_it_gave_along(play):
    right = SOURCE["double"][1]  # a `dist` that is not the one of math
    found = points(play(right, "t2", "t3", "t4"))
    assert found == {"t2": 1.0, "t3": 0.0, "t4": 1.0}, "as in a kernel where t1 is not there"


def test_cells_that_end_the_process_when_it_is_opened_again_take_no_more_than_their_time(play):
    again = (
        "import os, sys\nwas = sys.modules['autograder.sandbox.bridge']._bridge.cache_info()\n"
        "if not was.currsize: os._exit(3)"
    )
    slow = "import time\ntime.sleep(0.2)"
    end = "import os\ndef double(x):\n    os._exit(4)"
    started = time.monotonic()
    found = play(WRONG, "t1", *[slow] * 5, *[again] * 40, end, "t2", "t4", whole=5.0)
    assert time.monotonic() - started < 25
    assert set(points(found).values()) == {0.0}


def test_names_that_only_the_course_binds_are_no_ones_else():
    known = given(source_notebook())
    assert known.own >= {"same", "DATA", "check", "expected"}
    assert known.answers == {"double", "dist"}
    assert {text for texts in known.before.values() for text in texts} >= {
        ast.unparse(ast.parse("DATA = [1, 2, 3]"))
    }


@pytest.mark.parametrize(
    "before",
    [
        "class Own: pass\ntry:\n    double([Own()])\nexcept TypeError:\n    pass",
        "class Own: pass\nkept = []\ndouble(kept)\nkept.append(Own())",
        "class Own: pass\nkept = []\ndouble(kept)\nkept.append([Own()])",
        "class Own: pass\nkept = [1]\ndouble(kept)\nkept[0] = 2\ntry:\n    double([Own()])\n"
        "except TypeError:\n    pass\nassert double(kept) == [2, 2]",
    ],
)
def test_what_cannot_be_sent_spoils_nothing_that_follows(isolation, before):
    judge = Judge(isolation, "def double(x): return 2 * x", frozenset({"double"}))
    assert judge(before).outcome is Outcome.PASSED
    assert judge("assert double([3]) == [3, 3] and double(2) == 4").outcome is Outcome.PASSED
    judge.child.close()
