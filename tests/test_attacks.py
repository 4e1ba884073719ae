"""Hostile submissions and files: each gets the verdict written beside it, and nothing else.

A case is a folder below ``tests/attacks``: what is handed in, and ``expected.yaml``. Adding one
needs no code. All are graded in one run of the command line, as a class would be, with an honest
student right after each. Every attack is written so that its success would show: it would answer
right, tell a secret, write a file, or stay behind.

    attack: rows of docs/attacks.md that the case carries out, as [A2, R8]
    why: one line, what it tries
    status: graded, rejected, or unattributed: a line for the instructor, no result
    tasks:     points by task, or ``full``; a task that is not named has none
    outcome:   optional: task -> how at least one of its tests ended
    message:   optional: words, or a list of them, that the student or the instructor reads
    absent:    optional: words that are nowhere in what the run wrote or printed
    student:   optional: the folder's name, if it is not the case's
    files:     optional: name -> text of files beside those of the case
    make.py    optional: ``make(folder)`` hands in what no file can hold here (archives, links)

``@RUN@`` in any of these files becomes the path of the folder that holds the run.
"""

from __future__ import annotations

import base64
import csv
import io
import json
import math
import re
import shutil
import subprocess
import sys
import tempfile
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attacked
import pytest
from attacked import ASKED, NEXT, WORD, Case, Run, all_cases

pytestmark = pytest.mark.alone

MAX_SECONDS = 120  # a bound for a loaded machine
MAX_RESULT = 64 * 1024  # bytes of one student's result
REQUIRED = {"attack", "why", "status"}
KEYS = REQUIRED | {"tasks", "outcome", "message", "absent", "student", "files"}
TASKS = {"total": 4, "scale": 4, "shout": 2, "word": 2}


@pytest.fixture(scope="session")
def run() -> Iterator[Run]:
    """One run over all cases, in a folder that everybody can reach: pytest's own are closed."""
    with tempfile.TemporaryDirectory(prefix="attacked-") as folder:
        yield attacked.run(Path(folder))


def words(value: str | list[str] | None) -> list[str]:
    """One text or several, as a list."""
    return [value] if isinstance(value, str) else value or []


def said(result: dict[str, Any]) -> str:
    """All that a result tells its student."""
    tests = [test for task in result["tasks"] for test in task["tests"]]
    lines = [text for test in tests for text in (test["message"], test["hint"])]
    return "\n".join([result["reason"], *result["notices"], *lines])


def disagreements(case: Case, run: Run) -> Iterator[str]:
    """Each point in which what happened differs from what the case says."""
    expected, result = case.expected, run.result(case.student)
    status = expected["status"]
    if status == "unattributed":
        if result is not None:
            yield f"there is a result: {result['status']}, {result['score']}"
        text = run.printed
    elif result is None or result["status"] != status:
        yield f"status is {result and result['status']}: {result and result['reason']}"
        return
    else:
        text = said(result)
        yield from wrong_points(expected, result)
        if (size := len(json.dumps(result))) > MAX_RESULT:
            yield f"the result has {size} bytes"
    for part in words(expected.get("message")):
        if part not in text:
            yield f"nobody says {part!r}, but:\n{text}"


def wrong_points(expected: dict[str, Any], result: dict[str, Any]) -> Iterator[str]:
    """Where points or outcomes of a graded submission are not what the case says."""
    for task in result["tasks"]:
        name = task["id"]
        wanted = expected.get("tasks", {}).get(name, 0)
        wanted = task["max_score"] if wanted == "full" else wanted
        if not math.isclose(task["score"], wanted):
            yield f"{name} has {task['score']} points, not {wanted}"
        outcomes = {test["outcome"] for test in task["tests"]}
        if not {expected.get("outcome", {}).get(name)} <= outcomes | {None}:
            yield f"{name} ended with {sorted(outcomes)}"


@pytest.mark.parametrize("case", all_cases(), ids=str)
def test_case(case: Case, run: Run) -> None:
    found = list(disagreements(case, run))
    assert not found, "\n".join([case.expected["why"], *found])


# ---------------------------------------------------------------- what holds for the whole run


def test_the_student_after_each_attack_has_full_marks(run: Run) -> None:
    wrong = {}
    for case in all_cases():
        if "student" not in case.expected:
            result = run.result(f"{case.name}{NEXT}")
            if result is None or result["score"] != sum(TASKS.values()) or result["notices"]:
                wrong[case.name] = result
    assert not wrong


def spellings(secret: str) -> Iterator[str]:
    """The secret as it is, and as somebody might write it to be overlooked."""
    yield from (secret.casefold(), secret.casefold()[::-1])
    for text in (secret, secret.upper()):
        yield from (text.encode().hex(), base64.b64encode(text.encode()).decode().casefold())


def test_no_secret_comes_out(run: Run) -> None:
    secrets = [one for secret in (WORD, *ASKED) for one in spellings(secret)]
    absent = [part for case in all_cases() for part in words(case.expected.get("absent"))]
    secrets += [part.casefold() for part in absent]
    told = {**run.files, "screen": run.printed.encode()}
    found = {
        (name, secret)
        for name, data in told.items()
        for secret in secrets
        if secret in data.decode(errors="replace").casefold()
    }
    assert not found


def test_the_secrets_were_there(run: Run) -> None:
    """Or the test above would show nothing."""
    tests = run.root / "course" / "assignments" / "vault" / "test_vault.py"
    assert all(secret in tests.read_text() for secret in (WORD, *ASKED))
    assert WORD in (run.root / "course" / "reference" / "vault.py").read_text()
    honest = [name for name in run.files if name.endswith(f"{NEXT}.json")]
    assert len(honest) > 50


def test_nothing_else_was_written(run: Run) -> None:
    assert run.after == run.before
    submitted = {path.name for path in (run.root / "submissions").iterdir()}
    graded = [run.result(student) for student in submitted]
    assert len(run.files) == 1 + sum(result is not None for result in graded)  # and the table
    places = (Path("/tmp"), Path("/var/tmp"), Path("/dev/shm"), Path.home(), Path.cwd())
    assert not [path for place in places for path in place.glob("pwned*")]


def test_no_process_is_left(run: Run) -> None:
    assert run.left == []


def test_the_run_ended_in_time_and_needs_a_person(run: Run) -> None:
    assert run.seconds < MAX_SECONDS
    assert run.code == 1, run.printed  # some of the files cannot be read
    assert "Traceback" not in run.printed


def test_what_was_written_acts_on_nothing(run: Run) -> None:
    for name, data in {**run.files, "screen": run.printed.encode()}.items():
        hidden = {c for c in data.decode() if unicodedata.category(c) in ("Cc", "Cf", "Cs")}
        assert hidden <= {"\n"}, name
    rows = list(csv.reader(io.StringIO(run.files["scores.csv"].decode())))
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))]
    assert len(rows) > 100


def test_no_module_is_taken_from_where_the_instructor_stands(tmp_path: Path) -> None:
    """Even where that is the folder of a student, who has put modules there."""
    shutil.copy(attacked.CASES / "honest" / "vault.py", tmp_path / "vault.py")
    for name in ("click", "yaml", "numpy", "json", "pytest", "rich", "sitecustomize"):
        (tmp_path / f"{name}.py").write_text("open('pwned', 'w')\n")
    command = [sys.executable, "-m", "autograder", "grade", "vault.py"]
    command += ["--course", str(attacked.COURSE), "--results", str(tmp_path / "results")]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert not (tmp_path / "pwned").exists()
    assert done.returncode in (0, 1), done.stderr


# ---------------------------------------------------------------- the cases and docs/attacks.md

PAGE = Path(__file__).resolve().parent.parent / "docs" / "attacks.md"
COUNTS = {"A": 15, "B": 12, "C": 18, "D": 12, "E": 10, "F": 9, "R": 17}
ROWS = re.findall(r"^\| ([A-Z]\d+) \| (.+) \| (.+) \|$", PAGE.read_text(encoding="utf-8"), re.M)


@pytest.mark.parametrize("case", all_cases(), ids=str)
def test_expected_file_is_complete(case: Case) -> None:
    expected = case.expected
    assert REQUIRED <= expected.keys() <= KEYS
    assert expected["why"].strip()
    assert "\n" not in expected["why"].strip()
    assert expected["status"] in ("graded", "rejected", "unattributed")
    assert expected.get("tasks", {}).keys() | expected.get("outcome", {}).keys() <= TASKS.keys()
    # A sentence shows that the code ran as it was meant to, and so do points.
    assert expected.get("message") or expected.get("tasks")
    assert expected.get("files") or len(list(case.folder.iterdir())) > 1


def test_every_attack_has_its_row() -> None:
    wanted = [f"{letter}{n}" for letter, count in COUNTS.items() for n in range(1, count + 1)]
    assert [row for row, _, _ in ROWS] == wanted


@pytest.mark.parametrize(("row", "shown"), [(row, shown) for row, _, shown in ROWS])
def test_what_a_row_names_is_there(row: str, shown: str) -> None:
    names = re.findall(r"`([^`]+)`", shown)
    assert names or shown.startswith("no test can show it: ")
    cases = {case.name for case in all_cases() if row in case.expected["attack"]}
    assert {name for name in names if "::" not in name} == cases
    for file, _, function in (name.partition("::") for name in names if "::" in name):
        (path,) = attacked.HERE.rglob(file)
        assert re.search(rf"^ *def {function}\(", path.read_text(encoding="utf-8"), re.M), function
