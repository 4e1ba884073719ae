"""Where the grader meets the sandbox: ``Nursery`` → ``Sandbox`` → ``Child``.

The nursery is a separate program, started with an empty environment, that imports the libraries
once. Each slot of it has a zygote, and each submission a child of that. The grader talks to them
through inherited sockets and pipes only.
"""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import socket
import subprocess
import tempfile
from types import TracebackType

from autograder.errors import SandboxError, SandboxUnavailable
from autograder.model import Tier
from autograder.sandbox import channel, host, libraries, program, watch
from autograder.sandbox.cgroups import Group, Groups
from autograder.sandbox.channel import Message
from autograder.sandbox.grant import NOTHING, Grant
from autograder.sandbox.held import Held
from autograder.sandbox.slot import START_SECONDS, Sandbox, failure

_IMPORT_SECONDS = 120.0  # torch from a cold disk

_REFUSED = {errno.EPERM, errno.EACCES, errno.ENOSYS, errno.ENOSPC, errno.EUSERS, errno.EINVAL}


class Nursery:
    """A warm process for one set of imports, shared by ``slots`` workers.

    Make it before the workers are forked: each inherits every slot's socket and uses its own.

    Args:
        preload: modules to import, once.
        tier: how its children are confined.
        slots: how many workers there are.
        warm: import at once, beside the caller, and not at the first ``sandbox``.
        groups: the run's control groups, made before this; each sandbox gets one.

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
        groups: Groups | None = None,
    ) -> None:
        host.require(tier)
        self.preload = preload
        self.tier = tier
        self._groups = groups
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
        group = self._group()
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        joins = group.open_joins() if group else []
        try:
            with theirs, _explained(self._process):
                request = self._request(slot, grant)
                channel.send(self._ends[slot], request, (theirs.fileno(), *joins))
            with _explained(self._process):
                _expect_ok(self._ends[slot], self.tier, _IMPORT_SECONDS)
                _expect_ok(ours, self.tier, START_SECONDS)
        except SandboxError:
            ours.close()
            raise
        finally:
            for fd in joins:
                os.close(fd)
        held = Held(group, watch.own_bytes(self._process.pid)) if group else None
        return Sandbox(ours, self.tier, grant, held)

    def _group(self) -> Group | None:
        try:
            return self._groups.make() if self._groups else None
        except OSError as error:
            raise SandboxError(f"no control group for a sandbox: {error}") from error

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
        raise failure(error, program.last_words(process)) from error
