"""Proves the protections in a real child before anything of a student runs in one."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from autograder.errors import SandboxError, SandboxUnavailable
from autograder.model import Cell, Limits, Lost, Outcome, Returned, Tier
from autograder.sandbox import hierarchy, host, watch
from autograder.sandbox.child import Child
from autograder.sandbox.held import Held
from autograder.sandbox.launcher import Nursery
from autograder.sandbox.program import ENVIRONMENT
from autograder.sandbox.slot import Sandbox

WATCHED = "the memory of all its processes is watched"
HELD = "all its processes are in a control group with limits"

_SECONDS = 5.0
_LIMITS = Limits(cpu_seconds=5, memory_mib=256, processes=8, disk_mib=4, open_files=64)
_PROBES = Path(__file__).with_name("probes.py")


def selftest(sandbox: Sandbox) -> None:
    """Try in a child what must not work.

    Raises:
        SandboxUnavailable: something worked, or a limit does not hold; ``missing`` says what.
        SandboxError: no child could be made, or the probes themselves failed.
    """
    if (complaint := missing(examine(sandbox))) is not None:
        raise complaint


def missing(found: dict[str, list[str]]) -> SandboxUnavailable | None:
    """What was ``found`` open, with the cure; None if every protection holds."""
    sentences = [sentence for through in found.values() for sentence in through]
    if not sentences:
        return None
    only_unwatched = sentences == found[WATCHED]
    return SandboxUnavailable(sentences, host.UNWATCHED if only_unwatched else host.UNEXPECTED)


def examine(sandbox: Sandbox) -> dict[str, list[str]]:
    """By protection, what it lets through; it holds if that is nothing.

    Raises:
        SandboxError: no child could be made, or the probes themselves failed.
    """
    from autograder.sandbox import probes  # imports what only Linux has

    child = sandbox.child(_LIMITS)
    try:
        found = _probed(child, sandbox)
        watched = sandbox.tier is not Tier.S2 or _is_watched(child)
        found[probes.RIGHTS] += _kept_rights(child)
        if sandbox.held:
            found[HELD] = list(_let_go(child, sandbox.held))
        if not _is_killed_by_a_foreign_call(child):  # the last thing it does
            found[probes.CALLS].append("calls of another architecture are answered")
    finally:
        child.close()
    unread = "the memory of processes that student code starts cannot be read"
    return {**found, WATCHED: [] if watched else [unread]}


@contextlib.contextmanager
def trial(tier: Tier) -> Iterator[Sandbox]:
    """A sandbox of ``tier`` to be tried. Raises SandboxUnavailable, SandboxError."""
    host.require(tier)
    groups, _ = hierarchy.found()
    with (
        contextlib.closing(groups) if groups else contextlib.nullcontext(),
        Nursery((), tier=tier, slots=1, groups=groups) as nursery,
        contextlib.closing(nursery.sandbox(0)) as sandbox,
    ):
        yield sandbox


def available_tier(minimum: Tier) -> Tier:
    """The strongest tier that this machine has, S2 or ``minimum``.

    Raises:
        SandboxUnavailable: not even ``minimum`` is there; why, and the cure.
    """
    for tier in (Tier.S2, Tier.S1):
        try:
            with trial(tier) as sandbox:
                selftest(sandbox)
        except SandboxUnavailable:
            if tier is minimum:
                raise
        else:
            return tier
    raise ValueError(f"{minimum} is no tier to grade with")


def _probed(child: Child, sandbox: Sandbox) -> dict[str, list[str]]:
    """What the probes found open, by protection."""
    ran = child.run(Cell(1, _PROBES.read_text(encoding="utf-8")), _SECONDS)
    if not isinstance(ran, Returned):
        raise SandboxError(f"the self-test could not run: {ran}")
    gpu = sandbox.grant.gpu is not None
    arguments = (sandbox.tier is Tier.S2, asdict(_LIMITS), list(ENVIRONMENT), gpu)
    reply = child.call("probe", arguments, {}, _SECONDS)
    if not isinstance(reply, Returned) or not isinstance(reply.value, dict):
        raise SandboxError(f"the self-test did not finish: {reply}")
    return {name: [str(each) for each in through] for name, through in reply.value.items()}


def _let_go(child: Child, held: Held) -> Iterator[str]:
    """What of the group does not hold the child."""
    if not held.group.holds(child.process_id):
        yield "student code would run outside its control group"
    if any(now > said for now, said in zip(held.group.limits(), held.group.allowed, strict=True)):
        yield "its control group does not limit it"


def _kept_rights(child: Child) -> list[str]:
    """What the kernel says of the child that it cannot see itself."""
    try:
        status = Path(f"/proc/{child.process_id}/status").read_text()
    except OSError:
        return []  # hidden from this user; `_is_watched` says so where it matters
    none = "0" * 16
    wanted = {"CapEff": none, "CapPrm": none, "NoNewPrivs": "1", "Seccomp": "2"}
    return [
        f"student code would have rights ({name} is {value})"
        for name, _, value in (line.partition(":\t") for line in status.splitlines())
        if wanted.get(name, value) != value
    ]


def _is_killed_by_a_foreign_call(child: Child) -> bool:
    """Whether a call in x32's way, which the filter's numbers do not speak of, ends the process."""
    source = "import ctypes; ctypes.CDLL(None).syscall(0x40000027)"
    return child.run(Cell(3, source), _SECONDS) == Lost(Outcome.CRASHED, "signal SIGSYS")


def _is_watched(child: Child) -> bool:
    """Whether this machine lets us see a process that the child has started, and its memory."""
    forked = child.run(Cell(2, "import os, time\nif not os.fork(): time.sleep(60)"), _SECONDS)
    if not isinstance(forked, Returned):
        raise SandboxError(f"the self-test could not start a process: {forked}")
    seen = watch.tree(child.process_id)
    return len(seen) == 2 and all(map(watch.own_bytes, seen))
