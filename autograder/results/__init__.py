"""Results on disk: ``results/<assignment>/<student>.json`` and ``results/scores.csv``.

The JSON files are the truth; the CSV is made anew from all of them each time. Every file is
written whole or not at all. ``docs/results.md`` describes the fields and what always holds.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
from pathlib import Path

from autograder.model import Score
from autograder.results.document import (
    SCHEMA_VERSION,
    UNSEEN,
    as_dict,
    from_json,
    rounded,
    to_json,
)
from autograder.results.whole import check_writable, replace

__all__ = [
    "CSV_COLUMNS",
    "SCHEMA_VERSION",
    "as_dict",
    "check_writable",
    "file_name",
    "read",
    "read_all",
    "replace",
    "result_path",
    "to_json",
    "unchanged",
    "write",
    "write_scores_csv",
]

CSV_COLUMNS = ("student", "assignment", "status", "score", "max_score", "late_penalty", "tier")

_LONGEST_NAME = 180  # bytes; file systems take 255, and the temporary name is longer
_CONTROL = re.compile("[\x00-\x1f]|" + UNSEEN.pattern)
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


def _load(folder: Path, path: Path) -> Score | None:
    try:
        score = from_json(path.read_bytes())
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None  # absent or damaged: the submission is graded again
    # A copy that someone made under another name is not this student's result.
    return score if result_path(folder, score.assignment, score.student) == path else None


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
    points = "" if score.score is None else str(rounded(score.score))
    names = (_csv_text(score.student), _csv_text(score.assignment))
    late = "" if score.late_penalty is None else str(rounded(score.late_penalty))
    return [*names, score.status, points, str(rounded(score.max_score)), late, score.tier.value]


def _csv_text(text: str) -> str:
    """No spreadsheet may take a name for a formula, no terminal for an order."""
    guard = "'" if text.startswith(_FORMULA) else ""
    return guard + _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text)
