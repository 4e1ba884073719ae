"""What can be asked of a submission's process, wherever it runs, and what its answers mean."""

from __future__ import annotations

from abc import ABC, abstractmethod

from autograder import wire
from autograder.model import Cell, Missing, Raised, Reply, Returned
from autograder.wire import Kind

MAX_TEXT = 2_000  # characters of an exception's message


class Asked(ABC):
    """Where student code runs: a sandboxed process, or a plain one for a student's own check.

    The six requests are methods; a subclass sends them.
    """

    alive: bool  # whether it still answers
    waited: float = 0.0  # seconds for which it could have run and a busy machine had no core for it

    @abstractmethod
    def close(self) -> None:
        """End it."""

    @abstractmethod
    def _ask(self, kind: Kind, value: object, seconds: float) -> Reply:
        """Send one request and wait for its reply."""

    @property
    def refused(self) -> frozenset[str]:
        """The names of system calls that were refused to it so far, also once it has ended."""
        return frozenset()

    def run(self, cell: Cell, seconds: float) -> Reply:
        """Execute one cell; ``Returned`` holds the IPython commands that were left out of it."""
        return self._ask(Kind.RUN, (cell.number, cell.source), seconds)

    def call(
        self,
        name: str,
        args: tuple[object, ...],
        kwargs: dict[str, object],
        seconds: float,
        keep_as: int = 0,
    ) -> Reply:
        """Call a function of the notebook with plain data, or ``wire.Ref`` for kept values.

        What it returns stays there under the number ``keep_as``, if it cannot cross.
        """
        reply = self._ask(Kind.CALL, (keep_as, name, args, kwargs), seconds)
        return Missing(name) if isinstance(reply, Missing) else reply

    def inside(
        self, source: str, name: str, args: tuple[object, ...], seconds: float, keep_as: int = 0
    ) -> Reply:
        """Call the function ``name`` of ``source``, which is ours, in the process."""
        return self._ask(Kind.INSIDE, (keep_as, source, name, args), seconds)

    def keep(self, handle: int, value: object, seconds: float) -> Reply:
        """Put a value into the process."""
        return self._ask(Kind.KEEP, (handle, value), seconds)

    def map(
        self, handle: int, file: int, dtype: str, shape: tuple[int, ...], seconds: float
    ) -> Reply:
        """Put an array into the process: the content of one of the files that it was given."""
        return self._ask(Kind.MAP, (handle, file, dtype, shape), seconds)

    def fetch(self, handle: int, seconds: float) -> Reply:
        """The content of a kept value now."""
        return self._ask(Kind.FETCH, (handle,), seconds)


def understood(kind: Kind, payload: bytes | bytearray | memoryview) -> Reply:
    """The reply as a value. Raises wire.ProtocolError."""
    value = wire.decode(memoryview(payload))
    if kind is Kind.RETURNED:
        return Returned(value)
    if kind is Kind.MISSING and isinstance(value, str):
        return Missing(value)
    if kind is Kind.RAISED and isinstance(value, tuple) and len(value) == 2:
        name, text = value
        if isinstance(text, str) and isinstance(name, str) and name in wire.EXCEPTIONS:
            return Raised(name, text[:MAX_TEXT])
    raise wire.ProtocolError("not an answer to that request")
