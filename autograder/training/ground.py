"""Where trainings run: the device, its sandboxes, the images, and what a training may use."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from autograder import data
from autograder.data import Images
from autograder.model import Assignment, Limits, Tier, TrainingPlan
from autograder.sandbox.asked import Asked
from autograder.sandbox.gpu import Gpu
from autograder.training import cuda
from autograder.training.pace import Pace

OpenChild = Callable[[Limits, Sequence[int]], Asked]

LONGEST = 3600.0  # seconds for the reference, whatever the machine
_OF_A_TRIAL = 5.0  # references, on the short track: nobody waits long for an endless loop
_SHORTEST = 5.0  # seconds for a student, however fast the reference


@dataclass(frozen=True, eq=False)
class Ground:
    """What the trainings of one assignment share in one process.

    Args:
        assignment: has a ``training`` plan.
        reference: the file with its solutions.
        open_child: a child with these limits that may map these files, use all ``cores`` and the
            ``gpu``.
        cores: how many there are.
        tier: of the sandbox.
        short: whether this is the short track, on a part of the images.
        gpu: where trainings run; None: on the CPU.
    """

    assignment: Assignment
    reference: Path
    open_child: OpenChild
    cores: int
    tier: Tier
    short: bool
    gpu: Gpu | None = None

    @property
    def plan(self) -> TrainingPlan:
        """The assignment's."""
        assert self.assignment.training is not None
        return self.assignment.training

    @property
    def device(self) -> str:
        """What torch calls it: the argument ``device`` of ``train``."""
        return "cuda" if self.gpu else "cpu"

    @property
    def place(self) -> str:
        """Names the device among all of this machine."""
        return self.gpu.place if self.gpu else "cpu"

    @property
    def images(self) -> Images:
        """What is trained on and asked about. Raises DataMissing, DataBroken."""
        return _images(self.plan.data, self.plan.short if self.short else None)

    def budget(self, pace: Pace | None) -> float:
        """Seconds of wall time for a training and its predictions."""
        if pace is None:
            return LONGEST
        times = min(self.plan.budget, _OF_A_TRIAL) if self.short else self.plan.budget
        return max(times * pace.reference, _SHORTEST)

    def limits(self, seconds: float, image_bytes: int) -> Limits:
        """What a training of at most so many seconds may use."""
        usual = self.assignment.limits
        cpu = usual.cpu_seconds + 1.5 * seconds * self.cores
        mib = self.plan.memory_mib + image_bytes // 2**20 + (cuda.HOST_MIB if self.gpu else 0)
        # As many threads as there are cores, twice: OpenMP gives up where it gets fewer.
        processes = usual.processes + 2 * self.cores
        return replace(
            usual, cpu_seconds=cpu, call_seconds=cpu, memory_mib=mib, processes=processes
        )


@functools.lru_cache(maxsize=2)
def _images(name: str, part: tuple[int, int] | None) -> Images:
    if part is None:
        return data.cifar10() if name == "cifar10" else data.cats_vs_dogs()
    if name == "cifar10":
        return data.cifar10_subset(*part, seed=0)
    return data.subset(data.cats_vs_dogs(), *part, seed=0)
