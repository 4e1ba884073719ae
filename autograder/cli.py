"""The command line: it parses, calls one function, prints, and sets the exit code."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from autograder import __version__
from autograder.errors import AutograderError

if TYPE_CHECKING:
    from autograder.export import Format, Source
    from autograder.feedback.writing import Layout
    from autograder.model import Language

LANG = click.option(
    "--lang", type=click.Choice(["fr", "en"]), default="fr", show_default=True,
    help="Language of the messages that students read.",
)  # fmt: skip
COURSE = click.option(
    "--course", "course_root", type=click.Path(path_type=Path), default=None,
    help="Folder that holds assignments/ (default: the nearest one at or above this folder).",
)  # fmt: skip


def _device(context: click.Context, option: click.Parameter, value: str) -> str:
    """``value`` if it names a device. Raises click.BadParameter."""
    if re.fullmatch(r"auto|cpu|cuda(:\d+)?", value):
        return value
    raise click.BadParameter("takes auto, cpu, cuda or cuda:N")


def _columns(
    context: click.Context, option: click.Parameter, values: tuple[str, ...]
) -> dict[str, str]:
    """Headings by assignment. Raises click.BadParameter."""
    pairs = [value.partition("=") for value in values]
    if all(name and heading for name, _, heading in pairs):
        return {name: heading for name, _, heading in pairs}
    raise click.BadParameter("takes NAME=HEADING")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="autograder")
def cli() -> None:
    """Grade programming assignments: student code and its tests never share a process.

    Exit code: 0 all is well, 1 something needs a person, 2 wrong usage or a broken course.
    """


@cli.command()
@click.argument("submissions", type=click.Path(path_type=Path), required=False)
@COURSE
@click.option(
    "--results",
    type=click.Path(path_type=Path),
    default=Path("results"),
    show_default=True,
    help="Folder that receives scores.csv and one JSON a submission.",
)
@click.option(
    "--assignment",
    "assignments",
    multiple=True,
    metavar="NAME",
    help="Only this assignment; may be given several times.",
)
@click.option(
    "--student",
    "students",
    multiple=True,
    metavar="ID",
    help="Only this student; may be given several times.",
)
@click.option(
    "--jobs",
    "-j",
    type=click.IntRange(min=0),
    default=0,
    help="Worker processes (default: one a core).",
)
@click.option(
    "--tier",
    type=click.Choice(["S2", "S1"]),
    default="S2",
    show_default=True,
    help="Isolation: S2 namespaces, Landlock and seccomp; S1 without namespaces.",
)
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
@click.option("--quiet", "-q", is_flag=True, help="No progress bar and no table.")
@click.option("--json", "as_json", is_flag=True, help="Print the results as JSON.")
@LANG
def grade(
    submissions: Path | None, course_root: Path | None, results: Path, assignments: tuple[str, ...],
    students: tuple[str, ...], jobs: int, tier: str, seed: int | None, force: bool, short: bool,
    device: str, quiet: bool, as_json: bool, lang: Language,
) -> None:  # fmt: skip
    """Grade every submission below SUBMISSIONS and print the table of scores.

    SUBMISSIONS is laid out as nbgrader does (STUDENT/ASSIGNMENT/ASSIGNMENT.ipynb), or a download
    of an LMS. What has not changed since the last run is not graded again.

    With --course DIR of a course made for nbgrader, whose tests sit in its notebooks, all that was
    submitted there is graded; in place of SUBMISSIONS an assignment may be named.
    """
    _one_thread_each()
    from autograder import course, run, stock, terminal
    from autograder.model import Tier

    nbgraders = course_root is not None and stock.is_course(course_root)
    if nbgraders and submissions is not None:
        assignments = (*assignments, submissions.name)
    options = run.Options(
        submissions=_folder(submissions, nbgraders),
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


@cli.command()
@COURSE
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
@click.argument("assignments", nargs=-1)
def inspect(course_root: Path | None, as_json: bool, assignments: tuple[str, ...]) -> None:
    """Tell of each test cell of a course made for nbgrader where it will be judged, and why."""
    _one_thread_each()
    from autograder import stock

    cells = stock.inspect(course_root or Path.cwd(), assignments)
    click.echo(stock.as_json(cells) if as_json else "\n".join([*stock.lines(cells), ""]), nl=False)


def _folder(submissions: Path | None, nbgraders: bool) -> Path:
    """Where the submissions lie. Raises click.UsageError."""
    if submissions is None and not nbgraders:
        raise click.UsageError("Missing argument 'SUBMISSIONS': the folder of what was handed in.")
    return submissions or Path()


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
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=None,
    help="Folder to write to (default: release/ in the course).",
)
@click.argument("assignments", nargs=-1)
def release(course_root: Path | None, out: Path | None, assignments: tuple[str, ...]) -> None:
    """Make the students' notebooks, in French and English, through nbgrader's converter."""
    from autograder import course
    from autograder import release as releases
    from autograder.release.files import remove_stale

    loaded = course.load(course_root or course.find_root(Path.cwd()))
    for path in releases.build(loaded, out or loaded.root / "release", list(assignments) or None):
        click.echo(path)
    if out is None and not assignments:
        for path in remove_stale(loaded):
            click.echo(f"removed {path}")


@cli.command()
@COURSE
@click.option(
    "--tier",
    type=click.Choice(["S2", "S1"]),
    default="S2",
    show_default=True,
    help="Isolation in which the references are graded.",
)
def validate(course_root: Path | None, tier: str) -> None:
    """Show that every reference scores 100 %, every stub 0, and that points add up."""
    _one_thread_each()
    from autograder import course
    from autograder import validate as validation
    from autograder.model import Tier

    root = course_root or course.find_root(Path.cwd())
    for line in validation.validate(root, Tier(tier)):
        click.echo(line)


@cli.command()
def doctor() -> None:
    """Show what this machine can protect, and the cure for what it cannot."""
    from autograder import doctor as doctors
    from autograder import terminal

    lines, well = doctors.examined()
    screen = terminal.console()
    for line in lines:
        screen.print(line, soft_wrap=True)
    sys.exit(0 if well else 1)


@cli.command()
@click.option(
    "--format",
    "kind",
    type=click.Choice(["csv", "canvas", "moodle", "nbgrader"]),
    required=True,
    help="What is to import it; csv: a table for any program.",
)
@click.option(
    "--course",
    "course_root",
    type=click.Path(path_type=Path),
    default=None,
    help="Folder with the course's gradebook (default: the nearest one at or above this folder).",
)
@click.option(
    "--results",
    type=click.Path(path_type=Path),
    default=Path("results"),
    show_default=True,
    help="Folder that `autograder grade` wrote.",
)
@click.option(
    "--from",
    "source",
    type=click.Choice(["gradebook", "results"]),
    default=None,
    help="Where scores come from (default: the gradebook where there is one).",
)
@click.option(
    "--assignment",
    "assignments",
    multiple=True,
    metavar="NAME",
    help="Only this assignment; may be given several times.",
)
@click.option(
    "--roster",
    type=click.Path(path_type=Path),
    default=None,
    help="File that Canvas or Moodle exported: the scores are filled in there.",
)
@click.option(
    "--column",
    "columns",
    multiple=True,
    callback=_columns,
    metavar="NAME=HEADING",
    help="The roster's column for an assignment whose name is not in its heading.",
)
@click.option("--tasks", is_flag=True, help="csv: a column for each task, too.")
@click.option("--feedback", is_flag=True, help="moodle: a line on the tasks in the comments.")
@click.option(
    "--out",
    type=click.Path(path_type=Path, allow_dash=True),
    default=Path("-"),
    show_default=True,
    help="File to write; -: standard output.",
)
@click.option(
    "--lang",
    type=click.Choice(["fr", "en"]),
    default="fr",
    show_default=True,
    help="Language of Moodle's headings where there is no roster.",
)
def export(
    kind: Format, course_root: Path | None, results: Path, source: Source | None,
    assignments: tuple[str, ...], roster: Path | None, columns: dict[str, str], tasks: bool,
    feedback: bool, out: Path, lang: Language,
) -> None:  # fmt: skip
    """Write the scores as Canvas, Moodle, nbgrader or a spreadsheet import them.

    Where the course has a gradebook, manual scores, extra credit and late penalties count. What is
    no final score stays empty, is named on standard error, and makes the exit code 1.
    """
    from autograder import export as exports
    from autograder.terminal import one_line

    options = exports.Options(
        kind, results, course_root, assignments, roster, columns, source, tasks, feedback, lang
    )
    file = exports.exported(options)
    if str(out) == "-":
        click.echo(file.data, nl=False)
    else:
        exports.save(file, out)
    for line in (file.source, *file.notes):
        click.echo(one_line(line, 100_000), err=True)
    sys.exit(1 if file.notes else 0)


@cli.command()
@COURSE
@click.option(
    "--results",
    type=click.Path(path_type=Path),
    default=Path("results"),
    show_default=True,
    help="Folder that `autograder grade` wrote.",
)
@click.option(
    "--submissions",
    type=click.Path(path_type=Path),
    default=Path("submissions"),
    show_default=True,
    help="Folder with what was handed in, and STUDENT/ASSIGNMENT/timestamp.txt: when.",
)
@click.option(
    "--assignment",
    "assignments",
    multiple=True,
    metavar="NAME",
    help="Only this assignment; may be given several times.",
)
@click.option(
    "--notebooks/--no-notebooks",
    default=True,
    show_default=True,
    help="Run the notebooks for the form grader, those whose result has changed.",
)
def gradebook(
    course_root: Path | None, results: Path, submissions: Path, assignments: tuple[str, ...],
    notebooks: bool,
) -> None:  # fmt: skip
    """Write the results into the course's nbgrader database; it can be done again at any time.

    What a person gave there stays: manual scores, extra credit, comments.
    """
    _one_thread_each()
    from autograder import course, executed, stock, terminal
    from autograder.executed.sources import language
    from autograder.gradebook import Target, book
    from autograder.stock import config

    root = course_root or course.find_root(Path.cwd())
    if stock.is_course(root):
        raise click.UsageError("`autograder grade --course` writes the gradebook of this course.")
    settings = config.read(root)
    late = config.late_plugin(settings).late_submission_penalty
    target = Target(settings.db_url, settings.course_id, settings.create_student, late)
    options = book.Options(settings.root, results, submissions, assignments, language(settings))
    report = book.write(options, target)
    for line in report.lines():
        click.echo(terminal.one_line(line))
    notes = report.notes
    if notebooks:
        wanted = executed.Options(settings.root, results, submissions, assignments)
        run = executed.write(wanted, terminal.Progress)
        click.echo(terminal.one_line(run.line))
        notes += run.notes
    for line in notes:
        click.echo(terminal.one_line(line, 100_000), err=True)
    sys.exit(1 if notes else 0)


@cli.command()
@COURSE
@click.option(
    "--results",
    type=click.Path(path_type=Path),
    default=Path("results"),
    show_default=True,
    help="Folder that `autograder grade` wrote.",
)
@click.option(
    "--submissions",
    type=click.Path(path_type=Path),
    default=Path("submissions"),
    show_default=True,
    help="What was graded, for the students' own code.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=None,
    help="Folder to write to (default: feedback/, or as nbgrader's configuration says).",
)
@click.option(
    "--assignment",
    "assignments",
    multiple=True,
    metavar="NAME",
    help="Only this assignment; may be given several times.",
)
@click.option(
    "--student",
    "students",
    multiple=True,
    metavar="ID",
    help="Only this student; may be given several times.",
)
@click.option(
    "--layout",
    type=click.Choice(["pages", "nbgrader"]),
    default=None,
    help="A page a submission, or where nbgrader's exchange looks (default for its courses).",
)
@click.option(
    "--lang",
    type=click.Choice(["fr", "en"]),
    default=None,
    help="Language of the frame (default: the one it was graded in).",
)
def feedback(
    course_root: Path | None, results: Path, submissions: Path, out: Path | None,
    assignments: tuple[str, ...], students: tuple[str, ...], layout: Layout | None,
    lang: Language | None,
) -> None:  # fmt: skip
    """Write a page for each result: points, sentences, hints, the student's own code and plots.

    Each is one HTML file for a browser or a screen reader, without scripts and links. What people
    gave and said in the course's gradebook is on it.
    """
    from autograder import feedback as pages
    from autograder.terminal import one_line

    options = pages.Options(
        results, submissions, course_root, out, assignments, students, lang, layout
    )
    report = pages.write(options)
    click.echo(one_line(f"{report.folder}: {report.written} written, {report.kept} as before"))
    for line in report.notes:
        click.echo(one_line(line, 100_000), err=True)
    sys.exit(1 if report.notes else 0)


@cli.group()
def data() -> None:
    """Fetch the images and weights that assignments train with, and show where they are."""


@data.command()
@click.argument("name", type=click.Choice(["cifar10", "resnet18"]))
def fetch(name: str) -> None:
    """Download NAME, as it is published, into the data folder: images, or ImageNet weights."""
    from autograder.data.fetch import fetch_cifar10, fetch_resnet18

    click.echo(fetch_cifar10() if name == "cifar10" else fetch_resnet18())


@data.command()
def where() -> None:
    """Show the folders, what is found there, and what to do about what is missing."""
    from autograder.data import folders

    lines = list(folders.where())
    for line, _ in lines:
        click.echo(line)
    sys.exit(0 if all(well for _, well in lines) else 1)


def _one_thread_each() -> None:
    """Workers share the cores: a thread pool in each would only make them wait for each other.

    Read by NumPy and torch when they are imported, so it comes before.
    """
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, "1")


def main() -> None:
    """Entry point: our own faults become one message and an exit code."""
    try:
        cli(standalone_mode=False)
    except click.exceptions.Abort:
        click.echo("interrupted; what was graded is kept", err=True)
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except AutograderError as error:
        click.echo(f"autograder: {error}", err=True)
        sys.exit(error.exit_code)
