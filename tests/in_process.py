"""Grades sources in this very process, without a sandbox: for testing the course's own tests.

Only code that we wrote ourselves may run here. Everything else is real: the runner, the markers,
the comparator, and the wire, through which every argument and every result still goes.
"""

from __future__ import annotations

import ast
import importlib.util
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from autograder import course, runner, wire
from autograder.model import (
    Cell,
    Limits,
    Missing,
    Outcome,
    Raised,
    Reply,
    Returned,
    StudentSource,
    TestResult,
    Text,
)
from autograder.pytest_plugin import Seat
from autograder.student import Student
from autograder.verdict import Judged

ROOT = Path(__file__).resolve().parent.parent


class InProcessChild:
    """A ``student.Child`` whose code shares our process."""

    alive, waited, refused = True, 0.0, frozenset[str]()

    def __init__(self) -> None:
        self._names: dict[str, object] = {}
        self._kept: dict[int, object] = {}

    def run(self, cell: Cell, seconds: float) -> Reply:
        exec(cell.source, self._names)
        return Returned([])

    def call(
        self,
        name: str,
        args: tuple[object, ...],
        kwargs: dict[str, object],
        seconds: float,
        keep_as: int = 0,
    ) -> Reply:
        function = self._names.get(name)
        if not callable(function):
            return Missing(name)
        return self._answer(function, args, kwargs, keep_as)

    def inside(
        self, source: str, name: str, args: tuple[object, ...], seconds: float, keep_as: int = 0
    ) -> Reply:
        names: dict[str, Any] = {}
        exec(source, names)
        return self._answer(names[name], args, {}, keep_as)

    def _answer(
        self,
        function: Callable[..., object],
        args: tuple[object, ...],
        kwargs: dict[str, object],
        keep_as: int,
    ) -> Reply:
        positional = [self._received(value) for value in args]
        named = {key: self._received(value) for key, value in kwargs.items()}
        try:
            with warnings.catch_warnings(action="ignore"):  # a softmax that overflows says so
                value = function(*positional, **named)
        except Exception as error:  # noqa: BLE001 - whatever a mutant raises is its answer
            return Raised(wire.exception_kind(error), str(error))
        self._kept[keep_as] = value
        return Returned(wire.decode(wire.encode(value)))

    def keep(self, handle: int, value: object, seconds: float) -> Reply:
        self._kept[handle] = self._received(value)
        return Returned(None)

    def fetch(self, handle: int, seconds: float) -> Reply:
        return Returned(wire.decode(wire.encode(self._kept[handle])))

    def close(self) -> None:
        self.alive = False

    def _received(self, value: object) -> object:
        if isinstance(value, wire.Ref):
            return self._kept[value.handle]
        return wire.decode(wire.encode(value), writable=True)


class NoTraining:
    """In place of the fixture ``training``: its tests are left out of the results."""

    def run(self, *args: object, **kwargs: object) -> Any:
        raise Judged(Outcome.SKIPPED, 0.0, LEFT_OUT)


LEFT_OUT = Text("pas dans ce processus", "not in this process")


def grade(slug: str, sources: Mapping[str, str], seed: int) -> dict[str, dict[str, TestResult]]:
    """Run all tests of the assignment ``slug`` on each source: by source, then by test name."""
    limits = Limits()
    seats = [
        Seat(key, Student(StudentSource((Cell(1, source),)), InProcessChild, limits), NoTraining())
        for key, source in sources.items()
    ]
    assignment = course.load(ROOT).assignments[slug]
    runner.run(assignment, ROOT, seats, lang="en", seed=seed)
    assert [seat.fault for seat in seats] == [""] * len(seats)
    return {
        seat.key: {
            result.name: result for result in seat.results if LEFT_OUT.en not in result.message
        }
        for seat in seats
    }


def grade_styles(
    slug: str, styles: Mapping[str, str], seed: int
) -> dict[str, dict[str, TestResult]]:
    """Grade the reference, alone and with each of ``styles`` in place of some of its functions."""
    alone = reference(slug)
    sources = {name: f"{alone}\n{style}" for name, style in styles.items()}
    return grade(slug, {"reference": alone, **sources}, seed)


def reference(slug: str) -> str:
    """The text of the reference solutions of ``slug``."""
    return (ROOT / "reference" / f"{slug}.py").read_text(encoding="utf-8")


def course_module(path: str) -> ModuleType:
    """A module of the course that imports no other, from wherever the tests are started."""
    spec = importlib.util.spec_from_file_location(Path(path).stem, ROOT / path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def mutant(slug: str, function: str, old: str, new: str) -> str:
    """The reference with ``old`` replaced by ``new`` in one function, where it must occur."""
    text = reference(slug)
    node = next(n for n in ast.parse(text).body if getattr(n, "name", "") == function)
    original = ast.get_source_segment(text, node)
    assert original is not None
    assert old in original, f"{function}: no {old!r}"
    return text.replace(original, original.replace(old, new))


def hints(slug: str) -> dict[str, str]:
    """The English hints of ``slug``, by id."""
    return {id: text.en for id, text in course.load(ROOT).assignments[slug].hints.items()}


def shown_hints(results: Mapping[str, TestResult], task: str) -> set[str]:
    """The hints that the tests of one task give."""
    return {result.hint for result in results.values() if result.task == task and result.hint}


def failed(results: Mapping[str, TestResult]) -> set[str]:
    """Names of the tests that did not pass."""
    return {name for name, result in results.items() if result.outcome is not Outcome.PASSED}
