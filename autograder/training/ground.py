"""Where trainings run: the device, its sandboxes, the images, and how fast all that is."""

from __future__ import annotations

import functools
import hashlib
import platform
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np

from autograder import data
from autograder.data import Images
from autograder.errors import TrainingError
from autograder.model import Assignment, Cell, Limits, StudentSource, Tier, TrainingPlan
from autograder.sandbox.asked import Asked
from autograder.sandbox.gpu import Gpu
from autograder.student import Student, StudentFault
from autograder.training import cuda
from autograder.training.attempt import Request, attempt, prepare
from autograder.training.exam import Exam
from autograder.training.pace import Pace, measured
from autograder.verdict import Judged, describe

OpenChild = Callable[[Limits, Sequence[int]], Asked]

_LONGEST = 3600.0  # seconds for the reference, whatever the machine
_SHORTEST = 5.0  # seconds for a student, however fast the reference
_PROBES = 3


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
    _paces: dict[Request, Pace] = field(default_factory=dict)

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
        return max(self.plan.budget * pace.reference, _SHORTEST) if pace else _LONGEST

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

    def pace(self, request: Request) -> Pace:
        """How long the reference takes here. Raises TrainingError."""
        if request not in self._paces:
            self._paces[request] = measured(
                self._key(request), self.probe, lambda: self._reference_seconds(request)
            )
        return self._paces[request]

    def forget(self, request: Request) -> None:
        """Look again at how fast the machine is before the next training."""
        self._paces.pop(request, None)

    def probe(self) -> float:
        """Seconds for a fixed piece of work, in the same kind of sandbox."""
        limits = self.limits(_LONGEST, 0)
        student = Student(StudentSource(()), lambda: self.open_child(limits, ()), limits)
        try:
            work, steps = student.inside(_in_child_work), 400 if self.gpu else 4
            work(steps // 4, self.device)  # threads start, memory comes, clocks rise
            found = []
            for _ in range(_PROBES):
                start = time.monotonic()
                work(steps, self.device)
                found.append(time.monotonic() - start)
            return min(found)
        except StudentFault as fault:
            raise TrainingError(f"torch cannot train in the sandbox: {fault.reply}") from fault
        finally:
            student.close()

    def check(self, request: Request) -> None:
        """Do what comes before a training where nothing of a student is: start the device, call
        what makes the first argument.

        Raises:
            TrainingError: it does not work, so that no student's code is to blame.
        """
        limits = self.limits(_LONGEST, 0)
        student = Student(StudentSource(()), lambda: self.open_child(limits, ()), limits)
        try:
            prepare(student, request, self)
        except StudentFault as fault:
            raise TrainingError(f"this machine cannot train: {fault.reply}") from fault
        finally:
            student.close()

    def _reference_seconds(self, request: Request) -> float:
        cell = Cell(1, self.reference.read_text(encoding="utf-8"))
        exam = Exam(self.images, np.random.default_rng(0))
        try:
            return attempt(self, StudentSource((cell,)), request, exam, 0, None).seconds
        except (Judged, StudentFault) as fault:
            why = fault.reply if isinstance(fault, StudentFault) else describe(fault)
            name = f"{request.train} of {self.reference.name}"
            raise TrainingError(f"the reference cannot be trained ({name}): {why}") from fault

    def _key(self, request: Request) -> str:
        """What a kept pace is kept for."""
        parts = (
            *(self.reference.read_text(encoding="utf-8"), request.train, self.plan.data),
            *(str(self.plan.short if self.short else None), self.place, str(self.cores)),
            *(self.tier.value, platform.node(), metadata.version("torch")),
            str(data.find_weights()),
        )
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()


@functools.lru_cache(maxsize=2)
def _images(name: str, part: tuple[int, int] | None) -> Images:
    if part is None:
        return data.cifar10() if name == "cifar10" else data.cats_vs_dogs()
    if name == "cifar10":
        return data.cifar10_subset(*part, seed=0)
    return data.subset(data.cats_vs_dogs(), *part, seed=0)


def _in_child_work(steps: Any, device: Any) -> None:
    """Forward and backward passes of a small network, always the same."""
    import torch
    from torch import nn

    torch.manual_seed(0)
    network = nn.Sequential(
        *(nn.Conv2d(3, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Conv2d(32, 64, 3, padding=1), nn.ReLU(), nn.AdaptiveAvgPool2d(1)),
        *(nn.Flatten(), nn.Linear(64, 10)),
    ).to(device)
    images = torch.rand(64, 3, 32, 32, device=device)
    for _ in range(steps):
        network.zero_grad()
        network(images).logsumexp(1).mean().backward()
    network[0].weight.grad.sum().item()  # type: ignore[operator,union-attr]  # waits for a GPU
