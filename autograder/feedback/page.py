"""One result → one page of HTML that is complete in itself: no script, no link, no other file."""

from __future__ import annotations

import base64
import functools
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from autograder.feedback import marks as given
from autograder.feedback.cells import Notebook
from autograder.feedback.marks import Marks
from autograder.feedback.text import one_line, points, sentence, visible
from autograder.feedback.words import WORDS, outcome
from autograder.model import Language, Outcome, Score, TaskScore, TestResult

_HERE = Path(__file__).parent
_FOLD = 40  # longer than so many lines, code and outputs are folded
_NONE: Marks = MappingProxyType({})


@dataclass(frozen=True)
class Titles:
    """What the course calls things, in the page's language; ids stand for what is not named."""

    assignment: str = ""
    tasks: Mapping[str, str] = field(default_factory=dict)


def page(
    score: Score,
    titles: Titles,
    notebooks: Sequence[Notebook] = (),
    lang: Language = "fr",
    marks: Marks = _NONE,
    only: str = "",
) -> str:
    """The page about ``score``, in UTF-8 text without a surrogate.

    Args:
        score: with sentences in whatever language it was graded in; ``lang`` is the frame's.
        notebooks: the student's own cells; none: the page says that they were not there.
        marks: what a person gave in the gradebook, and said.
        only: the one task whose tests are told; all others have pages of their own.
    """
    return _template().render(
        w=WORDS[lang],
        lang=lang,
        score=score,
        title=visible(titles.assignment or one_line(score.assignment, 120)),
        student=one_line(score.student, 120),
        total=given.total(marks, score),
        extra=given.beyond(marks, score),
        pending=sum(given.pending(marks, task) for task in score.tasks),
        is_short=score.provenance.get("track") == "short",
        tasks=[_task(task, titles, lang, marks) for task in score.tasks],
        only=only,
        notebooks=notebooks,
        seconds=_seconds(score.seconds, lang),
        reasons=vars(WORDS[lang]),
        points=functools.partial(points, lang=lang),
        sentence=functools.partial(sentence, lang=lang),
    )


def _seconds(seconds: float, lang: Language) -> str:
    """Never finer than a tenth: in less, the grader itself would be measured."""
    tenths = points(max(round(seconds, 1), 0.1), lang)
    return tenths if seconds >= 0.1 else f"< {tenths}"


def _task(task: TaskScore, titles: Titles, lang: Language, marks: Marks) -> dict[str, Any]:
    whole = given.of_task(marks, task)
    return {
        "id": task.id,
        "title": titles.tasks.get(task.id) or one_line(task.id, 120),
        "score": given.task_points(marks, task),
        "max_score": task.max_score,
        "waits": given.pending(marks, task) > 0,
        "judged": sum(test.outcome is not Outcome.MANUAL for test in task.tests),
        "right": sum(test.outcome is Outcome.PASSED for test in task.tests),
        "given": given.is_given(whole),
        "comment": visible(whole.comment) if whole else "",
        "tests": _tests(task, lang, marks),
    }


def _tests(task: TaskScore, lang: Language, marks: Marks) -> list[dict[str, Any]]:
    """The tests of a task; a hint that several share stands at the first of them."""
    told: set[str] = set()
    tests = []
    for test in task.tests:
        tests.append(_test(test, lang, marks, hint="" if test.hint in told else test.hint))
        told.add(test.hint)
    return tests


def _test(test: TestResult, lang: Language, marks: Marks, hint: str) -> dict[str, Any]:
    mark = given.of_test(marks, test)
    style, symbol, word = outcome(test.outcome, lang, marked=given.is_given(mark))
    return {
        "style": style,
        "symbol": symbol,
        "word": word,
        "name": one_line(test.name, 120),
        "hidden": test.visibility == "hidden",
        "points": given.points(marks, test),
        "max_points": test.max_points,
        "message": test.message,
        "hint": hint,
        "inside": test.inside,
        "comment": visible(mark.comment) if mark else "",
    }


@functools.cache
def _template() -> Template:
    css = _HERE.joinpath("page.css").read_text(encoding="utf-8")
    environment = Environment(
        loader=FileSystemLoader(_HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {
        "style": Markup(css),  # noqa: S704 - our own file
        "policy": _policy(css),
        "fold": _FOLD,
        "kind_of": lambda piece: type(piece).__name__,
    }
    return environment.get_template("page.html.jinja")


def _policy(css: str) -> str:
    """Our one style sheet and images inside the page; a ``style`` attribute does nothing."""
    digest = base64.b64encode(hashlib.sha256(css.encode()).digest()).decode("ascii")
    return (
        f"default-src 'none'; img-src data:; style-src 'sha256-{digest}'; "
        "base-uri 'none'; form-action 'none'"
    )
