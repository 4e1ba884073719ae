"""Results to export, and the files that Canvas and Moodle would read back, as lists of cells."""

from __future__ import annotations

import csv
import io

from autograder import export, results
from autograder.export.marks import Mark, Marks, Person
from autograder.model import Outcome, Score, TaskScore, TestResult, Tier


def a_test(outcome=Outcome.PASSED, points=1.0, name="test_it"):
    return TestResult(name, "convolve2d", "visible", outcome, points, points)


def a_score(student, score=12.5, assignment="convolution", **fields):
    tests = fields.pop("tests", (a_test(),))
    tasks = (TaskScore("convolve2d", score or 0.0, 20.0, tests),)
    known = {"status": "graded", "tier": Tier.S2, "seconds": 1.0, "max_score": 20.0, "tasks": tasks}
    return Score(student, assignment, score=score, **{**known, **fields})


def from_moodle(number):
    return {"provenance": {"platform": "moodle", "number": number}}


def from_canvas(number):
    return {"provenance": {"platform": "canvas", "number": number}}


def rejected(student, **fields):
    bare = {"score": None, "status": "rejected", "reason": "The file is cut off.", "tasks": ()}
    return a_score(student, **{**bare, **fields})


def by_hand(student, **fields):
    return a_score(student, tests=(a_test(), a_test(Outcome.MANUAL, name="why")), **fields)


def marks_of(*scores):
    """The marks as they come out of a results folder, without the disk."""
    made = export.marks._mark
    found = {(one.student, one.assignment): made(one) for one in scores}
    names = dict.fromkeys(one.assignment for one in scores)
    return Marks(
        "here",
        dict.fromkeys(names, 20.0),
        {one.student: Person(one.student) for one in scores},
        found,
    )


def mark(score, **fields):
    return Mark(score, 20.0, raw=score, **fields)


def written(folder, *scores):
    for score in scores:
        results.write(score, folder)
    return folder


def lines(data, delimiter=","):
    """The cells of a file as another program finds them."""
    return list(csv.reader(io.StringIO(data.decode("utf-8")), delimiter=delimiter))


def exported(tmp_path, *scores, roster=None, **options):
    """What ``autograder export`` makes of the scores: the file's cells and the notes."""
    folder = written(tmp_path / "results", *scores)
    if roster is not None:
        path = tmp_path / options.pop("roster_name", "roster.csv")
        path.write_bytes(roster if isinstance(roster, bytes) else roster.encode())
        options["roster"] = path
    return export.exported(export.Options(results=folder, source="results", **options))
