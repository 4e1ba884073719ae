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
_TICKS = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100
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


class Waiting:
    """For how long a tree of processes could have run and had no core."""

    def __init__(self) -> None:
        self._delays: dict[str, int] = {}  # by thread, in ns since it began
        self._looked = time.monotonic()

    def since_last_look(self, processes: list[int]) -> float:
        """Seconds for which the one that waited longest had no core since this was asked last.

        At the first time it is 0. Where the kernel does not tell, too.
        """
        now, before = time.monotonic(), self._delays
        self._delays = {
            thread.name: int(told[1])
            for process in processes
            for thread in _threads(process)
            if len(told := _content(thread / "schedstat").split()) == 3
        }
        passed, self._looked = now - self._looked, now
        if not before:
            return 0.0
        longest = max((ns - before.get(name, 0) for name, ns in self._delays.items()), default=0)
        return min(passed, longest / 1e9)


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
    fields = _content(Path(f"/proc/{pid}/stat")).rpartition(b")")[2].split()
    return sum(map(int, fields[11:15])) / _TICKS
