"""Where the grader meets the sandbox: ``Nursery`` → ``Sandbox`` → ``Child``.

The nursery is a separate program, started with an empty environment, that imports the libraries
once. Each slot of it has a zygote, and each submission a child of that. The grader talks to them
through inherited sockets and pipes only.
"""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import select
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from types import TracebackType

from autograder.errors import SandboxError, SandboxUnavailable
from autograder.model import Limits, Tier
from autograder.sandbox import channel, host, libraries, program, watch
from autograder.sandbox.channel import Message
from autograder.sandbox.child import Child, Exit
from autograder.sandbox.grant import NOTHING, Grant
from autograder.sandbox.line import Line

_IMPORT_SECONDS = 120.0  # torch from a cold disk
_START_SECONDS = 60.0  # one zygote, or one child, on a machine with too much to do

_REFUSED = {errno.EPERM, errno.EACCES, errno.ENOSYS, errno.ENOSPC, errno.EUSERS, errno.EINVAL}


class Nursery:
    """A warm process for one set of imports, shared by ``slots`` workers.

    Make it before the workers are forked: each inherits every slot's socket and uses its own.

    Args:
        preload: modules to import, once.
        tier: how its children are confined.
        slots: how many workers there are.
        warm: import at once, beside the caller, and not at the first ``sandbox``.

    Raises:
        SandboxUnavailable: this is no system on which ``tier`` exists.
    """

    def __init__(
        self,
        preload: tuple[str, ...],
        *,
        tier: Tier,
        slots: int,
        warm: bool = False,
    ) -> None:
        host.require(tier)
        self.preload = preload
        self.tier = tier
        self._creator = os.getpid()
        self._home = tempfile.mkdtemp(prefix="autograder-")
        pairs = [socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET) for _ in range(slots + 1)]
        self._control, *self._ends = [ours for ours, _ in pairs]
        self._process = program.execute([theirs for _, theirs in pairs], self._home)
        for _, theirs in pairs:
            theirs.close()
        self._asked = False
        if warm:
            self._ask_to_warm()

    def warm(self) -> None:
        """Wait until everything is imported. Raises SandboxError."""
        self._ask_to_warm()
        with _explained(self._process):
            _expect_ok(self._control, self.tier, _IMPORT_SECONDS)
        self._asked = False

    def sandbox(self, slot: int, grant: Grant = NOTHING) -> Sandbox:
        """A new sandbox for the worker that has ``slot``.

        Args:
            slot: the worker's.
            grant: what its children may use beyond what all may.

        Raises:
            SandboxUnavailable: a GPU on another tier than S2.
            SandboxError: it could not be confined, or the warm process is gone.
        """
        if grant.gpu is not None and self.tier is not Tier.S2:
            raise SandboxUnavailable(
                [f"tier {self.tier} lets no process near a GPU"],
                "Train with `--device cpu`, or grade with `--tier S2`.",
            )
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        try:
            with theirs, _explained(self._process):
                channel.send(self._ends[slot], self._request(slot, grant), (theirs.fileno(),))
            with _explained(self._process):
                _expect_ok(self._ends[slot], self.tier, _IMPORT_SECONDS)
                _expect_ok(ours, self.tier, _START_SECONDS)
        except SandboxError:
            ours.close()
            raise
        return Sandbox(ours, self.tier, grant)

    def close(self) -> None:
        """End the warm process, and with it everything it has forked."""
        for end in (self._control, *self._ends):
            end.close()
        if os.getpid() != self._creator:
            return  # a worker: the process is not ours
        self._process.kill()
        self._process.wait()
        if self._process.stderr:
            self._process.stderr.close()
        shutil.rmtree(self._home, ignore_errors=True)

    def _ask_to_warm(self) -> None:
        if not self._asked:
            self._asked = True
            with _explained(self._process):
                channel.send(self._control, self._request(0))

    def _request(self, slot: int, grant: Grant = NOTHING) -> Message:
        from autograder.sandbox import rootfs

        search = libraries.search_path()
        readable = [*libraries.interpreter(), *search, *rootfs.SYSTEM]
        s2, gpu = self.tier is Tier.S2, grant.gpu
        if gpu and gpu.libraries:
            readable.append(gpu.libraries)
        return {
            "preload": self.preload,
            "search": search,
            "readable": readable,
            "folder": rootfs.work_folder(readable) if s2 else tempfile.gettempdir(),
            "tier": self.tier,
            "slot": slot,
            "drivers": gpu.files if gpu else (),
            "libraries": gpu.libraries if gpu else "",
            "weights": [grant.weights] if grant.weights else [],
            "hidden": [] if grant.pretrained else libraries.pretrained(),
            "cores": sorted(os.sched_getaffinity(0)),  # children run where their worker does
        }

    def __enter__(self) -> Nursery:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


class Sandbox:
    """One slot's zygote: opens a child for each submission. Belongs to one process."""

    def __init__(self, end: socket.socket, tier: Tier, grant: Grant = NOTHING) -> None:
        self.tier = tier
        self.grant = grant
        self._end = end
        self._serial = 0
        self._children: dict[int, Child] = {}
        self._exits: dict[int, Exit] = {}
        self._refused: dict[int, set[str]] = {}
        self._warm_bytes = 0

    def child(
        self, limits: Limits, *, cores: Sequence[int] = (), files: Sequence[int] = ()
    ) -> Child:
        """A fresh, completely confined child.

        Args:
            limits: what it may use.
            cores: where its threads may run, one each; none: on its worker's core, one thread.
            files: descriptors that it gets, to be mapped (see ``Asked.map``).

        Raises:
            SandboxError: it could not be confined, or the zygote is gone.
        """
        self._forget_closed(wait=bool(cores))
        self._serial += 1
        serial = self._serial
        request = {
            "serial": serial,
            "limits": asdict(limits),
            "seed": secrets.randbits(32),
            "cores": list(cores),
        }
        (requests, to_child), (from_child, replies), (prints, output) = (
            os.pipe() for _ in range(3)
        )
        try:
            channel.send(self._end, request, (requests, replies, output, *files))
            pidfd = self._pidfd(serial)
        except (channel.Closed, TimeoutError, SandboxError) as error:
            for fd in (to_child, from_child, prints):
                os.close(fd)
            raise _failure(error) from error
        finally:
            for fd in (requests, replies, output):
                os.close(fd)
        line = Line(to_child, from_child, prints, kept=limits.output_kib * 1024)
        # The same for every child, so that one look is enough.
        self._warm_bytes = self._warm_bytes or watch.own_bytes(watch.process_id(pidfd))
        child = Child(
            pidfd,
            line,
            limits,
            lambda seconds: self._exit(serial, seconds),
            lambda: self._refused_to(serial),
            self._warm_bytes,
            counted=self.grant.gpu is not None,
        )
        self._children[serial] = child
        child.wait_until_ready(_START_SECONDS)
        return child

    def close(self) -> None:
        """End the zygote and every child of it."""
        for child in self._children.values():
            child.close()
        self._children.clear()
        self._end.close()

    def _pidfd(self, serial: int) -> int:
        """The process descriptor of the child that was asked for."""
        self._end.settimeout(_START_SECONDS)
        while True:
            message, fds = channel.receive(self._end)
            if message.get("child") == serial:
                if not fds:  # it ends by itself once its pipes close
                    raise SandboxError("the grader has too many open files for another child")
                return fds[0]
            self._take(message)

    def _exit(self, serial: int, seconds: float) -> Exit | None:
        """How a child ended; None if it has not within ``seconds``."""
        self._end.settimeout(seconds)
        with contextlib.suppress(TimeoutError, channel.Closed):
            while serial not in self._exits:
                self._take(channel.receive(self._end)[0])
        return self._exits.get(serial)

    def _refused_to(self, serial: int) -> frozenset[str]:
        """The system calls that were refused to a child up to now, as far as they are told."""
        self._end.settimeout(None)
        with contextlib.suppress(channel.Closed):
            while select.select([self._end], [], [], 0)[0]:
                self._take(channel.receive(self._end)[0])
        return frozenset(self._refused.get(serial, ()))

    def _take(self, message: Message) -> None:
        if "exit" in message:
            self._exits[message["exit"]] = Exit(message["status"], message["cpu"])
        elif "refused" in message:
            self._refused.setdefault(message["of"], set()).add(message["refused"])
        else:
            raise SandboxError(message["error"])

    def _forget_closed(self, *, wait: bool) -> None:
        if wait:  # nothing runs beside what gets all cores, and a GPU's memory is free again
            for serial in [key for key, child in self._children.items() if not child.alive]:
                self._exit(serial, _START_SECONDS)
        self._children = {key: child for key, child in self._children.items() if child.alive}
        self._exits.clear()
        self._refused = {key: told for key, told in self._refused.items() if key in self._children}


def _expect_ok(end: socket.socket, tier: Tier, seconds: float) -> None:
    end.settimeout(seconds)
    message, _ = channel.receive(end)
    if message.get("errno") in _REFUSED:
        raise SandboxUnavailable([message["error"]], host.cure(tier, message["errno"]))
    if "error" in message:
        raise SandboxError(message["error"])


@contextlib.contextmanager
def _explained(process: subprocess.Popen[bytes]):  # type: ignore[no-untyped-def]  # noqa: ANN202
    """Turn a silent end of the warm process into a SandboxError with its last words."""
    try:
        yield
    except (channel.Closed, TimeoutError) as error:
        raise _failure(error, program.last_words(process)) from error


def _failure(error: Exception, words: str = "") -> SandboxError:
    if isinstance(error, SandboxError):
        return error
    what = "does not answer" if isinstance(error, TimeoutError) else "has ended"
    return SandboxError(f"the sandbox process {what}. {words}".strip())
