"""Resource limits of one child. They only ever go down: the child could not raise them again."""

from __future__ import annotations

import math
import os
import resource

from autograder.model import Limits

MIB = 2**20
STACK = 64 * MIB
_PAGE = os.sysconf("SC_PAGE_SIZE")


def mapped_bytes(proc: int, *, data: bool = False) -> int:
    """Address space of this process, or its private writable part alone.

    ``proc`` is a descriptor of a /proc.
    """
    fd = os.open("self/statm", os.O_RDONLY | os.O_CLOEXEC, dir_fd=proc)
    try:
        return int(os.read(fd, 128).split()[5 if data else 0]) * _PAGE
    finally:
        os.close(fd)


def tasks_of_user(proc: str = "/proc") -> int:
    """Processes and threads of this user on the whole machine, as RLIMIT_NPROC counts them."""
    uid, tasks = os.getuid(), 0
    with os.scandir(proc) as entries:
        for entry in entries:
            try:
                if entry.name.isdigit() and entry.stat().st_uid == uid:
                    tasks += len(os.listdir(f"{proc}/{entry.name}/task"))  # noqa: PTH208
            except OSError:
                continue  # ended meanwhile, or hidden from us
    return tasks


def apply(limits: Limits, *, mapped: int, others: int = 0, data: bool = False) -> None:
    """Set the limits of this process. Raises OSError.

    Args:
        limits: what the submission may use.
        mapped: bytes that were mapped before student code came (see ``mapped_bytes``).
        others: processes and threads of this user that are not the submission's.
        data: limit private writable memory only. CUDA reserves more address space than any machine
            has memory, without any right to it.
    """
    _lower(resource.RLIMIT_CPU, math.ceil(limits.cpu_seconds))
    memory = resource.RLIMIT_DATA if data else resource.RLIMIT_AS
    _lower(memory, mapped + limits.memory_mib * MIB)
    _lower(resource.RLIMIT_FSIZE, limits.disk_mib * MIB)
    _lower(resource.RLIMIT_NOFILE, limits.open_files)
    _lower(resource.RLIMIT_NPROC, limits.processes + others)
    _lower(resource.RLIMIT_STACK, STACK)
    _lower(resource.RLIMIT_CORE, 0)
    _lower(resource.RLIMIT_MEMLOCK, 0)
    _lower(resource.RLIMIT_MSGQUEUE, 0)


def _lower(which: int, value: int) -> None:
    """Both limits: the signal of a soft one can be ignored, the hard one of CPU time kills."""
    ceiling = resource.getrlimit(which)[1]
    if ceiling != resource.RLIM_INFINITY:
        value = min(value, ceiling)
    resource.setrlimit(which, (value, value))
