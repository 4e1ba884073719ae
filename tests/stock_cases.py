"""A small course, all that students do to a notebook, and what nbgrader makes of it.

A case changes the released notebook; ``differs`` says where our score is another one and why.
"""

from __future__ import annotations

import copy
import logging
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
from nbgrader.api import Gradebook
from nbgrader.converters import Autograde, GenerateAssignment, NbGraderException
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

SECONDS = 3  # that a cell may take, in both programs

Notebook = Any
Change = Callable[[Notebook], None]


def marks(name: str, kind: str, points: float = 0) -> dict[str, Any]:
    return {
        "schema_version": 3,
        "grade_id": name,
        "grade": kind in ("test", "manual"),
        "solution": kind in ("answer", "manual"),
        "locked": kind in ("test", "locked", "task"),
        "task": kind == "task",
        **({"points": points} if kind in ("test", "manual", "task") else {}),
    }


def cell(kind: str, source: str, name: str = "", points: float = 0) -> Notebook:
    """A cell: code, text, answer, test, locked (code); manual, task (Markdown)."""
    markdown = kind in ("text", "manual", "task")
    make = nbformat.v4.new_markdown_cell if markdown else nbformat.v4.new_code_cell
    made = make(source)
    if name:
        made.metadata["nbgrader"] = marks(name, kind, points)
    return made


def notebook(*cells: Notebook) -> Notebook:
    spec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return nbformat.v4.new_notebook(cells=list(cells), metadata={"kernelspec": spec})


SOURCE = notebook(
    cell("code", "import math"),
    cell(
        "answer",
        'def double(x):\n    """Twice x."""\n    ### BEGIN SOLUTION\n    if x is None:\n'
        '        raise ValueError("no number")\n    return 2 * x\n    ### END SOLUTION',
        "double",
    ),
    cell(
        "test",
        "assert double(2) == 4\n### BEGIN HIDDEN TESTS\nassert double(-1.5) == -3.0\n"
        "### END HIDDEN TESTS",
        "t1",
        2,
    ),
    cell(
        "test",
        "right = sum(double(x) == 2 * x for x in (1, 2, 3))\nright if right < 3 else 3",
        "t2",
        3,
    ),
    cell(
        "test",
        "try:\n    double(None)\nexcept ValueError:\n    pass\nelse:\n    assert False",
        "t3",
        1,
    ),
    cell("answer", "### BEGIN SOLUTION\nanswer = [1, 2]\n### END SOLUTION", "list"),
    cell("test", "assert answer == [1, 2], 'the list'", "t4", 1),
    cell("manual", "Because.", "m1", 4),
    cell("task", "Draw something.", "k1", 2),
    cell("locked", "LIMIT = 10", "limit"),
)

RIGHT = "def double(x):\n    if x is None:\n        raise ValueError\n    return x + x"
LIST = "answer = [1, 2]"


@dataclass(frozen=True)
class Case:
    """One student."""

    name: str
    change: Change
    differs: dict[str, str] = field(default_factory=dict)  # cell → reason; "*": all of them
    stops: bool = False  # nbgrader gives this submission no scores, or stops the class


def by_id(book: Notebook, name: str) -> Notebook:
    return next(c for c in book.cells if c.metadata.get("nbgrader", {}).get("grade_id") == name)


def answers(
    double: str | None = RIGHT, listed: str | None = LIST, text: str | None = None
) -> Change:
    """Write answers; None leaves the stub."""

    def change(book: Notebook) -> None:
        for name, source in (("double", double), ("list", listed), ("m1", text)):
            if source is not None:
                by_id(book, name).source = source

    return change


def and_then(*changes: Change) -> Change:
    def change(book: Notebook) -> None:
        for one in changes:
            one(book)

    return change


def to(name: str, **values: Any) -> Change:
    """Set attributes of a cell, or its marks (``marks_points=…``)."""

    def change(book: Notebook) -> None:
        target = by_id(book, name)
        for key, value in values.items():
            if key.startswith("marks_"):
                target.metadata["nbgrader"][key.removeprefix("marks_")] = value
            else:
                target[key] = value

    return change


def deleted(name: str) -> Change:
    return lambda book: book.cells.remove(by_id(book, name))


def unmarked(name: str) -> Change:
    return lambda book: by_id(book, name).metadata.pop("nbgrader") and None


def retyped(name: str, kind: str) -> Change:
    def change(book: Notebook) -> None:
        target = by_id(book, name)
        target["cell_type"] = kind
        for key in ("outputs", "execution_count"):
            target.pop(key, None)
        if kind == "code":
            target.update(outputs=[], execution_count=None)

    return change


def copied(name: str) -> Change:
    def change(book: Notebook) -> None:
        twin = copy.deepcopy(by_id(book, name))
        twin["id"] = "twin"
        book.cells.append(twin)

    return change


def added(source: str, at: int = 99) -> Change:
    return lambda book: book.cells.insert(at, nbformat.v4.new_code_cell(source))


def moved_up(name: str) -> Change:
    def change(book: Notebook) -> None:
        target = by_id(book, name)
        book.cells.remove(target)
        book.cells.insert(0, target)

    return change


def shuffled_kernel(book: Notebook) -> None:
    book.metadata["kernelspec"] = {"name": "ir", "display_name": "R", "language": "R"}


GOOD = answers(text="Because it is so.")
LATE_BAD = "def double(x):\n    return 2 * x if x > 0 else 0"
WARNS = (
    "import warnings\ndef double(x):\n    warnings.warn('careful')\n    if x is None:\n"
    "        raise ValueError\n    return 2 * x"
)
CASES = [
    Case("right", GOOD),
    Case("untouched", lambda book: None),
    Case("wrong", answers("def double(x):\n    return x", "answer = [2, 1]", "No.")),
    Case("hidden_wrong", answers(LATE_BAD)),
    Case("partly", answers("def double(x):\n    return 2 * x if x < 3 else None")),
    Case("syntax_error", answers("def double(x)\n    return 2 * x")),
    Case("raises", answers("def double(x):\n    raise KeyError('k')")),
    Case("not_there", answers("pass", "pass")),
    Case("other_exception", answers("def double(x):\n    return x * 2")),
    Case("prints", answers(RIGHT.replace("    return", "    print('x')\n    return"))),
    Case("returns_float", answers(RIGHT.replace("x + x", "2.0 * x"))),
    Case(
        "numpy",
        answers(
            "import numpy as np\ndef double(x):\n    if x is None:\n        raise ValueError\n"
            "    return np.float64(2 * x)"
        ),
    ),
    Case("deleted_test", and_then(GOOD, deleted("t1"))),
    Case("deleted_manual", and_then(GOOD, deleted("m1"))),
    Case("deleted_answer", and_then(GOOD, deleted("double"))),
    Case("unmarked_test", and_then(GOOD, unmarked("t1"))),
    Case("emptied_test", and_then(GOOD, to("t1", source="pass"))),
    Case("edited_points", and_then(GOOD, to("t1", marks_points=100))),
    Case("test_to_markdown", and_then(GOOD, retyped("t1", "markdown"))),
    Case("answer_to_markdown", and_then(GOOD, retyped("double", "markdown"))),
    Case(
        "unknown_id",
        and_then(GOOD, to("double", marks_grade_id="other")),
        {"*": "flags"},
        stops=True,
    ),
    Case("edited_locked", and_then(GOOD, to("limit", source="LIMIT = 0"))),
    Case("test_moved_up", and_then(GOOD, moved_up("t4"))),
    Case("extra_error", and_then(GOOD, added("1 / 0", 1))),
    Case("sys_exit", and_then(GOOD, added("import sys\nsys.exit(0)", 1))),
    Case("magic", and_then(GOOD, added("%time sum(range(10))\n!true", 1))),
    Case("infinite_loop", and_then(answers("while True:\n    pass"), deleted("t2"))),
    Case("loop_in_call", answers(RIGHT.replace("raise ValueError", "while True: pass"))),
    Case("memory", and_then(GOOD, added("'x' * 10", 1))),
    Case("wrong_kernel", and_then(GOOD, shuffled_kernel)),
    Case("relative_file", and_then(GOOD, added("open('note.txt', 'w').write('x')", 1))),
    Case("top_level_await", and_then(GOOD, added("import asyncio\nawait asyncio.sleep(0)", 1))),
    Case("warns", answers(WARNS), {"t1": "stderr", "t2": "stderr", "t3": "stderr"}),
    Case(
        "to_stderr",
        answers("import sys\n" + RIGHT.replace("x + x", "print(x, file=sys.stderr) or x + x")),
        {"t1": "stderr", "t2": "stderr"},
    ),
    Case(
        "always_equal",
        answers(
            "class E:\n    def __eq__(self, other): return True\n"
            "    __radd__ = __eq__\ndef double(x):\n    if x is None: raise ValueError\n"
            "    return E()"
        ),
        {"t1": "object", "t2": "object"},
    ),
    Case(
        "no_asserts",
        and_then(
            answers("def double(x):\n    return 5", LIST),
            added(
                "import ast\nclass Drop(ast.NodeTransformer):\n    def visit_Assert(self, node):\n"
                "        return ast.copy_location(ast.Pass(), node)\n"
                "get_ipython().ast_transformers.append(Drop())",
                1,
            ),
        ),
        {"t1": "forged"},
    ),
    Case(
        "patched_sum",
        and_then(answers("def double(x):\n    return 0", LIST), added("sum = lambda items: 3", 1)),
        {"t2": "forged"},
    ),
    Case("duplicate_test", and_then(GOOD, copied("t1")), {"*": "duplicate"}, stops=True),
    Case(
        "not_graded_flag", and_then(GOOD, to("t1", marks_grade=False)), {"*": "flags"}, stops=True
    ),
    Case(
        "dead_kernel",
        and_then(GOOD, added("import os\nos._exit(1)", 5)),
        {"*": "dead_kernel"},
        stops=True,
    ),
]


class Course:
    """The course on disk, released by nbgrader itself."""

    def __init__(self, root: Path) -> None:
        self.root = root
        write(root / "source" / "a1" / "p1.ipynb", SOURCE)
        (root / "nbgrader_config.py").write_text(
            f'c = get_config()\nc.CourseDirectory.course_id = "small"\n'
            f'c.CourseDirectory.root = "{root}"\nc.Execute.timeout = {SECONDS}\n'
        )
        self.run(GenerateAssignment)
        self.released = nbformat.read(root / "release" / "a1" / "p1.ipynb", 4)

    def copied_to(self, root: Path) -> Course:
        """The same course somewhere else."""
        shutil.copytree(self.root, root)
        config = root / "nbgrader_config.py"
        config.write_text(config.read_text().replace(str(self.root), str(root)))
        other = object.__new__(Course)
        other.root, other.released = root, self.released
        return other

    def hand_in(self, case: Case) -> None:
        book = copy.deepcopy(self.released)
        case.change(book)
        write(self.root / "submitted" / case.name / "a1" / "p1.ipynb", book)

    def run(self, converter: type, student: str = "*") -> None:
        """One of nbgrader's converters. Raises NbGraderException."""
        config = Config()
        config.CourseDirectory.root = str(self.root)
        config.CourseDirectory.course_id = "small"
        config.CourseDirectory.assignment_id = "a1"
        config.CourseDirectory.student_id = student
        config.Execute.timeout = SECONDS
        log = logging.Logger("quiet", logging.CRITICAL)
        converter(coursedir=CourseDirectory(config=config, log=log), config=config, log=log).start()

    def nbgraders(self, student: str) -> dict[str, tuple[float | None, bool, str | None]] | None:
        """What nbgrader's own autograde leaves in the gradebook; None where it gives up."""
        try:
            self.run(Autograde, student)
        except NbGraderException:
            return None
        return self.graded(student)

    def graded(self, student: str) -> dict[str, tuple[float | None, bool, str | None]]:
        """Automatic score, whether a person must look, and comment, by cell."""
        with Gradebook(f"sqlite:///{self.root}/gradebook.db", "small") as gradebook:
            found = gradebook.find_submission_notebook("p1", "a1", student)
            comments = {one.name: one.auto_comment for one in found.comments}
            return {
                grade.name: (grade.auto_score, grade.needs_manual_grade, comments.get(grade.name))
                for grade in found.grades
            }


def write(path: Path, book: Notebook) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(book, path)
