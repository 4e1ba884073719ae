"""A student's notebook as an instructor sees it: cells, what they showed, the verdict."""

from __future__ import annotations

import copy

from autograder.model import Outcome, TaskScore, TestResult
from autograder.stock.evaluate import Evaluated
from autograder.stock.model import Json, Restored
from autograder.stock.play import Judged, Played


def with_outputs(restored: Restored, played: Played, task: TaskScore) -> Json:
    """The restored notebook with the outputs of its cells, and our sentence at each test cell."""
    notebook = copy.deepcopy(restored.notebook)
    results = {test.name: test for test in task.tests}
    for step in restored.steps:
        cell = notebook["cells"][step.position]
        shown = list(played.outputs.get(step.position, ()))
        lost = played.lost.get(step.position)
        if lost is not None:
            shown.append(_error("Ended", f"{lost.outcome.value}: {lost.detail}".rstrip(": "), ()))
        if step.test is not None and (judged := played.tests.get(step.test.grade_id)):
            shown += _of_test(judged, results[step.test.grade_id])
        cell["outputs"] = shown
        cell["execution_count"] = step.number
    return notebook


def _of_test(judged: Judged, result: TestResult) -> list[Json]:
    shown = _evaluated(judged.evaluated) if judged.evaluated is not None else []
    if judged.inside:
        shown.append(_stream("stdout", "This test ran in the student's process.\n"))
    failed = result.outcome is not Outcome.PASSED
    if failed and result.message and not any(one["output_type"] == "error" for one in shown):
        shown.append(_error(result.outcome.value, result.message, ()))
    return shown


def _evaluated(found: Evaluated) -> list[Json]:
    """What the cell printed and gave, as a kernel would have shown it."""
    shown = []
    if found.stdout:
        shown.append(_stream("stdout", found.stdout))
    if found.stderr:
        shown.append(_stream("stderr", found.stderr))
    if found.error:
        shown.append(_error(found.error, found.said, found.trace))
    elif found.result:
        data = {"text/plain": found.result}
        shown.append(
            {"output_type": "execute_result", "data": data, "metadata": {}, "execution_count": None}
        )
    return shown


def _stream(name: str, text: str) -> Json:
    return {"output_type": "stream", "name": name, "text": text}


def _error(name: str, text: str, trace: tuple[str, ...]) -> Json:
    lines = [line.rstrip("\n") for line in trace] or [f"{name}: {text}"]
    return {"output_type": "error", "ename": name, "evalue": text, "traceback": lines}
