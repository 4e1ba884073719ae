"""Whether a task cell is still the released stub, told from its text."""

import pytest
from notebooks import code, dumped

from autograder.notebook import answered_ids, written_names
from autograder.notebook.stub import is_answer, unwritten
from autograder.release import STUBS

DEFINITION = "def pad(\n    image: np.ndarray,\n    n: int = 0,\n) -> np.ndarray:\n"


def indented(text):
    return "".join(f"    {line}\n" for line in text.splitlines())


@pytest.mark.parametrize("stub", [*STUBS.values(), "raise NotImplementedError"])
@pytest.mark.parametrize(
    "docstring", ["", '"""The pad."""\n', "'''A\n\nreturn: b:\n'''\n", "r'd'\n"]
)
@pytest.mark.parametrize("after", ["", "\n\nx = pad(3)", "\n# a comment"])
def test_the_released_stub_is_no_answer(stub, docstring, after):
    source = DEFINITION + indented(docstring + stub) + after
    assert unwritten(source) == {"pad"}
    assert not is_answer(source, "pad")


@pytest.mark.parametrize("source", ["", "\n", "# todo", *STUBS.values()])
def test_an_empty_cell_is_no_answer(source):
    assert not is_answer(source, "pad")


@pytest.mark.parametrize(
    "body",
    [
        "return 1",
        "if n < 0:\n    raise NotImplementedError()\nreturn n",
        "x = 1\nraise NotImplementedError()",
        "raise ValueError",
        '"""a"""\nx = 1\n"""b"""\nraise NotImplementedError',
        "pass",
    ],
)
def test_anything_more_is_an_answer(body):
    assert is_answer(DEFINITION + indented(body), "pad")
    assert is_answer("def pad(n): return 1", "pad")


def test_an_answer_below_the_stub_counts():
    stub = DEFINITION + indented(STUBS["en"])
    assert answered_ids(dumped(code(stub, "pad")), "a.ipynb") == set()
    below = dumped(code(stub, "pad"), code("def pad(n):\n    return n"))
    assert answered_ids(below, "a.ipynb") == {"pad"}
    assert unwritten(stub + "def pad(n):\n    return n") == set()
    assert written_names((stub + "size = 3").encode(), "a.py") == {"size"}
