"""Where a cell's prints go: to the recorder of the cell that runs."""

from __future__ import annotations

import contextlib
import io
import sys
from collections.abc import Iterator

from autograder.sandbox.recorder import Recorder


class Beginning(io.StringIO):
    """Keeps the first of what is written to it; the rest is thrown away."""

    MOST = 100_000  # characters

    def write(self, text: str) -> int:
        """Keep it, as far as there is room."""
        super().write(text[: max(0, self.MOST - self.tell())])
        return len(text)

    def taken(self) -> str:
        """All that was kept, which is not kept any longer."""
        text = self.getvalue()
        self.seek(0)
        self.truncate()
        return text


class Current:
    """What records the cell that runs, if one does."""

    recorder: Recorder | None = None


class _Stream(io.TextIOBase):
    """What a cell prints to; between cells the process' own stream."""

    encoding = "UTF-8"
    errors = "replace"

    def __init__(self, name: str) -> None:
        self.name = name

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        if Current.recorder is None:
            return int(getattr(sys, f"__{self.name}__").write(text))
        Current.recorder.stream(self.name, text)
        return len(text)

    def flush(self) -> None:
        if Current.recorder is None:
            getattr(sys, f"__{self.name}__").flush()


# For good: what a cell keeps of them, a log's handler for one, prints in later cells, too.
_STREAMS = _Stream("stdout"), _Stream("stderr")


@contextlib.contextmanager
def recorded(recorder: Recorder) -> Iterator[None]:
    """While this is open, what is printed or displayed goes to ``recorder``."""
    before = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = _STREAMS
    Current.recorder = recorder
    try:
        yield
    finally:
        Current.recorder = None
        sys.stdout, sys.stderr = before
