"""One student's file → the notebook that an instructor reads: the course's cells, our verdicts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from autograder import notebook
from autograder.check import CHECK
from autograder.executed.batch import SKIP
from autograder.model import Language, Outcome, Rejection, Score, Submission, TestResult, Text
from autograder.notebook import script
from autograder.notebook.refusals import Unreadable
from autograder.stock import restore
from autograder.stock.marked import marks_of
from autograder.stock.model import Json, SourceCell, SourceNotebook, StockSettings
from autograder.stock.notebook import parsed

_MISSING = Text(
    "Cette cellule manquait dans le notebook rendu.",
    "This cell was missing from the notebook that was handed in.",
)
_NOT_RUN = Text(
    "> **Ce notebook n'a pas été exécuté ici** : un entraînement serait trop long. Les sorties "
    "sont celles qui ont été rendues ; les points, eux, viennent du correcteur.",
    "> **This notebook was not run here**: a training would take too long. The outputs are those "
    "that were handed in; the points are the grader's.",
)
_HEADING = Text("Correcteur", "Grader")
_MARKS = {Outcome.PASSED: "✓", Outcome.MANUAL: "…"}


def restored(
    submission: Submission, source: SourceNotebook, settings: StockSettings, lang: Language
) -> Json | Rejection:
    """The notebook without outputs, the course's own cells put back; missing ones at its end.

    Those are not run: what they need may be missing as well, and the verdict stands there anyway.
    """
    try:
        data = _as_notebook(submission)
    except Unreadable as fault:
        return Rejection(submission.student, submission.assignment, fault.reason)
    found = restore.restored(data, source, settings)
    if isinstance(found, Rejection):
        return found
    cells = [
        *found.notebook["cells"],
        *(
            _given_back(cell, lang)
            for cell in source.cells
            if cell.grade and cell.grade_id not in found.present
        ),
    ]
    return {**found.notebook, "cells": cells}


def as_handed_in(
    submission: Submission, source: SourceNotebook, settings: StockSettings, score: Score
) -> Json | Rejection:
    """The same with the outputs that were handed in, which are checked when it is written."""
    lang = language_of(score)
    page = restored(submission, source, settings, lang)
    if isinstance(page, Rejection):
        return page
    for cell, raw in zip(page["cells"], parsed(_as_notebook(submission))["cells"], strict=False):
        if cell["cell_type"] == "code" and isinstance(raw.get("outputs"), list):
            cell["outputs"] = [one for one in raw["outputs"] if isinstance(one, dict)]
            cell["execution_count"] = raw.get("execution_count")
    note: Json = {"cell_type": "markdown", "id": None, "metadata": {}, "source": _NOT_RUN.to(lang)}
    return with_verdicts({**page, "cells": [note, *page["cells"]]}, score)


def language_of(score: Score) -> Language:
    """The language of a result's sentences."""
    return "en" if score.provenance.get("lang") == "en" else "fr"


def with_verdicts(page: Json, score: Score) -> Json:
    """The notebook with what our tests say below each check cell."""
    tasks = {f"{task.id}{CHECK}": task for task in score.tasks}
    for cell in page["cells"]:
        task = tasks.get(cell["metadata"].get("nbgrader", {}).get("grade_id", ""))
        if task is not None and cell["cell_type"] == "code":
            text = f"{_HEADING.to(language_of(score))} · {task.score:g}/{task.max_score:g}\n"
            text += "".join(f"{line}\n" for test in task.tests for line in _lines(test))
            shown = {"output_type": "stream", "name": "stdout", "text": text}
            cell["outputs"] = [*cell["outputs"], shown]
    return page


def _lines(test: TestResult) -> Iterator[str]:
    points = f"{test.points:g}/{test.max_points:g}"
    yield f"{_MARKS.get(test.outcome, '✗')} {test.name} ({points}) {test.message}".rstrip()
    if test.hint:
        yield f"    {test.hint}"


def _given_back(cell: SourceCell, lang: Language) -> Json:
    code = cell.cell_type == "code"
    text = f"# {_MISSING.to(lang)}\n" if code else f"*{_MISSING.to(lang)}*\n\n"
    made: Json = {
        "cell_type": cell.cell_type,
        "id": None,
        "metadata": {"nbgrader": marks_of(cell), "tags": [SKIP]},
        "source": text + ("" if cell.solution else cell.source),
    }
    return made | {"execution_count": None, "outputs": []} if code else made


# ---------------------------------------------------------------- scripts


def _as_notebook(submission: Submission) -> bytes:
    """The file itself, or a notebook with the cells of a script."""
    if not notebook.reads_as_script(submission.data, submission.name):
        return submission.data
    text = script.text(submission.data)
    named = [(name, body) for name, body in script.named_cells(text) if _is_prose(body)]
    cells = [*(_code(body) for body in script.code_cells(text))]
    cells += [_prose(name, body) for name, body in named]
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}).encode()


def _is_prose(body: str) -> bool:
    lines = [line for line in body.split("\n") if line.strip()]
    return bool(lines) and all(line.startswith("#") for line in lines)


def _code(body: str) -> dict[str, Any]:
    return {"cell_type": "code", "metadata": {}, "source": body.strip("\n"), "outputs": []}


def _prose(name: str, body: str) -> dict[str, Any]:
    marks = {"grade_id": name, "grade": True, "solution": True, "locked": False}
    lines = (line.removeprefix("#").removeprefix(" ") for line in body.strip("\n").split("\n"))
    return {
        "cell_type": "markdown",
        "metadata": {"nbgrader": {**marks, "schema_version": 3, "task": False}},
        "source": "\n".join(lines),
    }
