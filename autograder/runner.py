"""pytest over one assignment for a batch of students, in a trusted process."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from autograder.errors import CourseError, Problem
from autograder.model import Assignment, Language
from autograder.pytest_plugin import Finished, GradingPlugin, Seat

# Plugins that would print, capture, rewrite or write files: 20 % of a session's time, and none of
# it is wanted where the results are read from the plugin.
OFF = (
    "terminal",
    "logging",
    "capture",
    "cacheprovider",
    "stepwise",
    "pastebin",
    "junitxml",
    "doctest",
    "debugging",
    "warnings",
    "faulthandler",
    "unraisableexception",
    "threadexception",
    "nose",
    "unittest",
    "setuponly",
    "setupplan",
    "tmpdir",
    "legacypath",
    "recwarn",
    "monkeypatch",
    "subtests",
    "pytester",
)


def run(
    assignment: Assignment,
    root: Path,
    seats: Sequence[Seat],
    *,
    lang: Language,
    seed: int,
    started: Callable[[Seat], None] = lambda seat: None,
    finished: Finished = lambda seat, tests: None,
) -> None:
    """Run every test of ``assignment`` for every seat; the results are in the seats.

    Args:
        assignment: its tests are collected from ``assignment.test_file``.
        root: the course; tests may import what lies there.
        seats: the students of the batch.
        lang: of the sentences.
        seed: of the random inputs, one per run.
        started: called with each seat when its turn comes.
        finished: called with each seat after its last test, and with what the markers of the tests
            say, by node id.

    Raises:
        CourseError: a test cannot be imported, or its markers are wrong.
    """
    plugin = GradingPlugin(
        assignment, seats, lang=lang, seed=seed, started=started, finished=finished
    )
    with importable(root), _environment(PYTEST_DISABLE_PLUGIN_AUTOLOAD="1", PYTEST_ADDOPTS=""):
        code = pytest.main(_arguments(assignment), plugins=[plugin])
    if plugin.problems:
        raise CourseError(plugin.problems)
    if code not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
        raise CourseError(
            [Problem(str(assignment.test_file), "tests", f"pytest ended with {code!r}")]
        )


def _arguments(assignment: Assignment) -> list[str]:
    """Nothing but our own file is configuration: no ini, no conftest of a student, no plugins."""
    folder = str(assignment.folder)
    return [
        str(assignment.test_file),
        "-c",
        os.devnull,
        "--rootdir",
        folder,
        "--confcutdir",
        folder,
        "--import-mode=importlib",
        "--assert=plain",
        "--strict-markers",
        *(part for name in OFF for part in ("-p", f"no:{name}")),
    ]


@contextmanager
def importable(root: Path) -> Iterator[None]:
    """Let the tests import what the course keeps beside them."""
    sys.path.insert(0, str(root))
    try:
        yield
    finally:
        sys.path.remove(str(root))


@contextmanager
def _environment(**values: str) -> Iterator[None]:
    """Set variables that pytest reads, and put back what was there."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
