"""Worker processes on one machine: forked from a parent that has imported everything already.

Each worker owns one slot of the run's warm processes. A worker elsewhere (a cluster's executor)
inherits none, and opens its own at the first use.
"""

from __future__ import annotations

import ctypes
import gc
import multiprocessing
import os
import signal
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing.context import ForkContext
from multiprocessing.queues import SimpleQueue
from pathlib import Path
from typing import Any, TypeVar

from autograder import trusted
from autograder.errors import SandboxError
from autograder.isolation import Isolation, Preload
from autograder.model import Limits, Tier
from autograder.sandbox.asked import Asked
from autograder.sandbox.grant import NOTHING, Grant
from autograder.sandbox.slot import Sandbox

_PR_SET_PDEATHSIG = 1
LARGEST, SMALLEST = 25, 3  # submissions of one piece of work

T = TypeVar("T")

Event = Any  # a student whose turn has come (a str), or a result


@dataclass(frozen=True)
class Place:
    """One slot of an ``Isolation``."""

    isolation: Isolation
    slot: int

    def sandbox(self, preload: Preload, grant: Grant = NOTHING) -> Sandbox:
        """The slot's sandbox with these modules warm, whose children have this grant."""
        self.isolation.open_nursery(preload)
        return self.isolation.sandbox(preload, self.slot, grant)

    def child(
        self,
        preload: Preload,
        limits: Limits,
        grant: Grant = NOTHING,
        *,
        cores: Sequence[int] = (),
        files: Sequence[int] = (),
    ) -> Asked:
        """A new child of that sandbox; one that fails to give any is dropped.

        Raises SandboxError.
        """
        try:
            return self.sandbox(preload, grant).child(limits, cores=cores, files=files)
        except SandboxError:
            self.isolation.discard(preload, self.slot, grant)
            raise


def cut(groups: Iterable[Sequence[T]], jobs: int) -> Iterator[tuple[T, ...]]:
    """Work in pieces, each of one group: large ones first, since a session's start costs as much as
    grading two; small ones towards the end, so that no worker is left alone with a large one."""
    waiting = [list(group) for group in groups]
    left = sum(map(len, waiting))
    for group in waiting:
        while group:
            size = min(LARGEST, max(SMALLEST, left // (3 * jobs)))
            piece = tuple(group[:size])
            left -= len(piece)
            del group[:size]
            yield piece


class _Here:
    """What this process is, set once by ``_enter``."""

    place: Place | None = None
    events: SimpleQueue[Event] | None = None


def place(tier: Tier) -> Place:
    """This process' slot; a process that inherited none makes its own warm processes."""
    if _Here.place is None:
        isolation = Isolation(tier, (), slots=1)
        _Here.place = Place(isolation, 0)
    return _Here.place


def announce(event: Event) -> None:
    """Tell the parent whose turn it is, or how one ended, before the whole batch comes back."""
    if _Here.events is not None:
        _Here.events.put(event)


def pool(
    isolation: Isolation, jobs: int, events: SimpleQueue[Event], course: Path, scratch: Path
) -> ProcessPoolExecutor:
    """``jobs`` worker processes, one a slot of ``isolation``; ``events`` receives what they say.

    They may read ``course`` and write below ``scratch`` (see ``trusted``).
    """
    gc.freeze()  # what is imported stays shared between parent and workers
    context = fork_context()
    slots: SimpleQueue[int] = context.SimpleQueue()
    for slot in range(jobs):
        slots.put(slot)
    start = (isolation, slots, events, os.getpid(), course, scratch)
    return ProcessPoolExecutor(jobs, mp_context=context, initializer=_enter, initargs=start)


def fork_context() -> ForkContext:
    """Workers are forked: they share the parent's imports and inherit the nurseries' sockets."""
    return multiprocessing.get_context("fork")


def _enter(
    isolation: Isolation,
    slots: SimpleQueue[int],
    events: SimpleQueue[Event],
    parent: int,
    course: Path,
    scratch: Path,
) -> None:
    """The first thing a worker does: die with the parent, leave Ctrl-C to it, take a slot, and give
    up all rights that it does not need."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    slot = slots.get()
    _keep_to_one_core(slot + parent)  # two runs on one machine should not choose the same
    _Here.place = Place(isolation, slot)
    _Here.events = events
    groups = isolation.groups.places if isolation.groups else ()
    trusted.confine(course, scratch, groups, watches=isolation.tier is Tier.S2)


def _keep_to_one_core(number: int) -> None:
    """And with it the sandboxed children of this worker: see decision 12."""
    cores = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {cores[number % len(cores)]})
