"""NVIDIA devices of this machine, and what a process must reach to use one.

Nothing here calls CUDA: a process that has done so once cannot be forked any more.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

# Beside the device itself: all of them must be there, except the tools, which old drivers lack.
_SHARED = ("/dev/nvidiactl", "/dev/nvidia-uvm")
_TOOLS = "/dev/nvidia-uvm-tools"
_FIELD = re.compile(r"^([\w ]+):[ \t]*(.*?)[ \t]*$", re.MULTILINE)


@dataclass(frozen=True)
class Gpu:
    """One device: what CUDA calls it in every process, and its files."""

    uuid: str
    model: str
    files: tuple[str, ...]


def found(system: Path = Path("/"), visible: str | None = None) -> tuple[Gpu, ...]:
    """The devices that can be used, in the order of their places on the bus.

    Args:
        system: the root of the machine that is looked at.
        visible: the value of ``CUDA_VISIBLE_DEVICES``: numbers or UUIDs, the first one counts
            first; None: all devices.
    """
    reports = sorted((system / "proc/driver/nvidia/gpus").glob("*/information"))
    every = [gpu for gpu in (_described(report, system) for report in reports) if gpu]
    there = [gpu for gpu in every if all(_is_there(system, file) for file in gpu.files)]
    if visible is None:
        return tuple(there)
    named = [_named(name.strip(), every) for name in visible.split(",")]
    return tuple(gpu for gpu in named if gpu in there)


def _described(report: Path, system: Path) -> Gpu | None:
    """A device as the driver tells of it; None where it says too little."""
    try:
        fields = dict(_FIELD.findall(report.read_text()))
    except OSError:
        return None
    if not {"GPU UUID", "Device Minor"} <= fields.keys():
        return None
    tools = (_TOOLS,) if _is_there(system, _TOOLS) else ()
    files = (f"/dev/nvidia{fields['Device Minor']}", *_SHARED, *tools)
    return Gpu(fields["GPU UUID"], fields.get("Model", "NVIDIA GPU"), files)


def _is_there(system: Path, file: str) -> bool:
    return (system / file[1:]).exists()


def _named(name: str, every: list[Gpu]) -> Gpu | None:
    if name.isdigit():
        return every[int(name)] if int(name) < len(every) else None
    return next((gpu for gpu in every if name and gpu.uuid.startswith(name)), None)
