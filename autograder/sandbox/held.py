"""What the children of one sandbox may use together, in a control group, from one to the next."""

from __future__ import annotations

from autograder.model import Limits
from autograder.sandbox.cgroups import MIB, SLACK, Group


class Held:
    """A sandbox's group, with room for the children that it has now.

    Args:
        group: in which the zygote is alone.
        warm_bytes: memory of the warm process, of which each child may come to have a copy.
    """

    def __init__(self, group: Group, warm_bytes: int) -> None:
        self.group = group
        self._warm_bytes = warm_bytes
        self._children: dict[int, Limits] = {}  # not yet gone, by serial number
        self._killed = group.killed()
        group.start()

    def begin(self, serial: int, limits: Limits) -> None:
        """A child is about to be born."""
        self._children[serial] = limits
        self._allow()

    def end(self, serial: int) -> None:
        """A child is gone, with all that it started."""
        self._killed = self.group.killed()  # what was killed up to now may have been its own
        if self._children.pop(serial, None) and self._children:
            self._allow()

    def ran_out(self) -> bool:
        """Whether the kernel has ended processes of the only child for want of memory.

        While there are several nobody knows whose they were; who has lost its first process is
        noticed all the same.
        """
        before, self._killed = self._killed, self.group.killed()
        return self._killed > before and len(self._children) == 1

    def cpu_seconds(self) -> float | None:
        """CPU time of them all, those included that are gone; None if nobody counts."""
        return self.group.cpu_seconds()

    def _allow(self) -> None:
        limits = self._children.values()
        memory = sum(each_bytes(one) + self._warm_bytes for one in limits)
        self.group.allow(memory, sum(one.processes for one in limits))


def each_bytes(limits: Limits) -> int:
    """The most that one submission can take of this machine's memory, its folder included."""
    return (limits.memory_mib + limits.disk_mib) * MIB + SLACK
