"""Every case below ``tests/submissions`` gets the verdict that is written beside it.

A case is a folder: the file as a student hands it in, and ``expected.yaml``. Adding one needs no
code. All of them are graded in one run of the command line, as a class would be; those that are
trained in another, on the short track.

    why: one line, what the case shows
    status: graded, rejected or not_graded
    tasks:       for each task, only where the status is ``graded``
      relu: full         all points
      convolve2d: partial    some points, not all
      convolve1d: zero       no points
      classic_kernel: less   not all points
      other: 1.5             exactly this
    hint: id     optional: one failed test shows this hint of assignment.yaml
    outcome:     optional: task -> how at least one of its tests ended
"""

from __future__ import annotations

import json
import math
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import real_data
import yaml

pytestmark = pytest.mark.alone

ROOT = Path(__file__).resolve().parent.parent
CASES = Path(__file__).resolve().parent / "submissions"
COMMAND = "import sys; from autograder.cli import main; sys.exit(main())"
LANG = "fr"

VERDICTS: dict[str, Callable[[float, float], bool]] = {
    "full": lambda score, most: math.isclose(score, most),
    "zero": lambda score, most: score == 0,
    "partial": lambda score, most: 0 < score < most and not math.isclose(score, most),
    "less": lambda score, most: score < most and not math.isclose(score, most),
}
REQUIRED = {"why", "status"}
KEYS = REQUIRED | {"tasks", "hint", "outcome"}


@dataclass(frozen=True)
class Case:
    """One folder: the submission of a student called ``name`` for the assignment ``slug``."""

    slug: str
    name: str

    @property
    def folder(self) -> Path:
        return CASES / self.slug / self.name

    @property
    def expected(self) -> dict[str, Any]:
        return yaml.safe_load((self.folder / "expected.yaml").read_text(encoding="utf-8"))

    def __str__(self) -> str:
        return f"{self.slug}-{self.name}"


def all_cases() -> list[Case]:
    """The cases, sorted by assignment and name."""
    return sorted(
        (
            Case(path.parent.parent.name, path.parent.name)
            for path in CASES.glob("*/*/expected.yaml")
        ),
        key=str,
    )


def course_file(slug: str) -> dict[str, Any]:
    """``assignment.yaml`` as plain data."""
    path = ROOT / "assignments" / slug / "assignment.yaml"
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def matches(wanted: str | float, score: float, most: float) -> bool:
    """Whether a task's score is what the case says."""
    if isinstance(wanted, str):
        return VERDICTS[wanted](score, most)
    return math.isclose(score, wanted, abs_tol=1e-9)


def disagreements(case: Case, result: dict[str, Any]) -> Iterator[str]:
    """Each point in which a result differs from what the case says."""
    expected = case.expected
    if result["status"] != expected["status"]:
        yield f"status is {result['status']}: {result.get('reason', '')}"
        return
    tasks = {task["id"]: task for task in result["tasks"]}
    if expected["status"] == "graded" and tasks.keys() != expected["tasks"].keys():
        yield f"tasks are {sorted(tasks)}"
        return
    for name, wanted in expected.get("tasks", {}).items():
        score, most = tasks[name]["score"], tasks[name]["max_score"]
        if not matches(wanted, score, most):
            failed = [
                f"{t['name']}: {t['outcome']}" for t in tasks[name]["tests"] if t["points"] == 0
            ]
            yield f"{name} has {score} of {most}, not {wanted}; {', '.join(failed)}"
    for name, outcome in expected.get("outcome", {}).items():
        outcomes = {test["outcome"] for test in tasks[name]["tests"]}
        if outcome not in outcomes:
            yield f"{name} has no test that ended with {outcome}, only {sorted(outcomes)}"
    if "hint" in expected:
        shown = {test["hint"] for task in tasks.values() for test in task["tests"]} - {""}
        if course_file(case.slug)["hints"][expected["hint"]][LANG] not in shown:
            yield f"hint {expected['hint']} is not shown, only {sorted(shown)}"


def is_timed(slug: str) -> bool:
    """Whether its submissions are trained while they are graded."""
    return "training" in course_file(slug)


def graded(root: Path, cases: list[Case], *options: str, **environment: str) -> Path:
    """The results folder of one run over ``cases``."""
    submissions, results = root / "submissions", root / "results"
    for case in cases:
        target = submissions / case.name / case.slug
        shutil.copytree(case.folder, target, ignore=shutil.ignore_patterns("expected.yaml"))
    arguments = ["grade", str(submissions), "--results", str(results), "--quiet", "--lang", LANG]
    run = subprocess.run(
        [sys.executable, "-c", COMMAND, *arguments, *options],
        cwd=ROOT, env=os.environ | environment,
        capture_output=True, text=True, timeout=1800, check=False,
    )  # fmt: skip
    # 1: some of the cases are meant to be rejected.
    assert run.returncode in (0, 1), run.stderr
    return results


@pytest.fixture(scope="session")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One run over all cases that are not trained."""
    cases = [case for case in all_cases() if not is_timed(case.slug)]
    return graded(tmp_path_factory.mktemp("conformance"), cases)


@pytest.fixture(scope="session")
def timed_results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One run over the cases that are, on a few real images."""
    data = real_data.folder()
    cases = [case for case in all_cases() if is_timed(case.slug)]
    root = tmp_path_factory.mktemp("trainings")
    return graded(root, cases, "--short", AUTOGRADER_DATA=str(data.resolve()))


@pytest.mark.parametrize("case", all_cases(), ids=str)
def test_case(case: Case, request: pytest.FixtureRequest) -> None:
    results = request.getfixturevalue("timed_results" if is_timed(case.slug) else "results")
    path = results / case.slug / f"{case.name}.json"
    result = json.loads(path.read_text(encoding="utf-8"))
    found = list(disagreements(case, result))
    assert not found, "\n".join([case.expected["why"], *found])


@pytest.mark.parametrize("case", all_cases(), ids=str)
def test_expected_file_is_complete(case: Case) -> None:
    expected = case.expected
    assert REQUIRED <= expected.keys() <= KEYS
    assert expected["why"].strip()
    assert "\n" not in expected["why"].strip()
    if expected["status"] == "graded":
        assert expected["tasks"].keys() == course_file(case.slug)["tasks"].keys()
        assert all(isinstance(w, int | float) or w in VERDICTS for w in expected["tasks"].values())
    assert len([path for path in case.folder.iterdir() if path.name != "expected.yaml"]) >= 1


@pytest.mark.parametrize(
    "slug", sorted(p.parent.name for p in ROOT.glob("assignments/*/notebook.py"))
)
def test_every_assignment_has_right_and_wrong_cases(slug: str) -> None:
    cases = [case.expected for case in all_cases() if case.slug == slug]
    graded = [case["tasks"] for case in cases if case["status"] == "graded"]
    by_machine = {
        name for name, task in course_file(slug)["tasks"].items() if "mark_scheme" not in task
    }
    right = [tasks for tasks in graded if {tasks[name] for name in by_machine} == {"full"}]
    # Where each costs a training, other styles and mistakes are in tests/test_reference_<slug>.py.
    least = (1, 2) if is_timed(slug) else (6, 15)
    assert len(right) >= least[0]
    assert len(graded) - len(right) >= least[1]
    # Every task is got wrong somewhere, so that a task without working tests is noticed.
    lost = {name for tasks in graded for name, verdict in tasks.items() if verdict != "full"}
    assert lost == course_file(slug)["tasks"].keys()


def test_verdicts_exclude_each_other() -> None:
    table = {(0.0, 2.0): {"zero", "less"}, (1.0, 2.0): {"partial", "less"}, (2.0, 2.0): {"full"}}
    for (score, most), names in table.items():
        assert {name for name in VERDICTS if matches(name, score, most)} == names
        assert matches(score, score, most)
        assert not matches(score + 0.25, score, most)


PASSED = {"name": "test", "outcome": "passed", "points": 1.0, "hint": ""}


def test_a_wrong_verdict_is_reported() -> None:
    case = next(case for case in all_cases() if case.name == "stride_at_output_indices")
    tasks = [
        {"id": name, "score": 1.0, "max_score": 1.0, "tests": [PASSED]}
        for name in case.expected["tasks"]
    ]
    found = list(disagreements(case, {"status": "graded", "tasks": tasks}))
    assert len(found) == 2  # the task that should lose points, and the hint
    assert list(disagreements(case, {"status": "rejected", "tasks": []})) == [
        "status is rejected: "
    ]
