"""``notebook.py`` (py:percent, both languages side by side) → the cells of one language.

# %% [markdown] lang="fr"     prose; its twin with lang="en" stands right below
# %% [markdown]               prose for both languages
# %%                          code for both
# %% tags=["figure"]          code that draws
# %% task="convolve2d"        the place of a task; empty but for comments
# %% [markdown] task="why"    the place of a task that a person marks; empty
"""

from __future__ import annotations

import base64
import html
import re
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from autograder.errors import CourseError, Problem
from autograder.model import LANGUAGES, Assignment, Language

_KEYS = ("lang", "task", "tags")
_PICTURE = re.compile(r"!\[([^\]]*)\]\((figures/[^)\s]+)\)")


@dataclass(frozen=True)
class SourceCell:
    """One cell of ``notebook.py``; ``lang`` is None for a cell that both languages share."""

    kind: Literal["code", "markdown"]
    source: str
    lang: Language | None = None
    task: str | None = None
    figure: bool = False


def read_cells(assignment: Assignment) -> tuple[SourceCell, ...]:
    """The cells of an assignment's notebook, pictures embedded, checked against its tasks.

    Raises:
        CourseError: every mistake of the notebook, each with the cell it is in.
    """
    return _Reader(assignment).cells()


class _Reader:
    def __init__(self, assignment: Assignment) -> None:
        self.assignment = assignment
        self.file = f"assignments/{assignment.slug}/notebook.py"
        self.problems: list[Problem] = []

    def cells(self) -> tuple[SourceCell, ...]:
        cells = list(self._read())
        self._check_twins(cells)
        self._check_tasks(cells)
        if self.problems:
            raise CourseError(self.problems)
        return tuple(cells)

    def _note(self, key: str, expected: str) -> None:
        self.problems.append(Problem(self.file, key, expected))

    def _read(self) -> Iterator[SourceCell]:
        import jupytext

        text = self.assignment.notebook_file.read_text(encoding="utf-8")
        notebook = jupytext.reads(text, fmt="py:percent")  # type: ignore[no-untyped-call]
        for number, cell in enumerate(notebook.cells, start=1):
            place = _place(number, cell.source)
            if cell.cell_type not in ("code", "markdown"):
                self._note(place, f"a code or Markdown cell, found a {cell.cell_type} cell")
                continue
            self._check_keys(place, cell.metadata)
            yield SourceCell(
                kind=cell.cell_type,
                source=self._with_pictures(place, cell.source, cell.cell_type),
                lang=cell.metadata.get("lang"),
                task=cell.metadata.get("task"),
                figure="figure" in cell.metadata.get("tags", ()),
            )

    def _check_keys(self, place: str, metadata: dict[str, object]) -> None:
        for key in metadata:
            if key not in _KEYS:
                self._note(place, f"only the keys {', '.join(_KEYS)}, found {key}")
        if metadata.get("lang") not in (None, *LANGUAGES):
            self._note(place, f"lang in {LANGUAGES}, found {metadata['lang']!r}")
        if metadata.get("tags", ["figure"]) != ["figure"]:
            self._note(place, f'tags=["figure"] or none, found {metadata["tags"]!r}')

    # ------------------------------------------------------------ checks

    def _check_twins(self, cells: list[SourceCell]) -> None:
        """Cells of one language come in pairs, in either order, with nothing between the two."""
        waiting: tuple[int, SourceCell] | None = None
        for number, cell in enumerate([*cells, SourceCell("code", "")], start=1):
            if waiting is not None:
                first_number, first = waiting
                waiting = None
                if cell.lang not in (None, first.lang) and cell.kind == first.kind:
                    continue
                place = _place(first_number, first.source)
                self._note(place, "its twin in the other language right below")
            if cell.lang is not None:
                waiting = (number, cell)

    def _check_tasks(self, cells: list[SourceCell]) -> None:
        places = Counter(cell.task for cell in cells if cell.task is not None)
        manual = {task.id: task.manual for task in self.assignment.tasks}
        for id in manual:
            if places[id] != 1:
                self._note(f'task="{id}"', f"one cell for this task, found {places[id]}")
        for number, cell in enumerate(cells, start=1):
            if cell.task is not None:
                self._check_task_cell(_place(number, f'task="{cell.task}"'), cell, manual)

    def _check_task_cell(self, place: str, cell: SourceCell, manual: dict[str, bool]) -> None:
        if cell.task not in manual:
            self._note(place, f"a task of assignment.yaml ({', '.join(manual)})")
        kind = "markdown" if manual.get(cell.task or "") else "code"
        if cell.kind != kind or cell.lang is not None or cell.figure:
            name = {"code": "code", "markdown": "Markdown"}[kind]
            self._note(place, f"a {name} cell for both languages, without tags")
        if any(line.strip() and line.strip()[0] != "#" for line in cell.source.split("\n")):
            self._note(place, "no code: the answer comes from reference/")

    # ------------------------------------------------------------ pictures

    def _with_pictures(self, place: str, source: str, kind: str) -> str:
        if kind != "markdown":
            return source
        return _PICTURE.sub(lambda found: self._picture(place, found[1], found[2]), source)

    def _picture(self, place: str, alt: str, name: str) -> str:
        """An HTML image that carries its SVG: JupyterLab draws no SVG attachments."""
        file = self.assignment.folder / name
        if not _is_inside(file, self.assignment.folder / "figures") or file.suffix != ".svg":
            self._note(place, f"an SVG file that exists in figures/, found {name}")
            return ""
        data = file.read_bytes().replace(b"\r\n", b"\n")
        if (fault := _svg_fault(data)) is not None:
            self._note(place, f"a well-formed SVG picture; {name} {fault}")
        encoded = base64.b64encode(data).decode("ascii")
        return f'<img alt="{html.escape(alt)}" src="data:image/svg+xml;base64,{encoded}">'


def in_language(cells: tuple[SourceCell, ...], lang: Language) -> tuple[SourceCell, ...]:
    """The cells that the notebook in ``lang`` holds."""
    return tuple(replace(cell, lang=lang) for cell in cells if cell.lang in (None, lang))


def _place(number: int, source: str) -> str:
    first_line = source.strip().split("\n")[0]
    return f"cell {number} ({first_line[:40]})"


def _is_inside(file: Path, folder: Path) -> bool:
    return file.is_file() and file.resolve().is_relative_to(folder.resolve())


def _svg_fault(data: bytes) -> str | None:
    try:
        root = ET.fromstring(data)  # noqa: S314 - the course's own file
    except ET.ParseError as error:
        return f"cannot be read ({error})"
    if root.tag != "{http://www.w3.org/2000/svg}svg":
        return f"begins with <{root.tag}>"
    if any(node.tag.rpartition("}")[2] == "script" for node in root.iter()):
        return "holds a script"
    return None
