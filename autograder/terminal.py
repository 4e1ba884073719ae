"""What a person sees: the progress bar, the tables, the lines that need a person, or JSON.

Names and sentences that come from students reach the screen only through ``plain``, and never as
markup. The progress bar goes to standard error, everything else to standard output.
"""

from __future__ import annotations

import sys
import time
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from io import TextIOWrapper
from typing import Self

from rich.box import SIMPLE_HEAD
from rich.cells import cell_len
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as RichProgress
from rich.table import Table
from rich.text import Text

from autograder.model import (
    Assignment,
    Checked,
    Course,
    Language,
    Outcome,
    Score,
    TaskScore,
)
from autograder.results import SCHEMA_VERSION, as_dict, to_json

_HIDDEN_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_LONGEST_NAME = 32  # characters of a student's name in a table
_LONGEST_LINE = 400
_SHORTEST_NAME, _SHORTEST_HEADING = 12, 4  # characters that a narrow table leaves of them
_GAP = 2  # between columns
_REFRESH_SECONDS = 0.1
_WIDTH_WITHOUT_TERMINAL = 110
_REMARKABLE = (Outcome.TIMEOUT, Outcome.MEMORY, Outcome.CRASHED, Outcome.NOT_GRADED)


# ---------------------------------------------------------------- text of unknown origin


def plain(text: str) -> str:
    """``text`` without control, bidirectional and other invisible characters; keeps \\n and \\t."""
    if text.isprintable():
        return text
    return "".join(
        letter
        for letter in text
        if letter in "\n\t" or unicodedata.category(letter) not in _HIDDEN_CATEGORIES
    )


def one_line(text: str, longest: int = _LONGEST_LINE) -> str:
    """``plain`` text on one line, cut to ``longest`` characters."""
    line = " ".join(plain(text).split())
    return line if len(line) <= longest else line[: longest - 1] + "…"


def console(*, stderr: bool = False) -> Console:
    """A console that takes nothing for markup and survives any encoding of the terminal."""
    stream = sys.stderr if stderr else sys.stdout
    if isinstance(stream, TextIOWrapper):
        stream.reconfigure(errors="replace")
    width = None if stream.isatty() else _WIDTH_WITHOUT_TERMINAL
    return Console(file=stream, markup=False, highlight=False, emoji=False, width=width)


# ---------------------------------------------------------------- while grading


class Progress:
    """A bar with rate, time left and the student in work; silent unless a person watches.

    It starts no thread, so that worker processes may be forked while it is shown: it is drawn
    anew when something is reported, at most ten times a second.
    """

    def __init__(self, total: int, *, quiet: bool = False, screen: Console | None = None) -> None:
        screen = screen or console(stderr=True)
        self._bar = RichProgress(
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[rate]}"),
            TimeRemainingColumn(),
            TextColumn("{task.fields[student]}", markup=False),
            console=screen,
            auto_refresh=False,
            transient=True,
            disable=quiet or not screen.is_terminal,
        )
        self._task = self._bar.add_task("", total=total, rate="", student="")
        self._done = 0
        self._started = self._drawn = time.monotonic()

    def __enter__(self) -> Self:
        self._bar.start()
        self._bar.refresh()
        return self

    def __exit__(self, *error: object) -> None:
        self._bar.stop()

    def working(self, student: str, assignment: str = "") -> None:
        """Say whose submission is being graded."""
        self._bar.update(self._task, student=one_line(f"{student} {assignment}", 60))
        self._draw()

    def done(self, count: int = 1) -> None:
        """Count ``count`` more submissions as finished."""
        self._done += count
        rate = self._done / max(time.monotonic() - self._started, 0.001)
        self._bar.update(self._task, advance=count, rate=f"{rate:.3g}/s")
        self._draw()

    def _draw(self) -> None:
        now = time.monotonic()
        if now - self._drawn >= _REFRESH_SECONDS:
            self._drawn = now
            self._bar.refresh()


# ---------------------------------------------------------------- after grading


def show(
    scores: Sequence[Score],
    course: Course,
    notes: Iterable[str] = (),
    *,
    reused: int = 0,
    seconds: float | None = None,
    screen: Console | None = None,
) -> None:
    """Print one table an assignment, a line for all that needs a person, and the sum of it.

    ``reused`` counts the ``scores`` that were taken from an earlier run; ``seconds`` is the
    wall time of this one.
    """
    screen = screen or console()
    for slug in sorted({score.assignment for score in scores}):
        title, drawn = table(slug, scores, course, screen.width)
        screen.print(title, soft_wrap=True)
        screen.print(drawn, "")
    for line in needs_a_person(scores, notes):
        screen.print(Text(f"! {line}", style="yellow"), soft_wrap=True)
    screen.print(Text(summary(scores, reused=reused, seconds=seconds), style="bold"))


def table(slug: str, scores: Iterable[Score], course: Course, room: int) -> tuple[Text, Table]:
    """The scores of one assignment, ``room`` characters wide: a row a student, a column a task.

    No number is ever cut. Where names and headings cannot be short enough for that, the columns
    of the tasks are left out, and the title says so.
    """
    rows = sorted((one for one in scores if one.assignment == slug), key=lambda one: one.student)
    tasks = _tasks(course.assignments.get(slug), rows)
    title, lines = _title(slug, rows), _lines(rows, tasks)
    widths, fits = _widths(lines, room)
    if tasks and not fits:
        title += Text(f" (totals only: too narrow for {len(tasks)} tasks)")
        lines = _lines(rows, {})
        widths, _ = _widths(lines, room)
    drawn = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, _GAP - 1, 0, 0))
    ends = (0, len(widths) - 1)
    for at, heading in enumerate(lines[0]):  # only the status may go over several lines
        drawn.add_column(
            heading, width=widths[at], justify="left" if at in ends else "right",
            no_wrap=at != ends[1], overflow="ellipsis",
        )  # fmt: skip
    for line in lines[1:]:
        drawn.add_row(*line)
    return title, drawn


def needs_a_person(scores: Iterable[Score], notes: Iterable[str] = ()) -> list[str]:
    """One line for each submission without a score and for each of the intake's ``notes``."""
    open_ends = [score for score in scores if score.status != "graded"]
    lines = [
        f"{score.status.replace('_', ' ')}: {score.student}/{score.assignment}: {score.reason}"
        for score in sorted(open_ends, key=lambda score: (score.assignment, score.student))
    ]
    return [one_line(line) for line in [*lines, *notes]]


def summary(scores: Sequence[Score], *, reused: int = 0, seconds: float | None = None) -> str:
    """One line that counts: graded, rejected, not graded, taken over, time."""
    count = Counter(score.status for score in scores)
    parts = [f"{count['graded']} graded"]
    parts += [f"{count['rejected']} rejected"] if count["rejected"] else []
    parts += [f"{count['not_graded']} not graded"] if count["not_graded"] else []
    parts += [f"{reused} of them unchanged since the last run"] if reused else []
    return ", ".join(parts) + (f", in {seconds:.1f} s" if seconds is not None else "")


def as_json(scores: Iterable[Score], notes: Iterable[str] = ()) -> str:
    """Everything as one JSON document: ``results`` as in the result files, and ``notes``."""
    ordered = sorted(scores, key=lambda score: (score.assignment, score.student))
    results = [as_dict(score) for score in ordered]
    return to_json({"schema_version": SCHEMA_VERSION, "results": results, "notes": list(notes)})


# ---------------------------------------------------------------- pieces of a table


def _tasks(assignment: Assignment | None, rows: Iterable[Score]) -> dict[str, float]:
    """Points by task id; from the results themselves when the course no longer has the folder."""
    if assignment is not None:
        return {task.id: task.points for task in assignment.tasks}
    return {task.id: task.max_score for score in rows for task in score.tasks}


def _title(slug: str, rows: Sequence[Score]) -> Text:
    graded = [score.score for score in rows if score.score is not None]
    most = rows[0].max_score if rows else 0.0
    mean = f"mean {_points(sum(graded) / len(graded))}/{_points(most)}" if graded else "no score"
    mean += ", without what a person marks" if any(score.pending for score in rows) else ""
    return Text(f"{one_line(slug, _LONGEST_NAME)}: {mean}", style="bold")


def _lines(rows: Iterable[Score], tasks: Mapping[str, float]) -> list[list[Text]]:
    """The headings, then a line a student."""
    headings = [  # ``conv_output_size`` on three short lines, so that many tasks fit side by side
        Text(one_line(task).replace("_", "_\n") + f"\n/{_points(most)}")
        for task, most in tasks.items()
    ]
    lines = [[Text("student"), *headings, Text("total"), Text("status")]]
    for score in rows:
        by_id = {task.id: task for task in score.tasks}
        cells = [_cell(by_id.get(task)) for task in tasks]
        total = Text("–" if score.score is None else _points(score.score), style="bold")
        lines.append([Text(one_line(score.student, _LONGEST_NAME)), *cells, total, _status(score)])
    return lines


def _widths(lines: Sequence[Sequence[Text]], room: int) -> tuple[list[int], bool]:
    """A width for each column, and whether all of them fit. Points are never cut."""
    columns = [[text.plain for text in column] for column in zip(*lines, strict=True)]
    widths = [max(cell_len(part) for text in one for part in text.split("\n")) for one in columns]
    points = [max(len(text.rpartition("\n")[2]) for text in one) for one in columns]
    last = len(columns) - 1
    floors = [(0, _SHORTEST_NAME)]  # which column gives way, down to what; the first ones first
    for longest in range(max(widths), _SHORTEST_HEADING - 1, -1):
        floors += [(at, max(longest, points[at])) for at in range(1, last - 1)]
    floors.append((last, max(cell_len(word) for text in columns[-1] for word in text.split())))
    floors += [(0, 1)] if last == 2 else []  # only the student and the total are left
    for at, floor in floors:
        excess = sum(widths) + _GAP * last - room
        widths[at] = max(min(widths[at], floor), widths[at] - max(excess, 0))
    return widths, sum(widths) + _GAP * last <= room


def _cell(task: TaskScore | None) -> Text:
    if task is None:
        return Text("–", style="dim")
    if task.pending:  # …: points that are still to come
        return Text(f"{_points(task.score)}…" if task.score else "…", style="dim")
    style = "green" if task.score >= task.max_score else "yellow" if task.score > 0 else "red"
    return Text(_points(task.score), style=style)


def _status(score: Score) -> Text:
    """``graded``, with the outcomes that tell of code which did not end well."""
    outcomes = {test.outcome for task in score.tasks for test in task.tests}
    words = [score.status, *(["manual"] if score.pending else [])]
    words += [outcome.value for outcome in _REMARKABLE if outcome in outcomes]
    style = "" if score.status == "graded" else "red"
    return Text(", ".join(words).replace("_", " "), style=style)


def _points(points: float) -> str:
    return f"{points:.2f}".rstrip("0").rstrip(".")


# ---------------------------------------------------------------- a student's own check


def show_findings(checked: Checked, lang: Language, screen: Console | None = None) -> None:
    """Print each visible test with its sentence, by task; no score."""
    screen = screen or console()
    repeated = Counter(
        (one.task, one.outcome is Outcome.PASSED, one.sentence or one.test)
        for one in checked.findings
    )
    task = ""
    for (of, passed, sentence), times in repeated.items():
        if task != of:
            screen.print(Text(one_line(task := of), style="bold"))
        mark = Text("  ✓ " if passed else "  ✗ ", style="green" if passed else "red")
        count = f" ({times} tests)" if times > 1 else ""
        screen.print(mark + Text(one_line(sentence) + count), soft_wrap=True)
    for notice in checked.notices:
        screen.print(Text(f"! {one_line(notice)}", style="yellow"), soft_wrap=True)
    right = sum(one.outcome is Outcome.PASSED for one in checked.findings)
    screen.print(Text(_checked(right, len(checked.findings), lang)))


def _checked(right: int, total: int, lang: Language) -> str:
    """How many visible tests pass; French counts none in the singular, English in the plural."""
    if lang == "fr":
        verb = "tests visibles sur {} passent" if right > 1 else "test visible sur {} passe"
        return f"{right} {verb.format(total)}. Ce n'est pas une note : d'autres tests compteront."
    tests, verb = "test" if total == 1 else "tests", "passes" if right == 1 else "pass"
    return f"{right} of {total} visible {tests} {verb}. This is no score: other tests will count."
