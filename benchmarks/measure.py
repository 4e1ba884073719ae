"""Run a command and measure it: wall time, CPU time and peak memory of its whole process tree."""

from __future__ import annotations

import contextlib
import ctypes
import os
import subprocess
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_PR_SET_CHILD_SUBREAPER = 36
_MEMORY_SHARE = 20  # pause between two looks at memory, in units of their CPU time: below 5 %

Command = Sequence[str | Path]


class CommandFailed(Exception):
    """The command ended with an exit code that was not expected; holds the end of its output."""


@dataclass(frozen=True)
class Usage:
    """What a command used, its descendants included."""

    wall: float  # seconds
    cpu: float  # seconds, user and system
    peak: int  # bytes: the largest sum of PSS seen; pages shared in the tree count once


def run(command: Command, log: Path, expected: Sequence[int] = (0,)) -> Usage:
    """Run ``command`` to its end, its output in ``log``.

    CPU time is what ``wait4`` reports for the command and for each orphan that it leaves: this
    process takes orphans over. Memory is sampled from ``/proc/<pid>/smaps_rollup``.

    Raises:
        CommandFailed: the exit code is not one of ``expected``.
    """
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1)
    with log.open("wb") as output, _PeakMemory() as memory:
        start = time.perf_counter()
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT
        )
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)  # reaped here, not by Popen
    cpu = usage.ru_utime + usage.ru_stime + _reap_orphans()
    if process.returncode not in expected:
        tail = log.read_text(errors="replace")[-2000:]
        raise CommandFailed(f"{' '.join(map(str, command))}: exit {process.returncode}\n{tail}")
    return Usage(wall, cpu, memory.peak)


def _reap_orphans(seconds: float = 5.0) -> float:
    """CPU seconds of processes that outlived their parent; waits a little for the last to end."""
    cpu, deadline = 0.0, time.monotonic() + seconds
    with contextlib.suppress(ChildProcessError):  # no child left
        while time.monotonic() < deadline:
            pid, _, usage = os.wait4(-1, os.WNOHANG)
            cpu += usage.ru_utime + usage.ru_stime if pid else 0.0
            if not pid:
                time.sleep(0.01)
    return cpu


class _PeakMemory:
    """Looks at the memory of this process' descendants again and again, in a thread."""

    def __init__(self) -> None:
        self.peak = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> _PeakMemory:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        pause = 0.0
        while not self._stop.wait(pause):
            start = time.thread_time()
            self.peak = max(self.peak, sum(_pss(pid) for pid in _descendants(os.getpid())))
            pause = max(0.05, _MEMORY_SHARE * (time.thread_time() - start))


def _descendants(root: int) -> list[int]:
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal() and (parent := _parent(entry)) is not None:
            children.setdefault(parent, []).append(int(entry.name))
    found: list[int] = []
    waiting = [root]
    while waiting:
        below = children.get(waiting.pop(), [])
        found += below
        waiting += below
    return found


def _parent(process: Path) -> int | None:
    try:
        stat = (process / "stat").read_text(errors="replace")
    except OSError:
        return None  # it has just ended
    return int(stat.rpartition(")")[2].split()[1])


def _pss(pid: int) -> int:
    """Bytes of one process, each shared page divided by the number of its users."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0  # ended, or (for an ordinary user) a sandboxed child, which may not be looked into
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), 0)
