"""Batches of work mapped over worker processes; what a worker that dies leaves is not lost."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import AbstractContextManager
from multiprocessing.queues import SimpleQueue
from pathlib import Path
from typing import Protocol, Self, TypeVar

from autograder import workers
from autograder.isolation import Isolation
from autograder.workers import Event

_TICK = 0.1  # seconds between two looks at whose turn it is

Key = tuple[str, str]  # student and assignment


class Result(Protocol):
    """What is found out about one submission."""

    @property
    def student(self) -> str:
        """Whose it is."""

    @property
    def assignment(self) -> str:
        """What it answers."""


R = TypeVar("R", bound=Result)


class Batch(Protocol[R]):
    """A few submissions that one worker grades."""

    @property
    def root(self) -> Path:
        """The course, which a worker may read."""

    @property
    def keys(self) -> Sequence[Key]:
        """The submissions in it."""

    def only(self, keys: Sequence[Key]) -> Self:
        """The same with these submissions only."""

    def grade(self) -> list[R]:
        """Grade them, in this process."""


class Watcher(Protocol):
    """Whoever shows how far a run is."""

    def working(self, student: str, assignment: str = "") -> None:
        """A submission's turn has come."""

    def done(self, count: int = 1) -> None:
        """``count`` more are finished."""


Watch = Callable[[int], AbstractContextManager[Watcher]]


def graded(
    batches: Sequence[Batch[R]], isolation: Isolation, jobs: int, watcher: Watcher
) -> Generator[R, None, list[Key]]:
    """Yield each result as soon as it is known; return the keys of those whose worker died twice:
    with others, and alone."""
    left = yield from _once(batches, isolation, jobs, watcher)
    dead: list[Key] = []
    for batch in left:  # one of its students ended the worker itself: find out which
        for key in batch.keys:
            if (yield from _once([batch.only([key])], isolation, 1, watcher)):
                dead.append(key)
    return dead


def _once(
    batches: Sequence[Batch[R]], isolation: Isolation, jobs: int, watcher: Watcher
) -> Generator[R, None, list[Batch[R]]]:
    """Yield each result; return what is left of batches whose worker died."""
    if not batches:
        return []
    events: SimpleQueue[Event] = workers.fork_context().SimpleQueue()
    known: set[Key] = set()
    broken: list[Batch[R]] = []
    with (
        tempfile.TemporaryDirectory(prefix="autograder-") as scratch,
        workers.pool(isolation, jobs, events, batches[0].root, Path(scratch)) as executor,
    ):
        futures = {executor.submit(batch.grade): batch for batch in batches}
        try:
            for results in _as_done(set(futures), events, watcher):
                if isinstance(results, Future):
                    broken.append(futures[results])
                    continue
                fresh = [one for one in results if (one.student, one.assignment) not in known]
                known.update((one.student, one.assignment) for one in fresh)
                yield from fresh
        except BaseException:
            isolation.close()  # so that the batches that run end at once
            executor.shutdown(cancel_futures=True)
            raise
    rest = [(batch, [key for key in batch.keys if key not in known]) for batch in broken]
    return [batch.only(keys) for batch, keys in rest if keys]


def _as_done(
    waiting: set[Future[list[R]]], events: SimpleQueue[Event], watcher: Watcher
) -> Iterator[list[R] | Future[list[R]]]:
    """What workers announce and give back; a future whose worker died, as it is."""
    while waiting:
        done, waiting = wait(waiting, timeout=_TICK, return_when=FIRST_COMPLETED)
        while not events.empty():
            event = events.get()
            if isinstance(event, str):
                watcher.working(event)
            else:
                yield [event]
        for future in done:
            try:
                yield future.result()
            except BrokenProcessPool:
                yield future
