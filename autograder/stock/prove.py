"""Tries the course's own answers on its tests: which cells can be judged in the trusted process?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from autograder.isolation import Preload
from autograder.stock.batch import Conditions, among_files
from autograder.stock.credit import Credit
from autograder.stock.given import given
from autograder.stock.kernel import Kernel
from autograder.stock.model import SourceNotebook, Step, StockAssignment
from autograder.stock.play import Judged, Player, kernel_order
from autograder.stock.ways import Tried, Way, Ways, by_reading, by_trying


@dataclass(frozen=True)
class Proved:
    """The ways of all test cells of an assignment."""

    assignment: str
    ways: Mapping[str, Ways]  # by notebook
    student: str = ""  # nobody's


@dataclass(frozen=True)
class ProofBatch:
    """One assignment to be looked through by a worker."""

    conditions: Conditions
    assignment: StockAssignment
    preload: Preload

    @property
    def root(self) -> Path:
        """The course."""
        return self.conditions.settings.root

    @property
    def keys(self) -> list[tuple[str, str]]:
        """One: the assignment."""
        return [("", self.assignment.name)]

    def only(self, keys: object) -> ProofBatch:
        """All of it."""
        return self

    def grade(self) -> list[Proved]:
        """Try each notebook."""
        files = {name: path.read_bytes() for name, path in self.assignment.files.items()}

        def kernel() -> Kernel:
            return self.conditions.kernel(self.preload, files)

        with among_files(self.assignment, self.root):
            found = {
                name: ways(source, kernel) for name, source in self.assignment.notebooks.items()
            }
        return [Proved(self.assignment.name, found)]


def ways(source: SourceNotebook, kernel: Callable[[], Kernel]) -> Ways:
    """The way of each test cell of a notebook; only by its text where there are no answers."""
    if source.answered is None:
        return doubted(source)
    known, read = given(source), by_text(source)
    here: list[Mapping[str, Judged]] = []
    there = []
    for steps in (_steps(source, answered=True), _steps(source, answered=False)):
        here.append(Player(known, read, kernel()).play(steps).tests)
        there.append(kernel_order(steps, kernel()))
    return {
        name: by_trying(
            way,
            (_tried(here[0].get(name)), _tried(here[1].get(name))),
            (_in_kernel(there[0], name), _in_kernel(there[1], name)),
        )
        for name, way in read.items()
    }


def doubted(source: SourceNotebook) -> Ways:
    """The way of each test cell where only its text says it."""
    return {name: replace(way, doubted=True) for name, way in by_text(source).items()}


def by_text(source: SourceNotebook) -> dict[str, Way]:
    """The way of each test cell as its text says."""
    modules = given(source).modules
    tests = (cell for cell in source.cells if cell.is_test)
    return {cell.grade_id: by_reading(cell, modules) for cell in tests}


def _steps(source: SourceNotebook, *, answered: bool) -> tuple[Step, ...]:
    """The course's notebook as if a student had handed it in; without answers: as released."""
    assert source.answered is not None
    steps: list[Step] = []
    for position, cell in enumerate(source.answered["cells"]):
        if cell["cell_type"] != "code":
            continue
        own = source.by_id.get(cell["metadata"].get("nbgrader", {}).get("grade_id", ""))
        text = cell["source"]
        if own is not None and own.solution and not answered:
            text = own.released
        test = own if own is not None and own.is_test else None
        steps.append(Step(position, len(steps) + 1, text, test))
    return tuple(steps)


def _tried(judged: Judged | None) -> Tried:
    if judged is None:
        return Tried(None, "it did not run")
    ended = judged.evaluated
    problem = f"{ended.error}: {ended.said}"[:200].rstrip(": ") if ended and ended.error else ""
    return Tried(judged.credit.points, problem, judged.used)


def _in_kernel(found: Mapping[str, Credit], name: str) -> Tried:
    return Tried(found[name].points if name in found else None)
