"""A small course, and what students may do to its notebook."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import nbformat
from stock_both import Notebook, by_id, cell, notebook

Change = Callable[[Notebook], None]

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
        "try:\n    double(None)\nexcept ValueError:\n    pass\nelse:\n    raise AssertionError",
        "t3",
        1,
    ),
    cell("answer", "### BEGIN SOLUTION\nanswer = [1, 2]\n### END SOLUTION", "list"),
    cell("test", "assert answer == [1, 2], 'the list'", "t4", 1),
    cell("answer", "### BEGIN SOLUTION\ncredit = 1.5\n### END SOLUTION", "credit"),
    cell("test", "credit", "t5", 2),
    cell("manual", "Because.", "m1", 4),
    cell("task", "Draw something.", "k1", 2),
    cell("locked", "LIMIT = 10", "limit"),
)

RIGHT = "def double(x):\n    if x is None:\n        raise ValueError\n    return x + x"
LIST = "answer = [1, 2]"


def answers(
    double: str | None = RIGHT,
    listed: str | None = LIST,
    text: str | None = None,
    credit: str | None = "2",
) -> Change:
    """Write answers; None leaves the stub."""

    def change(book: Notebook) -> None:
        value = None if credit is None else f"credit = {credit}"
        for name, source in (("double", double), ("list", listed), ("m1", text), ("credit", value)):
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


def ways_to_write_it(*definition: str) -> Change:
    """``double``, by a definition that uses another one, ``f``."""
    return answers("\n".join((RIGHT.replace("double", "f"), *definition)))
