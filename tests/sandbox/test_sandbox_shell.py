"""Cells run in a sandbox as they would in Jupyter, and their outputs come back as data."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from typing import Any

import pytest

from autograder.errors import SandboxUnavailable
from autograder.model import Cell, Limits, Lost, Outcome, Returned, Tier
from autograder.sandbox.child import Child
from autograder.sandbox.launcher import Nursery
from autograder.sandbox.slot import Sandbox

LIMITS = Limits(cpu_seconds=20, memory_mib=512, processes=16, disk_mib=8, call_seconds=5)
PRELOAD = ("numpy", "matplotlib.pyplot", "autograder.sandbox.shell")


@pytest.fixture(scope="module", params=[Tier.S2, Tier.S1])
def sandbox(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    with Nursery(PRELOAD, tier=request.param, slots=1) as nursery:
        try:
            sandbox = nursery.sandbox(0)
        except SandboxUnavailable as error:
            pytest.skip(str(error))
        yield sandbox
        sandbox.close()


@pytest.fixture
def child(sandbox: Sandbox) -> Iterator[Child]:
    child = sandbox.child(LIMITS)
    yield child
    child.close()


def ask(child: Child, source: str, number: int = 1, seconds: float = 20.0) -> Any:
    text = "from autograder.sandbox.shell import run"
    return child.inside(text, "run", (number, source), seconds)


def cell(child: Child, source: str, number: int = 1) -> list[dict[str, Any]]:
    reply = ask(child, source, number)
    assert isinstance(reply, Returned), reply
    assert isinstance(reply.value, list)
    return reply.value


def stream(text: str, name: str = "stdout") -> dict[str, Any]:
    return {"output_type": "stream", "name": name, "text": text}


def plain(outputs: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(o["output_type"], o["data"]["text/plain"]) for o in outputs]


def test_outputs_come_in_order_and_prints_in_a_row_are_one(child):
    source = "import sys\nprint('a'); print('b')\nprint('e', file=sys.stderr)\nprint('c')\n1 + 1"
    assert cell(child, source) == [
        stream("a\nb\n"),
        stream("e\n", "stderr"),
        stream("c\n"),
        {"output_type": "execute_result", "data": {"text/plain": "2"}, "size": {}},
    ]
    assert child.printed == ""


def test_a_cell_without_output(child):
    assert cell(child, "x = 1") == []
    assert cell(child, "x;") == []
    assert cell(child, "  \n") == []
    assert plain(cell(child, "x")) == [("execute_result", "1")]


def test_cells_and_calls_share_their_names(child):
    cell(child, "def double(x):\n    return 2 * x")
    assert child.call("double", (21,), {}, 5.0) == Returned(42)
    value = cell(child, "import __main__\n(__main__.double is double, __name__, _)")
    assert plain(value) == [("execute_result", "(True, '__main__', '')")]


def test_earlier_results_have_their_names(child):
    cell(child, "6 * 7", 4)
    assert plain(cell(child, "_, _4, Out[4]", 5)) == [("execute_result", "(42, 42, 42)")]


def test_an_error_has_a_traceback_that_names_the_cell(child):
    (error,) = cell(child, "x = 1\n\n1 / 0", 7)
    assert (error["output_type"], error["ename"]) == ("error", "ZeroDivisionError")
    assert error["evalue"] == "division by zero"
    text = "\n".join(error["traceback"])
    assert "In[7]" in text
    assert "division by zero" in text


def test_a_syntax_error(child):
    (error,) = cell(child, "def f(:", 7)
    assert error["ename"] == "SyntaxError"
    assert error["evalue"] == "invalid syntax (<cell 7>, line 1)"


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("raise KeyboardInterrupt", "KeyboardInterrupt"),
        ("import sys; sys.exit(0)", "SystemExit"),
        ("exit()", "SystemExit"),
        ("input('?')", "StdinNotImplementedError"),
        ("import getpass; getpass.getpass()", "StdinNotImplementedError"),
        ("bytearray(2**40)", "MemoryError"),
        ("def f(): f()\nf()", "RecursionError"),
        ("class E(Exception):\n    def __str__(self): 1 / 0\nraise E", "E"),
        ("%%bash\nls", "PermissionError"),
    ],
)
def test_what_ends_a_cell_does_not_end_the_process(child, source, name):
    cell(child, "x = 5")
    assert name in [o.get("ename") for o in cell(child, source)]
    assert plain(cell(child, "x")) == [("execute_result", "5")]


@pytest.mark.parametrize(
    "source",
    ["!ls /", "%pip install numpy", "!pip install numpy", "files = !ls", "%system ls", "%sx ls"],
)
def test_programs_are_not_started_and_the_cell_goes_on(child, source):
    outputs = cell(child, f"{source}\nprint('on')")
    assert "no programs can be started here" in outputs[0]["text"]
    assert outputs[0]["name"] == "stderr"
    assert outputs[-1]["text"].endswith("on\n")


@pytest.mark.parametrize(
    ("source", "contains"),
    [
        ("%time sum([1])", "Wall time"),
        ("%%time\nsum([1])", "Wall time"),
        ("%timeit -n 1 -r 1 sum([1])", "per loop"),
        ("%%capture out\nprint('hidden')\n", ""),
        ("%matplotlib inline\nprint('drawn')", "drawn"),
        ("%load_ext autoreload\n%autoreload 2\nprint('loaded')", "loaded"),
        ("len?", "Return the number of items"),
        ("%%writefile a.txt\nhello", "Writing a.txt"),
    ],
)
def test_magics_work(child, source, contains):
    outputs = cell(child, source)
    assert not [o for o in outputs if o["output_type"] == "error" or o.get("name") == "stderr"]
    assert contains in "".join(o.get("text", "") for o in outputs)


def test_an_unknown_magic_says_so(child):
    (output,) = cell(child, "%nosuch")
    assert output == stream("UsageError: Line magic function `%nosuch` not found.\n", "stderr")


def test_top_level_await(child):
    source = (
        "import asyncio\nawait asyncio.sleep(0.01)\n"
        "await asyncio.to_thread(print, 'thread')\n"
        "await asyncio.gather(asyncio.sleep(0, 1), asyncio.sleep(0.01, 2))"
    )
    for _ in range(2):
        outputs = cell(child, source)
        assert outputs[0] == stream("thread\n")
        assert plain(outputs[1:]) == [("execute_result", "[1, 2]")]


def test_rich_outputs(child):
    outputs = cell(
        child,
        "from IPython.display import *\ndisplay(HTML('<b>1</b>'), 2)\ndisplay(Markdown('**3**'))\n"
        "display(SVG('<svg/>'))\ndisplay(Javascript('alert(1)'))\ndisplay(JSON({'a': 1}))\n"
        "Latex('$x$')",
    )
    kinds = [sorted(output["data"]) for output in outputs]
    assert kinds == [
        ["text/html", "text/plain"],
        ["text/plain"],
        ["text/markdown", "text/plain"],
        ["image/svg+xml", "text/plain"],
        ["text/plain"],
        ["text/plain"],
        ["text/latex", "text/plain"],
    ]
    assert outputs[-1]["output_type"] == "execute_result"


@pytest.mark.parametrize(
    "source",
    [
        "plt.plot([1, 2]); plt.title('é');",
        "plt.plot([1, 2])\nplt.show()",
        "%matplotlib inline\nplt.plot([1, 2]);",
        "figure, axes = plt.subplots(); axes.plot([1, 2]);",
    ],
)
def test_a_figure_becomes_one_image_and_is_closed(child, source):
    (output,) = cell(child, f"import matplotlib.pyplot as plt\n{source}")
    assert output["output_type"] == "display_data"
    assert output["data"]["image/png"].startswith(b"\x89PNG\r\n\x1a\n")
    assert plain(cell(child, "plt.get_fignums()")) == [("execute_result", "[]")]


def test_an_image_of_another_kind_becomes_png(child):
    source = (
        "import io; from PIL import Image as I; b = io.BytesIO(); I.new('RGB', (3, 2)).save(b, "
        "'jpeg')\nfrom IPython.display import Image\nImage(b.getvalue(), width=30)"
    )
    (output,) = cell(child, source)
    assert output["data"]["image/png"].startswith(b"\x89PNG")
    assert output["size"] == {"width": 30}


def test_shown_outputs_are_cleared_and_replaced(child):
    source = (
        "from IPython.display import clear_output\nfor i in range(300):\n"
        "    clear_output(wait=True); display(i)\n"
        "h = display('old', display_id=True); h.update('new')\n"
    )
    assert plain(cell(child, source)) == [("display_data", "299"), ("display_data", "'new'")]


def test_a_log_prints_in_later_cells_too(child):
    cell(child, "import logging; logging.basicConfig(format='%(message)s')")
    assert cell(child, "logging.warning('later')") == [stream("later\n", "stderr")]


def test_prints_of_called_functions_are_not_outputs(child):
    cell(child, "import sys\nkept = sys.stdout\ndef f(): print('called', file=kept)")
    assert child.call("f", (), {}, 5.0) == Returned(None)
    assert cell(child, "1;") == []
    assert child.printed == "called\n"


def test_other_requests_are_as_without_a_shell(child):
    source = "%matplotlib inline\nimport matplotlib.pyplot as plt\nplt.plot([1])\nprint('plain')"
    assert child.run(Cell(1, source), 5.0) == Returned(["%matplotlib inline"])
    assert child.printed == "plain\n"
    assert cell(child, "plt.gca().lines;")[0]["data"]["image/png"]


@pytest.mark.parametrize("source", ["import os; os._exit(3)", "import ctypes; ctypes.string_at(0)"])
def test_a_process_that_ends_is_lost(child, source):
    reply = ask(child, source)
    assert isinstance(reply, Lost)
    assert not child.alive


def test_an_endless_print_ends_by_the_childs_own_limit(sandbox):
    limits = Limits(cpu_seconds=20, memory_mib=64, call_seconds=0.5)
    child = sandbox.child(limits)
    start = time.perf_counter()
    reply = ask(child, "while True: print('x' * 1000)", seconds=4.0)
    assert (type(reply), reply.outcome) == (Lost, Outcome.TIMEOUT)
    assert time.perf_counter() - start < 6


@pytest.mark.alone
def test_a_small_cell_takes_a_few_milliseconds(sandbox):
    first, later = [], []
    for _ in range(15):
        child = sandbox.child(LIMITS)
        child.call("print", (), {}, 5.0)  # what the first request costs anyway
        for times in (first, later):
            start = time.perf_counter()
            cell(child, "x = 1")
            times.append(time.perf_counter() - start)
        child.close()
    assert statistics.median(later) < 0.01
    assert statistics.median(first) < 0.02
