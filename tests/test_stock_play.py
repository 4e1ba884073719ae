"""A notebook played from its first cell to its last, by a real child that may be lost."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from stock_child import a_cell

from autograder import outputs
from autograder.isolation import Isolation
from autograder.model import Limits, Outcome, Tier
from autograder.stock.given import Given
from autograder.stock.kernel import Bounds, Kernel
from autograder.stock.model import SourceCell, Step
from autograder.stock.play import Played, Player, kernel_order
from autograder.stock.preload import ALWAYS
from autograder.stock.ways import Way

BOUNDS = Bounds(cell=2, whole=30)
LIMITS = Limits(call_seconds=2, cell_seconds=2, cpu_seconds=30, total_seconds=60, memory_mib=512)
INSIDE = Way("`open`")


@pytest.fixture(scope="module")
def isolation():
    with Isolation(Tier.S2, [ALWAYS], slots=1) as isolation:
        yield isolation


@pytest.fixture
def play(isolation):
    return lambda *cells, **options: played(isolation, *cells, **options)


def a_kernel(isolation: Isolation, bounds: Bounds = BOUNDS, **files: bytes) -> Kernel:
    named = {name.replace("_", "."): data for name, data in files.items()}
    return Kernel(lambda: isolation.sandbox(ALWAYS, 0).child(LIMITS), named, bounds, outputs.shown)


def checked(name: str, source: str, released: str | None = None) -> SourceCell:
    return replace(a_cell(source, released=released), grade_id=name)


def steps(*cells: str | SourceCell) -> tuple[Step, ...]:
    return tuple(
        Step(number, number + 1, cell)
        if isinstance(cell, str)
        else Step(number, number + 1, cell.source, cell)
        for number, cell in enumerate(cells)
    )


def played(isolation, *cells, answers=("f",), before=None, ways=None, **options) -> Played:
    given = Given(before or {}, frozenset(answers), {})
    return Player(given, ways or {}, a_kernel(isolation, **options)).play(steps(*cells))


def points(found: Played) -> dict[str, float | None]:
    return {name: judged.credit.points for name, judged in found.tests.items()}


def reasons(found: Played, name: str) -> list[str]:
    return [str(reason) for reason in found.tests[name].credit.differs]


def text_of(found: Played, position: int) -> str:
    return "".join(one.get("text", "") for one in found.outputs[position])


ONE, TWO = checked("one", "assert f() == 1"), checked("two", "assert f() == 2")


def test_a_test_sees_what_was_defined_above_it(play):
    found = play("f = lambda: 1", ONE, "f = lambda: 2", TWO, checked("three", "assert f() == 1"))
    assert points(found) == {"one": 1.0, "two": 1.0, "three": 0.0}
    assert not any(judged.inside for judged in found.tests.values())


def test_a_cell_that_fails_keeps_what_it_had_defined(play):
    found = play("f = lambda: 1\n1 / 0", ONE)
    assert points(found) == {"one": 1.0}
    assert found.outputs[0][0]["ename"] == "ZeroDivisionError"


def test_files_lie_beside_the_notebook(play):
    found = play("f = lambda: int(open('number.txt').read())", ONE, number_txt=b"1")
    assert points(found) == {"one": 1.0}


EQUAL = "class E:\n    __eq__ = lambda self, other: True\nf = E"


@pytest.mark.parametrize(("way", "expected"), [(Way(doubted=True), None), (Way(), 1.0)])
def test_where_nothing_was_proved_a_person_decides_about_objects(play, way, expected):
    found = play(EQUAL, ONE, ways={"one": way})
    assert points(found) == {"one": expected}
    assert ("object" in reasons(found, "one")) is way.doubted


def test_where_no_object_had_a_say_nobody_has_to_decide(play):
    assert points(play("f = lambda: 1", ONE, ways={"one": Way(doubted=True)})) == {"one": 1.0}


# ---------------------------------------------------------------- what ends the process

ENDS = [
    ("import os\nos._exit(1)", Outcome.CRASHED, "dead_kernel"),
    ("import ctypes\nctypes.string_at(0)", Outcome.CRASHED, "dead_kernel"),
    ("while True: pass", Outcome.TIMEOUT, "timeout"),
    ("while True: print('x' * 1000)", Outcome.TIMEOUT, "timeout"),
]


@pytest.mark.parametrize(("source", "outcome", "reason"), ENDS)
def test_what_ran_before_and_after_a_lost_cell_counts(play, source, outcome, reason):
    found = play("f = lambda: 1", ONE, source, "f2 = f", checked("again", "assert f2() == 1"))
    assert points(found) == {"one": 1.0, "again": 1.0}
    assert {position: lost.outcome for position, lost in found.lost.items()} == {2: outcome}
    assert reasons(found, "one") == []
    assert reasons(found, "again") == [reason]


def test_endless_output_is_cut(play):
    found = play("for i in range(200_000): print('x' * 50)", "f = lambda: 1", ONE)
    assert points(found) == {"one": 1.0}
    assert len(text_of(found, 0)) < 2_000_000


IN_CALL = [
    ("import os\n    os._exit(1)", Outcome.CRASHED),
    ("while True: pass", Outcome.TIMEOUT),
    ("return [0] * 10**9", Outcome.MEMORY),
]


@pytest.mark.parametrize(("body", "outcome"), IN_CALL)
def test_a_call_that_ends_the_process_costs_its_own_test(play, body, outcome):
    found = play(
        f"def f(n=0):\n    if n: return n\n    {body}", ONE, checked("on", "assert f(7) == 7")
    )
    assert points(found) == {"one": 0.0, "on": 1.0}
    assert found.tests["one"].outcome is outcome


def test_memory_that_is_not_there_is_an_error_of_the_cell(play):
    found = play("f = lambda: 1", "x = bytearray(2**31)", ONE)
    assert points(found) == {"one": 1.0}
    assert found.outputs[1][0]["ename"] == "MemoryError"


def test_a_cell_that_ends_the_process_only_when_it_is_run_again(play):
    end = time.time() + 5
    dies_later = f"import time, os\nif time.time() > {end}: os._exit(1)\nf = lambda: 1"
    waits = f"while time.time() < {end} + 0.2: time.sleep(0.05)\nos._exit(1)"
    found = play(dies_later, ONE, waits, "f = lambda: 2", TWO, bounds=Bounds(cell=6, whole=60))
    assert points(found) == {"one": 1.0, "two": 1.0}


def test_the_whole_notebook_has_an_end(play):
    started = time.monotonic()
    loops = ["while True: pass"] * 20
    found = play("f = lambda: 1", ONE, *loops, checked("last", "assert f() == 1"),
                 bounds=Bounds(cell=0.5, whole=3))  # fmt: skip
    assert time.monotonic() - started < 15
    assert points(found) == {"one": 1.0, "last": 0.0}
    assert found.tests["last"].outcome is Outcome.TIMEOUT


# ---------------------------------------------------------------- what tests give and take


def test_what_students_have_of_a_test_is_there_for_their_code(play):
    shown = "import math\nLIMIT = 3\ndef helper():\n    return LIMIT"
    hidden = f"{shown}\nSECRET = 5"
    cells = (checked("gives", hidden, released=shown), "f = lambda: helper() + math.floor(0.5)")
    found = play(*cells, checked("three", "assert f() == 3"), "f = lambda: SECRET", TWO)
    assert points(found) == {"gives": 1.0, "three": 1.0, "two": 0.0}


def test_what_the_course_defines_no_student_redefines(play):
    check = "def check(x):\n    return x == 1"
    found = play(
        check,
        "f = lambda: 5\ncheck = lambda x: True",
        checked("one", "assert check(f())"),
        before={"one": (check,)},
    )
    assert points(found) == {"one": 0.0}


# ---------------------------------------------------------------- inside the child


def test_cells_that_judge_inside_come_last_and_say_so(play):
    reads = checked("reads", "assert open('x.txt').read() == 'a' and f() == 2")
    cells = ("open('x.txt', 'w').write('a')\nf = lambda: 1", reads, ONE, "f = lambda: 2")
    found = play(*cells, ways={"reads": INSIDE})
    assert points(found) == {"reads": 1.0, "one": 1.0}
    assert {name: judged.inside for name, judged in found.tests.items()} == {
        "reads": True, "one": False,
    }  # fmt: skip


SHOWN = [
    ("x = 1", 1.0, Outcome.PASSED, []),
    ("0.25", 0.25, Outcome.PASSED, []),
    ("0.25\n1 / 0", 0.0, Outcome.ERROR, []),
    ("assert False", 0.0, Outcome.FAILED, []),
    ("assert (", 0.0, Outcome.ERROR, []),
    ("import sys\nprint('x', file=sys.stderr)", 1.0, Outcome.PASSED, ["stderr"]),
    ("float('nan')", 0.0, Outcome.PASSED, ["partial"]),
    ("7", None, Outcome.PASSED, ["over_max"]),
    ("print(0)", 1.0, Outcome.PASSED, []),
    ("import os\nos._exit(0)", 0.0, Outcome.CRASHED, []),
    ("while True: pass", 0.0, Outcome.TIMEOUT, []),
]


@pytest.mark.parametrize(("source", "worth", "outcome", "why"), SHOWN)
def test_what_a_cell_shows_inside_is_worth_what_it_would_be_in_a_kernel(
    play, source, worth, outcome, why
):
    found = play("f = lambda: 1", checked("t", source), ways={"t": INSIDE}).tests["t"]
    assert (found.credit.points, found.outcome) == (worth, outcome)
    assert [str(reason) for reason in found.credit.differs] == why


def test_one_after_the_other_as_a_kernel_does(isolation):
    cells = steps("f = lambda: 1", ONE, "f = lambda: 2", TWO, ONE)
    found = kernel_order(cells[:4], a_kernel(isolation))
    assert {name: credit.points for name, credit in found.items()} == {"one": 1.0, "two": 1.0}
