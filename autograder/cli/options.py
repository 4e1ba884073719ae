"""Options that several commands share, the group that they belong to, and what comes first."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from autograder import __version__

Decorator = Callable[[Any], Any]


def lang_option(help: str) -> Decorator:
    """``--lang``: French unless asked otherwise."""
    choice = click.Choice(["fr", "en"])
    return click.option("--lang", type=choice, default="fr", show_default=True, help=help)


def tier_option(help: str) -> Decorator:
    """``--tier``: with namespaces or without."""
    choice = click.Choice(["S2", "S1"])
    return click.option("--tier", type=choice, default="S2", show_default=True, help=help)


def results_folder(help: str) -> Decorator:
    """``--results``: where results are, or will be."""
    kind, default = click.Path(path_type=Path), Path("results")
    return click.option("--results", type=kind, default=default, show_default=True, help=help)


LANG = lang_option("Language of the messages that students read.")
RESULTS = results_folder("Folder that `autograder grade` wrote.")
COURSE = click.option(
    "--course", "course_root", type=click.Path(path_type=Path), default=None,
    help="Folder that holds assignments/ (default: the nearest one at or above this folder).",
)  # fmt: skip
ASSIGNMENTS = click.option(
    "--assignment", "assignments", multiple=True, metavar="NAME",
    help="Only this assignment; may be given several times.",
)  # fmt: skip
STUDENTS = click.option(
    "--student", "students", multiple=True, metavar="ID",
    help="Only this student; may be given several times.",
)  # fmt: skip


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="autograder")
def cli() -> None:
    """Grade programming assignments: student code and its tests never share a process.

    Exit code: 0 all is well, 1 something needs a person, 2 wrong usage or a broken course.
    """


def one_thread_each() -> None:
    """Workers share the cores: a thread pool in each would only make them wait for each other.

    Read by NumPy and torch when they are imported, so it comes before.
    """
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, "1")
