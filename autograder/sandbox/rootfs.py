"""The only files student code sees: interpreter, libraries, three devices, a folder of its own."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable
from pathlib import Path

from autograder.sandbox import kernel

_WORK = ("/work", "/notebook", "/submission")  # names for the child's own folder
DEVICES = ("/dev/null", "/dev/urandom")  # mapping /dev/zero would give memory that nobody counts

# CUDA looks there for processors and memory. It names its threads in /proc, or gives up.
GPU_SYSTEM = ("/sys",)
PROCESSES = "/proc"

# What shared libraries need at run time, on every distribution; absent ones are left out.
SYSTEM = (
    "/usr/lib",
    "/usr/lib64",
    "/usr/lib32",
    "/lib",
    "/lib64",
    "/etc/ld.so.cache",
    "/usr/share/zoneinfo",
    "/usr/share/fonts",
)

_BASE = "/tmp"  # noqa: S108 - only covered, and only in a mount namespace of our own
_INODES = 4096


def work_folder(readable: Iterable[str]) -> str:
    """Where the child's own folder goes: a name that hides no library."""
    paths = [os.path.realpath(path) for path in readable]
    return next(name for name in _WORK if not any(path.startswith(f"{name}/") for path in paths))


def build(
    readable: Iterable[str], work: str, drivers: Iterable[str] = (), hidden: Iterable[str] = ()
) -> None:
    """Make a new root that holds ``readable``, read-only, and the empty ``work``; move into it.

    ``drivers`` are device files of a GPU; with them there are a read-only /sys, and a /proc that
    each child covers by its own (see ``mount_processes``). ``hidden`` are folders below
    ``readable`` that are empty inside.

    Needs a mount namespace of one's own and the right to mount in it. Raises OSError.
    """
    gpu = tuple(drivers)
    readable = (*readable, *(GPU_SYSTEM if gpu else ()))
    devices = (*DEVICES, *gpu, *((PROCESSES,) if gpu else ()))
    kernel.mount(None, "/", None, kernel.RECURSIVE | kernel.PRIVATE)
    sources = {path: _open(path) for path in (*outermost(readable), *devices)}
    kernel.mount("tmpfs", _BASE, "tmpfs", kernel.NO_SUID | kernel.NO_DEVICES, "size=1m,mode=755")
    for path, fd in sources.items():
        _bind(fd, path, writable=path in devices)
        os.close(fd)
    _link_other_names(readable)
    for path in hidden:
        flags = kernel.NO_SUID | kernel.NO_DEVICES
        kernel.mount("tmpfs", _BASE + os.path.realpath(path), "tmpfs", flags, "size=4k,mode=555")
        kernel.make_readonly(_BASE + os.path.realpath(path))
    Path(_BASE + work).mkdir()
    temporary = Path(_BASE + _BASE)
    if not temporary.exists():  # it does if a library lies below it
        temporary.symlink_to(work)
    os.chdir(_BASE)
    kernel.pivot_root_here()
    kernel.make_readonly("/", recursive=False)


def mount_processes() -> None:
    """Put the /proc of this process' own namespace over the machine's. Raises OSError.

    The kernel allows it only where a whole /proc can be seen already, and hides that one for good.
    """
    kernel.mount("proc", PROCESSES, "proc", kernel.NO_SUID | kernel.NO_DEVICES | kernel.NO_EXEC)


def mount_work(work: str, mib: int) -> None:
    """Put an empty folder of ``mib`` MiB in memory at ``work`` and go there. Raises OSError."""
    flags = kernel.NO_SUID | kernel.NO_DEVICES | kernel.NO_EXEC | kernel.NO_SYMLINK_FOLLOW
    kernel.mount("tmpfs", work, "tmpfs", flags, f"size={mib}m,nr_inodes={_INODES},mode=700")
    os.chdir(work)


def outermost(paths: Iterable[str]) -> list[str]:
    """The real paths that exist and lie in no other of them, shortest first."""
    found: list[str] = []
    for path in sorted({os.path.realpath(path) for path in paths}, key=len):
        inside = any(path.startswith(f"{outer}/") for outer in found)
        if not inside and os.path.exists(path):  # noqa: PTH110
            found.append(path)
    return found


def _open(path: str) -> int:
    return os.open(path, os.O_PATH | os.O_CLOEXEC)


def _bind(source: int, path: str, *, writable: bool) -> None:
    target = Path(_BASE + path)
    target.parent.mkdir(parents=True, exist_ok=True)
    if stat.S_ISDIR(os.fstat(source).st_mode):  # by name it may be covered already, below /tmp
        target.mkdir(exist_ok=True)
    else:
        target.touch()
    # By descriptor: the path itself may be covered by now.
    flags = kernel.BIND | kernel.RECURSIVE
    kernel.mount(f"/proc/self/fd/{source}", str(target), None, flags)
    if not writable:
        kernel.make_readonly(str(target))


def _link_other_names(paths: Iterable[str]) -> None:
    """/lib for /usr/lib and the like: names that are links outside are links inside."""
    for path in paths:
        real, link = os.path.realpath(path), Path(_BASE + path)
        if path != real and Path(_BASE + real).exists() and not link.exists():
            link.parent.mkdir(parents=True, exist_ok=True)
            link.symlink_to(real)
