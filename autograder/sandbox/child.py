"""One submission's process, as the grader sees it: requests in, the student's word out."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass

from autograder import wire
from autograder.errors import SandboxError
from autograder.model import Cell, Limits, Lost, Missing, Outcome, Raised, Reply, Returned
from autograder.sandbox import watch
from autograder.sandbox.channel import READY
from autograder.sandbox.line import MAX_PRINTED, Flood, Gone, Late, Line
from autograder.wire import Kind

MAX_TEXT = 2_000  # characters of an exception's message
_EXIT_SECONDS = 1.0


@dataclass(frozen=True)
class Exit:
    """How a process ended: its wait status, and the CPU seconds it had used."""

    status: int
    cpu: float


class Greedy(Exception):
    """All its processes together use more memory than they may."""


class Child:
    """One submission's process. After a ``Lost`` it is gone; open another.

    Args:
        pidfd: the process; the only handle by which it is killed.
        line: its pipes.
        limits: for what is kept of its prints, and to tell why it ended.
        exit_of: how it ended, if it does within so many seconds.
        warm_bytes: memory that it shares with the warm process and has not used itself.
    """

    def __init__(
        self,
        pidfd: int,
        line: Line,
        limits: Limits,
        exit_of: Callable[[float], Exit | None],
        warm_bytes: int,
    ) -> None:
        self._pidfd = pidfd
        self._line = line
        self._limits = limits
        self._exit_of = exit_of
        self._warm_bytes = warm_bytes
        line.idle = self._look
        self._allowed = 0.0  # CPU seconds of the running request
        self._until: float | None = None  # and what the clock of CPU time may show at its end
        self.alive = True

    def run(self, cell: Cell, seconds: float) -> Reply:
        """Execute one cell; ``Returned`` holds the IPython commands that were left out of it."""
        return self._ask(Kind.RUN, (cell.number, cell.source), seconds)

    def call(
        self, name: str, args: tuple[object, ...], kwargs: dict[str, object], seconds: float
    ) -> Reply:
        """Call a function of the notebook with plain data, or ``wire.Ref`` for kept values."""
        reply = self._ask(Kind.CALL, (name, args, kwargs), seconds)
        return Missing(name) if isinstance(reply, Missing) else reply

    def keep(self, handle: int, value: object, seconds: float) -> Reply:
        """Put a value into the child."""
        return self._ask(Kind.KEEP, (handle, value), seconds)

    def fetch(self, handle: int, seconds: float) -> Reply:
        """The content of a kept value now."""
        return self._ask(Kind.FETCH, (handle,), seconds)

    @property
    def process_id(self) -> int:
        """As this process sees it; -1 once it has ended. Only to look: it is killed by pidfd."""
        return watch.process_id(self._pidfd)

    @property
    def printed(self) -> str:
        """What was printed so far, as far as it is kept; no control characters."""
        return self._line.printed

    @property
    def printed_dropped(self) -> int:
        """Bytes printed beyond what is kept."""
        return self._line.dropped

    def wait_until_ready(self, seconds: float) -> None:
        """Wait until the child has confined itself. Raises SandboxError if it could not."""
        with contextlib.ExitStack() as unowned:
            unowned.callback(self.close)
            said = self._line.first_words(READY, time.monotonic() + seconds)
            if said != READY:
                why = said.decode(errors="replace")
                raise SandboxError(f"a child could not be confined: {why}")
            unowned.pop_all()

    def close(self) -> None:
        """Kill it. All that it has started ends with it; the zygote reaps."""
        if not self.alive:
            return
        self.alive = False
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._pidfd, signal.SIGKILL)
        os.close(self._pidfd)
        self._line.close()

    def _ask(self, kind: Kind, value: object, seconds: float) -> Reply:
        if not self.alive:
            return Lost(Outcome.CRASHED, "it had ended before")
        with contextlib.ExitStack() as unowned:
            unowned.callback(self.close)  # also where we fail ourselves, or are interrupted
            reply = self._reply(kind, wire.encode(value), seconds)
            if not isinstance(reply, Lost):
                unowned.pop_all()
        return reply

    def _reply(self, kind: Kind, payload: bytes, seconds: float) -> Reply:
        running = kind is Kind.RUN
        self._allowed = self._limits.cell_seconds if running else self._limits.call_seconds
        self._until = None
        try:
            reply = understood(*self._line.ask(kind, payload, time.monotonic() + seconds))
        except Late:
            return Lost(Outcome.TIMEOUT, "no answer in time")
        except Gone:
            return self._why()
        except Flood:
            return Lost(Outcome.CRASHED, f"it printed more than {MAX_PRINTED >> 20} MiB")
        except Greedy:
            return Lost(Outcome.MEMORY, "too much in all its processes together")
        except wire.ProtocolError as error:
            return Lost(Outcome.CRASHED, f"not an answer: {error}")
        if isinstance(reply, Missing) and kind is not Kind.CALL:
            return Lost(Outcome.CRASHED, "not an answer: nothing was asked for by name")
        return reply

    def _look(self) -> None:
        """At intervals while a request runs. Raises Late, Greedy."""
        processes = watch.tree(self.process_id)
        used = sum(map(watch.cpu_seconds, processes))
        if self._until is None:
            self._until = used + self._allowed
        elif used > self._until:
            raise Late
        if len(processes) > 1:
            self._check_memory(processes)

    def _check_memory(self, processes: list[int]) -> None:
        """The kernel's limit holds for each process by itself; several could use more together."""
        used = sum(max(0, watch.own_bytes(pid) - self._warm_bytes) for pid in processes)
        if used > self._limits.memory_mib * 2**20:
            raise Greedy

    def _why(self) -> Lost:
        """Why the child closed its pipe, from how it ended."""
        with contextlib.suppress(Flood):
            self._line.drain()
        ended = self._exit_of(_EXIT_SECONDS)
        if ended is None:
            return Lost(Outcome.CRASHED, "it closed its pipe")
        if not os.WIFSIGNALED(ended.status):
            return Lost(Outcome.CRASHED, f"exit status {os.waitstatus_to_exitcode(ended.status)}")
        number = os.WTERMSIG(ended.status)
        if ended.cpu > self._limits.cpu_seconds / 2:  # the limit counts coarser than the report
            return Lost(Outcome.TIMEOUT, f"{ended.cpu:.1f} s of CPU time used")
        if number == signal.SIGKILL:  # by none of us: the kernel had no memory left
            return Lost(Outcome.MEMORY, "killed by the kernel")
        return Lost(Outcome.CRASHED, f"signal {signal.Signals(number).name}")


def understood(kind: Kind, payload: bytearray) -> Reply:
    """The reply as a value. Raises wire.ProtocolError."""
    value = wire.decode(memoryview(payload))
    if kind is Kind.RETURNED:
        return Returned(value)
    if kind is Kind.MISSING and isinstance(value, str):
        return Missing(value)
    if kind is Kind.RAISED and isinstance(value, tuple) and len(value) == 2:
        name, text = value
        if isinstance(text, str) and name in wire.EXCEPTIONS:
            return Raised(name, text[:MAX_TEXT])
    raise wire.ProtocolError("not an answer to that request")
