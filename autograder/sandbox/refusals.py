"""What the filter refuses to a child, told to its zygote: the kernel asks, we answer EPERM.

So a library's need for one more system call has a name. The child waits for the answer meanwhile;
it cannot be let through here, and if nobody answers any more the kernel says ENOSYS.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import select
import socket
import struct
from collections.abc import Callable
from dataclasses import dataclass

from autograder.sandbox import calls, kernel, seccomp

MOST = 16  # different calls that are told of one child

# linux/seccomp.h: struct seccomp_notif and struct seccomp_notif_resp
_NOTICE = struct.Struct("=QIIiIQ6Q")  # id, process, flags, then the call: number, …
_ANSWER = struct.Struct("=QqiI")  # id, value, error, flags
_RECEIVE, _SEND = 0xC0502100, 0xC0182101

Tell = Callable[[int, str], None]  # the child's serial number, and the call


@dataclass(frozen=True)
class Told:
    """Whom a child's refusals are told: the zygote at the other end of the socket ``end``."""

    end: int
    serial: int  # of the child


class Filter:
    """A seccomp program in the forms that it takes to tell of what it refuses."""

    def __init__(self, program: bytes) -> None:
        self.program = program
        self.telling = seccomp.telling(program)
        self.sealing = seccomp.sealing()


def confine(chosen: Filter, told: Told) -> None:
    """In the child: install the filter for good and give its listener to the zygote.

    Where somebody outside listens already (a container that answers calls itself), there can be no
    second listener: the filter then refuses by itself, and nothing is told. Raises OSError.
    """
    with socket.socket(fileno=told.end) as end:
        try:
            listener = kernel.install_filter(chosen.telling, listen=True)
        except OSError as error:
            if error.errno != errno.EBUSY:
                raise
            kernel.install_filter(chosen.program)
            return
        socket.send_fds(end, [str(told.serial).encode()], [listener])
        os.close(listener)
    kernel.install_filter(chosen.sealing)


class Refusals:
    """The zygote's side: a listener for each child that lives.

    Args:
        poll: where the descriptors to be looked at are registered.
        tell: called once for each call that a child was refused, before the child goes on.
    """

    def __init__(self, poll: select.poll, tell: Tell) -> None:
        self._poll = poll
        self._tell = tell
        self._ours, self._end = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._serials: dict[int, int] = {}  # by listener
        self._told: dict[int, set[str]] = {}  # by serial
        poll.register(self._ours, select.POLLIN)

    @property
    def end(self) -> int:
        """For the children, each of which closes its own (see ``Told``)."""
        return self._end.fileno()

    def take(self, fd: int, events: int) -> bool:
        """Whether ``fd`` is one of ours; what it had to say has been done then."""
        if fd == self._ours.fileno():
            self._listen()
        elif fd not in self._serials:
            return False
        elif events & select.POLLIN:
            self._answer(fd)
        else:
            self._forget(fd)  # nobody is left to whom the filter applies
        return True

    def _listen(self) -> None:
        said, (listener, *_), _, _ = socket.recv_fds(self._ours, 32, 1)
        self._serials[listener] = int(said)
        self._told[int(said)] = set()
        self._poll.register(listener, select.POLLIN)

    def _answer(self, listener: int) -> None:
        notice = bytearray(_NOTICE.size)
        # Whoever asked may have been killed meanwhile.
        with contextlib.suppress(FileNotFoundError):
            fcntl.ioctl(listener, _RECEIVE, notice)
            number, _, _, call, *_ = _NOTICE.unpack(notice)
            self._note(self._serials[listener], calls.name(call))
            fcntl.ioctl(listener, _SEND, _ANSWER.pack(number, 0, -errno.EPERM, 0))

    def _note(self, serial: int, call: str) -> None:
        told = self._told[serial]
        if call not in told and len(told) < MOST:
            told.add(call)
            self._tell(serial, call)

    def _forget(self, listener: int) -> None:
        self._poll.unregister(listener)
        os.close(listener)
        del self._told[self._serials.pop(listener)]
