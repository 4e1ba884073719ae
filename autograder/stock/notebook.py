"""A notebook as JSON: read from hostile bytes, and made anew with nothing in it that we don't know.

Quick, for a class of them: no schema is checked, every part is taken by its type or left out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, TypeGuard, cast

from autograder import notebook
from autograder.notebook import MAX_BYTES, MAX_CELL_BYTES, MAX_CELLS, refusals
from autograder.notebook.refusals import Unreadable
from autograder.notebook.text import decode, has_surrogate
from autograder.stock.model import Json

_CELL_ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")
_KINDS = ("code", "markdown", "raw")
_NAME = 100  # characters of a kernel's or a language's name


def parsed(data: bytes) -> Json:
    """The notebook in ``data``: a list of cells, each an object with a kind and a text.

    nbformat 3 is brought to 4. Raises ``Unreadable``.
    """
    if len(data) > MAX_BYTES:
        raise Unreadable(refusals.TOO_LARGE)
    try:
        found: Any = json.loads(decode(data), parse_constant=lambda _: None)
    except (ValueError, RecursionError):
        raise _diagnosis(data) from None
    if not isinstance(found, dict):
        raise _diagnosis(data)
    if found.get("nbformat") == 3:
        found = _upgraded(found)
    cells = found.get("cells")
    if found.get("nbformat") != 4 or not isinstance(cells, list):
        raise _diagnosis(data)
    if len(cells) > MAX_CELLS:
        raise Unreadable(refusals.too_many_cells(MAX_CELLS))
    number = 0
    for cell in cells:
        if not isinstance(cell, dict) or not isinstance(cell.get("cell_type"), str):
            raise Unreadable(refusals.NOT_A_NOTEBOOK)
        number += cell["cell_type"] == "code"
        cell["source"] = _source(cell.get("source"), number)
    return cast("Json", found)


def _diagnosis(data: bytes) -> Unreadable:
    """Why these bytes are no notebook, in the words that students of our own courses get."""
    try:
        notebook.stripped(data, "notebook.ipynb")
    except Unreadable as fault:
        return fault
    return Unreadable(refusals.NOT_A_NOTEBOOK)


def _source(source: object, number: int) -> str:
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        source = "".join(cast("list[str]", source))
    if not isinstance(source, str):
        raise Unreadable(refusals.NOT_A_NOTEBOOK)
    if has_surrogate(source):
        raise Unreadable(refusals.damaged_character(number))
    if len(source) * 4 > MAX_CELL_BYTES and len(source.encode()) > MAX_CELL_BYTES:
        raise Unreadable(refusals.long_cell(number))
    return source


# ---------------------------------------------------------------- nbformat 3


def _upgraded(found: Json) -> Json:
    """The cells of all worksheets, where code is called ``input`` and titles are headings."""
    sheets = found.get("worksheets")
    if not isinstance(sheets, list) or not all(isinstance(sheet, dict) for sheet in sheets):
        raise Unreadable(refusals.NOT_A_NOTEBOOK)
    lists = [sheet.get("cells", []) for sheet in sheets]
    if not all(isinstance(cells, list) for cells in lists):
        raise Unreadable(refusals.NOT_A_NOTEBOOK)
    cells = [_upgraded_cell(cell) for cells in lists for cell in cells]
    return {"nbformat": 4, "metadata": found.get("metadata"), "cells": cells}


def _upgraded_cell(cell: Any) -> Any:
    if not isinstance(cell, dict):
        return cell
    kind = cell.get("cell_type")
    if kind == "code":
        return {**cell, "source": cell.get("input", "")}
    if kind == "heading":
        level = cell.get("level", 1)
        marks = "#" * (level if type(level) is int and 0 < level < 7 else 1)
        text = " ".join(_source(cell.get("source", ""), 0).splitlines())
        return {**cell, "cell_type": "markdown", "source": f"{marks} {text}"}
    return {**cell, "cell_type": "markdown"} if kind == "html" else cell


# ---------------------------------------------------------------- made anew


def clean_cell(raw: Json, position: int) -> Json:
    """A cell of a parsed notebook without outputs, marks, and whatever else is not its own."""
    kind = raw["cell_type"] if raw["cell_type"] in _KINDS else "raw"
    metadata = raw.get("metadata")
    tags = metadata.get("tags") if isinstance(metadata, dict) else None
    kept: Json = {}
    if isinstance(tags, list) and all(isinstance(tag, str) for tag in tags):
        kept["tags"] = tags
    cell: Json = {"cell_type": kind, "id": raw.get("id"), "metadata": kept, "source": raw["source"]}
    if kind == "code":
        cell |= {"execution_count": None, "outputs": []}
    elif attached := _attachments(raw.get("attachments")):
        cell["attachments"] = attached
    return cell


def _attachments(given: object) -> Json:
    """Pictures that were pasted into a text: by file name and kind, base64."""
    if not isinstance(given, dict):
        return {}
    return {
        name: kinds
        for name, kinds in given.items()
        if isinstance(kinds, dict) and all(isinstance(data, str) for data in kinds.values())
    }


def document(raw: Json, cells: list[Json], kernelspec: Mapping[str, Any]) -> Json:
    """The notebook of these cells; the course's kernel wins over the student's, if it names one."""
    given = raw.get("metadata")
    given = given if isinstance(given, dict) else {}
    metadata = {
        name: words for name in ("kernelspec", "language_info") if (words := _words(given, name))
    }
    if kernelspec:
        metadata["kernelspec"] = dict(kernelspec)
    _with_ids(cells)
    return {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def _words(metadata: Json, name: str) -> Json:
    """The few short texts of a kernel's description."""
    found = metadata.get(name)
    keys = ("name", "display_name", "language", "version")
    pairs = ((key, found.get(key)) for key in keys) if isinstance(found, dict) else ()
    return {key: value[:_NAME] for key, value in pairs if isinstance(value, str)}


def is_id(value: object) -> TypeGuard[str]:
    """Whether a cell may have this id."""
    return isinstance(value, str) and _CELL_ID.fullmatch(value) is not None


def _with_ids(cells: list[Json]) -> None:
    """Give each cell an id of its own: the one that it has, where that may be one."""
    taken: set[str] = set()
    for position, cell in enumerate(cells):
        own = cell.get("id")
        if not is_id(own) or own in taken:
            own = f"cell-{position}"
            while own in taken:
                own += "-"
        taken.add(own)
        cell["id"] = own
