"""Memory, CPU time and waiting of a child and of what it has forked, seen from outside.

The kernel's limit on address space holds for each process by itself; only together do several of
them use more than one submission may. Threads and single processes need no watching. What is read
here holds names that student code chose, so it is never decoded.
"""

from __future__ import annotations

import os
import re
import time
from pathlib import Path

INTERVAL = 0.05  # seconds between two looks; shorter calls are never looked at
SHARE = 0.1  # of its time that a grader spends on looking, at the most
_TICKS, _PAGE = 100, 4096  # elsewhere than on Linux nobody asks
if hasattr(os, "sysconf"):
    _TICKS, _PAGE = os.sysconf("SC_CLK_TCK"), os.sysconf("SC_PAGE_SIZE")
_PID = re.compile(rb"^Pid:\t(\d+)$", re.MULTILINE)
_OWN = re.compile(rb"^(?:RssAnon|RssShmem|VmSwap|HugetlbPages):\s+(\d+) kB$", re.MULTILINE)


def process_id(pidfd: int) -> int:
    """The process behind ``pidfd``, as this process sees it; -1 once it has ended."""
    found = _PID.search(_content(Path(f"/proc/self/fdinfo/{pidfd}")))
    return int(found[1]) if found else -1


def tree(pid: int) -> list[int]:
    """``pid`` and all its descendants, as far as they live while we look."""
    found = [pid]
    for process in found:  # grows meanwhile
        for thread in _threads(process):
            found += map(int, _content(thread / "children").split())
    return found


def own_bytes(pid: int) -> int:
    """Memory of a process that no file stands behind; pages shared after a fork count again.

    Any thread that lives tells: the first one says nothing any more once it has ended. A zombie
    has none.
    """
    for thread in _threads(pid):
        if sizes := _OWN.findall(_content(thread / "status")):
            return 1024 * sum(map(int, sizes))
    return 0


def private_bytes(pid: int, warm: int, *, alone: bool) -> int:
    """Memory of a process beyond the ``warm`` bytes that it shared when it was forked.

    ``alone``: no other is forked from the same submission. Beside others its copies of shared
    pages count as well: each took a fault.
    """
    own = own_bytes(pid)
    if alone:
        return max(0, own - warm)
    return max(own - warm, min(own, _faults(pid) * _PAGE))


def _faults(pid: int) -> int:
    """Pages that it had to be given without reading a disk."""
    return sum(map(int, _stat(pid)[7:8]))


class Waiting:
    """For how long a process could have run and had no core, since a moment that is given."""

    def __init__(self) -> None:
        self._delays: dict[str, int] = {}  # by thread, in ns since it began
        self._began = 0.0
        self._seconds = 0.0

    def begin(self) -> None:
        """Now is that moment. What has been waited for before, and not been seen, counts as well:
        to look costs more than most requests."""
        self._began, self._seconds = time.monotonic(), 0.0

    def seconds(self, pid: int) -> float:
        """Of the thread that waited longest, look by look; 0 where the kernel does not tell.

        The kernel tells of a wait when it is over, so one look may find more than has passed since
        the one before.
        """
        before = self._delays
        self._delays = {
            thread.name: int(told[1])
            for thread in _threads(pid)
            if len(told := _content(thread / "schedstat").split()) == 3
        }
        delays = [ns - before.get(name, 0) for name, ns in self._delays.items()]
        self._seconds += max(delays, default=0) / 1e9
        return min(self._seconds, time.monotonic() - self._began)


def _threads(pid: int) -> list[Path]:
    try:
        return list(Path(f"/proc/{pid}/task").iterdir())
    except OSError:
        return []  # it has ended meanwhile


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""  # it has ended meanwhile


def cpu_seconds(pid: int) -> float:
    """CPU time of a process, its threads and the children it has waited for."""
    return sum(map(int, _stat(pid)[11:15])) / _TICKS


def _stat(pid: int) -> list[bytes]:
    """The fields of its ``stat`` behind the name, which may hold anything; none once it is gone."""
    return _content(Path(f"/proc/{pid}/stat")).rpartition(b")")[2].split()
