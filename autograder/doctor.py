"""What this machine can protect and train on, and the cure for what is missing."""

from __future__ import annotations

import os
import platform
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass

from autograder.data import folders
from autograder.errors import SandboxUnavailable
from autograder.model import Tier
from autograder.sandbox import gpu, hierarchy, host
from autograder.sandbox.selftest import examine, missing, trial

_HOLDS, _MISSING, _NEUTRAL = "✓", "✗", " "


@dataclass(frozen=True)
class Tried:
    """One tier on this machine.

    Args:
        tier: S2 or S1.
        found: by protection, what it lets through; empty where no child could be made.
        missing: a sentence for each protection that is not there; none: the tier can be used.
        cure: what to do about it.
        seconds: that the self-test took.
    """

    tier: Tier
    found: dict[str, list[str]]
    missing: tuple[str, ...] = ()
    cure: str = ""
    seconds: float = 0.0


def attempt(tier: Tier) -> Tried:
    """Make a child of ``tier`` and try in it all that must not work."""
    try:
        with trial(tier) as sandbox:
            start = time.perf_counter()
            found = examine(sandbox)
            seconds = time.perf_counter() - start
    except SandboxUnavailable as error:
        return Tried(tier, {}, error.missing, error.cure)
    complaint = missing(found)
    if complaint is None:
        return Tried(tier, found, seconds=seconds)
    return Tried(tier, found, complaint.missing, complaint.cure, seconds)


def examined() -> tuple[list[str], bool]:
    """Lines for a person, and whether submissions can be graded in tier S2."""
    tiers = [attempt(tier) for tier in (Tier.S2, Tier.S1)]
    lines = [*_machine(), *(line for tried in tiers for line in _tier(tried)), *_trainings()]
    return lines, not tiers[0].missing


def _machine() -> Iterator[str]:
    yield f"machine   {platform.system()} {platform.release()} on {platform.machine()}"
    yield f"          Python {platform.python_version()}"
    if sys.platform != "linux":
        return
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    yield f"          {len(os.sched_getaffinity(0))} cores, {memory:.0f} GiB of memory"
    yield f"          user {os.geteuid()}"
    for name, state in host.kernel():
        yield f"          {name}: {state}"
    yield from _groups()


def _groups() -> Iterator[str]:
    """Whether the kernel adds up what the processes of a submission use together."""
    groups, unheld = hierarchy.found()
    if groups:
        groups.close()
        yield f"          control groups: version {groups.version}"
    else:
        yield f"          control groups: {unheld}"
        yield f"            {host.UNHELD}"


def _tier(tried: Tried) -> Iterator[str]:
    yield ""
    if tried.missing:
        yield f"tier {tried.tier}   cannot be used"
    else:
        yield f"tier {tried.tier}   holds (self-test: {1000 * tried.seconds:.0f} ms)"
    for protection, through in tried.found.items():
        yield f"  {_MISSING if through else _HOLDS} {protection}"
    for sentence in tried.missing:
        yield f"  {_MISSING} {sentence}"
    if tried.cure:
        yield f"    {tried.cure}"


def _trainings() -> Iterator[str]:
    yield ""
    found = gpu.found(visible=os.environ.get("CUDA_VISIBLE_DEVICES"))
    yield f"{_NEUTRAL} GPU           {', '.join(one.model for one in found) or 'none'}"
    for line, well in folders.where():
        yield f"{_NEUTRAL if well else _MISSING} {line}"
