"""What will happen to each test cell of a course, before anything is graded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from autograder.errors import UsageError
from autograder.farm import Watcher
from autograder.isolation import Isolation
from autograder.messages import plain
from autograder.model import Tier
from autograder.results import to_json
from autograder.stock import config, course
from autograder.stock.batch import Conditions
from autograder.stock.model import Inspected
from autograder.stock.preload import preload_for
from autograder.stock.run import find_ways

SCHEMA_VERSION = 1
_HEADINGS = ("assignment", "notebook", "cell", "points", "judged", "because of")


class _Nobody:
    """Watches nothing."""

    def working(self, student: str, assignment: str = "") -> None:
        """Whose turn it is does not matter."""

    def done(self, count: int = 1) -> None:
        """Nor how many are done."""


def inspect(root: Path, names: Sequence[str] = ()) -> list[Inspected]:
    """Every test cell of the course in ``root``, or of these assignments.

    Raises:
        UsageError: no such course or assignment.
        CourseError: it cannot be read.
        SandboxUnavailable: this machine lacks a protection.
    """
    if not config.is_course(root):
        raise UsageError(f"{root} is no course made for nbgrader: use --course")
    settings = config.read(root)
    wanted = names or course.names(settings)
    assignments = course.load(settings, wanted) if wanted else {}
    if unknown := set(names) - set(assignments):
        raise UsageError(f"no assignment {', '.join(sorted(unknown))} in {root}")
    conditions = Conditions(settings, "en", Tier.S2, {})
    preloads = {name: preload_for(one) for name, one in assignments.items()}
    if not assignments:
        return []
    with Isolation(Tier.S2, preloads.values(), 1) as isolation:
        isolation.selftest()
        watcher: Watcher = _Nobody()
        found = find_ways(conditions, assignments, preloads, isolation, 1, watcher)
    return [
        Inspected(
            name, notebook.name, cell.grade_id, cell.points, cell.source != cell.released,
            way.inside, way.construct, way.proved,
        )
        for name, one in assignments.items()
        for notebook in one.notebooks.values()
        for cell in notebook.cells
        if cell.is_test and (way := found[name][notebook.name][cell.grade_id])
    ]  # fmt: skip


def lines(cells: Sequence[Inspected]) -> list[str]:
    """A table as text: a line a cell, and one that counts them."""
    rows = [_HEADINGS, *map(_row, cells)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    inside = sum(cell.inside for cell in cells)
    return [
        *("  ".join(map(str.ljust, row, widths)).rstrip() for row in rows),
        f"{len(cells)} test cells, {inside} in the student's process",
    ]


def _row(cell: Inspected) -> tuple[str, ...]:
    place = "in the student's process" if cell.inside else "outside"
    because = plain(cell.construct) if cell.inside or cell.proved else "only its text was looked at"
    names = (plain(cell.assignment), plain(cell.notebook), plain(cell.cell))
    return (*names, f"{cell.points:g}", place, because)


def as_json(cells: Sequence[Inspected]) -> str:
    """``{"schema_version", "cells": [...]}`` with the fields of ``Inspected``."""
    return to_json({"schema_version": SCHEMA_VERSION, "cells": [asdict(cell) for cell in cells]})
