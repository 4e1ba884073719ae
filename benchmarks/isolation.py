"""What isolation costs: a sandboxed child beside a plain fork of the same warm process.

    make bench                                    this, after the comparison with nbgrader
    make bench ISOLATION="--rounds 20"            the same, and this quicker
    python -m benchmarks.isolation --only torch

In each round every variant is opened once, in an order drawn anew, all on one core: a plain fork, a
child of tier S2, a child of tier S1. Two times are taken by the side that grades: from the request
for the process to its first answer, and from the kill to its end. Prints Markdown.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import select
import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Protocol

from autograder import course
from autograder.errors import SandboxUnavailable
from autograder.isolation import Isolation
from autograder.model import Limits, Reply, Returned, Tier
from autograder.sandbox import watch
from benchmarks.plain import PlainNursery

ROOT = Path(__file__).parent.parent
PLAIN = "plain fork"
FULL = "tier S2"  # full isolation, which the goal is about
TIERS = {FULL: Tier.S2, "tier S1": Tier.S1}
WARM_UP = 5  # rounds that do not count: the first forks pay for page tables that others share
QUESTION = "def answer(n):\n    return n + 1\n"
_SECONDS = 60.0
_PAUSE = 0.01  # between two processes: what the kernel still clears up after one is nobody's time


@dataclass(frozen=True)
class Loaded:
    """What the warm process has imported."""

    name: str
    assignment: str  # whose preload it is
    goal: float  # seconds that full isolation may add


LOADED = {"numpy": Loaded("NumPy", "convolution", 0.010), "torch": Loaded("torch", "cnn", 0.020)}


@dataclass(frozen=True)
class Sample:
    """One process; seconds."""

    answer: float  # from the request for it to its first answer
    end: float  # from the kill until it is gone


Samples = Mapping[str, Sequence[Sample]]  # by variant, PLAIN among them


class Process(Protocol):
    """What a plain fork and a sandboxed child have in common."""

    @property
    def process_id(self) -> int:
        """As this process sees it."""

    def inside(self, source: str, name: str, args: tuple[object, ...], seconds: float) -> Reply:
        """Call the function ``name`` of ``source`` there."""

    def close(self) -> None:
        """Kill it."""


Open = Callable[[], Process]


def main() -> None:
    """Measure with NumPy and with torch, and print the table."""
    options = _options()
    core = max(os.sched_getaffinity(0))
    seed = random.SystemRandom().randrange(2**32) if options.seed is None else options.seed
    print(f"- {options.rounds} rounds after {WARM_UP} that do not count, core {core}, seed {seed}")
    os.sched_setaffinity(0, {core})  # and with it every process that is started from here
    rng = random.Random(seed)
    kinds = [LOADED[options.only]] if options.only else list(LOADED.values())
    found = {loaded: measure(loaded, options.rounds, rng) for loaded in kinds}
    print(f"- load average of the last minute: {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores")
    print("\n".join(["", *table(found)]))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.isolation")
    parser.add_argument("--rounds", type=int, default=100, help="at least 2")
    parser.add_argument("--only", choices=list(LOADED), default=None)
    parser.add_argument("--seed", type=int, default=None, help="of the order; drawn if not given")
    return parser.parse_args()


def measure(loaded: Loaded, rounds: int, rng: random.Random) -> dict[str, list[Sample]]:
    """Every variant that this machine has, ``rounds`` times."""
    preload = course.load(ROOT).assignments[loaded.assignment].preload
    print(f"- {loaded.name}: {', '.join(preload)}, as for {loaded.assignment}", flush=True)
    with contextlib.ExitStack() as stack:
        nursery = PlainNursery(preload)
        stack.enter_context(nursery).warm()
        variants: dict[str, Open] = {PLAIN: nursery.fork}
        for name, tier in TIERS.items():
            try:
                variants[name] = stack.enter_context(sandboxed(preload, tier))
            except SandboxUnavailable as error:
                print(f"- {name} is not to be had here: {'; '.join(error.missing)}", flush=True)
        return interleaved(variants, rounds, rng)


@contextlib.contextmanager
def sandboxed(preload: tuple[str, ...], tier: Tier) -> Iterator[Open]:
    """Opens children as a worker of the grader does; the protections have just been proved.

    Raises:
        SandboxUnavailable: this machine does not have that tier.
    """
    with Isolation(tier, [preload], slots=1) as grader:
        grader.selftest()
        yield partial(grader.sandbox(preload, 0).child, Limits())


def interleaved(
    variants: Mapping[str, Open], rounds: int, rng: random.Random, warm_up: int = WARM_UP
) -> dict[str, list[Sample]]:
    """Samples of each variant; in each round every one has its turn, in an order of its own."""
    samples: dict[str, list[Sample]] = {name: [] for name in variants}
    for number in range(-warm_up, rounds):
        for name in rng.sample(list(variants), len(variants)):
            found = sample(variants[name])
            if number >= 0:
                samples[name].append(found)
    return samples


def sample(open_process: Open) -> Sample:
    """Open a process, get one answer from it, kill it, wait for its end."""
    asked = time.perf_counter()
    process = open_process()
    reply = process.inside(QUESTION, "answer", (41,), _SECONDS)
    answered = time.perf_counter()
    if reply != Returned(42):
        raise RuntimeError(f"not an answer: {reply}")
    pidfd = os.pidfd_open(process.process_id)
    try:
        closing = time.perf_counter()
        process.close()
        _wait_for_end(pidfd)
        ended = time.perf_counter()
        while watch.process_id(pidfd) >= 0:  # not reaped yet
            time.sleep(0.001)
    finally:
        os.close(pidfd)
    time.sleep(_PAUSE)
    return Sample(answered - asked, ended - closing)


def _wait_for_end(pidfd: int) -> None:
    """Until the process has let go of all it had."""
    poll = select.poll()
    poll.register(pidfd, select.POLLIN)
    if not poll.poll(_SECONDS * 1000):
        raise TimeoutError("a process was killed and does not end")


# ---------------------------------------------------------------- what is printed


def table(found: Mapping[Loaded, Samples]) -> list[str]:
    """A row for each variant: median and 95th percentile; differences are those of the medians."""
    return [
        "| loaded | process | first answer | 95 % | over a plain fork | goal | end | 95 % "
        "| over a plain fork |",
        "|---|---|---|---|---|---|---|---|---|",
        *(_row(loaded, name, samples) for loaded, samples in found.items() for name in samples),
    ]


def _row(loaded: Loaded, name: str, samples: Samples) -> str:
    answers, ends = _times(samples[name])
    added = added_at_end = goal = ""
    if name != PLAIN:
        more, more_at_end = map(_added, (answers, ends), _times(samples[PLAIN]))
        added, added_at_end = f"**{1000 * more:+.1f} ms**", f"{1000 * more_at_end:+.1f} ms"
        if name == FULL:
            goal = f"{1000 * loaded.goal:.0f} ms {'✓' if more <= loaded.goal else '✗'}"
    first = [loaded.name, name, *_middle_and_late(answers), added, goal]
    return f"| {' | '.join([*first, *_middle_and_late(ends), added_at_end])} |"


def _times(samples: Sequence[Sample]) -> tuple[list[float], list[float]]:
    """First answers, ends."""
    return [one.answer for one in samples], [one.end for one in samples]


def _added(seconds: Sequence[float], plain: Sequence[float]) -> float:
    return statistics.median(seconds) - statistics.median(plain)


def _middle_and_late(seconds: Sequence[float]) -> list[str]:
    """Median and 95th percentile."""
    late = statistics.quantiles(seconds, n=20, method="inclusive")[-1]
    return [f"{1000 * one:.1f} ms" for one in (statistics.median(seconds), late)]


if __name__ == "__main__":
    main()
