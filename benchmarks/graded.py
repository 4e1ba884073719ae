"""Trainings as they are graded, in the sandbox and against the clock, on all the real images.

    make bench-train                            this, after the comparison of recipes
    python -m benchmarks.graded --only cifar10
    python -m benchmarks.graded --short         on a few images, to see whether it works

For each: the accuracy that counts, how long the student's code took, how long it might have taken,
and how much of the grader's time beside it was not the student's.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from autograder import course
from autograder.isolation import Isolation
from autograder.model import Assignment, Cell, Course, StudentSource, Tier
from autograder.pipeline import grant_of
from autograder.student import StudentFault
from autograder.training import Ground, Paces
from autograder.training.attempt import Ran, Request, attempt
from autograder.training.exam import Exam
from autograder.training.pace import alone
from autograder.verdict import Judged, describe

ROOT = Path(__file__).parent.parent
GOAL_BESIDE = 0.05  # of the student's time


@dataclass(frozen=True)
class Graded:
    """One training of one submission; ``ran`` is the sentence about one that did not end well."""

    who: str
    ran: Ran | str
    budget: float
    whole: float  # seconds of the grader for it, from the fork to the marks


def main() -> None:
    """Grade each and print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.graded")
    parser.add_argument("--only", choices=["cifar10", "transfer"], default=None)
    parser.add_argument("--short", action="store_true")
    options = parser.parse_args()
    loaded = course.load(ROOT)
    console, found = Console(), []
    for slug, grade in (("cifar10", _cifar10), ("transfer", _transfer)):
        if options.only in (None, slug):
            with _ground(loaded, slug, options.short) as ground:
                for one in grade(ground):
                    console.print(f"{one.who}: {one.whole:.0f} s")
                    found.append(one)
    console.print(_table(found))


def _cifar10(ground: Ground) -> Iterator[Graded]:
    student = Path(__file__).with_name("chapter07.py")
    for who, file in (("reference", ground.reference), ("a student's CNN", student)):
        yield _grade(ground, f"cifar10, {who}", file, Request("train", "predict"))


def _transfer(ground: Ground) -> Iterator[Graded]:
    from assignments.transfer.imagenet import backbone

    for train in ("train_feature_extraction", "train_fine_tuning"):
        request = Request(train, "predict", (backbone,))
        yield _grade(ground, f"transfer, {train}", ground.reference, request)


def _grade(ground: Ground, who: str, file: Path, request: Request) -> Graded:
    source = StudentSource((Cell(1, file.read_text(encoding="utf-8")),))
    images = ground.images  # read once for all students
    with alone(ground.place):
        pace = Paces(ground).of(request)
        start = time.perf_counter()
        exam = Exam(images, np.random.default_rng(1))
        try:
            ran: Ran | str = attempt(ground, source, request, exam, 1, pace)
        except (Judged, StudentFault) as fault:
            ran = describe(fault)
        whole = time.perf_counter() - start
    return Graded(who, ran, ground.budget(pace), whole)


@contextmanager
def _ground(loaded: Course, slug: str, short: bool) -> Iterator[Ground]:
    """A sandbox as a worker of the grader has it."""
    assignment: Assignment = loaded.assignments[slug]
    preload = (*assignment.preload, *assignment.preload_on_use)  # a student's notebook names all
    with Isolation(Tier.S2, [preload], slots=1) as isolation:
        isolation.selftest()
        cores = isolation.cores
        os.sched_setaffinity(0, {cores[0]})  # as a worker does
        sandbox = isolation.sandbox(preload, 0, grant_of(assignment))

        def open_child(limits: Any, files: Any) -> Any:
            return sandbox.child(limits, cores=cores, files=files)

        yield Ground(
            assignment=assignment,
            reference=ROOT / "reference" / f"{slug}.py",
            open_child=open_child,
            cores=len(cores),
            tier=Tier.S2,
            short=short,
        )
        os.sched_setaffinity(0, cores)


def _table(found: list[Graded]) -> Table:
    table = Table("training", "accuracy", "trained in", "allowed", "grading beside it")
    for one in found:
        if isinstance(one.ran, str):
            table.add_row(one.who, f"✗ {one.ran}", "", f"{one.budget:.0f} s", "")
            continue
        share, beside = one.ran.marks.counted, one.whole / one.ran.seconds - 1
        mark = "✓" if beside < GOAL_BESIDE else "✗"
        table.add_row(
            one.who,
            f"{share:.2%} ± {np.sqrt(share * (1 - share) / one.ran.marks.count):.2%}",
            f"{one.ran.answered:.1f} s",
            f"{one.budget:.0f} s",
            f"{beside:.1%} {mark}",
        )
    return table


if __name__ == "__main__":
    main()
