"""An event loop for cells with ``await``, where there are no sockets.

asyncio's own wakes itself through a pair of sockets, which a child may not make.
"""

from __future__ import annotations

import asyncio
import contextlib
import os


class _PipeLoop(asyncio.SelectorEventLoop):
    """Wakes itself through a pipe."""

    def _make_self_pipe(self) -> None:
        self._ends = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        self._internal_fds = 1
        self._add_reader(self._ends[0], self._read_from_self)  # type: ignore[attr-defined]

    def _close_self_pipe(self) -> None:
        self._remove_reader(self._ends[0])  # type: ignore[attr-defined]
        for end in self._ends:
            os.close(end)

    def _read_from_self(self) -> None:
        os.read(self._ends[0], 4096)

    def _write_to_self(self) -> None:
        with contextlib.suppress(BlockingIOError):
            os.write(self._ends[1], b"\0")


_loops: list[_PipeLoop] = []


def event_loop() -> asyncio.AbstractEventLoop:
    """The one in which cells with ``await`` run."""
    if not _loops:
        _loops.append(_PipeLoop())
        asyncio.set_event_loop(_loops[0])
    return _loops[0]
