"""Where this process may make control groups, and the first of them for a run."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
from pathlib import Path

from autograder.sandbox.cgroups import PREFIX, Groups, go_back, removed

_NEEDED = ("memory", "pids")
_GRADER = "-grader"  # ends the name of the group in which the grader itself stays
_WANTED = ("cpu", "cpuacct")  # shares of the cores, and what was used of them
# limit, what is used, and how much of that is a cache that gives way
_OF_MEMORY = {
    1: ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"),
    2: ("memory.max", "memory.current", "inactive_file"),
}


class Unavailable(Exception):
    """No groups can be made here; says why, to a person."""


def found() -> tuple[Groups | None, str]:
    """Groups for a run of this process, or why there are none."""
    try:
        return opened(), ""
    except Unavailable as why:
        return None, str(why)


def opened(proc: Path = Path("/proc/self")) -> Groups:
    """Groups for a run of this process.

    ``proc`` tells where its own are. Raises Unavailable.
    """
    version, own = _own(proc)
    for folder in dict.fromkeys(own.values()):
        _sweep(folder)
    name = f"{PREFIX}{os.getpid()}-{secrets.token_hex(4)}"
    try:
        if version == 2:
            return _opened_2(own["memory"], name)
        return _opened_1(own, name)
    except OSError as error:
        raise Unavailable(f"no control group can be made: {error}") from error


def free_memory(proc: Path = Path("/proc")) -> int:
    """Bytes that programs of this process can still take: of the machine, and of its groups."""
    free = [1024 * int(_figure(proc / "meminfo", "MemAvailable:"))]
    try:
        version, own = _own(proc / "self")
    except Unavailable:
        return free[0]
    limit, usage, idle = _OF_MEMORY[version]
    for folder in (own["memory"], *own["memory"].parents):
        most = _text(folder / limit).strip()
        if most.isdigit():
            kept = int(_text(folder / usage)) - int(_figure(folder / "memory.stat", idle))
            free.append(int(most) - kept)
    return max(0, min(free))


def _figure(file: Path, name: str) -> str:
    """The word behind ``name`` in a file of such lines; "0" if there is none."""
    lines = (line.split() for line in _text(file).splitlines())
    return next((words[1] for words in lines if words[0] == name), "0")


def _opened_1(own: dict[str, Path], name: str) -> Groups:
    made: dict[str, Path] = {}
    try:
        for controller, folder in own.items():
            (folder / name).mkdir(exist_ok=True)  # two controllers may share a folder
            made[controller] = folder / name
        if "cpu" in made:  # as much as a task on each core: neither less nor more than others
            shares = 1024 * len(os.sched_getaffinity(0))
            (made["cpu"] / "cpu.shares").write_text(str(shares))
    except OSError:
        for folder in made.values():
            removed(folder)
        raise
    return Groups(1, made)


def _opened_2(own: Path, name: str) -> Groups:
    """Version 2 limits only groups below one that holds no process itself."""
    run, leaf = own / name, own / f"{name}{_GRADER}"
    run.mkdir()
    left = None
    try:
        try:
            _enable(own)
        except OSError as error:
            if error.errno != errno.EBUSY:
                raise
            leaf.mkdir()
            left = leaf
            (leaf / "cgroup.procs").write_text("0")
            _enable(own)
        _enable(run)
    except OSError as error:
        removed(run)
        if left:
            go_back(left)
        if error.errno == errno.EBUSY:
            raise Unavailable("other programs run in the same control group") from error
        raise
    return Groups(2, dict.fromkeys((*_NEEDED, *_WANTED), run), left)


def _enable(folder: Path) -> None:
    there = (folder / "cgroup.controllers").read_text().split()
    wanted = [one for one in (*_NEEDED, *_WANTED) if one in there]
    (folder / "cgroup.subtree_control").write_text(" ".join(f"+{one}" for one in wanted))


def _own(proc: Path) -> tuple[int, dict[str, Path]]:
    """The version that serves, and by controller the group of this process. Raises Unavailable."""
    paths, mounts = _paths(proc / "cgroup"), _mounts(proc / "mountinfo")
    unified = _located("", paths, mounts)
    if unified and unified.name.endswith(_GRADER):
        unified = unified.parent  # this process has moved itself there before
    if unified and set(_NEEDED) <= set(_text(unified / "cgroup.controllers").split()):
        return 2, {"memory": unified}
    found = {
        controller: folder
        for controller in (*_NEEDED, *_WANTED)
        if (folder := _located(controller, paths, mounts))
    }
    if set(_NEEDED) <= set(found):
        return 1, found
    raise Unavailable("no control group for memory and processes is given to this process")


def _paths(file: Path) -> dict[str, str]:
    """By controller ("": version 2) the path of this process' group."""
    found = {}
    for line in _text(file).splitlines():
        _, controllers, path = line.split(":", 2)
        found.update(dict.fromkeys(controllers.split(","), path))
    return found


def _mounts(file: Path) -> dict[str, tuple[str, Path]]:
    """By controller: which group the mount shows as its root, and where it is."""
    found = {}
    for line in _text(file).splitlines():
        before, _, after = line.partition(" - ")
        _, _, _, root, point, *_ = before.split()
        kind, _, options = after.split()
        controllers = {"cgroup2": [""], "cgroup": options.split(",")}.get(kind, [])
        found.update(dict.fromkeys(controllers, (root, Path(point))))
    return found


def _located(
    controller: str, paths: dict[str, str], mounts: dict[str, tuple[str, Path]]
) -> Path | None:
    if controller not in paths or controller not in mounts:
        return None
    root, point = mounts[controller]
    path = Path(paths[controller])
    return point / path.relative_to(root) if path.is_relative_to(root) else None


def _sweep(folder: Path) -> None:
    """Remove what runs left that ended abruptly."""
    with contextlib.suppress(OSError):
        for left in folder.glob(f"{PREFIX}*-*"):
            pid = left.name.removeprefix(PREFIX).partition("-")[0]
            if pid.isdigit() and not Path("/proc", pid).exists():
                removed(left)


def _text(file: Path) -> str:
    try:
        return file.read_text()
    except OSError:
        return ""
