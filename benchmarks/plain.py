"""Plain forks of a warm process: what a sandboxed child is compared with.

They answer through the same pipes as a child does, and nothing is done to confine them. Only for
code of ours.
"""

from __future__ import annotations

import os
import secrets
import signal
import time
from collections.abc import Callable
from functools import cached_property
from unittest import mock

from autograder import wire
from autograder.model import Limits, Reply, Tier
from autograder.sandbox import channel, program, watch
from autograder.sandbox.asked import Asked, understood
from autograder.sandbox.launcher import Nursery
from autograder.sandbox.line import Line
from autograder.wire import Kind

_ENTRY = (
    "import sys; sys.path.append(sys.argv[1]); from benchmarks.plain_process import main; main()"
)


class PlainNursery(Nursery):
    """The owner of a warm process that is started as the real one is, and then only forks.

    Call ``warm`` before the first ``fork``.
    """

    def __init__(self, preload: tuple[str, ...]) -> None:
        with mock.patch.object(program, "_ENTRY", _ENTRY):  # all else as it is
            super().__init__(preload, tier=Tier.S2, slots=1)  # the tier plays no part

    def fork(self) -> PlainFork:
        """A process that answers; it is asked for, and need not be there yet."""
        (requests, to_child), (from_child, replies), (prints, output) = (
            os.pipe() for _ in range(3)
        )
        try:
            seed = secrets.randbits(32)
            channel.send(self._control, {"seed": seed}, (requests, replies, output))
        finally:
            for fd in (requests, replies, output):
                os.close(fd)
        line = Line(to_child, from_child, prints, kept=Limits().output_kib * 1024)
        return PlainFork(line, lambda: channel.receive(self._control)[1][0])


class PlainFork(Asked):
    """A fork of a plain warm process.

    Args:
        line: its pipes.
        pidfd: gives its process descriptor, once; waits for it.
    """

    alive = True

    def __init__(self, line: Line, pidfd: Callable[[], int]) -> None:
        self._line = line
        self._receive = pidfd

    @cached_property
    def _pidfd(self) -> int:
        return self._receive()

    @property
    def process_id(self) -> int:
        """As this process sees it."""
        return watch.process_id(self._pidfd)

    def close(self) -> None:
        """Kill it."""
        signal.pidfd_send_signal(self._pidfd, signal.SIGKILL)
        os.close(self._pidfd)
        self._line.close()

    def _ask(self, kind: Kind, value: object, seconds: float) -> Reply:
        return understood(*self._line.ask(kind, wire.pieces(value), time.monotonic() + seconds))
