"""A course tested by itself: references score 100 %, stubs 0, points add up, hints exist.

Points that a person gives count for neither: an answer waits for them, a stub does not.
"""

from __future__ import annotations

import ast
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

from autograder import course, data, release, run
from autograder.errors import CourseError, DataMissing, Problem
from autograder.model import LANGUAGES, Assignment, Course, Outcome, Score, Tier

SEEDS = 3  # hidden tests draw their inputs: a reference that fails now and then is not right


class _Unwatched:
    """Nobody looks at the progress."""

    def working(self, student: str, assignment: str = "") -> None:
        """Not shown."""

    def done(self, count: int = 1) -> None:
        """Not shown."""


def validate(root: Path, tier: Tier = Tier.S2) -> list[str]:
    """Grade every reference and every stub as a student's, and check the tests' own texts.

    Trainings run once, on a part of the images (the short track).

    Returns:
        One line an assignment for a person to read.

    Raises:
        CourseError: with everything that is wrong.
    """
    loaded = course.load(root)
    problems = [p for one in loaded.assignments.values() for p in _hint_problems(one, root)]
    lines: list[str] = []
    missing = dict(_without_data(loaded))
    with tempfile.TemporaryDirectory(prefix="autograder-validate-") as folder:
        submissions = Path(folder) / "submissions"
        _write_submissions(loaded, submissions)
        scores: list[Score] = []
        for seed in range(SEEDS):
            slugs = tuple(
                slug
                for slug, one in loaded.assignments.items()
                if slug not in missing and (one.training is None or seed == 0)
            )
            results = Path(folder) / f"results-{seed}"
            options = run.Options(
                submissions, root, results, slugs, tier=tier, seed=seed, short=True
            )
            if slugs:
                scores += run.grade(options, lambda total: nullcontext(_Unwatched())).scores
    for slug, assignment in sorted(loaded.assignments.items()):
        if slug in missing:
            lines.append(f"{slug}: not tried: {missing[slug]}")
            continue
        mine = [score for score in scores if score.assignment == slug]
        problems += _score_problems(assignment, mine, root)
        lines.append(_line(assignment, mine))
    if problems:
        raise CourseError(problems)
    return lines


def _without_data(loaded: Course) -> Iterator[tuple[str, str]]:
    """The assignments whose trainings have no images on this machine, and what to do about it."""
    for slug, assignment in loaded.assignments.items():
        if assignment.training is not None:
            try:
                data.find(assignment.training.data)
            except DataMissing as error:
                yield slug, str(error)


def _write_submissions(loaded: Course, folder: Path) -> None:
    """``reference-<lang>`` hands in the filled notebook, ``stub-<lang>`` the released one."""
    for slug in loaded.assignments:
        for lang in LANGUAGES:
            for who, content in (
                ("reference", release.source_notebook(loaded, slug, lang)),
                ("stub", release.released_notebook(loaded, slug, lang)),
            ):
                path = folder / f"{who}-{lang}" / slug / f"{slug}.ipynb"
                path.parent.mkdir(parents=True)
                path.write_bytes(content)


def _score_problems(assignment: Assignment, scores: list[Score], root: Path) -> Iterator[Problem]:
    file = str(assignment.test_file.relative_to(root))
    for score in scores:
        if score.status != "graded":
            yield Problem(file, score.student, f"to be graded: {score.reason}")
            continue
        reference = score.student.startswith("reference")
        tests = sum(task.points for task in assignment.machine_tasks)
        wanted, by_hand = (tests, assignment.max_score - tests) if reference else (0.0, 0.0)
        if score.pending != by_hand:
            found = f"{by_hand:g} points that a person gives, found {score.pending:g}"
            yield Problem(file, score.student, found)
        if score.score != wanted:
            yield Problem(file, score.student, f"{wanted:g} points, found {_lost(score, wanted)}")


def _lost(score: Score, wanted: float) -> str:
    tests = [test for task in score.tasks for test in task.tests]
    tests = [test for test in tests if test.outcome is not Outcome.MANUAL]
    odd = [test.name for test in tests if (test.points == test.max_points) != (wanted > 0)]
    seed = score.provenance.get("seed", "")
    return f"{score.score:g} with seed {seed} ({', '.join(odd)})"


def _line(assignment: Assignment, scores: list[Score]) -> str:
    best: dict[str, set[float | None]] = defaultdict(set)
    for score in scores:
        best[score.student.partition("-")[0]].add(score.score)
    found = ", ".join(
        f"{who} {'/'.join(sorted(f'{s:g}' if s is not None else '–' for s in found))}"
        for who, found in sorted(best.items())
    )
    by_machine = {task.id for task in assignment.machine_tasks}
    tasks = [task for task in scores[0].tasks if task.id in by_machine] if scores else []
    tests = sum(len(task.tests) for task in tasks)
    by_hand = sum(task.points for task in assignment.tasks if task.manual)
    points = f"{assignment.max_score:g} points" + (f" ({by_hand:g} by hand)" if by_hand else "")
    return f"{assignment.slug}: {points}, {tests} tests; {found}"


def _hint_problems(assignment: Assignment, root: Path) -> Iterator[Problem]:
    """Each hint has a test that names it; that a named hint exists is for the release to see."""
    sources = [path.read_text(encoding="utf-8") for path in assignment.folder.glob("*.py")]
    named = {
        node.value
        for source in sources
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    file = str((assignment.folder / "assignment.yaml").relative_to(root))
    for hint in assignment.hints:
        if hint not in named:
            yield Problem(file, f"hints.{hint}", "a test that names this hint in `mistakes=`")
