"""The trusted ends of one child's three pipes, each wait under a deadline."""

from __future__ import annotations

import contextlib
import os
import re
import select
import time
from collections.abc import Callable

from autograder import wire
from autograder.sandbox import watch
from autograder.sandbox.channel import MAX_REPLY
from autograder.wire import Kind

MAX_PRINTED = 64 * 2**20  # bytes; who prints more is ended
_PIECE = 65_536  # as much as a pipe holds; a child cannot make its pipes larger

_COLOURS = re.compile(r"\x1b\[[0-9;]{0,20}[A-Za-z]")
_CONTROL = {code: None for code in (*range(32), *range(0x7F, 0xA0)) if chr(code) not in "\n\t"}


class Late(Exception):
    """The deadline has passed."""


class Gone(Exception):
    """The other end of a pipe is closed."""


class Flood(Exception):
    """More was printed than anyone may."""


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
        self._request_id = 0
        self._poll = select.poll()
        for fd in (replies, output):
            self._poll.register(fd, select.POLLIN)
        for fd in (requests, replies, output):
            os.set_blocking(fd, False)
        self.idle: Callable[[], None] = lambda: None  # called at every INTERVAL of a request
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

    def ask(self, kind: Kind, payload: bytes, deadline: float) -> tuple[Kind, bytearray]:
        """Send one request and wait for its reply.

        Raises:
            Late, Gone, Flood: as they say; nothing more is to be expected from the child.
            wire.ProtocolError: what came is no reply to this request.
        """
        self._check_silent()
        self._request_id += 1
        self._send(wire.pack(kind, self._request_id, payload), deadline)
        header = bytes(self._read_exactly(wire.HEADER_SIZE, deadline))
        reply, request_id, length = wire.unpack_header(header, max_payload=MAX_REPLY)
        if request_id != self._request_id:
            raise wire.ProtocolError("a reply to another request")
        data = self._read_exactly(length, deadline)
        self.drain()
        return reply, data

    def first_words(self, expected: bytes, deadline: float) -> bytes:
        """What is said before any request: ``expected``, or all until the pipe closes."""
        said = b""
        with contextlib.suppress(Gone, Late):
            while said != expected:
                self._wait(deadline)
                said += self._read_some()
        return said

    def drain(self) -> None:
        """Take what has been printed; keep the first of it, count the rest. Raises Flood."""
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
        if self.dropped > MAX_PRINTED:
            raise Flood

    def _check_silent(self) -> None:
        """Nothing may come before it is asked for."""
        with contextlib.suppress(BlockingIOError):
            self._read_some()
            raise wire.ProtocolError("it spoke without being asked")

    def _send(self, frame: bytes, deadline: float) -> None:
        left = memoryview(frame)
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

    def _read_exactly(self, size: int, deadline: float) -> bytearray:
        data = bytearray()  # grows with what comes, whatever was promised
        while len(data) < size:
            self._look_up(deadline)  # it may never find the pipe empty
            try:
                data += self._read_some(size - len(data))
            except BlockingIOError:
                self._wait(deadline)
        return data

    def _read_some(self, most: int = _PIECE) -> bytes:
        piece = os.read(self._replies, min(most, _PIECE))
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
        if now >= deadline:
            raise Late
        if now >= self._look_at:
            self._look_at = now + watch.INTERVAL
            self.idle()
        return deadline - now
