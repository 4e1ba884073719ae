"""Wall time of a whole submission: what its processes waited for a core does not count."""

from __future__ import annotations

import time

from autograder.model import PATIENCE
from autograder.sandbox.asked import Asked


class Clock:
    """A busy machine stops it, for ``PATIENCE`` times as long as it runs at the most.

    Args:
        seconds: that there are.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._ends: float | None = None
        self._waited = 0.0  # by children before the one that is followed
        self._child: Asked | None = None

    def start(self) -> None:
        """From now on it runs, unless it does already."""
        if self._ends is None:
            self.allow(self._seconds)

    def allow(self, seconds: float) -> None:
        """From now on it runs, for so many."""
        self._ends = time.monotonic() + seconds

    def follow(self, child: Asked) -> None:
        """``child`` has taken the place of the one before; what that one waited is kept."""
        self._waited = self._all_waited()
        self._child = child

    def left(self) -> float:
        """Seconds that are left; none or less: time is up."""
        if self._ends is None:
            return self._seconds
        waited = min(self._all_waited(), PATIENCE * self._seconds)
        return self._ends + waited - time.monotonic()

    def _all_waited(self) -> float:
        return self._waited + (self._child.waited if self._child else 0.0)
