"""NVIDIA devices of this machine, and what a process must reach to use one.

Nothing here calls CUDA: a process that has done so once cannot be forked any more.
"""

from __future__ import annotations

import ctypes
import os
import re
from dataclasses import dataclass
from pathlib import Path

# Beside the device itself: all of them must be there, except the tools, which old drivers lack.
_SHARED = ("/dev/nvidiactl", "/dev/nvidia-uvm")
_TOOLS = "/dev/nvidia-uvm-tools"
_FIELD = re.compile(r"^([\w ]+):[ \t]*(.*?)[ \t]*$", re.MULTILINE)


# Where the driver's library may lie so that only its owner finds it.
_FOLDERS = ("/usr/local/nvidia/lib64", "/run/opengl-driver/lib", "/usr/lib/wsl/lib")
_LIBRARY = "libcuda.so.1"


@dataclass(frozen=True)
class Gpu:
    """One device.

    Args:
        place: on the bus; names it among all of the machine. (Its UUID is not known to the driver
            before somebody has used it.)
        model: for people.
        files: its own, and those of the driver.
        libraries: folder of the driver's library; "" where every program finds it.
    """

    place: str
    model: str
    files: tuple[str, ...]
    libraries: str = ""


def found(system: Path = Path("/"), visible: str | None = None) -> tuple[Gpu, ...]:
    """The devices that can be used, in the order of their places on the bus.

    Args:
        system: the root of the machine that is looked at.
        visible: the value of ``CUDA_VISIBLE_DEVICES``: numbers or UUIDs, the first one counts
            first; None: all devices.
    """
    reports = sorted((system / "proc/driver/nvidia/gpus").glob("*/information"))
    every = [one for one in (_described(file, system) for file in reports) if one]
    chosen: list[Gpu | None] = [gpu for gpu, _ in every]
    if visible is not None:
        chosen = [_named(name.strip(), every) for name in visible.split(",")]
    return tuple(
        gpu for gpu in chosen if gpu and all(_is_there(system, file) for file in gpu.files)
    )


def _described(report: Path, system: Path) -> tuple[Gpu, str] | None:
    """A device and its UUID as the driver tells of them; None where it says too little."""
    try:
        fields = dict(_FIELD.findall(report.read_text()))
    except OSError:
        return None
    if "Device Minor" not in fields:
        return None
    tools = (_TOOLS,) if _is_there(system, _TOOLS) else ()
    files = (f"/dev/nvidia{fields['Device Minor']}", *_SHARED, *tools)
    model = fields.get("Model", "NVIDIA GPU")
    gpu = Gpu(report.parent.name, model, files, _library_folder(system))
    return gpu, fields.get("GPU UUID", "")


def _library_folder(system: Path) -> str:
    named = os.environ.get("LD_LIBRARY_PATH", "").split(":")
    folders = (*(folder for folder in named if folder.startswith("/")), *_FOLDERS)
    return next((one for one in folders if _is_there(system, f"{one}/{_LIBRARY}")), "")


def load_library(folder: str) -> None:
    """Load the driver's library from where nobody else looks, without calling it."""
    ctypes.CDLL(f"{folder}/{_LIBRARY}", mode=ctypes.RTLD_GLOBAL)


def _is_there(system: Path, file: str) -> bool:
    return (system / file[1:]).exists()


def _named(name: str, every: list[tuple[Gpu, str]]) -> Gpu | None:
    if name.isdigit():
        return every[int(name)][0] if int(name) < len(every) else None
    return next((gpu for gpu, uuid in every if name and uuid.startswith(name)), None)
