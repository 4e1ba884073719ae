"""How long the reference takes where the students' trainings run: what their time is counted in."""

from __future__ import annotations

import hashlib
import platform
import time
from importlib import metadata
from typing import Any

import numpy as np

from autograder import data
from autograder.errors import TrainingError
from autograder.model import Cell, StudentSource
from autograder.student import Student, StudentFault
from autograder.training.attempt import Request, attempt
from autograder.training.exam import Exam
from autograder.training.ground import LONGEST, Ground
from autograder.training.pace import Pace, measured
from autograder.verdict import Judged, describe

_PROBES = 3


class Paces:
    """The paces of one process, by what is trained."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._known: dict[Request, Pace] = {}

    def of(self, request: Request) -> Pace:
        """How long the reference takes here. Raises TrainingError."""
        if request not in self._known:
            self._known[request] = measured(
                _key(self._ground, request),
                lambda: probe(self._ground),
                lambda: _seconds(self._ground, request),
            )
        return self._known[request]

    def forget(self, request: Request) -> None:
        """Look again at how fast the machine is before the next training."""
        self._known.pop(request, None)


def probe(ground: Ground) -> float:
    """Seconds for a fixed piece of work, in the same kind of sandbox."""
    limits = ground.limits(LONGEST, 0)
    student = Student(StudentSource(()), lambda: ground.open_child(limits, ()), limits)
    try:
        work, steps = student.inside(_in_child_work), 400 if ground.gpu else 4
        work(steps // 4, ground.device)  # threads start, memory comes, clocks rise
        found = []
        for _ in range(_PROBES):
            start = time.monotonic()
            work(steps, ground.device)
            found.append(time.monotonic() - start)
        return min(found)
    except StudentFault as fault:
        raise TrainingError(f"torch cannot train in the sandbox: {fault.reply}") from fault
    finally:
        student.close()


def _seconds(ground: Ground, request: Request) -> float:
    cell = Cell(1, ground.reference.read_text(encoding="utf-8"))
    exam = Exam(ground.images, np.random.default_rng(0))
    try:
        return attempt(ground, StudentSource((cell,)), request, exam, 0, None).seconds
    except (Judged, StudentFault) as fault:
        why = fault.reply if isinstance(fault, StudentFault) else describe(fault)
        name = f"{request.train} of {ground.reference.name}"
        raise TrainingError(f"the reference cannot be trained ({name}): {why}") from fault


def _key(ground: Ground, request: Request) -> str:
    """What a kept pace is kept for."""
    parts = (
        *(ground.reference.read_text(encoding="utf-8"), request.train, ground.plan.data),
        *(str(ground.plan.short if ground.short else None), ground.place, str(ground.cores)),
        *(ground.tier.value, platform.node(), metadata.version("torch")),
        str(data.find_weights()),
    )
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


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
