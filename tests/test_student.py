"""The proxy: plain data in and out, one fault a test, and a fresh child after a dead one."""

import time

import numpy as np
import pytest

from autograder.local import LocalChild
from autograder.model import Cell, Limits, Lost, Missing, Outcome, Raised, StudentSource
from autograder.student import NotRaised, Student, StudentFault

LIMITS = Limits(
    call_seconds=0.3, cell_seconds=0.5, total_seconds=30.0
)  # four times that by the clock


@pytest.fixture
def notebook():
    """Makes a Student from the sources of its cells; real processes, closed at the end."""
    made = []

    def make(*cells, limits=LIMITS):
        source = StudentSource(tuple(Cell(n, text) for n, text in enumerate(cells, 1)))
        made.append(Student(source, LocalChild, limits))
        return made[-1]

    yield make
    for student in made:
        student.close()


def fault(call, *args):
    with pytest.raises(StudentFault) as caught:
        call(*args)
    return caught.value.reply


def test_a_call_gives_back_plain_data(notebook):
    student = notebook("import numpy as np\ndef f(x, *, by=2): return x * by, {'n': len(x)}")
    value, facts = student.f(np.arange(3), by=3)
    assert type(value) is np.ndarray
    assert value.tolist() == [0, 3, 6]
    assert facts == {"n": 3}


def test_a_failing_cell_does_not_stop_the_next(notebook):
    student = notebook("def f(): return 1", "1 / 0", "def g(): return f() + 1")
    assert student.g() == 2
    (notice,) = student.notices
    assert "n° 2" in notice.fr
    assert "ZeroDivisionError" in notice.en


def test_the_last_definition_wins(notebook):
    assert notebook("def f(): return 1", "def f(): return 2").f() == 2


def test_a_missing_name_is_named(notebook):
    assert fault(notebook("x = 1").f) == Missing("f")


def test_an_exception_comes_as_its_listed_name(notebook):
    student = notebook("class Odd(KeyError): pass\ndef f(): raise Odd('what')")
    reply = fault(student.f)
    assert isinstance(reply, Raised)
    assert reply.kind == "KeyError"


def test_raises_accepts_subclasses_and_nothing_else(notebook):
    student = notebook(
        "def f(): raise IndexError('x')\ndef g(): return 3\ndef stub(): raise NotImplementedError\n"
    )
    with student.raises(LookupError):
        student.f()
    with pytest.raises(NotRaised), student.raises(ValueError):
        student.g()
    with pytest.raises(StudentFault), student.raises(ValueError):
        student.f()
    with pytest.raises(StudentFault), student.raises(RuntimeError):
        student.stub()  # NotImplementedError is a RuntimeError, but a stub answers nothing


def test_a_crash_costs_one_call(notebook):
    student = notebook("import os\ndef f(n):\n    if n: os._exit(0)\n    return 'alive'")
    assert fault(student.f, 1) == Lost(Outcome.CRASHED)
    assert student.f(0) == "alive"


def test_sys_exit_is_an_answer(notebook):
    reply = fault(notebook("import sys\ndef f(): sys.exit(0)").f)
    assert isinstance(reply, Raised)
    assert reply.kind == "SystemExit"


def test_a_function_that_hangs_twice_is_not_called_again(notebook):
    student = notebook("def f():\n    while True: pass\ndef g(): return 1")
    for _ in range(2):
        assert fault(student.f).outcome is Outcome.TIMEOUT
        assert student.g() == 1
    started = time.monotonic()
    assert fault(student.f) == Lost(Outcome.TIMEOUT, "again")
    assert time.monotonic() - started < 0.5
    assert student.g() == 1


@pytest.mark.parametrize(
    ("bad", "outcome"),
    [("while True: pass", Outcome.TIMEOUT), ("import os; os._exit(1)", Outcome.CRASHED)],
)
def test_a_cell_that_ends_the_process_is_left_out(notebook, bad, outcome):
    student = notebook("def f(): return 1", bad, "def g(): return f() + 1")
    assert student.g() == 2
    (notice,) = student.notices
    assert "n° 2" in notice.fr
    assert {Outcome.TIMEOUT: "in time", Outcome.CRASHED: "abruptly"}[outcome] in notice.en


def test_the_whole_notebook_has_a_time(notebook):
    limits = Limits(call_seconds=1.0, cell_seconds=1.0, total_seconds=1.5)
    student = notebook("while True: pass", "while 1: pass", "def f(): return 1", limits=limits)
    assert fault(student.f) == Lost(Outcome.TIMEOUT, "total")


def test_running_out_of_memory_is_told_and_survived(notebook):
    student = notebook("def f(): return bytearray(1 << 60)\ndef g(): return 1")
    assert fault(student.f).kind == "MemoryError"
    assert student.g() == 1


def test_kept_values_show_whether_they_were_modified(notebook):
    student = notebook(
        "import numpy as np\n"
        "def bad(x):\n    x[x < 0] = 0\n    return x\n"
        "def good(x): return np.maximum(x, 0)"
    )
    image = np.array([-1.0, 2.0])
    kept = student.keep(image)
    assert student.good(kept).tolist() == [0.0, 2.0]
    assert kept.fetch().tolist() == [-1.0, 2.0]
    assert student.bad(kept).tolist() == [0.0, 2.0]
    assert kept.fetch().tolist() == [0.0, 2.0]
    assert image.tolist() == [-1.0, 2.0]


def test_a_kept_value_dies_with_its_child(notebook):
    student = notebook("import os\ndef f(x): os._exit(1)\ndef g(): return 1")
    kept = student.keep(3)
    fault(student.f, kept)
    assert student.g() == 1
    assert fault(kept.fetch).outcome is Outcome.CRASHED


def test_what_a_call_returned_is_had_again_while_its_process_lives(notebook):
    student = notebook(
        "import os\nmade = []\n"
        "def build(width=1):\n    made.append({width})\n    return made[-1]\n"
        "def count(): return len(made)\n"
        "def content(kept): return list(kept)\n"
        "def die(): os._exit(1)"
    )
    first = student.returned("build")
    assert student.content(first) == [1]
    assert student.returned("build") is first
    student.build(2)
    assert student.returned("build") is first
    second = student.build()
    assert student.returned("build") is second is not first
    assert student.count() == 3
    assert student.returned("count") == 3
    fault(student.die)
    assert student.content(student.returned("build")) == [1]
    assert student.count() == 1
    assert fault(student.returned, "missing") == Missing("missing")


def test_the_notices_of_many_cells_are_counted(notebook):
    student = notebook("def f(): return 1", *(f"raise ValueError({n})" for n in range(14)))
    assert student.f() == 1
    *told, rest = student.notices
    assert len(told) == 10
    assert "ValueError: 9" in told[-1].en
    assert "(4)" in rest.en
    assert "(4)" in rest.fr


def test_jupyter_commands_become_a_notice(notebook):
    student = notebook("%matplotlib inline\n!pip install x\ndef f(): return 1")
    assert student.f() == 1
    assert "%matplotlib" in student.notices[0].en


def test_a_child_whose_cells_cannot_finish_is_not_left_behind():
    opened = []

    def open_child():
        opened.append(LocalChild())
        return opened[-1]

    limits = Limits(call_seconds=1.0, cell_seconds=1.0, total_seconds=0.8)
    source = StudentSource((Cell(1, "import time; time.sleep(0.5)"),) * 3)
    student = Student(source, open_child, limits)
    assert fault(student.f) == Lost(Outcome.TIMEOUT, "total")
    assert opened
    assert not any(child.alive for child in opened)
