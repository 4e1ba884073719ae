"""Commands that run code: grade, inspect, check, validate."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from autograder.cli.options import (
    ASSIGNMENTS,
    COURSE,
    LANG,
    STUDENTS,
    cli,
    one_thread_each,
    results_folder,
    tier_option,
)

if TYPE_CHECKING:
    from autograder.model import Language


def _device(context: click.Context, option: click.Parameter, value: str) -> str:
    """``value`` if it names a device. Raises click.BadParameter."""
    if re.fullmatch(r"auto|cpu|cuda(:\d+)?", value):
        return value
    raise click.BadParameter("takes auto, cpu, cuda or cuda:N")


@cli.command()
@click.argument("submissions", type=click.Path(path_type=Path), required=False)
@COURSE
@results_folder("Folder that receives scores.csv and one JSON a submission.")
@ASSIGNMENTS
@STUDENTS
@click.option(
    "--jobs",
    "-j",
    type=click.IntRange(min=0),
    default=0,
    help="Worker processes (default: one a core), as far as memory lasts.",
)
@tier_option("Isolation: S2 namespaces, Landlock and seccomp; S1 without namespaces.")
@click.option(
    "--seed",
    type=click.IntRange(min=0),
    default=None,
    help="Seed of the hidden tests' random inputs (default: a fresh one).",
)
@click.option("--force", is_flag=True, help="Grade all, also what has not changed.")
@click.option("--short", is_flag=True, help="Train on a few images only: a trial, no grades.")
@click.option(
    "--device",
    callback=_device,
    default="auto",
    show_default=True,
    metavar="cpu|cuda|cuda:N",
    help="Where trainings run; auto: on a GPU that works in the sandbox, else on the CPU.",
)
@click.option("--watchdog", is_flag=True, help="Grade exams without control groups, too.")
@click.option("--quiet", "-q", is_flag=True, help="No progress bar and no table.")
@click.option("--json", "as_json", is_flag=True, help="Print the results as JSON.")
@LANG
def grade(
    submissions: Path | None, course_root: Path | None, results: Path, assignments: tuple[str, ...],
    students: tuple[str, ...], jobs: int, tier: str, seed: int | None, force: bool, short: bool,
    device: str, watchdog: bool, quiet: bool, as_json: bool, lang: Language,
) -> None:  # fmt: skip
    """Grade every submission below SUBMISSIONS and print the table of scores.

    SUBMISSIONS is laid out as nbgrader does (STUDENT/ASSIGNMENT/ASSIGNMENT.ipynb), or a download
    of an LMS. What has not changed since the last run is not graded again.

    With --course DIR of a course made for nbgrader, whose tests sit in its notebooks, all that was
    submitted there is graded; in place of SUBMISSIONS an assignment may be named.
    """
    one_thread_each()
    from autograder import course, run, stock, terminal
    from autograder.model import Tier

    nbgraders = course_root is not None and stock.is_course(course_root)
    if nbgraders and submissions is not None:
        assignments = (*assignments, submissions.name)
    options = run.Options(
        submissions=_folder(submissions, course_root, nbgraders),
        root=course_root or course.find_root(Path.cwd()),
        results=results,
        assignments=assignments,
        students=students,
        jobs=jobs,
        tier=Tier(tier),
        lang=lang,
        force=force,
        seed=seed,
        short=short,
        device=device,
        watchdog=watchdog,
    )
    grader = stock.grade if nbgraders else run.grade
    report = grader(options, lambda total: terminal.Progress(total, quiet=quiet or as_json))
    if as_json:
        click.echo(terminal.as_json(report.scores, report.notes), nl=False)
    elif quiet:
        for line in terminal.needs_a_person(report.scores, report.notes):
            click.echo(line, err=True)
    else:
        terminal.show(
            report.scores, report.course, report.notes,
            reused=report.reused, seconds=report.seconds,
        )  # fmt: skip
    sys.exit(0 if report.complete else 1)


def _folder(submissions: Path | None, course_root: Path | None, nbgraders: bool) -> Path:
    """Where the submissions lie. Raises click.UsageError."""
    if submissions is not None or nbgraders:
        return submissions or Path()
    missing = "Missing argument 'SUBMISSIONS': the folder of what was handed in."
    if course_root is not None:
        missing += f" {course_root} is no course made for nbgrader, which would hold it."
    raise click.UsageError(missing)


@cli.command()
@COURSE
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
@click.argument("assignments", nargs=-1)
def inspect(course_root: Path | None, as_json: bool, assignments: tuple[str, ...]) -> None:
    """Tell of each test cell of a course made for nbgrader where it will be judged, and why."""
    one_thread_each()
    from autograder import stock

    cells = stock.inspect(course_root or Path.cwd(), assignments)
    click.echo(stock.as_json(cells) if as_json else "\n".join([*stock.lines(cells), ""]), nl=False)


@cli.command()
@click.argument("notebook", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@LANG
def check(notebook: Path, lang: Language) -> None:
    """Run the visible tests of NOTEBOOK on this machine: sentences, no score.

    For students, on any system. Your code runs here without a sandbox, as it does in Jupyter.
    """
    from autograder import check as checks

    sys.exit(checks.main(notebook, lang))


@cli.command()
@COURSE
@tier_option("Isolation in which the references are graded.")
def validate(course_root: Path | None, tier: str) -> None:
    """Show that every reference scores 100 %, every stub 0, and that points add up."""
    one_thread_each()
    from autograder import course
    from autograder import validate as validation
    from autograder.model import Tier

    root = course_root or course.find_root(Path.cwd())
    for line in validation.validate(root, Tier(tier)):
        click.echo(line)
