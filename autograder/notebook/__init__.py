"""From a handed-in file, as bytes, to the code in it: no files, no execution, no parser of Python.

A student's notebook contributes the source of its code cells and nothing else: not its outputs,
its metadata, its kernel, nor its points. Whatever is wrong with it comes back as a ``Rejection``.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from typing import Any, NoReturn, cast

from autograder.messages import MAX_NOTICES
from autograder.model import Cell, Rejection, StudentSource, Submission, Text
from autograder.notebook import refusals, script, stub
from autograder.notebook.refusals import Unreadable
from autograder.notebook.text import BLANKS, deception, decode, has_surrogate, shown, unix_lines

MAX_BYTES = 20 * 1024 * 1024  # of a whole file
MAX_CELLS = 2_000
MAX_CELL_BYTES = 1_000_000  # of one cell's source: the longest string that the wire carries

_NOTEBOOK_SUFFIXES = (".ipynb", ".ipynb.json", ".ipynb.txt")  # some browsers add the second part
_SCRIPT_SUFFIXES = (".py", ".py.txt")
_TOP_LEVEL_NAME = re.compile(
    r"^(?:async )?(?:def|class) ([^\W\d]\w{0,99})|^([^\W\d]\w{0,99}) ?=(?!=)", re.M
)

RawCell = dict[str, Any]


def is_notebook(name: str) -> bool:
    """Whether a file of this name is read as a notebook."""
    return name.lower().endswith(_NOTEBOOK_SUFFIXES)


def is_script(name: str) -> bool:
    """Whether a file of this name is read as a Python script."""
    return name.lower().endswith(_SCRIPT_SUFFIXES)


def reads_as_script(data: bytes, name: str) -> bool:
    """Whether the file is read as a script: a notebook saved under a script's name is not."""
    if not is_script(name):
        return False
    start = data[:1000].lstrip(BLANKS)[:1]
    return start != b"{" or not (b'"nbformat"' in data or b'"cell_type"' in data)


def stripped(data: bytes, name: str) -> bytes:
    """The file without what is never graded: a notebook's outputs, attachments, prose, metadata.

    ``read`` and the functions below find the same in it. Raises ``Unreadable``.
    """
    if reads_as_script(data, name):
        script.text(_capped(data))
        return data
    bare = {"nbformat": 4, "cells": [_bare(cell) for cell in _notebook_cells(data)]}
    # Half a character can only stand in prose or in a grade id by now, where it decides nothing.
    return json.dumps(bare, ensure_ascii=False).encode("utf-8", "replace")


def stem(name: str) -> str:
    """The file name without the suffix that makes it a notebook or a script."""
    for suffix in sorted(_NOTEBOOK_SUFFIXES + _SCRIPT_SUFFIXES, key=len, reverse=True):
        if name.lower().endswith(suffix):
            return name[: -len(suffix)]
    return name


def cell_digest(source: str) -> str:
    """SHA-256 of a cell's source, blind to line ends, trailing blanks and blank lines around it."""
    lines = [line.rstrip() for line in unix_lines(source).split("\n")]
    return hashlib.sha256("\n".join(lines).strip("\n").encode("utf-8", "surrogatepass")).hexdigest()


def read(
    submission: Submission, boilerplate: frozenset[str] = frozenset()
) -> StudentSource | Rejection:
    """The code cells that a submission contributes, or why it cannot be read.

    ``boilerplate`` holds digests (``cell_digest``) of the teacher's own released cells: a cell that
    still is one of them is left out, because the grader runs its own tests.
    """
    try:
        sources, notices = _contents(submission.data, submission.name)
        cells = tuple(_kept(sources, boilerplate))
    except Unreadable as fault:
        return Rejection(submission.student, submission.assignment, fault.reason)
    found = (deception(cell.source, cell.number) for cell in cells)
    notices += [notice for notice in found if notice is not None]
    return StudentSource(cells, submission.notices + tuple(notices[:MAX_NOTICES]))


def answer_ids(data: bytes, name: str) -> frozenset[str]:
    """The grade ids that cells of the file bear; empty for a file that cannot be read."""
    return frozenset(grade_id for grade_id, _ in named_cells(data, name))


def answered_ids(data: bytes, name: str) -> frozenset[str]:
    """Those of ``answer_ids`` with an answer, in their cell or elsewhere under the same name.

    A cell that is still the released stub answers nothing. A guess, as ``defined_names`` is.
    """
    cells = named_cells(data, name)
    written = written_names(data, name)
    return frozenset(own for own, source in cells if own in written or stub.is_answer(source, own))


def defined_names(data: bytes, name: str) -> frozenset[str]:
    """The names that the file's code gives a value at the left margin; empty if unreadable.

    A guess from the text, good enough to choose between files. It decides no points.
    """
    return frozenset().union(*map(_top_level_names, _sources(data, name)))


def written_names(data: bytes, name: str) -> frozenset[str]:
    """``defined_names`` without the functions that are still the released stub."""
    sources = _sources(data, name)
    return frozenset().union(*(_top_level_names(text) - stub.unwritten(text) for text in sources))


def _top_level_names(source: str) -> frozenset[str]:
    return frozenset(function or variable for function, variable in _TOP_LEVEL_NAME.findall(source))


def _sources(data: bytes, name: str) -> list[str]:
    """The sources of the code cells; none if the file cannot be read."""
    try:
        return _contents(data, name)[0]
    except Unreadable:
        return []


def named_cells(data: bytes, name: str) -> list[tuple[str, str]]:
    """Grade id and source of the cells that bear one; none if the file cannot be read."""
    try:
        if reads_as_script(data, name):
            return list(script.named_cells(script.text(_capped(data))))
        pairs = [(_grade_id(cell), _source(cell)) for cell in _notebook_cells(data)]
    except Unreadable:
        return []
    return [(grade_id, source) for grade_id, source in pairs if grade_id]


def _contents(data: bytes, name: str) -> tuple[list[str], list[Text]]:
    """Sources of all code cells, and what the student should know about the others."""
    if reads_as_script(data, name):
        sources, notices = script.code_cells(script.text(_capped(data))), list[Text]()
    else:
        raw = list(_notebook_cells(data))
        sources = [_source(cell) for cell in raw if cell["cell_type"] == "code"]
        notices = [notice for cell in raw if (notice := _lost_answer(cell))]
    if len(sources) > MAX_CELLS:
        raise Unreadable(refusals.too_many_cells(MAX_CELLS))
    return sources, notices


def _kept(sources: list[str], boilerplate: frozenset[str]) -> Iterator[Cell]:
    for number, source in enumerate(sources, start=1):
        if len(source.encode("utf-8", "surrogatepass")) > MAX_CELL_BYTES:
            raise Unreadable(refusals.long_cell(number))
        if source.strip() and cell_digest(source) not in boilerplate:
            yield Cell(number, source)


# ---------------------------------------------------------------- the notebook format


def _notebook_cells(data: bytes) -> Iterator[RawCell]:
    """Every cell of the notebook as a dict with ``cell_type`` and ``source`` of the right types."""
    notebook, number = _parse(decode(_capped(data))), 0
    for position, cell in enumerate(_cell_list(notebook), start=1):
        if position > MAX_CELLS:
            raise Unreadable(refusals.too_many_cells(MAX_CELLS))
        if not isinstance(cell, dict) or not isinstance(cell.get("cell_type"), str):
            raise Unreadable(refusals.NOT_A_NOTEBOOK)
        source = _source(cell)
        number += cell["cell_type"] == "code"
        if cell["cell_type"] == "code" and has_surrogate(source):
            raise Unreadable(refusals.damaged_character(number))
        yield cell


def _parse(text: str) -> object:
    """The JSON value of ``text``. Raises ``Unreadable``, with the likeliest cause."""
    try:
        return json.loads(text, parse_constant=_refuse_constant)
    except json.JSONDecodeError as fault:
        raise Unreadable(_diagnosis(text, fault)) from None
    except (RecursionError, ValueError):  # nested too deeply; a number of thousands of digits
        raise Unreadable(refusals.NOT_A_NOTEBOOK) from None


def _refuse_constant(name: str) -> NoReturn:
    raise Unreadable(refusals.constant(name))


def _diagnosis(text: str, fault: json.JSONDecodeError) -> Text:
    if not text.strip():
        return refusals.EMPTY
    if text.lstrip().startswith("<"):
        return refusals.WEB_PAGE
    if not text.lstrip().startswith("{"):
        return refusals.OTHER_CONTENT
    # A cut file ends inside a string, or within the few characters of an escape or a constant.
    if fault.msg.startswith("Unterminated") or len(text.rstrip()) - fault.pos <= 6:
        return refusals.INCOMPLETE
    return refusals.NOT_A_NOTEBOOK


def _cell_list(notebook: object) -> list[object]:
    """The list of cells, of nbformat 4 or of the worksheets of nbformat 3."""
    if not isinstance(notebook, dict):
        raise Unreadable(refusals.NOT_A_NOTEBOOK)
    version = notebook.get("nbformat")
    if type(version) is not int or version not in (3, 4):
        raise Unreadable(refusals.WRONG_VERSION)
    parents = notebook.get("worksheets") if version == 3 else [notebook]
    if not isinstance(parents, list) or not all(isinstance(parent, dict) for parent in parents):
        raise Unreadable(refusals.NOT_A_NOTEBOOK)
    lists = [parent.get("cells") for parent in parents]
    if not all(isinstance(cells, list) for cells in lists):
        raise Unreadable(refusals.NOT_A_NOTEBOOK)
    cells = [cell for cells in lists for cell in cells]
    return list(map(_upgraded, cells)) if version == 3 else cells


def _upgraded(cell: object) -> object:
    """A cell of nbformat 3, where code is called ``input``, whatever else stands beside it."""
    if isinstance(cell, dict) and cell.get("cell_type") == "code":
        return {**cell, "source": cell.get("input")}
    return cell


def _source(cell: RawCell) -> str:
    """The cell's text: a string, or lines to be joined."""
    source = cell.get("source")
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        source = "".join(cast("list[str]", source))
    if not isinstance(source, str):
        raise Unreadable(refusals.NOT_A_NOTEBOOK)
    return unix_lines(source)


def _bare(cell: RawCell) -> RawCell:
    """What counts of a cell: its code, and how nbgrader marked it."""
    grade_id, is_code, marks = _grade_id(cell), cell["cell_type"] == "code", _nbgrader(cell)
    kept = {"grade_id": grade_id, "grade": bool(marks.get("grade"))}
    kept["solution"] = marks.get("solution") is True
    return {
        "cell_type": "code" if is_code else "markdown",
        "source": _source(cell) if is_code or grade_id else "",
        "metadata": {"nbgrader": kept},
    }


def _nbgrader(cell: RawCell) -> dict[str, object]:
    metadata = cell.get("metadata")
    mine = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    return mine if isinstance(mine, dict) else {}


def _grade_id(cell: RawCell) -> str:
    grade_id = _nbgrader(cell).get("grade_id")
    return grade_id if isinstance(grade_id, str) else ""


def _lost_answer(cell: RawCell) -> Text | None:
    """The notice for an answer cell that is no longer code.

    nbgrader releases no such cell: its Markdown answers are also marked ``grade``.
    """
    marks = _nbgrader(cell)
    if cell["cell_type"] == "code" or marks.get("solution") is not True or marks.get("grade"):
        return None
    name = shown(_grade_id(cell))
    return Text(
        fr=f"La cellule « {name} » n'est plus une cellule de code : son contenu n'est pas exécuté. "
        "Remets-la en « Code » dans Jupyter.",
        en=f"The cell “{name}” is no longer a code cell: its content is not run. "
        "Turn it back into “Code” in Jupyter.",
    )


def _capped(data: bytes) -> bytes:
    if len(data) > MAX_BYTES:
        raise Unreadable(refusals.TOO_LARGE)
    return data
