"""A real child in which a student's cells have run, and one test cell evaluated against it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from autograder.isolation import Isolation
from autograder.model import Cell, Limits, Tier
from autograder.stock.evaluate import Evaluated, evaluate
from autograder.stock.model import SourceCell
from autograder.stock.namespace import Namespace
from autograder.stock.remote import Remote

PRELOAD = ("numpy", "autograder.sandbox.bridge")


def a_cell(source: str, points: float = 1.0, released: str | None = None) -> SourceCell:
    shown = source if released is None else released
    return SourceCell("t", "code", source, shown, True, False, True, False, points, "")


class Judge:
    """One student's code, and test cells that look at it one after the other."""

    def __init__(self, isolation: Isolation, source: str, answers: frozenset[str]) -> None:
        self.child = isolation.sandbox(PRELOAD, 0).child(Limits(call_seconds=2, memory_mib=512))
        self.child.run(Cell(1, source), 10)
        self.remote = Remote(self.child)
        self.names = Namespace(lambda: self.remote, answers)

    def __call__(self, source: str, points: float = 1.0, seconds: float = 5.0) -> Evaluated:
        return evaluate(a_cell(source, points), self.names, self.remote, seconds)


@contextmanager
def warm() -> Iterator[Isolation]:
    with Isolation(Tier.S2, [PRELOAD], slots=1) as isolation:
        yield isolation
