"""How student code ends, lies and misbehaves, and what the grader hears of it (T26, T27, §1g)."""

from __future__ import annotations

import signal
import time

import numpy as np
import pytest
from conftest import run
from frames import GOOD, NUMBER, SEND, frame

from autograder import wire
from autograder.model import Cell, Lost, Missing, Outcome, Raised, Returned

# ---------------------------------------------------------------- exceptions


@pytest.mark.parametrize(
    ("source", "kind", "text"),
    [
        ("1 / 0", "ZeroDivisionError", "division by zero (line 1)"),
        ("x = 1\n\nundefined", "NameError", "name 'undefined' is not defined (line 3)"),
        ("import sys; sys.exit(0)", "SystemExit", "0 (line 1)"),
        ("exit()", "SystemExit", "(line 1)"),
        ("quit()", "SystemExit", "(line 1)"),
        ("raise KeyboardInterrupt", "KeyboardInterrupt", "(line 1)"),
        ("class Mine(ValueError): pass\nraise Mine('mine')", "ValueError", "mine (line 2)"),
        ("class Mine(BaseException): pass\nraise Mine('mine')", "Exception", "mine (line 2)"),
        ("def f(:\n    pass", "SyntaxError", "invalid syntax (line 1)"),
        ("if True:\nx = 1", "IndentationError", "(line 2)"),
        ("input()", "EOFError", "EOF when reading a line (line 1)"),
        ("from google.colab import drive", "ModuleNotFoundError", "No module named 'google'"),
        (
            "exec(compile('\\n1 / 0', '/etc/passwd', 'exec'))",
            "ZeroDivisionError",
            "by zero (line 1)",
        ),
        ("def f(): f()\nf()", "RecursionError", "maximum recursion depth exceeded"),
        ("raise ExceptionGroup('two', [ValueError(), TypeError()])", "Exception", "two"),
    ],
)
def test_an_exception_of_a_cell(child, source, kind, text):
    reply = run(child, source)
    assert isinstance(reply, Raised), reply
    assert reply.kind == kind
    assert text in reply.text
    assert run(child, "1") == Returned([])


def test_the_line_is_the_running_cells_or_names_its_cell(child):
    child.run(Cell(2, "def f(x):\n    y = 0\n    return x / y\n"), 5)
    assert child.run(Cell(3, "\nf(1)"), 5) == Raised(
        "ZeroDivisionError", "division by zero (line 2)"
    )
    assert child.call("f", (1,), {}, 5) == Raised(
        "ZeroDivisionError", "division by zero (cell 2, line 3)"
    )
    assert child.call("f", (), {}, 5).text == "f() missing 1 required positional argument: 'x'"


def test_the_text_of_an_exception_is_capped(child):
    reply = run(child, "raise ValueError('é' * 100_000)")
    assert isinstance(reply, Raised)
    assert len(reply.text.encode()) <= 2000


@pytest.mark.parametrize(
    "body",
    [
        "def __str__(self): raise KeyboardInterrupt",
        "def __str__(self): import sys; sys.exit(0)",
        "def __str__(self): return 5",
        "def __str__(self): return Str('x')",
        "__class__ = 5",
        "__traceback__ = property(lambda self: 1 / 0)",
    ],
)
def test_a_malicious_exception_is_contained(child, body):
    reply = run(child, f"class Str(str): pass\nclass Bad(ValueError):\n    {body}\nraise Bad('x')")
    assert isinstance(reply, Raised)
    assert reply.kind == "ValueError"
    assert run(child, "1") == Returned([])


def test_an_exception_whose_text_never_ends_times_out(child):
    source = "class Bad(ValueError):\n    def __str__(self):\n        while True: pass\nraise Bad"
    reply = run(child, source, seconds=0.3)
    assert isinstance(reply, Lost)
    assert reply.outcome is Outcome.TIMEOUT


def test_a_call_of_what_is_not_there(child):
    assert child.call("f", (), {}, 5) == Missing("f")
    assert child.call("len", ("abc",), {}, 5) == Missing("len")


def test_a_call_of_what_cannot_be_called(child):
    run(child, "f = 5")
    reply = child.call("f", (), {}, 5)
    assert isinstance(reply, Raised)
    assert reply.kind == "TypeError"


# ---------------------------------------------------------------- the end of the process


def test_an_interrupted_request_leaves_no_child_behind(child):
    def interrupt(number, frame):
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, 0.2)
    try:
        with pytest.raises(KeyboardInterrupt):
            run(child, "while True: pass", seconds=5)
    finally:
        signal.signal(signal.SIGALRM, before)
    assert not child.alive


@pytest.mark.parametrize(
    "source",
    [
        "import os; os._exit(0)",
        "import os; os._exit(3)",
        "import os; os.abort()",
        "import ctypes; ctypes.string_at(0)",
        "import os; os.close(4)",
        "import os, threading\nthreading.Timer(0, os._exit, (0,)).start()\nwhile True: pass",
        "import os; os.dup2(1, 4)",
    ],
)
def test_an_abrupt_end_is_a_crash(child, source):
    reply = run(child, source)
    assert isinstance(reply, Lost), reply
    assert reply.outcome is Outcome.CRASHED
    assert not child.alive


def test_an_exit_handler_changes_nothing(child):
    source = "import atexit\natexit.register(print, 'PASSED')\nimport sys\nsys.exit(0)"
    reply = run(child, source)
    assert isinstance(reply, Raised)
    assert child.printed == ""


# ---------------------------------------------------------------- forged frames

FORGED = {
    "bad magic": frame(magic=b"XX"),
    "bad version": frame(version=9),
    "unknown kind": frame(kind=99),
    "a request": frame(kind=1),
    "another id": frame(request_id=7),
    "too long": frame(length=2**32 - 1),
    "longer than any reply": frame(length=2**26 + 1),
    "no value": frame(payload=b"\xff"),
    "two values": frame(payload=GOOD + GOOD),
    "an exception of no listed name": frame(kind=17, payload=wire.encode(("GraderError", "x"))),
    "an exception whose name is an array": frame(kind=17, payload=wire.encode((np.zeros(3), "x"))),
    "an exception that is no pair": frame(kind=17, payload=wire.encode(["ValueError"])),
    "a missing name that is no name": frame(kind=18, payload=wire.encode(5)),
    "a missing name where none was asked for": frame(kind=18, payload=wire.encode("x")),
    "a reference": frame(payload=wire.encode(wire.Ref(1))),
    "text": b"ALL TESTS PASSED\n",
}


@pytest.mark.parametrize("what", FORGED)
def test_a_forged_reply_is_a_crash(child, what):
    reply = run(child, f"{SEND}send({FORGED[what]!r})\nwhile True: pass")
    assert isinstance(reply, Lost)
    assert reply.outcome is Outcome.CRASHED


@pytest.mark.parametrize("ask", ["keep", "fetch"])
def test_only_a_call_may_be_answered_with_a_missing_name(child, ask):
    source = f"""
import os, threading
requests = os.dup(3)
os.dup2(os.pipe()[0], 3)  # the worker itself gets nothing any more
def lie():
    number = os.read(requests, 4096)[4:8]
    forged = {frame(kind=18, payload=wire.encode("x"))!r}
    os.write(4, forged.replace(({NUMBER}).to_bytes(4, "little"), number))
threading.Thread(target=lie).start()
"""
    assert run(child, source) == Returned([])
    reply = child.keep(1, 5, 5) if ask == "keep" else child.fetch(1, 5)
    assert isinstance(reply, Lost), reply
    assert reply.outcome is Outcome.CRASHED
    assert "nothing was asked for by name" in reply.detail


def test_half_a_frame_is_no_answer(child):
    reply = run(child, f"{SEND}send({frame()!r}[:11])\nwhile True: pass", seconds=0.3)
    assert isinstance(reply, Lost)
    assert reply.outcome is Outcome.TIMEOUT


def test_speaking_before_being_asked_is_a_crash(child):
    source = f"import os, threading\nthreading.Timer(0.1, os.write, (4, {frame()!r})).start()"
    assert run(child, source) == Returned([])
    time.sleep(0.5)
    reply = child.call("f", (), {}, 5)
    assert isinstance(reply, Lost)
    assert reply.outcome is Outcome.CRASHED


def test_a_reply_and_more_is_a_crash(child):
    reply = run(child, f"{SEND}send({(frame() + frame())!r})\nwhile True: pass")
    assert isinstance(reply, Lost)
    assert reply.detail == "not an answer: more than a reply"


def test_a_well_formed_forgery_is_only_the_students_own_answer(child):
    """Whatever comes out of the pipe is what the function answered, and is compared as such."""
    forged = frame(payload=wire.encode(42))
    run(child, f"{SEND}\ndef f():\n    send({forged!r})\n    import time; time.sleep(60)")
    assert child.call("f", (), {}, 5) == Returned(42)


def test_a_cell_answers_with_its_commands_only(child):
    assert child.run(Cell(7, "%matplotlib inline\n!pip install x\n5"), 5) == Returned(
        ["%matplotlib inline", "!pip install x"]
    )
