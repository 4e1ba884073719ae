"""Scores in the form that other systems import: Canvas, Moodle, nbgrader, or any table.

``exported`` takes the marks from the gradebook where the course has one, else from the results, and
writes them as one format asks. Whatever is not a full and final score stays empty and is named.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from autograder import results
from autograder.errors import UsageError
from autograder.export import canvas, gradebook, moodle, native, plain, table, worksheet
from autograder.export.marks import Marks, check_known, from_results
from autograder.export.names import squashed
from autograder.export.plain import Lines
from autograder.export.table import Style, Table
from autograder.model import Language

Format = Literal["csv", "canvas", "moodle", "nbgrader"]
Source = Literal["gradebook", "results"]


@dataclass(frozen=True)
class Options:
    """What the command line asks for."""

    format: Format
    results: Path = Path("results")
    course: Path | None = None  # None: the nearest folder with a gradebook, if there is one
    assignments: tuple[str, ...] = ()
    roster: Path | None = None  # what the platform exported, to be filled in
    columns: Mapping[str, str] = field(default_factory=dict)  # headings of the roster, by name
    source: Source | None = None  # None: the gradebook where there is one
    tasks: bool = False
    feedback: bool = False
    lang: Language = "fr"


@dataclass(frozen=True)
class Exported:
    """The file, where its scores come from, and a line for all that needs a person."""

    data: bytes
    source: str
    notes: tuple[str, ...]


def exported(options: Options) -> Exported:
    """The scores as ``options.format`` asks.

    Raises:
        UsageError: there is nothing to export, or the roster cannot be read.
        GradebookError: the gradebook cannot be read.
        CourseError: the course's configuration fails.
    """
    _check(options)
    roster = table.read(options.roster) if options.roster else None
    marks, more = _marks(options)
    for name in options.columns:
        check_known([name], list(marks.assignments), "--column")
    everyone = bool(marks.duedates)  # only a gradebook knows who did not hand in
    lines, style, notes = _lines(options, marks, roster, everyone=everyone)
    told = (*marks.notes, *more, *marks.missing(), *notes)
    return Exported(table.written(lines, style), marks.source, tuple(dict.fromkeys(told)))


def save(file: Exported, path: Path) -> None:
    """Write the file, whole or not at all. Raises ResultsError."""
    results.replace(path, file.data, option="--out")


def _check(options: Options) -> None:
    """Raise UsageError for options that this format has no use for."""
    roster, kind = options.roster is not None, options.format
    wrong = {
        "--tasks": options.tasks and kind != "csv",
        "--roster": roster and kind not in ("canvas", "moodle"),
        "--column": bool(options.columns) and not roster,
        "--feedback": options.feedback and not (roster and kind == "moodle"),
    }
    for name, unused in wrong.items():
        if unused:
            raise UsageError(f"{name} does nothing with --format {kind} as it is asked for")


# ---------------------------------------------------------------- where the scores come from


def _marks(options: Options) -> tuple[Marks, tuple[str, ...]]:
    """The marks, and a line for each result that they lack."""
    url = None if options.source == "results" else _gradebook(options)
    if url is None:
        if options.source == "gradebook":
            raise UsageError("there is no gradebook; name its course with --course")
        return from_results(options.results, options.assignments), ()
    graded = any(options.results.glob("*/*.json"))
    marks = gradebook.from_gradebook(url, options.assignments)
    if not marks.marks and graded and options.source is None:  # made, but nothing written there
        return from_results(options.results, options.assignments), ()
    if not marks.assignments:
        raise UsageError(f"{options.results}: no results there, and the gradebook is empty")
    return _completed(marks, from_results(options.results)) if graded else (marks, ())


def _completed(marks: Marks, found: Marks) -> tuple[Marks, tuple[str, ...]]:
    """With what only the results know: the platforms' numbers."""
    numbered = {
        key: replace(one, platform=found.marks[key].platform, number=found.marks[key].number)
        if key in found.marks
        else one
        for key, one in marks.marks.items()
    }
    return replace(marks, marks=numbered), tuple(gradebook.lacking(marks, found))


def _gradebook(options: Options) -> str | None:
    here = Path.cwd()
    roots = [options.course] if options.course else [here, *here.parents]
    return next(filter(None, map(gradebook.url_of, roots)), None)


# ---------------------------------------------------------------- the formats


def _lines(
    options: Options, marks: Marks, roster: Table | None, *, everyone: bool
) -> tuple[Lines, Style, list[str]]:
    if options.format == "csv":
        return plain.table(marks, tasks=options.tasks)
    if options.format == "nbgrader":
        return native.table(marks, everyone=everyone)
    if options.format == "canvas":
        return canvas.filled(marks, roster, options.columns) if roster else canvas.minimal(marks)
    return _moodle(options, marks, roster)


def _moodle(options: Options, marks: Marks, roster: Table | None) -> tuple[Lines, Style, list[str]]:
    """A grading worksheet where it can be one, else a file for the gradebook's import."""
    if roster is None:
        by_number = len(marks.assignments) == 1 and all(
            marks.marks[key].platform == worksheet.PLATFORM for key in marks.marks
        )
        if by_number and len(marks.marks) == len(marks.people):
            return worksheet.minimal(marks, options.lang)
        return moodle.minimal(marks, options.lang)
    if worksheet.is_worksheet(roster):
        return worksheet.filled(_only_one(marks, roster), roster, feedback=options.feedback)
    return moodle.filled(marks, roster, options.columns)


def _only_one(marks: Marks, roster: Table) -> Marks:
    """The marks of the assignment that a worksheet is for: its file's name tells, or the user."""
    names = list(marks.assignments)
    if len(names) > 1:
        names = [name for name in names if squashed(name) in squashed(roster.name)]
    if len(names) != 1:
        raise UsageError(f"{roster.name}: holds one assignment: say which with --assignment")
    kept = {key: one for key, one in marks.marks.items() if key[1] == names[0]}
    people = {id: one for id, one in marks.people.items() if (id, names[0]) in kept}
    return replace(
        marks, assignments={names[0]: marks.assignments[names[0]]}, marks=kept, people=people
    )
