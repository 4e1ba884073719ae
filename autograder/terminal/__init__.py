"""What a person sees: the progress bar, the tables, the lines that need a person, or JSON.

Names and sentences that come from students reach the screen only through ``plain``, and never as
markup. The progress bar goes to standard error, everything else to standard output.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.text import Text

from autograder.model import Course, Score
from autograder.results import SCHEMA_VERSION, as_dict, to_json
from autograder.terminal.findings import show_findings
from autograder.terminal.progress import Progress
from autograder.terminal.screen import console, one_line, plain
from autograder.terminal.tables import LONGEST_NAME, table

__all__ = [
    "Progress",
    "as_json",
    "console",
    "needs_a_person",
    "one_line",
    "plain",
    "refused",
    "show",
    "show_findings",
    "summary",
    "table",
]

MOST_REFUSED = 8  # lines about refused system calls


def show(
    scores: Sequence[Score],
    course: Course,
    notes: Iterable[str] = (),
    *,
    reused: int = 0,
    seconds: float | None = None,
    screen: Console | None = None,
) -> None:
    """Print one table an assignment, a line for all that needs a person, the sum of it, and what
    the sandbox refused.

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
    for line in refused(scores):
        screen.print(Text(line, style="dim"), soft_wrap=True)


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


def refused(scores: Iterable[Score]) -> list[str]:
    """One line for each system call that was refused, those of most submissions first."""
    asking: dict[str, list[str]] = {}
    for score in sorted(scores, key=lambda score: (score.student, score.assignment)):
        for call in score.refused:
            asking.setdefault(call, []).append(_short(score))
    ordered = sorted(asking.items(), key=lambda pair: (-len(pair[1]), pair[0]))
    return [
        f"refused by the sandbox: {one_line(call, LONGEST_NAME)} ({_counted(submissions)})"
        for call, submissions in ordered[:MOST_REFUSED]
    ]


def _counted(submissions: Sequence[str]) -> str:
    if len(submissions) == 1:
        return f"1 submission: {submissions[0]}"
    return f"{len(submissions)} submissions, e.g. {submissions[0]}"


def _short(score: Score) -> str:
    return f"{one_line(score.student, LONGEST_NAME)}/{one_line(score.assignment, LONGEST_NAME)}"


def as_json(scores: Iterable[Score], notes: Iterable[str] = ()) -> str:
    """Everything as one JSON document: ``results`` as in the result files, and ``notes``."""
    ordered = sorted(scores, key=lambda score: (score.assignment, score.student))
    results = [as_dict(score) for score in ordered]
    return to_json({"schema_version": SCHEMA_VERSION, "results": results, "notes": list(notes)})
