"""One result as the JSON document that its file holds, and back."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from autograder.model import (
    Outcome,
    Score,
    TaskScore,
    TestResult,
    Tier,
)

SCHEMA_VERSION = 1

# What `json` leaves as it is although it can change how the file looks to a person:
# C1 controls, bidirectional and zero-width marks, line separators, lone surrogates.
UNSEEN = re.compile(
    "[\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff"
    "\U000e0000-\U000e007f]"  # tags, which can spell a text that nobody sees
)


def from_json(data: bytes) -> Score:
    """The result that a file holds. Raises ValueError, KeyError, TypeError, RecursionError."""
    return _score(json.loads(data, parse_constant=_no_constant))


def to_json(document: Mapping[str, Any]) -> str:
    """``document`` as JSON text: no character that hides, a newline at the end, never NaN."""
    text = json.dumps(document, ensure_ascii=False, allow_nan=False, indent=1)
    return UNSEEN.sub(lambda match: json.dumps(match[0])[1:-1], text) + "\n"


def as_dict(score: Score) -> dict[str, Any]:
    """The fields of a result file, in their order. ``lang`` moves out of ``provenance``."""
    provenance = dict(sorted(score.provenance.items()))
    return {
        "schema_version": SCHEMA_VERSION,
        "student": score.student,
        "assignment": score.assignment,
        "status": score.status,
        "reason": score.reason,
        "score": None if score.score is None else rounded(score.score),
        "max_score": rounded(score.max_score),
        "tier": score.tier.value,
        "lang": provenance.pop("lang", ""),
        "seconds": round(score.seconds, 3),
        "notices": list(score.notices),
        "late_penalty": None if score.late_penalty is None else rounded(score.late_penalty),
        "refused": list(score.refused),
        "tasks": [_task_dict(task) for task in score.tasks],
        "provenance": provenance,
    }


def _task_dict(task: TaskScore) -> dict[str, Any]:
    return {
        "id": task.id,
        "score": rounded(task.score),
        "max_score": rounded(task.max_score),
        "tests": [_test_dict(test) for test in task.tests],
    }


def _test_dict(test: TestResult) -> dict[str, Any]:
    return {
        "name": test.name,
        "visibility": test.visibility,
        "outcome": test.outcome.value,
        "points": rounded(test.points),
        "max_points": rounded(test.max_points),
        "message": test.message,
        "hint": test.hint,
        "inside": test.inside,
        "differs": list(test.differs),
    }


def rounded(points: float) -> float:
    """Points without the dust of binary fractions (0.1 + 0.2), whole numbers as integers."""
    value = round(float(points), 6)
    return int(value) if value.is_integer() else value


def _score(data: dict[str, Any]) -> Score:
    """``ValueError``, ``KeyError`` or ``TypeError`` unless ``data`` is a result of this schema."""
    if type(data) is not dict or data["schema_version"] != SCHEMA_VERSION:
        raise ValueError("not a result file of this schema")
    status, graded = data["status"], data["status"] == "graded"
    if status not in ("graded", "rejected", "not_graded") or graded == (data["score"] is None):
        raise ValueError("only a graded submission has a score, and it always has one")
    return Score(
        student=_text(data["student"]),
        assignment=_text(data["assignment"]),
        status=status,
        score=_number(data["score"]) if graded else None,
        max_score=_number(data["max_score"]),
        tier=Tier(data["tier"]),
        seconds=_number(data["seconds"]),
        tasks=tuple(_task(task) for task in data["tasks"]),
        reason=_text(data["reason"]),
        notices=_texts(data["notices"]),
        late_penalty=_penalty(data.get("late_penalty")),
        refused=_texts(data.get("refused", [])),
        provenance=_provenance(data),
    )


def _provenance(data: dict[str, Any]) -> dict[str, str]:
    lang = {"lang": _text(data["lang"])} if data["lang"] else {}
    return lang | {_text(key): _text(value) for key, value in dict(data["provenance"]).items()}


def _task(data: dict[str, Any]) -> TaskScore:
    name = _text(data["id"])
    tests = tuple(_test(test, name) for test in data["tests"])
    return TaskScore(name, _number(data["score"]), _number(data["max_score"]), tests)


def _test(data: dict[str, Any], task: str) -> TestResult:
    if data["visibility"] not in ("visible", "hidden"):
        raise ValueError(f"visibility {data['visibility']!r}")
    return TestResult(
        name=_text(data["name"]),
        task=task,
        visibility=data["visibility"],
        outcome=Outcome(data["outcome"]),
        points=_number(data["points"]),
        max_points=_number(data["max_points"]),
        message=_text(data["message"]),
        hint=_text(data["hint"]),
        inside=data.get("inside", False) is True,
        differs=_texts(data.get("differs", [])),
    )


def _penalty(value: object) -> float | None:
    return None if value is None else _number(value)


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is no number of points")


def _text(value: object) -> str:
    if type(value) is not str:
        raise TypeError(f"expected a string, found {type(value).__name__}")
    return value


def _texts(value: object) -> tuple[str, ...]:
    if type(value) is not list:
        raise TypeError(f"expected a list of strings, found {type(value).__name__}")
    return tuple(map(_text, value))


def _number(value: object) -> float:
    if type(value) is int or type(value) is float:
        return value
    raise TypeError(f"expected a number, found {type(value).__name__}")
