"""What lasts within a child, what never passes to another, and what is gone after the end."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
from conftest import LIMITS, SECONDS, run, value_of

from autograder import wire
from autograder.model import Cell, Raised, Returned, Tier
from autograder.sandbox import watch

# ---------------------------------------------------------------- within one child


def test_cells_share_one_namespace_that_is_a_real_main_module(child):
    run(child, "import dataclasses, pickle, sys\nx = 5")
    source = """
@dataclasses.dataclass
class Point:
    x: int
assert __name__ == "__main__" and sys.modules["__main__"].x == x == 5
assert pickle.loads(pickle.dumps(Point(3))) == Point(3)
if __name__ == "__main__":
    ran = True
"""
    assert run(child, source) == Returned([])
    assert value_of(child, "return ran") is True


def test_source_and_tracebacks_of_a_cell_are_there(child):
    run(child, "def f():\n    return 1 / 0\n")
    source = """
import inspect, traceback
try:
    f()
except ZeroDivisionError:
    return [inspect.getsource(f), "return 1 / 0" in traceback.format_exc()]
"""
    assert value_of(child, source) == ["def f():\n    return 1 / 0\n", True]


def test_a_failing_cell_keeps_what_it_defined(child):
    assert isinstance(run(child, "x = 1\n1 / 0"), Raised)
    assert value_of(child, "return x") == 1


def test_arguments_come_as_plain_values_and_writable_arrays(child):
    run(child, "def f(a, b, *, c):\n    a += 1\n    return a, type(a).__name__, b, c")
    array = np.arange(3.0)
    reply = child.call("f", (array, [1, None]), {"c": "é"}, SECONDS)
    assert isinstance(reply, Returned)
    returned, *rest = reply.value
    np.testing.assert_array_equal(returned, [1.0, 2.0, 3.0])
    assert rest == ["ndarray", [1, None], "é"]
    assert array[0] == 0.0


def test_a_kept_array_shows_what_a_call_did_to_it(child):
    run(child, "def f(a):\n    a[0] = 9\ndef g(a, b):\n    return a is b")
    assert child.keep(3, np.zeros(2), SECONDS) == Returned(None)
    child.call("f", (wire.Ref(3),), {}, SECONDS)
    reply = child.fetch(3, SECONDS)
    assert isinstance(reply, Returned)
    np.testing.assert_array_equal(reply.value, [9.0, 0.0])
    assert child.call("g", (wire.Ref(3), wire.Ref(3)), {}, SECONDS) == Returned(True)
    assert isinstance(child.fetch(4, SECONDS), Raised)


def test_large_arrays_cross_both_ways(child):
    run(child, "def f(a):\n    return a * 2")
    array = np.random.default_rng(0).random((1000, 1000))
    reply = child.call("f", (array,), {}, SECONDS)
    assert isinstance(reply, Returned)
    np.testing.assert_array_equal(reply.value, array * 2)


def test_ipython_leftovers_do_no_harm(child):
    source = "get_ipython().run_line_magic('matplotlib', 'inline')\ndisplay(1, [2])\nhelp(len)"
    assert run(child, source) == Returned([])
    assert child.printed.startswith("1\n[2]\nHelp on built-in function len")


def test_a_top_level_await(child):
    assert run(child, "async def f():\n    return 5\nx = await f()") == Returned([])
    assert value_of(child, "return x") == 5


def test_a_top_level_await_that_waits_is_an_error_with_its_reason(child):
    reply = run(child, "import asyncio\nawait asyncio.sleep(0)\nx = 5")
    assert isinstance(reply, Raised)
    assert (reply.kind, "no event loop" in reply.text) == ("RuntimeError", True)
    assert value_of(child, "return 'x' in globals()") is False


# ---------------------------------------------------------------- between children

SPY = """
import os, random, sys
import numpy as np
return [os.listdir("."), os.environ.get("LEFT"), hasattr(np, "left"), "left" in sys.modules,
        random.random(), float(np.random.rand())]
"""


def test_nothing_is_carried_over_to_the_next_child(open_child):
    first = open_child()
    run(
        first,
        "import os, sys, numpy as np\n"
        "open('left', 'w').write('x'); os.environ['LEFT'] = 'x'; np.left = 1; np.random.seed(0)\n"
        "sys.modules['left'] = np; np.ones = None",
    )
    *_, random_1, numpy_1 = value_of(first, SPY)
    first.close()
    *rest, random_2, numpy_2 = value_of(open_child(), SPY)
    assert rest == [[], None, False, False]
    assert random_1 != random_2
    assert numpy_1 != numpy_2


def test_children_side_by_side_do_not_see_each_other(open_child):
    one, two = open_child(), open_child()
    run(one, "open('file', 'w').write('one'); x = 1")
    assert value_of(two, SPY)[0] == []
    assert run(two, "x").kind == "NameError"
    assert value_of(one, "return [x, open('file').read()]") == [1, "one"]


# ---------------------------------------------------------------- after the end


def is_gone(pids: list[int], seconds: float = 2.0) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if not any(_lives(pid) for pid in pids):
            return True
        time.sleep(0.01)
    return False


def _lives(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


def test_daemons_end_with_their_child(sandbox, child):
    source = """
import os, signal, time
if os.fork() == 0:
    for number in (signal.SIGHUP, signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)
    if os.fork() == 0:
        time.sleep(600)
    os._exit(0)
time.sleep(0.2)
"""
    if sandbox.tier is Tier.S1:  # there is no second process; a thread goes with the only one
        assert run(child, source).kind == "PermissionError"
        source = "import threading\nthreading.Thread(target=time.sleep, args=(600,)).start()"
    assert run(child, source) == Returned([])
    pids = watch.tree(child.process_id)
    assert len(pids) == (3 if sandbox.tier is Tier.S2 else 1)  # one is a zombie of the child's
    child.close()
    assert is_gone(pids)


def test_their_end_takes_less_than_a_tenth_of_a_second(sandbox, open_child):
    """The quickest of five: what else runs on the machine only makes it longer."""
    forks = "for _ in range(10): os.fork() or time.sleep(600)" if sandbox.tier is Tier.S2 else ""
    seconds = []
    for _ in range(5):
        child = open_child()
        assert run(child, f"import os, time\n{forks}") == Returned([])
        pids = watch.tree(child.process_id)
        assert len(pids) == (11 if forks else 1)
        start = time.monotonic()
        child.close()
        assert is_gone(pids)
        seconds.append(time.monotonic() - start)
    assert min(seconds) < 0.1


def test_ended_children_are_reaped_and_leave_no_folder(sandbox, open_child, nursery):
    folders = []
    for _ in range(10):
        child = open_child()
        run(child, "import os; os.makedirs('a/b'); os.symlink('/', 'a/b/c'); os.chmod('a', 0)")
        folders.append(value_of(child, "return os.getcwd()"))
        child.close()
    time.sleep(0.5)
    processes = watch.tree(nursery._process.pid)
    assert len(processes) <= 3  # the warm process, and for S2 two for the slot
    if sandbox.tier is not Tier.S2:
        assert len(set(folders)) == 10
        assert not any(Path(folder).exists() for folder in folders)


def test_the_grader_keeps_no_descriptor_of_a_closed_child(sandbox):
    sandbox.child(LIMITS).close()
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(10):
        child = sandbox.child(LIMITS)
        child.run(Cell(1, "import os; os._exit(0)"), SECONDS)
        child.close()
    assert len(list(Path("/proc/self/fd").iterdir())) == before
