"""Which warm process a submission runs in, and how a worker reaches it."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable
from types import TracebackType

from autograder.model import Assignment, Limits, StudentSource, Tier
from autograder.sandbox import hierarchy, host
from autograder.sandbox.grant import NOTHING, Grant
from autograder.sandbox.held import each_bytes
from autograder.sandbox.launcher import Nursery
from autograder.sandbox.selftest import selftest
from autograder.sandbox.slot import Sandbox

Preload = tuple[str, ...]


def preload_for(assignment: Assignment, source: StudentSource) -> Preload:
    """The modules to have warm: the assignment's own, and what its cells name of the others.

    Trainings have all of them: the reference is timed in the same process, whatever cells name.
    """
    if assignment.training is not None:
        return (*assignment.preload, *assignment.preload_on_use)
    words = {word for cell in source.cells for word in re.findall(r"\w+", cell.source)}
    named = (one for one in assignment.preload_on_use if one.partition(".")[0] in words)
    return (*assignment.preload, *named)


def shared(base: Preload, preload: Preload, needed: Iterable[Preload]) -> Preload:
    """The set that serves ``preload``: ``base`` itself, or ``base`` and all that any of ``needed``
    adds to it, so that a heavy module is imported by one warm process only."""
    if preload == base:
        return base
    more = {module for one in needed if one[: len(base)] == base for module in one[len(base) :]}
    return (*base, *sorted(more))


def affordable(jobs: int, limits: Iterable[Limits]) -> int:
    """How many of ``jobs`` submissions may run at once, so that the memory that is free now is
    enough for all of them, whatever they do. One may always."""
    if sys.platform != "linux":
        return jobs
    return max(1, min(jobs, hierarchy.free_memory() // max(map(each_bytes, limits))))


class Isolation:
    """The warm processes of one run: one nursery a preload, one sandbox a preload and slot.

    ``groups`` are the control groups that hold its children, or None, and ``unheld`` says why.

    Made before the worker processes are forked, which then reach the nurseries through sockets
    that they inherit. One slot more than there are workers serves the self-test.
    """

    def __init__(self, tier: Tier, preloads: Iterable[Preload], slots: int) -> None:
        self.tier = tier
        self.slots = slots
        host.require(tier)
        self.groups, self.unheld = hierarchy.found()
        self.cores = tuple(sorted(os.sched_getaffinity(0)))  # workers keep to one each later
        self._nurseries: dict[Preload, Nursery] = {}
        self._sandboxes: dict[tuple[Preload, int, Grant], Sandbox] = {}
        for preload in sorted(set(preloads), key=len):
            self.open_nursery(preload)

    @property
    def held(self) -> str:
        """Who adds up what the processes of a submission use: the kernel, or the grader itself."""
        return f"cgroup v{self.groups.version}" if self.groups else "watchdog"

    def open_nursery(self, preload: Preload) -> None:
        """Start a warm process that imports ``preload``, unless there is one."""
        if preload not in self._nurseries:
            self._nurseries[preload] = Nursery(
                preload, tier=self.tier, slots=self.slots + 1, warm=True, groups=self.groups
            )

    def selftest(self) -> None:
        """Prove the protections in a real child before anything of a student runs."""
        for preload in self._nurseries:
            selftest(self.sandbox(preload, self.slots))

    def sandbox(self, preload: Preload, slot: int, grant: Grant = NOTHING) -> Sandbox:
        """The sandbox of ``slot``; opened at the first use, in the process that uses it.

        With a ``grant`` it is another one, whose children may use what that says.
        """
        key = (preload, slot, grant)
        if key not in self._sandboxes:
            self._sandboxes[key] = self._nurseries[preload].sandbox(slot, grant)
        return self._sandboxes[key]

    def discard(self, preload: Preload, slot: int, grant: Grant = NOTHING) -> None:
        """Close a sandbox that failed; the next use opens a new one."""
        sandbox = self._sandboxes.pop((preload, slot, grant), None)
        if sandbox is not None:
            sandbox.close()

    def close(self) -> None:
        """End every warm process that this process started."""
        for sandbox in self._sandboxes.values():
            sandbox.close()
        self._sandboxes.clear()
        for nursery in self._nurseries.values():
            nursery.close()
        if self.groups:
            self.groups.close()

    def __enter__(self) -> Isolation:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
