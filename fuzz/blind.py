"""Frames of the mutator alone, one after the other, until the time is up or one does harm."""

from __future__ import annotations

import contextlib
import signal
import time
import traceback
from collections.abc import Iterator
from types import FrameType

from fuzz.targets import Target

SECONDS_A_FRAME = 10  # of wall time: whatever takes as long hangs


def run(target: Target, seconds: float, seed: int) -> bytes | None:
    """The first frame that does harm, its traceback printed; None if none did in ``seconds``."""
    until = time.monotonic() + seconds
    count = 0
    for frame in target.frames(seed):
        if time.monotonic() > until:
            break
        count += 1
        if harms(target, frame):
            return frame
    print(f"{count} frames, nothing found")
    return None


def harms(target: Target, frame: bytes) -> bool:
    """Whether ``frame`` breaks what is promised, or hangs; then the traceback is printed."""
    try:
        with _alarm():
            target.check(frame)
    except Exception:  # noqa: BLE001 - whatever it is, it is what is looked for
        traceback.print_exc()
        return True
    return False


@contextlib.contextmanager
def _alarm() -> Iterator[None]:
    before = signal.signal(signal.SIGALRM, _hangs)
    signal.setitimer(signal.ITIMER_REAL, SECONDS_A_FRAME)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _hangs(number: int, frame: FrameType | None) -> None:
    raise TimeoutError(f"a frame takes more than {SECONDS_A_FRAME} s")
