"""The bar that shows how far a run is; it goes to standard error."""

from __future__ import annotations

import time
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as RichProgress

from autograder.terminal.screen import console, one_line

_REFRESH_SECONDS = 0.1


class Progress:
    """A bar with rate, time left and the student in work; silent unless a person watches.

    It starts no thread, so that worker processes may be forked while it is shown: it is drawn
    anew when something is reported, at most ten times a second.
    """

    def __init__(self, total: int, *, quiet: bool = False, screen: Console | None = None) -> None:
        screen = screen or console(stderr=True)
        self._bar = RichProgress(
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[rate]}"),
            TimeRemainingColumn(),
            TextColumn("{task.fields[student]}", markup=False),
            console=screen,
            auto_refresh=False,
            transient=True,
            disable=quiet or not screen.is_terminal,
        )
        self._task = self._bar.add_task("", total=total, rate="", student="")
        self._done = 0
        self._started = self._drawn = time.monotonic()

    def __enter__(self) -> Self:
        self._bar.start()
        self._bar.refresh()
        return self

    def __exit__(self, *error: object) -> None:
        self._bar.stop()

    def working(self, student: str, assignment: str = "") -> None:
        """Say whose submission is being graded."""
        self._bar.update(self._task, student=one_line(f"{student} {assignment}", 60))
        self._draw()

    def done(self, count: int = 1) -> None:
        """Count ``count`` more submissions as finished."""
        self._done += count
        rate = self._done / max(time.monotonic() - self._started, 0.001)
        self._bar.update(self._task, advance=count, rate=f"{rate:.3g}/s")
        self._draw()

    def _draw(self) -> None:
        now = time.monotonic()
        if now - self._drawn >= _REFRESH_SECONDS:
            self._drawn = now
            self._bar.refresh()
