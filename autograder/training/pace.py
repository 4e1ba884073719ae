"""How long a training may take: a multiple of what the reference takes, here and now.

What the reference took is kept for each machine, beside how long a fixed piece of work took just
before. That piece is timed again in each run: while it takes as long as it did, give or take a
fifth, what is kept still holds. Otherwise the reference is trained again.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.data.folders import cache_folder
from autograder.errors import TrainingError

STEADY = 0.2  # a machine whose speed changes by more than this share is measured again
_TRIES = 3


@dataclass(frozen=True)
class Pace:
    """How fast a machine was when the reference was trained: seconds of the two."""

    reference: float
    probe: float

    def holds(self, probe: float) -> bool:
        """Whether the machine is as fast as it was, now that the probe takes ``probe`` seconds."""
        return abs(probe - self.probe) <= STEADY * self.probe


def measured(key: str, probe: Callable[[], float], reference: Callable[[], float]) -> Pace:
    """The kept pace if it still holds, else a new one.

    Args:
        key: tells what was trained on which data, device and versions.
        probe: times the fixed piece of work.
        reference: times the training of the reference.

    On a machine whose speed does not stay the same meanwhile the slowest of some trials counts, and
    is not kept: no student shall be too slow because the reference was lucky.
    """
    before = probe()
    kept = _kept().get(key)
    if kept is not None and kept.holds(before):
        return kept
    found: list[Pace] = []
    for _ in range(_TRIES):
        found.append(Pace(reference(), before))
        before = probe()
        if found[-1].holds(before):
            _keep(key, found[-1])
            return found[-1]
    return max(found, key=lambda pace: pace.reference)


@contextlib.contextmanager
def alone(place: str) -> Iterator[None]:
    """Wait for the device ``place``, and hold it: one training at a time, in all runs of this user.

    Raises TrainingError.
    """
    folder = cache_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = os.open(folder / f"{place}.lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise TrainingError(f"{folder} cannot be written ({error.strerror})") from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def _file() -> Path:
    return cache_folder() / "pace.json"


def _kept() -> dict[str, Pace]:
    """What is kept; nothing where the file is absent or damaged, and then it is measured again."""
    try:
        content: Any = json.loads(_file().read_bytes())
        return {
            str(key): Pace(float(reference), float(probe))
            for key, (reference, probe) in content.items()
        }
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def _keep(key: str, found: Pace) -> None:
    """Under the lock of ``alone``, so that nobody else writes."""
    every = {**_kept(), key: found}
    text = json.dumps({one: (pace.reference, pace.probe) for one, pace in every.items()})
    temporary = _file().with_suffix(".tmp")
    temporary.write_text(text)
    temporary.replace(_file())
