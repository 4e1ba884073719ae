"""IPython's syntax becomes plain Python on as many lines; plain Python stays as it is."""

from __future__ import annotations

import ast
import time

import pytest

from autograder.sandbox.cells import compile_cell, future_flags, to_python


def names_after(source: str, **given: object) -> dict[str, object]:
    code, _ = compile_cell(source, "<cell 1>")
    names: dict[str, object] = dict(given)
    exec(code, names)
    return names


@pytest.mark.parametrize(
    "source",
    [
        "x = 7 % 4",
        "x = (7\n% 4)",
        "x = 7 \\\n% 4",
        "x = [7\n# a remark\n\n%4][0]",
        "x = '''\n%matplotlib inline\n!ls\n'''; x = 3",
        's = """a ( b\n!ls\n"""\nx = 3',
        "x = 3  # !ls",
        "x = 3 if 1 != 2 else 4",
        "x = len('?? ')",
    ],
)
def test_what_compiles_is_left_alone(source):
    code, notices = compile_cell(source, "<cell 1>")
    assert notices == ()
    names = {}
    exec(code, names)
    assert names["x"] == 3


@pytest.mark.parametrize(
    ("source", "notices"),
    [
        ("%matplotlib inline\nx = 3", ["%matplotlib inline"]),
        ("  %matplotlib inline\nx = 3", ["%matplotlib inline"]),
        ("!pip install numpy\nx = 3", ["!pip install numpy"]),
        ("!pip install \\\n   numpy \\\n  scipy\nx = 3", ["!pip install \\"]),
        ("files = !ls\nx = 3 + len(files)", ["files = !ls"]),
        ("w = %pwd\nx = 3", ["w = %pwd"]),
        ("a, b = 1, 2\nx = a + b\n!ls\n%time\n", ["!ls", "%time"]),
        ("len?\nx = 3", ["len?"]),
        ("?len\nx = 3", ["?len"]),
        ("len??\nx = 3", ["len??"]),
        ("%time x = 3", ["%time x = 3"]),
        ("if True:\n    !ls\n    x = 3", ["!ls"]),
        ("if True:\n    !ls\nx = 3", ["!ls"]),
        ("def f():\n    %time y = 3\n    return y\nx = f()", ["%time y = 3"]),
        ("%%time\nx = 3", ["%%time"]),
        ("\n%%timeit -n 1\nx = 3", ["%%timeit -n 1"]),
        ("%%capture out\n!ls\nx = 3", ["%%capture out", "!ls"]),
        ("x = (7\n% 4)\n!ls", ["!ls"]),
        ("t = '''\n!kept\n'''\n!ls\nx = len(t) - 4", ["!ls"]),
        ("x = [1,\n     2,\n     3][2]\n%load_ext autoreload\n%autoreload 2",
         ["%load_ext autoreload", "%autoreload 2"]),
    ],
)  # fmt: skip
def test_commands_are_left_out_and_named(source, notices):
    code, found = compile_cell(source, "<cell 1>")
    assert list(found) == notices
    names = {}
    exec(code, names)
    assert names["x"] == 3


@pytest.mark.parametrize("head", ["%%bash", "%%html", "%%writefile a.py", "%%javascript", "%%sh"])
def test_a_cell_in_another_language_is_left_out_whole(head):
    plain, notices = to_python(f"{head}\nls | grep ( '\nx = 5")
    assert plain.strip() == ""
    assert notices == (head,)


def test_lines_keep_their_numbers():
    source = "%matplotlib inline\n\n!pip \\\n install\nx = (1 +\n  2)\nboom"
    plain, _ = to_python(source)
    assert len(plain.split("\n")) == len(source.split("\n"))
    assert ast.parse(plain).body[-1].lineno == 7


@pytest.mark.parametrize(
    "source", ["x = (1", "def f(:\n  pass", "x = 'a\n%matplotlib inline", "2x"]
)
def test_an_error_of_the_students_stays_one(source):
    with pytest.raises(SyntaxError):
        compile_cell(source, "<cell 1>")


def test_windows_line_ends():
    assert names_after("%matplotlib inline\r\nx = 1\r\nif x:\r\n    x = 3\r\n")["x"] == 3


def test_a_doubtful_string_is_no_warning(recwarn):
    assert names_after(r"x = '\d'")["x"] == r"\d"
    assert not recwarn.list


def test_a_notice_is_short():
    assert len(to_python("!echo " + "a" * 500)[1][0]) == 80


def test_many_commands_are_quick():
    source = "x = (\n" * 200 + ")" * 200 + "\n" + "!ls\n" * 2000
    start = time.perf_counter()
    _, notices = to_python(source)
    assert len(notices) == 2000
    assert time.perf_counter() - start < 2


@pytest.mark.parametrize(
    "source",
    [
        ">>> x = 1\n>>> def f():\n...     return x",
        "In [3]: x = 1\n   ...: def f():\n   ...:     return x",
        "    x = 1\n    def f():\n        return x\n",
    ],
)
def test_prompts_and_a_common_indent_are_not_part_of_the_code(source):
    code, notices = compile_cell(source, "<cell 1>")
    names = {}
    exec(code, names)
    assert names["f"]() == 1
    assert notices == ()


def test_a_future_import_holds_for_later_cells():
    first, _ = compile_cell("from __future__ import annotations", "<cell 1>")
    second, _ = compile_cell("def f(x: no_such_name): return x", "<cell 2>", future_flags(first))
    names = {}
    exec(second, names)
    assert names["f"](1) == 1
