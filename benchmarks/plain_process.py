"""A warm process like the real one, whose forks nothing confines.

``benchmarks.plain`` starts it. It imports no more than the real one, so that a fork of it copies as
much.
"""

from __future__ import annotations

import os
import select
import socket

from autograder.sandbox import channel, confine, nursery
from autograder.sandbox.confine import Pipes
from autograder.sandbox.nursery import WarmProcess


def main() -> None:
    """The entry: the real one's, but for what happens when a fork is asked for."""
    nursery.WarmProcess = PlainProcess  # type: ignore[misc]
    nursery.main()


class PlainProcess(WarmProcess):
    """The first message says what to import; each one after that brings pipes and is a fork."""

    def _answer(self, end: socket.socket) -> None:
        message, fds = channel.receive(end)
        if not self._warm:
            self._import(message)
            channel.send(end, {"ok": True})
            return
        pid = self._fork(message["seed"], Pipes(*fds))
        for fd in fds:
            os.close(fd)
        pidfd = os.pidfd_open(pid)
        self._zygotes[pidfd] = pid  # to be reaped as those are
        self._poll.register(pidfd, select.POLLIN)
        channel.send(end, {"ok": True}, (pidfd,))

    def _fork(self, seed: int, pipes: Pipes) -> int:
        """Fork a process that answers what comes through its pipes, as a sandboxed one does."""
        pid = os.fork()
        if pid:
            return pid
        try:
            from autograder.sandbox import worker

            confine.take_pipes(pipes, keep=())
            worker.serve(seed)
        finally:
            os._exit(1)
