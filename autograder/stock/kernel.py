"""A student's notebook while it runs: its cells in a child, opened anew when one is lost."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from autograder.clock import Clock
from autograder.errors import SandboxError
from autograder.model import Cell, Lost, Outcome, Raised, Returned
from autograder.sandbox.asked import Asked
from autograder.stock.model import Json

_RUN = "from autograder.sandbox.shell import run"
_BEGIN = "from autograder.sandbox.bridge import begin"
_WORD = re.compile(r"[^\W\d]\w*")
WALL = 2.0  # seconds of wall time a second that nbgrader allows: this machine is busier

OVER = Lost(Outcome.TIMEOUT, "total")  # of a cell for which the notebook has no time left

Definitions = Sequence[tuple[str, frozenset[str]]]


@dataclass(frozen=True)
class Ran:
    """What one cell gave."""

    outputs: list[Json]
    lost: Lost | None = None


@dataclass(frozen=True)
class Bounds:
    """How long a notebook may take, in seconds: a cell of CPU time, the whole of wall time."""

    cell: float
    whole: float


@dataclass
class Kernel:
    """One notebook's process.

    Args:
        open_child: gives a new child.
        files: put into its working folder, by relative path.
        bounds: times.
        show: from what the shell says to checked outputs.
    """

    open_child: Callable[[], Asked]
    files: Mapping[str, bytes]
    bounds: Bounds
    show: Callable[[object, int], list[Json]]
    losses: list[Lost] = field(default_factory=list)
    _child: Asked | None = None
    _history: list[tuple[int, str]] = field(default_factory=list)  # cells that have run
    _clock: Clock = field(init=False)

    def __post_init__(self) -> None:
        self._clock = Clock(self.bounds.whole)

    def child(self) -> Asked:
        """A child in which all cells so far have run, but for those that ended one."""
        self._clock.start()
        while self._child is None or not self._child.alive:
            if self.left() <= 0:
                self._history.clear()  # of cells that end a child each time, there may be many
            self._child = self.open_child()
            self._clock.follow(self._child)
            self._begin(self._child)
            for number, source in list(self._history):
                if isinstance(self._ask(number, source), Lost):
                    self._history.remove((number, source))
                    break
        return self._child

    def run(self, number: int, source: str, definitions: Definitions = ()) -> Ran:
        """Run a cell of the student's; ``definitions``: what test cells before it gave them."""
        if self.left() > 0:
            self.define(_WORD.findall(source), definitions)
        ran = self.run_last(number, source)
        if ran.lost is None:
            self._history.append((number, source))
        elif ran.lost is not OVER:
            self.losses.append(ran.lost)
        return ran

    def run_last(self, number: int, source: str) -> Ran:
        """Run a cell that a fresh child shall not run again."""
        if self.left() <= 0:
            return Ran([], OVER)
        reply = self._ask(number, source, self.child())
        return Ran([], reply) if isinstance(reply, Lost) else Ran(reply)

    def define(self, words: Iterable[str], definitions: Definitions) -> None:
        """Run those of ``definitions`` that bind one of ``words`` which the child does not know."""
        wanted = set(words) & {name for _, names in definitions for name in names}
        if not wanted:
            return
        chosen: list[str] = []
        for text, names in reversed(definitions):
            if names & wanted:
                wanted |= set(_WORD.findall(text))
                chosen.append(text)
        child = self.child()
        for text in reversed(chosen):
            child.run(Cell(0, text), min(WALL * self.bounds.cell, max(0.1, self.left())))

    def left(self) -> float:
        """Seconds that the notebook still has."""
        return self._clock.left()

    def close(self) -> None:
        """End the child."""
        if self._child is not None:
            self._child.close()

    def _ask(self, number: int, source: str, child: Asked | None = None) -> list[Json] | Lost:
        child = child or self._child
        assert child is not None
        seconds = min(WALL * self.bounds.cell, max(0.1, self.left()))
        reply = child.inside(_RUN, "run", (number, source), seconds)
        if isinstance(reply, Lost):
            return reply
        if isinstance(reply, Raised):  # the shell itself gave up: no memory, or more than fits
            child.close()
            kind = Outcome.MEMORY if reply.kind == "MemoryError" else Outcome.CRASHED
            return Lost(kind, reply.text)
        assert isinstance(reply, Returned)
        return self.show(reply.value, number)

    def _begin(self, child: Asked) -> None:
        reply = child.inside(_BEGIN, "begin", (list(self.files.items()),), WALL * self.bounds.cell)
        if not isinstance(reply, Returned):
            raise SandboxError(f"the submission's files cannot be laid out: {reply}")
