"""``autograder check``: the visible tests of one notebook, for its author, on their machine.

The tests are the notebook's own check cells, so that students need nothing but the notebook. Names
that such a cell does not define itself are looked up in the student's process, call by call.
"""

from __future__ import annotations

import ast
import builtins
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from autograder import compare, notebook
from autograder.compare.choice import one_of
from autograder.errors import UsageError
from autograder.local import LocalChild
from autograder.model import (
    Assignment,
    Checked,
    Finding,
    Language,
    Limits,
    Outcome,
    Rejection,
    Submission,
    Text,
)
from autograder.student import Student
from autograder.verdict import TestInfo, Verdict

CHECK = "-check"  # what the grade id of a check cell ends with, after the task's id


class _Names(dict[str, object]):
    """A check cell's globals: what it does not define itself is the student's."""

    def __init__(self, student: Student) -> None:
        super().__init__(
            same=compare.same, one_of=one_of, raises=student.raises, np=np, __name__="check"
        )
        self._student = student

    def __missing__(self, name: str) -> object:
        if hasattr(builtins, name):
            raise KeyError(name)
        return getattr(self._student, name)


def check(path: Path, lang: Language) -> Checked:
    """Run the check cells of the notebook at ``path`` against its own code.

    Raises:
        UsageError: the file cannot be read, or holds no check cell.
    """
    data = path.read_bytes()
    submission = Submission("", "", path.name, data)
    source = notebook.read(submission, _released(data))
    if isinstance(source, Rejection):
        raise UsageError(source.reason.to(lang))
    cells = dict(_check_cells(data))
    if not cells:
        raise UsageError(_NO_CHECKS.to(lang).format(path.name))
    limits = Limits(call_seconds=5.0, cell_seconds=30.0, total_seconds=600.0)
    student = Student(source, LocalChild, limits)
    assignment = Assignment(path.stem, Text("", ""), (), path.parent, limits)
    try:
        findings = tuple(
            finding
            for task, code in cells.items()
            for finding in _run(task, code, student, assignment, lang)
        )
    finally:
        student.close()
    notices = (*source.notices, *student.notices)
    return Checked(findings, tuple(text.to(lang) for text in notices))


_NO_CHECKS = Text(
    "{} ne contient aucune cellule de vérification : pars du notebook qui t'a été donné.",
    "{} holds no check cell: start from the notebook that you were given.",
)


def _run(
    task: str, code: str, student: Student, assignment: Assignment, lang: Language
) -> Iterator[Finding]:
    """Every test function of one check cell, each judged by itself."""
    names = _Names(student)
    tree = ast.parse(code)
    tests = [
        node.name
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test")
    ]
    tree.body = [node for node in tree.body if not isinstance(node, ast.Expr)]  # not the calls
    exec(compile(tree, f"<{task}{CHECK}>", "exec"), names)  # noqa: S102 - the author's own cell
    for name in tests:
        function = names[name]
        assert callable(function)
        student.last = None
        info = TestInfo(name, task, 0.0, None, ())
        verdict = Verdict(info, student, assignment, lang)
        outcome, sentence, _ = verdict.of(_error(function))  # hints stay with the tests
        yield Finding(task, name, outcome, sentence)


def _error(test: Callable[[], object]) -> Exception | None:
    try:
        test()
    except Exception as error:  # noqa: BLE001 - the verdict sorts them
        return error
    return None


# ---------------------------------------------------------------- what the notebook holds


def _check_cells(data: bytes) -> Iterator[tuple[str, str]]:
    """Task id and source of each check cell that is a cell of code."""
    for cell in _cells(data):
        grade_id = str(cell["metadata"].get("nbgrader", {}).get("grade_id", ""))
        if cell["cell_type"] == "code" and grade_id.endswith(CHECK):
            yield grade_id.removesuffix(CHECK), "".join(cell["source"])


def _released(data: bytes) -> frozenset[str]:
    """Digests of the cells that are the teacher's: locked, or marked as a figure."""
    return frozenset(
        notebook.cell_digest("".join(cell["source"]))
        for cell in _cells(data)
        if cell["metadata"].get("nbgrader", {}).get("locked")
        or "figure" in cell["metadata"].get("tags", [])
    )


def _cells(data: bytes) -> list[dict[str, Any]]:
    try:
        return list(json.loads(data)["cells"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return []  # ``notebook.read`` says what is wrong with it


# ---------------------------------------------------------------- on the screen


def main(path: Path, lang: Language) -> int:
    """Print what ``check`` finds; 0 if every visible test passed, 1 if not."""
    from autograder import terminal

    checked = check(path, lang)
    terminal.show_findings(checked, lang)
    return 0 if all(one.outcome is Outcome.PASSED for one in checked.findings) else 1
