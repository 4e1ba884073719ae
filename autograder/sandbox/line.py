"""The trusted ends of one child's three pipes, each wait under a deadline."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import select
import time
from collections.abc import Callable, Sequence

from autograder import wire
from autograder.sandbox import watch
from autograder.sandbox.channel import MAX_REPLY
from autograder.wire import Kind

_PIECE = 65_536  # as much as a pipe holds; a child cannot make its pipes larger

_COLOURS = re.compile(r"\x1b\[[0-9;]{0,20}[A-Za-z]")
_CONTROL = {code: None for code in (*range(32), *range(0x7F, 0xA0)) if chr(code) not in "\n\t"}


class Late(Exception):
    """The deadline has passed."""


class Gone(Exception):
    """The other end of a pipe is closed."""


class Line:
    """Frames out and in, and what is printed meanwhile.

    Args:
        requests: written here.
        replies: read here.
        output: what the child prints.
        kept: how many bytes of that to keep.
    """

    def __init__(self, requests: int, replies: int, output: int, *, kept: int) -> None:
        self._requests, self._replies, self._output = requests, replies, output
        self._room = kept
        self._printed = bytearray()
        self.dropped = 0  # bytes printed beyond what is kept
        self._poll = select.poll()
        for fd in (replies, output):  # looked at in this order: a reply comes after its prints
            self._poll.register(fd, select.POLLIN)
        for fd in (requests, replies, output):
            os.set_blocking(fd, False)
        self.idle: Callable[[], None] = lambda: None  # called at every INTERVAL of a request
        self.grace = 0.0  # seconds by which the deadline of this request moves
        self._look_at = time.monotonic() + watch.INTERVAL

    @property
    def printed(self) -> str:
        """What was printed so far, as far as it is kept; no control characters."""
        text = self._printed.decode(errors="replace")
        return _COLOURS.sub("", text).translate(_CONTROL)

    def close(self) -> None:
        """Close all three."""
        for fd in (self._requests, self._replies, self._output):
            os.close(fd)

    def ask(
        self, kind: Kind, payload: Sequence[wire.Piece], deadline: float
    ) -> tuple[Kind, memoryview]:
        """Send one request and wait for its reply.

        Nobody can answer ahead of time: a request's number is not known before it comes.

        Raises:
            Late, Gone: as they say; nothing more is to be expected from the child.
            wire.ProtocolError: what came is no reply to this request, or more than that.
        """
        number = secrets.randbits(32)
        for piece in wire.pack(kind, number, payload):
            self._send(piece, deadline)
        data = bytearray()  # grows with what comes, whatever was promised
        self._read_up_to(wire.HEADER_SIZE, data, deadline)
        header = bytes(data[: wire.HEADER_SIZE])
        reply, answered, length = wire.unpack_header(header, max_payload=MAX_REPLY)
        if answered != number:
            raise wire.ProtocolError("a reply to another request")
        size = wire.HEADER_SIZE + length
        self._read_up_to(size, data, deadline)
        if len(data) > size:
            raise wire.ProtocolError("more than a reply")
        return reply, memoryview(data)[wire.HEADER_SIZE :]

    def first_words(self, expected: bytes, deadline: float) -> bytes:
        """What is said before any request: ``expected``, or all until the pipe closes."""
        said = b""
        with contextlib.suppress(Gone, Late):
            while said != expected:
                self._wait(deadline)
                said += self._read_some()
        return said

    def drain(self) -> None:
        """Take what has been printed; keep the first of it, count the rest."""
        try:
            piece = os.read(self._output, _PIECE)  # once: who prints without end must not hold us
        except BlockingIOError:
            return
        if not piece:
            with contextlib.suppress(KeyError):  # its end is closed, which poll would repeat
                self._poll.unregister(self._output)
        kept = piece[: self._room]
        self._printed += kept
        self._room -= len(kept)
        self.dropped += len(piece) - len(kept)

    def _send(self, piece: wire.Piece, deadline: float) -> None:
        left = memoryview(piece)
        while left := self._write_some(left):
            self._poll.register(self._requests, select.POLLOUT)
            try:
                self._wait(deadline)
            finally:
                self._poll.unregister(self._requests)

    def _write_some(self, data: memoryview) -> memoryview:
        """What is left of ``data``."""
        try:
            return data[os.write(self._requests, data) :]
        except BlockingIOError:
            return data
        except BrokenPipeError as error:
            raise Gone from error

    def _read_up_to(self, size: int, data: bytearray, deadline: float) -> None:
        """Read until ``data`` has ``size`` bytes, or more if they have come already."""
        while len(data) < size:
            self._wait(deadline)
            data += self._read_some()

    def _read_some(self) -> bytes:
        piece = os.read(self._replies, _PIECE)
        if not piece:
            raise Gone
        return piece

    def _wait(self, deadline: float) -> None:
        """Until the request or the reply pipe is ready; prints are taken meanwhile."""
        while True:
            left = self._look_up(deadline)
            ready = {fd for fd, _ in self._poll.poll(min(left, watch.INTERVAL) * 1000)}
            if self._output in ready:
                self.drain()
                ready.remove(self._output)
            if ready:
                return

    def _look_up(self, deadline: float) -> float:
        """Seconds left. By the clock, so that no trickle of bytes keeps us from it. Raises Late."""
        now = time.monotonic()
        if now >= self._look_at:
            self.idle()
            took = time.monotonic() - now
            self._look_at = now + max(watch.INTERVAL, took / watch.SHARE)
        if now >= deadline + self.grace:
            raise Late
        return deadline + self.grace - now
