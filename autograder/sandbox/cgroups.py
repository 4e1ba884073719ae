"""Control groups: what all processes of a sandbox use together, limited and counted by the kernel.

Each sandbox has a group, in which its zygote sits: children are born there, so nothing is to be
done for each of them. Version 2 serves where our own group was given to us (``Delegate=yes``) and
holds no other program, version 1 where groups can be made below our own. Where neither does, limits
of single processes and the look at their sum (``watch``) remain.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
import secrets
import sys
import time
from dataclasses import dataclass
from pathlib import Path

MIB = 2**20
SLACK = 128 * MIB  # page tables, stacks of the kernel, copies of what the warm process had mapped

PREFIX = "autograder-"
_CLOSE_SECONDS = 10.0  # for processes that have been killed to be gone
_OOM_KILLS = re.compile(rb"^oom_kill (\d+)$", re.MULTILINE)
_USED_CPU = re.compile(rb"^usage_usec (\d+)$", re.MULTILINE)


@dataclass(frozen=True)
class _Names:
    """What the two versions call the same file."""

    memory: str
    swap: str
    usage: str
    events: str
    cpu: str


_VERSION_2 = _Names("memory.max", "memory.swap.max", "memory.current", "memory.events", "cpu.stat")
_VERSION_1 = _Names(
    "memory.limit_in_bytes",
    "memory.memsw.limit_in_bytes",
    "memory.usage_in_bytes",
    "memory.oom_control",
    "cpuacct.usage",
)


class Group:
    """One sandbox's group.

    Args:
        version: 1 or 2.
        folders: by controller, where it is. With version 2 all are the same.
    """

    def __init__(self, version: int, folders: dict[str, Path]) -> None:
        self._version = version
        self._folders = folders
        names = _VERSION_2 if version == 2 else _VERSION_1
        self._memory = folders["memory"] / names.memory
        self._swap = folders["memory"] / names.swap
        self._usage = folders["memory"] / names.usage
        self._events = folders["memory"] / names.events
        cpu = folders["memory"] if version == 2 else folders.get("cpuacct")
        self._cpu = cpu and cpu / names.cpu
        self.base_bytes, self._base_tasks = 0, 0
        self.allowed = (sys.maxsize, 0)  # a new group limits no memory

    def open_joins(self) -> list[int]:
        """Descriptors through which a process joins by writing ``0``; the caller closes them."""
        folders = dict.fromkeys(self._folders.values())
        return [os.open(one / "cgroup.procs", os.O_WRONLY | os.O_CLOEXEC) for one in folders]

    def start(self) -> None:
        """What is used now, by the zygote alone, does not count against its children."""
        self.base_bytes = self.memory_bytes()
        self._base_tasks = int(self._content("pids", "pids.current"))

    def allow(self, memory: int, tasks: int) -> None:
        """Set what all children together may use: bytes, and processes and threads.

        Raises OSError. What is in use already is never taken away.
        """
        allowed = self.base_bytes + memory, self._base_tasks + tasks
        if allowed == self.allowed:
            return
        lower = allowed[0] < self.allowed[0]
        if lower and self.memory_bytes() > allowed[0]:
            return  # who is ending has not given back all; a lower limit would hit who is here
        self._write("pids", "pids.max", allowed[1])
        try:
            self._limit_memory(allowed[0])
        except OSError as error:
            if not (lower and error.errno == errno.EBUSY):
                raise
            self._limit_memory(self.allowed[0])  # of the two one may be lower already
        else:
            self.allowed = allowed

    def limits(self) -> tuple[int, int]:
        """Bytes and tasks that the kernel allows it now."""
        tasks = self._content("pids", "pids.max").strip()
        memory = self._memory.read_text().strip()
        return (
            sys.maxsize if memory == "max" else int(memory),
            sys.maxsize if tasks == "max" else int(tasks),
        )

    def memory_bytes(self) -> int:
        """What is charged to it now, the page cache of its files included."""
        return int(self._usage.read_bytes())

    def killed(self) -> int:
        """How many processes the kernel has ended because the group had no memory left."""
        found = _OOM_KILLS.search(self._events.read_bytes())
        return int(found[1]) if found else 0

    def cpu_seconds(self) -> float | None:
        """CPU time of all that ever ran in it; None if this machine does not count it."""
        if self._cpu is None:
            return None
        content = self._cpu.read_bytes()
        if self._version == 1:
            return int(content) / 1e9
        found = _USED_CPU.search(content)
        return int(found[1]) / 1e6 if found else None

    def holds(self, pid: int) -> bool:
        """Whether the process, as this one sees it, is in the group."""
        return all(str(pid) in self._content(one, "cgroup.procs").split() for one in self._folders)

    def _limit_memory(self, value: int) -> None:
        """Swap is none's: with version 1 one limit is for both together, and never the lower."""
        files = [self._memory] + ([self._swap] if self._swap.exists() else [])
        if self._version == 2:
            values = [value, 0]
        else:
            values = [value, value]
            if value > self.allowed[0]:
                files.reverse()
        for file, limit in zip(files, values, strict=False):
            file.write_text(str(limit))

    def _content(self, controller: str, name: str) -> str:
        return (self._folders[controller] / name).read_text()

    def _write(self, controller: str, name: str, value: int) -> None:
        (self._folders[controller] / name).write_text(str(value))


class Groups:
    """The groups of one run, below this process' own.

    Args:
        version: 1 or 2.
        folders: by controller, the run's own folder, made by the caller.
        left: version 2: the group that this process had to leave for them.
    """

    def __init__(self, version: int, folders: dict[str, Path], left: Path | None = None) -> None:
        self.version = version
        self.folders = folders
        self._left = left
        self._creator = os.getpid()

    @property
    def places(self) -> tuple[Path, ...]:
        """The run's folders, each once."""
        return tuple(dict.fromkeys(self.folders.values()))

    def make(self) -> Group:
        """A group for one sandbox. Raises OSError."""
        name = secrets.token_hex(4)
        made = {controller: folder / name for controller, folder in self.folders.items()}
        for folder in dict.fromkeys(made.values()):
            folder.mkdir()
        return Group(self.version, made)

    def close(self) -> None:
        """Remove them once their processes are gone; what does not go is left to the next run."""
        if os.getpid() != self._creator:
            return  # a worker: they are not ours
        deadline = time.monotonic() + _CLOSE_SECONDS
        for folder in self.places:
            while not removed(folder) and time.monotonic() < deadline:
                time.sleep(0.005)
        if self._left:
            go_back(self._left)


def go_back(leaf: Path) -> None:
    """Into the group that was left; its controllers must go first."""
    own = leaf.parent
    enabled = (own / "cgroup.subtree_control").read_text().split()
    with contextlib.suppress(OSError):  # another run's groups need them
        (own / "cgroup.subtree_control").write_text(" ".join(f"-{one}" for one in enabled))
        (own / "cgroup.procs").write_text("0")
    removed(leaf)


def removed(folder: Path) -> bool:
    """Whether the group and those below it are gone; one with processes stays."""
    try:
        for below in folder.iterdir():
            if below.is_dir():
                removed(below)
        folder.rmdir()
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return True
