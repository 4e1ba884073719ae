"""The warm process: executed by ``launcher``, imports the libraries once, forks one zygote a slot.

It is started with a fixed environment and never sees a test, a reference or a student's file:
whatever lies in its memory can be read by student code. It runs no student code itself.
"""

from __future__ import annotations

import gc
import importlib
import os
import select
import shutil
import signal
import socket
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from autograder.sandbox import channel, kernel, tensorflow, warm
from autograder.sandbox.channel import Message


class NotWarm(Exception):
    """A module cannot be imported, or the process may not be forked as it is."""


def main() -> None:
    """The entry: ``sys.argv`` holds our folder, the parent's process id, and the sockets."""
    folder, parent, sockets = sys.argv[1], int(sys.argv[2]), sys.argv[3].split(",")
    sys.argv = [""]
    if parent:  # 0: the thread that started us may end before the grader does
        kernel.die_with_parent(signal.SIGKILL)
        if os.getppid() != parent:
            return
    WarmProcess(folder, [int(fd) for fd in sockets]).serve()


class WarmProcess:
    """Answers ``warm`` and ``sandbox`` requests until every socket is closed."""

    def __init__(self, folder: str, sockets: list[int]) -> None:
        self._folder = folder  # where this package was imported from
        self._ends = {fd: socket.socket(fileno=fd) for fd in sockets}
        self._zygotes: dict[int, int] = {}  # process ids by pidfd
        self._poll = select.poll()
        self._warm = False

    def serve(self) -> None:
        """Answer until the grader and all its workers have closed their ends."""
        for fd in self._ends:
            self._poll.register(fd, select.POLLIN)
        while self._ends:
            for fd, _ in self._poll.poll():
                if fd in self._zygotes:
                    self._reap(fd)
                    continue
                try:
                    self._answer(self._ends[fd])
                except channel.Closed:
                    self._poll.unregister(fd)
                    self._ends.pop(fd).close()

    def _answer(self, end: socket.socket) -> None:
        message, fds = channel.receive(end)
        try:
            if not self._warm:
                self._import(message)
            if fds:  # the first for requests, the others to join control groups
                self._fork_zygote(message, fds[0], fds[1:])
        except (NotWarm, OSError) as reason:
            channel.send(end, {"error": str(reason)})
        else:
            channel.send(end, {"ok": True})
        finally:
            for fd in fds:
                os.close(fd)

    def _import(self, message: Message) -> None:
        """Import what the message names; afterwards this process looks as a child's should."""
        gc.disable()  # for good: only children make garbage, and they switch it on again
        sys.path += [path for path in message["search"] if path not in sys.path]
        variables = set(os.environ)
        tensorflow.install()
        try:
            warm.load(message["preload"])
        except ImportError as error:
            raise NotWarm(str(error)) from error
        importlib.import_module("autograder.sandbox.zygote")
        if self._folder not in message["search"]:
            sys.path.remove(self._folder)  # the course's own code is not for students
        for name in os.environ.keys() - variables:
            del os.environ[name]  # what imports left there, and below
        shutil.rmtree(os.environ["HOME"], ignore_errors=True)
        os.environ["HOME"] = os.environ["TMPDIR"] = message["folder"]
        tempfile.tempdir = None  # or it would remember, from an import, the folder just removed
        gc.collect()
        gc.freeze()  # a collection in a child must not write to, and so copy, what is shared
        self._warm = True

    def _fork_zygote(self, message: Message, fd: int, joins: Sequence[int]) -> None:
        _check_forkable()
        nursery = os.getpid()
        pid = os.fork()
        if pid:
            try:
                pidfd = os.pidfd_open(pid)
            except OSError:  # no descriptor left, say; nobody would know of it
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)
                raise
            self._zygotes[pidfd] = pid
            self._poll.register(pidfd, select.POLLIN)
            return
        try:
            for end in self._ends.values():
                end.close()
            from autograder.sandbox import zygote

            for join in joins:  # as the user that the groups belong to
                os.write(join, b"0")
            zygote.main(message, socket.socket(fileno=os.dup(fd)), nursery)
        finally:
            os._exit(1)

    def _reap(self, pidfd: int) -> None:
        """Collect a zygote that has ended."""
        self._poll.unregister(pidfd)
        os.waitpid(self._zygotes.pop(pidfd), 0)
        os.close(pidfd)


def _check_forkable() -> None:
    """A thread would be lost in the fork; memory shared for writing would join all children."""
    if len(list(Path("/proc/self/task").iterdir())) != 1:
        raise NotWarm("an imported module has started a thread")
    for line in Path("/proc/self/maps").read_text().splitlines():
        permissions = line.split()[1]
        if "w" in permissions and "s" in permissions:
            raise NotWarm(f"an imported module has mapped shared memory: {line}")
