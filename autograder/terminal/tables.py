"""The table of an assignment's scores, made to fit a screen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from rich.box import SIMPLE_HEAD
from rich.cells import cell_len
from rich.table import Table
from rich.text import Text

from autograder.model import (
    Assignment,
    Course,
    Outcome,
    Score,
    TaskScore,
)
from autograder.terminal.screen import one_line

LONGEST_NAME = 32  # characters of a student's name
_SHORTEST_NAME, _SHORTEST_HEADING = 12, 4  # characters that a narrow table leaves of them
_GAP = 2  # between columns
_REMARKABLE = (Outcome.TIMEOUT, Outcome.MEMORY, Outcome.CRASHED, Outcome.NOT_GRADED)


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
    return Text(f"{one_line(slug, LONGEST_NAME)}: {mean}", style="bold")


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
        lines.append([Text(one_line(score.student, LONGEST_NAME)), *cells, total, _status(score)])
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
