"""A real nbgrader course in a folder of its own, made from the assignment with its answers."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from autograder import course, release
from benchmarks.measure import Usage, run

NBGRADER = (sys.executable, "-m", "nbgrader")
# Exit code 1: some submission failed to be graded. The number of graded ones is printed beside.
GRADED_ALL_OR_SOME = (0, 1)


def make(folder: Path, root: Path, slug: str) -> None:
    """``source/`` with the solutions; ``release/`` and the database by nbgrader itself."""
    source = folder / "source" / slug / f"{slug}.ipynb"
    source.parent.mkdir(parents=True)
    source.write_bytes(release.source_notebook(course.load(root), slug, "fr"))
    _nbgrader(folder, "generate_assignment", slug, "--create")


def autograde(folder: Path, slug: str) -> Usage:
    """``nbgrader autograde`` as it is when nothing is configured."""
    return _nbgrader(folder, "autograde", slug, "--create", expected=GRADED_ALL_OR_SOME)


def graded(folder: Path, slug: str) -> int:
    """How many submissions nbgrader got through."""
    return len(list((folder / "autograded").glob(f"*/{slug}/{slug}.ipynb")))


def _nbgrader(folder: Path, *arguments: str, expected: Sequence[int] = (0,)) -> Usage:
    before = Path.cwd()
    os.chdir(folder)  # nbgrader's course is where it is started
    try:
        return run([*NBGRADER, *arguments], folder / f"{arguments[0]}.log", expected)
    finally:
        os.chdir(before)
