"""Takes a process's rights away, in the order that works; every step raises OSError if it fails.

``enter_slot`` does it once for a slot's process, ``enter_child`` for each child forked from it.
A half-confined process must not go on: the caller ends it.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import signal
from collections.abc import Sequence
from dataclasses import dataclass

from autograder.model import Limits, Tier
from autograder.sandbox import kernel, landlock, limits, refusals, rootfs
from autograder.sandbox.refusals import Filter, Told

NOBODY = 65534
_FIRST_SLOT_USER = 100_000  # slots of a root grader are users of their own, above all real ones

_ALL_BUT_PIDS = (
    kernel.NEW_USER
    | kernel.NEW_MOUNTS
    | kernel.NEW_NETWORK
    | kernel.NEW_IPC
    | kernel.NEW_HOSTNAME
    | kernel.NEW_CGROUP
)


@dataclass(frozen=True)
class Slot:
    """One place where submissions run one after the other."""

    tier: Tier
    number: int
    readable: tuple[str, ...]  # interpreter and libraries
    folder: str  # S2: where the child's own folder is; S1: where each child's is made
    abi: int = 0  # of Landlock
    drivers: tuple[str, ...] = ()  # files of the GPU that its children may use
    weights: tuple[str, ...] = ()  # files that they may read if they can be reached
    hidden: tuple[str, ...] = ()  # folders below ``readable`` that they may not read


@dataclass(frozen=True)
class Pipes:
    """The child's ends: requests come in, replies and prints go out."""

    requests: int
    replies: int
    output: int


def enter_slot(slot: Slot) -> int:
    """Confine a slot's process as far as its children share it; returns a descriptor of /proc.

    With S2 the namespaces are made, but this process itself stays outside the new process
    namespace: its first fork is that namespace's first process.
    """
    proc = os.open("/proc", os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    root = os.geteuid() == 0
    namespaces = slot.tier is Tier.S2
    if namespaces and root:
        # The interpreter may lie where only root can reach it, so the root is built first.
        kernel.unshare(kernel.NEW_MOUNTS)
        _build(slot)
    if root and slot.drivers:  # its children have a /proc; below what root says nobody can go
        _write(proc, "self/oom_score_adj", "1000")
    if root:
        _become(_FIRST_SLOT_USER + slot.number)
    if not namespaces:
        _check_reachable(slot.readable)
    if namespaces:
        uid, gid = os.geteuid(), os.getegid()
        kernel.unshare(_ALL_BUT_PIDS | kernel.NEW_PIDS)
        _map_user(proc, inside=0, uid=uid, gid=gid)
        if not root:
            _build(slot)
    return proc


def _build(slot: Slot) -> None:
    readable = (*slot.readable, *slot.weights)
    rootfs.build(readable, slot.folder, slot.drivers, slot.hidden)


def enter_child(
    slot: Slot,
    allowed: Limits,
    *,
    proc: int,
    folder: str,
    program: Filter,
    told: Told,
    others: int,
) -> None:
    """Confine a child for good; the next thing that runs may be student code.

    Args:
        slot: where it runs.
        allowed: its limits.
        proc: the descriptor from ``enter_slot``; closed here.
        folder: the child's own; with S2 it is in memory.
        program: the seccomp filter.
        told: whom its refusals are told; closed here.
        others: tasks of this user that do not count against the child.
    """
    gpu = bool(slot.drivers)
    if slot.tier is Tier.S2:
        if gpu:  # only now, while this user namespace still owns the process namespace
            kernel.unshare(kernel.NEW_MOUNTS)
            rootfs.mount_processes()
        kernel.unshare(_ALL_BUT_PIDS)
        _map_user(proc, inside=NOBODY, uid=0, gid=0)
        rootfs.mount_work(folder, allowed.disk_mib)
    else:
        os.chdir(folder)
    _write(proc, "self/oom_score_adj", "1000")  # the first to go when the machine runs out
    mapped = limits.mapped_bytes(proc, data=gpu)
    os.close(proc)
    os.setsid()
    kernel.die_with_parent(signal.SIGKILL)
    kernel.set_dumpable(gpu)  # or its files in /proc would not be its own
    limits.apply(allowed, mapped=mapped, others=others, data=gpu)
    kernel.set_no_new_privileges()
    kernel.drop_capabilities()
    # Made for each child: one for a slot would have to allow the folder above all its children's,
    # and with it whatever else, be it a library, lies there.
    allowed_files = landlock.ruleset(
        read=(
            *slot.readable,
            *(path for path in slot.weights if os.access(path, os.R_OK)),
            *(rootfs.GPU_SYSTEM if gpu else ()),
        ),
        write=(folder,),
        devices=rootfs.DEVICES,
        abi=slot.abi,
        drivers=slot.drivers,
        processes=(rootfs.PROCESSES,) if gpu else (),
        hidden=() if slot.tier is Tier.S2 else slot.hidden,  # there they are empty anyway
    )
    landlock.enforce(allowed_files)
    refusals.confine(program, told)


def take_pipes(pipes: Pipes, keep: Sequence[int], files: Sequence[int] = ()) -> list[int]:
    """Put the pipes at 3 (requests), 4 (replies) and 1, 2 (prints), then ``files``.

    Closes all else but ``keep`` and returns their new numbers. Standard input is /dev/null.
    """
    ends = (os.open("/dev/null", os.O_RDONLY), pipes.output, pipes.output)
    wanted = (*ends, pipes.requests, pipes.replies, *files, *keep)
    moved = [fcntl.fcntl(fd, fcntl.F_DUPFD, 64) for fd in wanted]  # clear of the targets
    for target, fd in enumerate(moved):
        os.dup2(fd, target)
    kernel.close_range(len(moved))
    return list(range(len(moved) - len(keep), len(moved)))


def _become(user: int) -> None:
    os.setgroups([])
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)
    kernel.set_dumpable(True)  # or its own /proc files, the id maps, would belong to root


def _check_reachable(readable: tuple[str, ...]) -> None:
    """PermissionError if this user cannot read the interpreter or the libraries."""
    for path in readable:
        with contextlib.suppress(FileNotFoundError, NotADirectoryError), os.scandir(path):
            pass


def _map_user(proc: int, *, inside: int, uid: int, gid: int) -> None:
    """This user is ``inside`` in the new user namespace, and nobody else exists there."""
    _write(proc, "self/setgroups", "deny")
    _write(proc, "self/uid_map", f"{inside} {uid} 1")
    _write(proc, "self/gid_map", f"{inside} {gid} 1")


def _write(folder: int, name: str, text: str) -> None:
    fd = os.open(name, os.O_WRONLY | os.O_CLOEXEC, dir_fd=folder)
    try:
        os.write(fd, text.encode())
    finally:
        os.close(fd)
