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
from autograder.model import PATIENCE, Limits, Lost, Missing, Outcome, Reply
from autograder.sandbox import watch
from autograder.sandbox.asked import Asked, understood
from autograder.sandbox.channel import READY
from autograder.sandbox.held import Held
from autograder.sandbox.line import Gone, Late, Line
from autograder.wire import Kind

_EXIT_SECONDS = 1.0


@dataclass(frozen=True)
class Exit:
    """How a process ended: its wait status, and the CPU seconds it had used."""

    status: int
    cpu: float


@dataclass(frozen=True)
class Ties:
    """What the sandbox of a child knows of it."""

    exit: Callable[[float], Exit | None]  # how it ended, if it does within so many seconds
    refused: Callable[[], frozenset[str]]  # system calls that its filter has refused up to now
    drain: Callable[[], None]  # takes what the zygote has said
    held: Held | None = None  # by the kernel, all processes together


class Greedy(Exception):
    """All its processes together use more memory than they may."""


class Child(Asked):
    """One submission's process. After a ``Lost`` it is gone; open another.

    Args:
        pidfd: the process; the only handle by which it is killed.
        line: its pipes.
        limits: for what is kept of its prints, and to tell why it ended.
        ties: to its sandbox.
        warm_bytes: memory that it shares with the warm process and has not used itself.
        patient: a deadline moves by the time for which a busy machine had no core for it.
        counted: add up its memory even while it is one process: the kernel's limit leaves some out.
    """

    def __init__(
        self,
        pidfd: int,
        line: Line,
        limits: Limits,
        ties: Ties,
        warm_bytes: int,
        *,
        counted: bool = False,
        patient: bool = True,
    ) -> None:
        self._pidfd = pidfd
        self._line = line
        self._limits = limits
        self._ties = ties
        self._refused: frozenset[str] = frozenset()
        self._warm_bytes = warm_bytes
        self._counted = counted
        self._patient = patient
        self._allowed = 0.0  # CPU seconds of the running request
        self._until: float | None = None  # and what the clock of CPU time may show at its end
        self._waiting = watch.Waiting()
        self._seconds = 0.0  # wall time of the running request
        self.alive = True

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

    @property
    def refused(self) -> frozenset[str]:
        """The names of system calls that were refused to it, sixteen at most."""
        return self._ties.refused() if self.alive else self._refused

    def wait_until_ready(self, seconds: float) -> None:
        """Wait until the child has confined itself. Raises SandboxError if it could not."""
        try:
            said = self._line.first_words(READY, time.monotonic() + seconds)
            if said != READY:
                why = said.decode(errors="replace")
                raise SandboxError(f"a child could not be confined: {why}")
            self._line.idle = self._look  # only now: how long that takes is not the student's
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Kill it. All that it has started ends with it; the zygote reaps."""
        if not self.alive:
            return
        self._refused = self._ties.refused()
        self.alive = False
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._pidfd, signal.SIGKILL)
        os.close(self._pidfd)
        self._line.close()

    def _ask(self, kind: Kind, value: object, seconds: float) -> Reply:
        if not self.alive:
            return Lost(Outcome.CRASHED, "it had ended before")
        try:
            reply = self._reply(kind, wire.pieces(value), seconds)
        except BaseException:  # where we fail ourselves, or are interrupted
            self.close()
            raise
        if isinstance(reply, Lost):
            self.close()
        return reply

    def _reply(self, kind: Kind, payload: list[wire.Piece], seconds: float) -> Reply:
        running = kind is Kind.RUN
        self._allowed = self._limits.cell_seconds if running else self._limits.call_seconds
        self._until = None
        self._seconds = seconds
        self._waiting.begin()
        self._line.grace = 0.0
        try:
            try:
                reply = understood(*self._line.ask(kind, payload, time.monotonic() + seconds))
            except Gone:
                return self._why()
        except Late:
            return Lost(Outcome.TIMEOUT, "no answer in time")
        except Greedy:
            return Lost(Outcome.MEMORY, "too much in all its processes together")
        except wire.ProtocolError as error:
            return Lost(Outcome.CRASHED, f"not an answer: {error}")
        if isinstance(reply, Missing) and kind is not Kind.CALL:
            return Lost(Outcome.CRASHED, "not an answer: nothing was asked for by name")
        return reply

    def _look(self) -> None:
        """At intervals while a request runs. Raises Late, Greedy."""
        held = self._ties.held
        if held:
            self._ties.drain()
            if held.ran_out():
                raise Greedy
        processes = watch.tree(self.process_id)
        counted = held.cpu_seconds() if held else None
        used = sum(map(watch.cpu_seconds, processes)) if counted is None else counted
        # Only a group counts what ends between two looks; who waits for that waits for himself.
        if self._patient and (counted is not None or len(processes) == 1):
            self._be_patient()
        if self._until is None:
            self._until = used + self._allowed
        elif used > self._until:
            raise Late
        if self._counted or len(processes) > 1:
            self._check_memory(processes)

    def _be_patient(self) -> None:
        waited = min(self._waiting.seconds(self.process_id), PATIENCE * self._seconds)
        self.waited += waited - self._line.grace
        self._line.grace = waited

    def _check_memory(self, processes: list[int]) -> None:
        """The kernel's limit holds for each process by itself; several could use more together."""
        warm, alone = self._warm_bytes, len(processes) == 1
        used = sum(watch.private_bytes(pid, warm, alone=alone) for pid in processes)
        if used > self._limits.memory_mib * 2**20:
            raise Greedy

    def _ended(self) -> Exit | None:
        """How it ended after it had closed its pipe, if it does soon. Raises Late, Greedy."""
        until = time.monotonic() + _EXIT_SECONDS
        while (ended := self._ties.exit(watch.INTERVAL)) is None and time.monotonic() < until:
            self._look()  # it may go on without its pipe
        return ended

    def _why(self) -> Lost:
        """Why the child closed its pipe, from how it ended."""
        self._line.drain()
        ended = self._ended()
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
