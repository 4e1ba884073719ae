"""A student's own machine: the same child, in a plain process, with no protection at all (tier S0).

Only ``autograder check`` uses it: the code is the student's, and so is the computer. Works wherever
Python does; nothing here ever scores.
"""

from __future__ import annotations

import subprocess
import sys
import threading
from typing import IO

from autograder import wire
from autograder.model import Lost, Outcome, Reply
from autograder.sandbox.asked import Asked, understood
from autograder.wire import Kind

_ENTRY = "from autograder.local import serve; serve()"


class LocalChild(Asked):
    """One process that runs a notebook's cells and calls its functions."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", _ENTRY],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self._number = 0
        self.alive = True

    def close(self) -> None:
        """End it."""
        if self.alive:
            self.alive = False
            self._process.kill()
            self._process.communicate()

    def _ask(self, kind: Kind, value: object, seconds: float) -> Reply:
        self._number += 1
        frame = wire.pack(kind, self._number, wire.pieces(value))
        answer: list[tuple[Kind, bytearray]] = []
        talk = threading.Thread(target=self._exchange, args=(frame, answer), daemon=True)
        talk.start()
        talk.join(seconds)
        late = talk.is_alive()
        if answer:
            return understood(*answer[0])
        self.close()
        return Lost(Outcome.TIMEOUT if late else Outcome.CRASHED)

    def _exchange(self, frame: list[wire.Piece], answer: list[tuple[Kind, bytearray]]) -> None:
        """One request and its answer; leaves ``answer`` empty when the process is gone."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            self._process.stdin.writelines(frame)
            self._process.stdin.flush()
            header = _exactly(self._process.stdout, wire.HEADER_SIZE)
            kind, _, length = wire.unpack_header(header)
            answer.append((kind, bytearray(_exactly(self._process.stdout, length))))
        except (OSError, ValueError, EOFError):
            return  # killed, or it wrote nonsense: the caller sees no answer


def _exactly(pipe: IO[bytes], size: int) -> bytes:
    data = pipe.read(size)
    if len(data) < size:
        raise EOFError
    return data


def serve() -> None:
    """The child's side: requests come from standard input, answers leave by standard output.

    What student code prints goes nowhere, and ``input()`` finds nothing to read.
    """
    import os

    from autograder.sandbox import tensorflow, worker

    os.environ.setdefault("KERAS_BACKEND", "torch")
    tensorflow.install()
    os.environ.setdefault("MPLBACKEND", "Agg")
    os.dup2(0, worker.REQUESTS)
    os.dup2(1, worker.REPLIES)
    nothing = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nothing, standard)
    if sys.platform == "win32":
        import msvcrt

        for pipe in (worker.REQUESTS, worker.REPLIES):
            msvcrt.setmode(pipe, os.O_BINARY)
    worker.serve(seed=0)
