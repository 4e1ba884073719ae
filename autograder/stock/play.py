"""One student's notebook from its first cell to its last: what each cell shows and is worth."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from autograder.messages import Call
from autograder.model import Lost, Outcome
from autograder.release.solution import bound_names
from autograder.sandbox.streams import Beginning
from autograder.stock import credit
from autograder.stock.credit import Credit
from autograder.stock.evaluate import Evaluated, evaluate
from autograder.stock.given import Given, visible_definitions
from autograder.stock.kernel import Kernel, Ran
from autograder.stock.model import Differs, Json, SourceCell, Step
from autograder.stock.namespace import Namespace
from autograder.stock.remote import Remote
from autograder.stock.ways import Way, Ways


@dataclass(frozen=True)
class Judged:
    """How one test cell ended, wherever it ran."""

    cell: SourceCell
    credit: Credit
    outcome: Outcome
    inside: bool = False
    evaluated: Evaluated | None = None  # outside
    used: frozenset[str] = frozenset()
    called: tuple[Call, object] | None = None  # the last call of the student's, what it gave


@dataclass
class Played:
    """What a notebook gave."""

    outputs: dict[int, list[Json]] = field(default_factory=dict)  # by position
    tests: dict[str, Judged] = field(default_factory=dict)  # by grade id
    lost: dict[int, Lost] = field(default_factory=dict)  # cells that ended their process


class Player:
    """Plays one notebook.

    Args:
        given: what the course's own cells define.
        ways: how each test cell is run.
        kernel: opens a process for this student.
    """

    def __init__(self, given: Given, ways: Ways, kernel: Kernel) -> None:
        self._given = given
        self._ways = ways
        self._kernel = kernel
        self._remote: Remote | None = None
        self._names = Namespace(self._current, given.answers, given.own)
        self._defined: set[str] = set()  # tests before which the course's definitions were run
        self._visible: list[tuple[str, frozenset[str]]] = []
        self._allowed: frozenset[str] | None = None
        self._played = Played()

    def play(self, steps: tuple[Step, ...]) -> Played:
        """Run the cells in order; those that judge in the student's process come last."""
        try:
            for step in steps:
                if step.test is None:
                    self._answer(step)
                elif self._way(step.test).inside:
                    self._visible += visible_definitions(step.test.released)
                else:
                    self._test(step, step.test)
            for step in steps:
                if step.test is not None and self._way(step.test).inside:
                    self._inside(step, step.test)
        finally:
            self._kernel.close()
        return self._played

    def _way(self, cell: SourceCell) -> Way:
        return self._ways.get(cell.grade_id, Way())

    def _answer(self, step: Step) -> None:
        ran = self._kernel.run(step.number, step.source, self._visible)
        self._keep(step, ran)

    def _keep(self, step: Step, ran: Ran) -> None:
        self._played.outputs[step.position] = ran.outputs
        if ran.lost is not None:
            self._played.lost[step.position] = ran.lost

    def _current(self) -> Remote:
        """The child of the moment."""
        child = self._kernel.child()
        if self._remote is None or self._remote.lost is not None or self._remote.child is not child:
            self._remote = Remote(child, self._allowed)
        return self._remote

    def _test(self, step: Step, cell: SourceCell) -> None:
        self._allowed = self._way(cell).allowed
        seconds = min(self._kernel.bounds.cell, self._kernel.left())
        if seconds <= 0:
            self._played.tests[cell.grade_id] = Judged(cell, Credit(0.0), Outcome.TIMEOUT)
            return
        remote = self._current()
        remote.allowed, remote.used = self._allowed, set()
        remote.ends = time.monotonic() + seconds
        self._define(cell.grade_id)
        found = evaluate(cell, self._names, remote, seconds)
        self._visible += visible_definitions(cell.released)
        judged = Judged(
            cell,
            self._with_losses(self._with_doubts(cell, found, remote)),
            found.outcome,
            evaluated=found,
            used=frozenset(remote.used),
            called=remote.last,
        )
        if found.lost is not None:
            self._kernel.losses.append(found.lost)
        self._played.tests[cell.grade_id] = judged

    def _define(self, test: str) -> None:
        """What the course defines above that test in its own notebook, wherever it stands here."""
        for name, texts in self._given.before.items():
            if name not in self._defined:
                self._defined.add(name)
                for text in texts:
                    try:
                        with _unheard():
                            self._names.give(text)
                    except Exception:  # noqa: BLE001 - whatever it needs is not here
                        self._names.yield_(frozenset(bound_names(text)))
            if name == test:
                return

    def _inside(self, step: Step, cell: SourceCell) -> None:
        words = frozenset(name for _, names in self._visible for name in names)
        self._kernel.define(words, self._visible)
        ran = self._kernel.run_last(step.number, cell.source)
        self._keep(step, ran)
        found, outcome = _shown(ran, cell.points)
        self._played.tests[cell.grade_id] = Judged(
            cell, self._with_losses(found), outcome, inside=True
        )

    def _with_doubts(self, cell: SourceCell, found: Evaluated, remote: Remote) -> Credit:
        """Points that nothing vouches for: an object of the student's had a say, or one of the
        test's could not go there. The course's own answers would have shown whether it may."""
        if not self._way(cell).doubted:
            return found.credit
        if remote.used and found.credit.points:
            return Credit(None, (*found.credit.differs, Differs.OBJECT))
        if found.unshared:
            return Credit(None, (*found.credit.differs, Differs.UNSHARED))
        return found.credit

    def _with_losses(self, found: Credit) -> Credit:
        """In a kernel, what was lost before would have ended it, or not."""
        kinds = {lost.outcome for lost in self._kernel.losses}
        more = [Differs.TIMEOUT] if Outcome.TIMEOUT in kinds else []
        if kinds - {Outcome.TIMEOUT}:
            more.append(Differs.DEAD_KERNEL)
        return replace(found, differs=(*found.differs, *more))


@contextlib.contextmanager
def _unheard() -> Iterator[None]:
    """What is printed here was printed in the student's process, too: that is what is shown."""
    with contextlib.redirect_stdout(Beginning()), contextlib.redirect_stderr(Beginning()):
        yield


def _shown(ran: Ran, points: float) -> tuple[Credit, Outcome]:
    """What outputs of a test cell that ran in the child are worth."""
    if ran.lost is not None:
        return Credit(0.0), ran.lost.outcome
    noise: tuple[Differs, ...] = ()
    for output in ran.outputs:
        kind = output["output_type"]
        if kind == "error":
            failed = output.get("ename") == "AssertionError"
            return Credit(0.0), Outcome.FAILED if failed else Outcome.ERROR
        if kind == "stream" and output.get("name") == "stderr":
            noise = (Differs.STDERR,)
        if kind == "execute_result":
            found = credit.of_text(str(output.get("data", {}).get("text/plain", "")), points)
            return replace(found, differs=(*found.differs, *noise)), Outcome.PASSED
    return Credit(points, noise), Outcome.PASSED


def kernel_order(steps: tuple[Step, ...], kernel: Kernel) -> Mapping[str, Credit]:
    """What the test cells are worth if each runs at its place in one process, as nbgrader does."""
    found: dict[str, Credit] = {}
    try:
        for step in steps:
            source = step.source if step.test is None else step.test.source
            ran = kernel.run(step.number, source)
            if step.test is not None:
                found[step.test.grade_id] = _shown(ran, step.test.points)[0]
    finally:
        kernel.close()
    return found
