"""The process of one slot: confined as far as all its children share it, forks one a submission.

It keeps no student's data, and holds nothing that a child could not see anyway.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import FrameType

from autograder.model import Limits, Tier
from autograder.sandbox import (
    channel,
    confine,
    gpu,
    kernel,
    landlock,
    limits,
    rootfs,
    scratch,
    seccomp,
    worker,
)
from autograder.sandbox.channel import READY, Message
from autograder.sandbox.confine import Pipes, Slot
from autograder.sandbox.refusals import Filter, Refusals, Told

_COUNT_AGAIN = 1.0  # seconds for which a count of the user's processes is good enough


def main(message: Message, end: socket.socket, nursery: int) -> None:
    """Confine this process, fork once more into its process namespace if it has one, and serve.

    Args:
        message: ``tier``, ``slot``, ``readable``, ``folder``, ``cores``, and what is granted or
            withheld: ``drivers``, ``libraries``, ``weights``, ``hidden``.
        end: where requests for children come from.
        nursery: process id of the parent, with which this one ends.
    """
    kernel.close_all_but(end.fileno())
    os.sched_setaffinity(0, message["cores"])
    slot = Slot(
        Tier(message["tier"]),
        message["slot"],
        tuple(message["readable"]),
        message["folder"],
        drivers=tuple(message["drivers"]),
        weights=tuple(message["weights"]),
        hidden=tuple(message["hidden"]),
    )
    for path in slot.weights:
        os.environ["TORCH_HOME"] = str(Path(path).parents[2])
    if slot.drivers:
        os.environ["CUDA_VISIBLE_DEVICES"] = "0"  # only that one has a file here
        if message["libraries"]:
            gpu.load_library(message["libraries"])
    try:
        zygote = _enter(slot, end, nursery)
    except OSError as error:
        channel.send(end, {"error": str(error), "errno": error.errno})
        return
    channel.send(end, {"ok": True})
    try:
        with contextlib.suppress(channel.Closed):
            zygote.serve()
    finally:
        zygote.close()


def _enter(slot: Slot, end: socket.socket, nursery: int) -> Zygote:
    proc = confine.enter_slot(slot)
    if slot.tier is Tier.S2:
        kernel.die_with_parent(signal.SIGKILL)
    else:
        signal.signal(signal.SIGTERM, _stop)  # there are folders to remove
        kernel.die_with_parent(signal.SIGTERM)
    if os.getppid() != nursery:
        os._exit(1)
    readable = tuple(rootfs.outermost(slot.readable))
    slot = replace(slot, readable=readable, abi=landlock.version())
    if slot.tier is not Tier.S2:
        scratch.sweep(slot.folder)
        return Zygote(slot, proc, end)
    lifeline = _fork_into_namespace(end)
    return Zygote(slot, proc, end, lifeline, _open_own_namespace(proc))


def _stop(number: int, frame: FrameType | None) -> None:
    raise channel.Closed


def _fork_into_namespace(end: socket.socket) -> int:
    """Go on as the first process of the new process namespace.

    Returns a pipe that closes when the process left behind ends: it cannot be seen from inside,
    so that the usual check of the parent is no use.
    """
    lifeline, held = os.pipe()
    pid = os.fork()
    if pid:
        end.close()
        os.close(lifeline)
        os.waitpid(pid, 0)
        os._exit(0)
    os.close(held)
    kernel.die_with_parent(signal.SIGKILL)
    return lifeline


def _open_own_namespace(proc: int) -> int:
    return os.open("self/ns/pid", os.O_RDONLY | os.O_CLOEXEC, dir_fd=proc)


def _end(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)


@dataclass(frozen=True)
class _Running:
    """A child that has not been reaped."""

    serial: int
    pid: int
    folder: scratch.Folder | None  # S1: on disk


class Zygote:
    """Forks children on request and reports how they ended."""

    def __init__(
        self,
        slot: Slot,
        proc: int,
        end: socket.socket,
        lifeline: int | None = None,
        own_namespace: int | None = None,
    ) -> None:
        self._slot = slot
        self._proc = proc
        self._end = end
        self._lifeline = lifeline
        self._own_namespace = own_namespace
        self._program = Filter(seccomp.program(namespaces=True, gpu=bool(slot.drivers)))
        self._children: dict[int, _Running] = {}  # by pidfd
        self._others = 0
        self._counted = float("-inf")
        self._poll = select.poll()
        self._refusals = Refusals(self._poll, self._tell)
        sys.stdout.reconfigure(line_buffering=True, errors="backslashreplace")  # type: ignore[union-attr]

    def serve(self) -> None:
        """Work until the grader closes its end. Raises channel.Closed then."""
        self._poll.register(self._end, select.POLLIN)
        if self._lifeline is not None:
            self._poll.register(self._lifeline, select.POLLIN)
        while True:
            for fd, events in self._poll.poll():
                if fd in self._children:
                    self._reap(fd)
                elif fd == self._end.fileno():
                    self._answer()
                elif not self._refusals.take(fd, events):
                    return  # the lifeline

    def close(self) -> None:
        """End every child and remove its folder."""
        signal.signal(signal.SIGTERM, signal.SIG_IGN)  # we are at it
        for pidfd, child in self._children.items():
            signal.pidfd_send_signal(pidfd, signal.SIGKILL)
            os.waitpid(child.pid, 0)
            if child.folder:
                scratch.close(child.folder)

    def _answer(self) -> None:
        message, fds = channel.receive(self._end)
        try:
            self._spawn(message, Pipes(*fds[:3]), fds[3:])
        except OSError as error:
            channel.send(self._end, {"error": str(error), "errno": error.errno})
        finally:
            for fd in fds:
                os.close(fd)

    def _spawn(self, message: Message, pipes: Pipes, files: Sequence[int]) -> None:
        folder = None
        with contextlib.ExitStack() as undo:
            if self._slot.tier is not Tier.S2:
                self._count()
                folder = scratch.make(self._slot.folder)
                undo.callback(scratch.close, folder)
            pid = self._fork()
            if not pid:
                try:
                    own = folder.path if folder else self._slot.folder
                    self._be_child(message, pipes, files, own)
                finally:
                    os._exit(1)
            undo.callback(_end, pid)
            pidfd = os.pidfd_open(pid)
            undo.pop_all()
        self._children[pidfd] = _Running(message["serial"], pid, folder)
        self._poll.register(pidfd, select.POLLIN)
        channel.send(self._end, {"child": message["serial"]}, (pidfd,))

    def _fork(self) -> int:
        """Fork, with S2 into a process namespace of its own."""
        if self._own_namespace is None:
            return os.fork()
        kernel.unshare(kernel.NEW_PIDS)
        try:
            pid = os.fork()
        except OSError:
            kernel.setns(self._own_namespace, kernel.NEW_PIDS)
            raise
        if pid:
            kernel.setns(self._own_namespace, kernel.NEW_PIDS)
        return pid

    def _be_child(self, message: Message, pipes: Pipes, files: Sequence[int], folder: str) -> None:
        proc, end = confine.take_pipes(pipes, (self._proc, self._refusals.end), files)
        program = self._program
        if self._slot.tier is not Tier.S2:
            os.environ["HOME"] = os.environ["TMPDIR"] = folder
            program = Filter(seccomp.program(namespaces=False, pid=os.getpid()))
        try:
            if message["cores"]:
                os.sched_setaffinity(0, message["cores"])
            confine.enter_child(
                self._slot,
                Limits(**message["limits"]),
                proc=proc,
                folder=folder,
                program=program,
                told=Told(end, message["serial"]),
                others=self._others,
            )
        except OSError as error:
            os.write(worker.REPLIES, str(error).encode())
            return
        os.write(worker.REPLIES, READY)
        worker.serve(message["seed"], threads=len(message["cores"]))

    def _tell(self, serial: int, call: str) -> None:
        channel.send(self._end, {"refused": call, "of": serial})

    def _count(self) -> None:
        """How many tasks this user has besides the child: the kernel's limit counts them all."""
        now = time.monotonic()
        if now - self._counted > _COUNT_AGAIN:
            self._others, self._counted = limits.tasks_of_user(), now

    def _reap(self, pidfd: int) -> None:
        self._poll.unregister(pidfd)
        os.close(pidfd)
        child = self._children.pop(pidfd)
        _, status, used = os.wait4(child.pid, 0)
        cpu = used.ru_utime + used.ru_stime
        if child.folder:
            scratch.close(child.folder)
        channel.send(self._end, {"exit": child.serial, "status": status, "cpu": cpu})
