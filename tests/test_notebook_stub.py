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


CLASS = """class Block(nn.Module):
    \"\"\"A block.\"\"\"

    def __init__(self, width: int) -> None:
        super().__init__()
        {}

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        {}
"""
RAISE = "# Your turn\n        raise NotImplementedError()"


@pytest.mark.parametrize("after", ["", "\nblock = Block(3)", "\n# a comment"])
def test_a_class_of_stubs_is_no_answer(after):
    source = CLASS.format(RAISE, RAISE) + after
    assert unwritten(source) == {"Block"}
    assert not is_answer(source, "Block")
    assert "Block" not in written_names(source.encode(), "a.py")


@pytest.mark.parametrize(
    "source",
    [
        CLASS.format("self.width = width", RAISE),
        CLASS.format(RAISE, "return x"),
        CLASS.format(RAISE, RAISE) + "\n\nclass Block:\n    width = 3\n",
        "class Block(nn.Sequential):\n    pass",
    ],
)
def test_a_class_with_one_method_written_is_an_answer(source):
    assert unwritten(source) == set()
    assert is_answer(source, "Block")
