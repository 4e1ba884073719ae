"""One slot of a warm process: a zygote that forks a confined child for each submission."""

from __future__ import annotations

import contextlib
import os
import secrets
import select
import socket
from collections.abc import Sequence
from dataclasses import asdict

from autograder.errors import SandboxError
from autograder.model import Limits, Tier
from autograder.sandbox import channel, watch
from autograder.sandbox.channel import Message
from autograder.sandbox.child import Child, Exit, Ties
from autograder.sandbox.grant import NOTHING, Grant
from autograder.sandbox.held import Held
from autograder.sandbox.line import Line

START_SECONDS = 60.0  # one zygote, or one child, on a machine with too much to do


class Sandbox:
    """One slot's zygote: opens a child for each submission. Belongs to one process."""

    def __init__(
        self, end: socket.socket, tier: Tier, grant: Grant = NOTHING, held: Held | None = None
    ) -> None:
        self.tier = tier
        self.grant = grant
        self.held = held  # by the kernel; None: by limits of single processes and a look at all
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
        if cores:  # nothing runs beside what gets all of them, and a GPU's memory is free again
            self._see_off()
        self._serial += 1
        serial = self._serial
        self._begin(serial, limits)
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
            raise failure(error) from error
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
            Ties(
                exit=lambda seconds: self._exit(serial, seconds),
                refused=lambda: self._refused_to(serial),
                drain=self._drain,
                held=self.held,
            ),
            self._warm_bytes,
            counted=self.grant.gpu is not None,
            patient=not cores,  # who has all of them waits for itself
        )
        self._children[serial] = child
        child.wait_until_ready(START_SECONDS)
        self._see_off()
        return child

    def _begin(self, serial: int, limits: Limits) -> None:
        self._drain()
        try:
            if self.held:
                self.held.begin(serial, limits)
        except OSError as error:
            raise SandboxError(f"a control group takes no limit: {error}") from error

    def close(self) -> None:
        """End the zygote and every child of it."""
        for child in self._children.values():
            child.close()
        self._children.clear()
        self._end.close()

    def _pidfd(self, serial: int) -> int:
        """The process descriptor of the child that was asked for."""
        self._end.settimeout(START_SECONDS)
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
        self._drain()
        return frozenset(self._refused.get(serial, ()))

    def _drain(self) -> None:
        """Take what the zygote has said up to now."""
        self._end.settimeout(None)
        with contextlib.suppress(channel.Closed):
            while select.select([self._end], [], [], 0)[0]:
                self._take(channel.receive(self._end)[0])

    def _take(self, message: Message) -> None:
        if "exit" in message:
            self._exits[message["exit"]] = Exit(message["status"], message["cpu"])
            if self.held:
                self.held.end(message["exit"])
        elif "refused" in message:
            self._refused.setdefault(message["of"], set()).add(message["refused"])
        else:
            raise SandboxError(message.get("error", "an answer that nobody waits for"))

    def _see_off(self) -> None:
        """Wait until those that were closed are gone: none of what they do while they end may count
        for who comes next. Raises SandboxError."""
        for serial in [key for key, child in self._children.items() if not child.alive]:
            if self._exit(serial, START_SECONDS) is None:
                raise SandboxError("a child does not end")
        self._children = {key: child for key, child in self._children.items() if child.alive}
        self._exits.clear()
        self._refused = {key: told for key, told in self._refused.items() if key in self._children}


def failure(error: Exception, words: str = "") -> SandboxError:
    """Our own fault, for one of a process that is ours."""
    if isinstance(error, SandboxError):
        return error
    what = "does not answer" if isinstance(error, TimeoutError) else "has ended"
    return SandboxError(f"the sandbox process {what}. {words}".strip())
