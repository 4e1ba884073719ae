"""Trainings on an NVIDIA GPU: which one, whether it works in the sandbox, what happens before.

What differs from a training on the CPU is here and in ``sandbox.gpu``; the rest is the same code.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from autograder.errors import TrainingError, UsageError
from autograder.model import Limits, StudentSource
from autograder.sandbox import gpu
from autograder.sandbox.asked import Asked
from autograder.sandbox.gpu import Gpu
from autograder.student import Student, StudentFault

NO_MEMORY = "CUDA out of memory"  # in the text of torch's error
HOST_MIB = 4096  # what CUDA itself takes of the machine's memory, with room to spare

_LIMITS = Limits(cpu_seconds=300, call_seconds=120, total_seconds=600, memory_mib=HOST_MIB + 1024)


def chosen(wish: str) -> Gpu | None:
    """The device that ``--device`` asks for: ``auto``, ``cpu``, ``cuda`` or ``cuda:N``.

    Numbers count as CUDA does with ``CUDA_DEVICE_ORDER=PCI_BUS_ID``, among the devices that
    ``CUDA_VISIBLE_DEVICES`` leaves. None is the CPU.

    Raises:
        UsageError: there is no such device.
    """
    if wish == "cpu":
        return None
    there = gpu.found(visible=os.environ.get("CUDA_VISIBLE_DEVICES"))
    number = int(wish.partition(":")[2] or 0)
    if number < len(there):
        return there[number]
    if wish == "auto":
        return None
    names = ", ".join(f"cuda:{at} is {one.model}" for at, one in enumerate(there))
    raise UsageError(f"no device {wish} on this machine ({names or 'no NVIDIA GPU at all'})")


def prove(device: Gpu, open_child: Callable[[Limits], Asked]) -> None:
    """Use the device once in a child, before anything of a student does.

    Raises:
        TrainingError: it cannot be used there, and how to do without it.
    """
    student = Student(StudentSource(()), lambda: open_child(_LIMITS), _LIMITS)
    try:
        student.inside(start)(1024)
    except StudentFault as fault:
        said = getattr(fault.reply, "text", "") or str(fault.reply)
        raise TrainingError(
            f"{device.model} cannot be used in the sandbox ({said.splitlines()[0]}): train with "
            "`--device cpu`"
        ) from fault
    finally:
        student.close()


def start(mib: Any) -> None:
    """In the student's process, before the clock starts: what each first use of CUDA sets up.

    ``mib`` is how much memory of the device torch hands out there.
    """
    import torch

    whole = torch.cuda.get_device_properties(0).total_memory
    torch.cuda.set_per_process_memory_fraction(min(1.0, mib * 2**20 / whole))
    layer = torch.nn.Conv2d(3, 8, 3).cuda()
    layer(torch.ones(8, 3, 32, 32, device="cuda")).mean().backward()
    torch.cuda.synchronize()
