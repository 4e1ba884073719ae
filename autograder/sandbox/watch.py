"""Memory of a child and of what it has forked, added up from outside.

The kernel's limit on address space holds for each process by itself; only together do several of
them use more than one submission may. Threads and single processes need no watching.
"""

from __future__ import annotations

import re
from pathlib import Path

INTERVAL = 0.05  # seconds between two looks; shorter calls are never looked at
_PID = re.compile(r"^Pid:\t(\d+)$", re.MULTILINE)
_OWN = re.compile(r"^Rss(?:Anon|Shmem):\s+(\d+) kB$", re.MULTILINE)


def process_id(pidfd: int) -> int:
    """The process behind ``pidfd``, as this process sees it; -1 once it has ended."""
    found = _PID.search(_text(Path(f"/proc/self/fdinfo/{pidfd}")))
    return int(found[1]) if found else -1


def tree(pid: int) -> list[int]:
    """``pid`` and all its descendants, as far as they live while we look."""
    found = [pid]
    for process in found:  # grows meanwhile
        tasks = Path(f"/proc/{process}/task")
        try:
            threads = list(tasks.iterdir())
        except OSError:
            continue
        for thread in threads:
            found += map(int, _text(thread / "children").split())
    return found


def own_bytes(pid: int) -> int:
    """Memory of a process that no file stands behind; pages shared after a fork count again."""
    return 1024 * sum(int(kib) for kib in _OWN.findall(_text(Path(f"/proc/{pid}/status"))))


def _text(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""  # it has ended meanwhile
