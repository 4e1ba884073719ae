"""Results on disk: ``results/<assignment>/<student>.json`` and ``results/scores.csv``.

The JSON files are the truth; the CSV is made anew from all of them each time. Every file is
written whole or not at all. ``docs/results.md`` describes the fields and what always holds.
"""

from __future__ import annotations

import contextlib
import csv
import errno
import hashlib
import io
import json
import os
import re
import secrets
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from autograder.errors import ResultsError
from autograder.model import (
    Outcome,
    Score,
    TaskScore,
    TestResult,
    Tier,
)

SCHEMA_VERSION = 1
CSV_COLUMNS = ("student", "assignment", "status", "score", "max_score", "late_penalty", "tier")

_LONGEST_NAME = 180  # bytes; file systems take 255, and the temporary name is longer
_STALE_SECONDS = 60.0  # a temporary file this old belongs to a run that was killed
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
# What `json` leaves as it is although it can change how the file looks to a person:
# C1 controls, bidirectional and zero-width marks, line separators, lone surrogates.
_UNSEEN = re.compile(
    "[\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff"
    "\U000e0000-\U000e007f]"  # tags, which can spell a text that nobody sees
)
_CONTROL = re.compile("[\x00-\x1f]|" + _UNSEEN.pattern)
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")


# ---------------------------------------------------------------- names


def file_name(name: str) -> str:
    """``name`` as one safe path component, without a suffix.

    Letters, digits, ``_``, ``-`` and ``.`` stay (not ``.`` or ``-`` in front), all else is
    percent-encoded, so that different names never meet. A name too long for the file system is
    cut and carries its hash after a ``~``, which no other name contains.
    """
    encoded = "".join(_safe(letter, first=at == 0) for at, letter in enumerate(name))
    if len(encoded.encode()) <= _LONGEST_NAME:
        return encoded or "%"
    start = encoded.encode()[: _LONGEST_NAME // 2].decode(errors="ignore")
    return f"{start}~{hashlib.sha256(name.encode('utf-8', 'surrogatepass')).hexdigest()[:32]}"


def _safe(letter: str, *, first: bool) -> str:
    if letter.isalnum() or letter == "_" or (letter in "-." and not first):
        return letter
    return "".join(f"%{byte:02X}" for byte in letter.encode("utf-8", "surrogatepass"))


def result_path(folder: Path, assignment: str, student: str) -> Path:
    """Where the result of one student for one assignment lies below ``folder``."""
    return folder / file_name(assignment) / f"{file_name(student)}.json"


# ---------------------------------------------------------------- writing and reading one result


def write(score: Score, folder: Path) -> Path:
    """Write one result below ``folder`` and return its path; ``ResultsError`` if it cannot be."""
    path = result_path(folder, score.assignment, score.student)
    replace(path, to_json(as_dict(score)).encode())
    return path


def read(folder: Path, assignment: str, student: str) -> Score | None:
    """The result written earlier, or None: absent, damaged, of another schema or another name."""
    return _load(folder, result_path(folder, assignment, student))


def unchanged(folder: Path, assignment: str, student: str, digest: str) -> Score | None:
    """The earlier result if it is ``graded`` and was reached under the same ``digest``."""
    earlier = read(folder, assignment, student)
    if earlier is None or earlier.status != "graded":
        return None
    return earlier if earlier.provenance.get("digest") == digest else None


def read_all(folder: Path) -> list[Score]:
    """Every readable result below ``folder``, sorted by student, then assignment."""
    loaded = (_load(folder, path) for path in folder.glob("*/*.json"))
    return sorted(
        (score for score in loaded if score is not None),
        key=lambda score: (score.student, score.assignment),
    )


def to_json(document: Mapping[str, Any]) -> str:
    """``document`` as JSON text: no character that hides, a newline at the end, never NaN."""
    text = json.dumps(document, ensure_ascii=False, allow_nan=False, indent=1)
    return _UNSEEN.sub(lambda match: json.dumps(match[0])[1:-1], text) + "\n"


def as_dict(score: Score) -> dict[str, Any]:
    """The fields of a result file, in their order. ``lang`` moves out of ``provenance``."""
    provenance = dict(sorted(score.provenance.items()))
    return {
        "schema_version": SCHEMA_VERSION,
        "student": score.student,
        "assignment": score.assignment,
        "status": score.status,
        "reason": score.reason,
        "score": None if score.score is None else _rounded(score.score),
        "max_score": _rounded(score.max_score),
        "tier": score.tier.value,
        "lang": provenance.pop("lang", ""),
        "seconds": round(score.seconds, 3),
        "notices": list(score.notices),
        "late_penalty": None if score.late_penalty is None else _rounded(score.late_penalty),
        "tasks": [_task_dict(task) for task in score.tasks],
        "provenance": provenance,
    }


def _task_dict(task: TaskScore) -> dict[str, Any]:
    return {
        "id": task.id,
        "score": _rounded(task.score),
        "max_score": _rounded(task.max_score),
        "tests": [_test_dict(test) for test in task.tests],
    }


def _test_dict(test: TestResult) -> dict[str, Any]:
    return {
        "name": test.name,
        "visibility": test.visibility,
        "outcome": test.outcome.value,
        "points": _rounded(test.points),
        "max_points": _rounded(test.max_points),
        "message": test.message,
        "hint": test.hint,
        "inside": test.inside,
        "differs": list(test.differs),
    }


def _rounded(points: float) -> float:
    """Points without the dust of binary fractions (0.1 + 0.2), whole numbers as integers."""
    value = round(float(points), 6)
    return int(value) if value.is_integer() else value


def _load(folder: Path, path: Path) -> Score | None:
    try:
        score = _score(json.loads(path.read_bytes(), parse_constant=_no_constant))
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None  # absent or damaged: the submission is graded again
    # A copy that someone made under another name is not this student's result.
    return score if result_path(folder, score.assignment, score.student) == path else None


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
        notices=tuple(_text(notice) for notice in data["notices"]),
        late_penalty=_penalty(data.get("late_penalty")),
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
        differs=tuple(map(_text, data.get("differs", ()))),
    )


def _penalty(value: object) -> float | None:
    return None if value is None else _number(value)


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is no number of points")


def _text(value: object) -> str:
    if type(value) is not str:
        raise TypeError(f"expected a string, found {type(value).__name__}")
    return value


def _number(value: object) -> float:
    if type(value) is int or type(value) is float:
        return value
    raise TypeError(f"expected a number, found {type(value).__name__}")


# ---------------------------------------------------------------- the table of scores


def write_scores_csv(folder: Path) -> Path:
    """Make ``scores.csv`` anew from every result below ``folder``; returns its path."""
    table = io.StringIO()
    writer = csv.writer(table, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerow(CSV_COLUMNS)
    writer.writerows(_csv_row(score) for score in read_all(folder))
    path = folder / "scores.csv"
    replace(path, table.getvalue().encode())
    return path


def _csv_row(score: Score) -> list[str]:
    points = "" if score.score is None else str(_rounded(score.score))
    names = (_csv_text(score.student), _csv_text(score.assignment))
    late = "" if score.late_penalty is None else str(_rounded(score.late_penalty))
    return [*names, score.status, points, str(_rounded(score.max_score)), late, score.tier.value]


def _csv_text(text: str) -> str:
    """No spreadsheet may take a name for a formula, no terminal for an order."""
    guard = "'" if text.startswith(_FORMULA) else ""
    return guard + _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text)


# ---------------------------------------------------------------- whole or not at all


def check_writable(folder: Path) -> None:
    """Show before grading that results can be written; clear what a killed run left behind."""
    probe = folder / ".writable"
    replace(probe, b"\0" * 4096, named=f"the results folder {folder}")
    probe.unlink(missing_ok=True)
    for stale in [*folder.glob(".*.tmp"), *folder.glob("*/.*.tmp")]:
        with contextlib.suppress(FileNotFoundError):  # another run was done with it
            if time.time() - stale.stat().st_mtime > _STALE_SECONDS:
                stale.unlink()


def replace(path: Path, data: bytes, named: str = "", option: str = "--results") -> None:
    """Readers see the old file or the new one; a failure leaves the old one and nothing else.

    ``option``: what chooses another place. Raises ResultsError.
    """
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            _write_synced(temporary, data)
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as error:
        raise ResultsError(_cannot_write(named or str(path), error, option)) from error


def _write_synced(path: Path, data: bytes) -> None:
    with path.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())  # a full disk or quota shows here at the latest


def _cannot_write(what: str, error: OSError, option: str) -> str:
    reason, cure = error.strerror, "make the folder writable"
    if error.errno in _FULL:
        cure = "make room on the disk"
    elif error.errno in (errno.EEXIST, errno.ENOTDIR):
        reason, cure = "a file is in the way", "remove that file"
    return f"{what} cannot be written ({reason}): {cure} or choose another with {option}."
