"""Commands that hand results on: gradebook, feedback, export."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from autograder.cli.options import (
    ASSIGNMENTS,
    COURSE,
    RESULTS,
    STUDENTS,
    cli,
    lang_option,
    one_thread_each,
)

if TYPE_CHECKING:
    from autograder.export import Format, Source
    from autograder.feedback.writing import Layout
    from autograder.model import Language


def _columns(
    context: click.Context, option: click.Parameter, values: tuple[str, ...]
) -> dict[str, str]:
    """Headings by assignment. Raises click.BadParameter."""
    pairs = [value.partition("=") for value in values]
    if all(name and heading for name, _, heading in pairs):
        return {name: heading for name, _, heading in pairs}
    raise click.BadParameter("takes NAME=HEADING")


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
@RESULTS
@click.option(
    "--from",
    "source",
    type=click.Choice(["gradebook", "results"]),
    default=None,
    help="Where scores come from (default: the gradebook where there is one).",
)
@ASSIGNMENTS
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
@lang_option("Language of Moodle's headings where there is no roster.")
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
@RESULTS
@click.option(
    "--submissions",
    type=click.Path(path_type=Path),
    default=Path("submissions"),
    show_default=True,
    help="Folder with what was handed in, and STUDENT/ASSIGNMENT/timestamp.txt: when.",
)
@ASSIGNMENTS
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
    one_thread_each()
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
@RESULTS
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
@ASSIGNMENTS
@STUDENTS
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
