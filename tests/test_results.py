"""Results on disk: what is written is read back, names cannot escape, nothing is half-written."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder import results
from autograder.model import Outcome, Score, TaskScore, TestResult, Tier

TOP_FIELDS = [
    *("schema_version", "student", "assignment", "status", "reason", "score", "max_score"),
    *("tier", "lang", "seconds", "notices", "late_penalty", "refused", "tasks", "provenance"),
]
TEST_FIELDS = [
    *("name", "visibility", "outcome", "points", "max_points"),
    *("message", "hint", "inside", "differs"),
]


def a_test(outcome: Outcome = Outcome.PASSED, points: float = 1.0, message: str = "") -> TestResult:
    return TestResult(
        "test_relu_zero", "relu", "hidden", outcome, points, 1.0, message, "un indice"
    )


def a_score(student: str = "dupont_camille", **changes: object) -> Score:
    score = Score(
        student=student,
        assignment="pooling",
        status="graded",
        score=1.0,
        max_score=2.5,
        tier=Tier.S2,
        seconds=0.012,
        tasks=(TaskScore("relu", 1.0, 2.5, (a_test(),)),),
        notices=("« !pip » n'a pas été exécuté.",),
        provenance={"lang": "fr", "digest": "0" * 64, "grader": "0.1.0"},
    )
    return replace(score, **changes)


def leftovers(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


# ---------------------------------------------------------------- one result


def test_what_is_written_is_read_back(tmp_path):
    for score in (
        a_score(),
        a_score("zoé martin"),
        a_score("rejected", status="rejected", score=None, tasks=(), reason="Pas du JSON."),
        a_score("ours", status="not_graded", score=None, reason="No isolation."),
        a_score("no provenance", provenance={}),
        a_score("refused", refused=("kill", "socket")),
        a_score("refused and ours", status="not_graded", score=None, refused=("socket",)),
    ):
        results.write(score, tmp_path)
        assert results.read(tmp_path, "pooling", score.student) == score


@pytest.mark.parametrize("outcome", Outcome)
def test_every_outcome_is_read_back(tmp_path, outcome):
    score = a_score(tasks=(TaskScore("relu", 0, 1, (a_test(outcome, 0),)),))
    results.write(score, tmp_path)
    assert results.read(tmp_path, "pooling", score.student) == score


def test_the_file_has_the_documented_fields_in_order(tmp_path):
    document = json.loads(results.write(a_score(), tmp_path).read_text(encoding="utf-8"))
    assert list(document) == [*TOP_FIELDS]
    assert list(document["tasks"][0]) == ["id", "score", "max_score", "tests"]
    assert list(document["tasks"][0]["tests"][0]) == [*TEST_FIELDS]
    assert document["schema_version"] == 1
    assert document["lang"] == "fr"
    assert "lang" not in document["provenance"]


def test_what_only_nbgrader_courses_have_is_read_back(tmp_path):
    test = replace(a_test(), inside=True, differs=("stderr", "partial"))
    score = a_score(tasks=(TaskScore("relu", 1.0, 2.5, (test,)),), late_penalty=0.5)
    results.write(score, tmp_path)
    assert results.read(tmp_path, "pooling", "dupont_camille") == score


def test_a_result_of_an_earlier_version_is_read(tmp_path):
    path = results.write(a_score(), tmp_path)
    document = json.loads(path.read_text(encoding="utf-8"))
    del document["late_penalty"], document["refused"]
    for test in document["tasks"][0]["tests"]:
        del test["inside"], test["differs"]
    path.write_text(json.dumps(document), encoding="utf-8")
    assert results.read(tmp_path, "pooling", "dupont_camille") == a_score()


def test_same_result_same_bytes(tmp_path):
    provenance = {"digest": "1", "lang": "fr", "grader": "2"}
    backwards = dict(reversed(provenance.items()))
    first = results.write(a_score(provenance=provenance), tmp_path).read_bytes()
    assert results.write(a_score(provenance=backwards), tmp_path).read_bytes() == first


def test_points_carry_no_binary_dust():
    document = results.as_dict(a_score(score=0.1 + 0.2, max_score=3.0))
    assert results.to_json(document).count('"score": 0.3,') == 1
    assert '"max_score": 3,' in results.to_json(document)


def test_no_character_of_the_file_hides():
    nasty = "a\x1b]0;b\x07\x9b31m\x7f\u202e\u2066\u2028\ufeff\ud800é œ « x »"
    text = results.to_json(results.as_dict(a_score(reason=nasty)))
    assert json.loads(text)["reason"] == nasty
    assert all(letter.isprintable() or letter in "\n\u00a0\u202f" for letter in text)
    assert "é œ « x »" in text  # and what a person can read stays readable
    text.encode()


def test_a_score_that_is_no_number_is_never_written(tmp_path):
    with pytest.raises(ValueError, match="Out of range"):
        results.write(a_score(score=float("nan")), tmp_path)
    assert leftovers(tmp_path) == []


# ---------------------------------------------------------------- damaged or foreign files


def damaged(document: dict) -> list[object]:
    test = document["tasks"][0]["tests"][0]
    return [
        {**document, "schema_version": 0},
        {**document, "status": "fine"},
        {**document, "score": None},
        {**document, "score": "1"},
        {**document, "score": True},
        {**document, "status": "rejected"},  # with a score
        {**document, "tier": "S9"},
        {**document, "student": 3},
        {**document, "tasks": None},
        {**document, "tasks": ["relu"]},
        {**document, "notices": [1]},
        {**document, "refused": "socket"},
        {**document, "refused": [41]},
        {**document, "refused": None},
        {**document, "provenance": {"digest": 1}},
        {**document, "tasks": [{**document["tasks"][0], "tests": [{**test, "outcome": "won"}]}]},
        {**document, "tasks": [{**document["tasks"][0], "tests": [{**test, "visibility": ""}]}]},
        {**document, "tasks": [{**document["tasks"][0], "tests": [{**test, "points": None}]}]},
        {key: value for key, value in document.items() if key != "reason"},
        [document],
        None,
    ]


def test_a_damaged_file_counts_as_absent(tmp_path):
    path = results.write(a_score(), tmp_path)
    whole = path.read_text(encoding="utf-8")
    texts = [json.dumps(document) for document in damaged(json.loads(whole))]
    for text in [*texts, whole[:-20], "", "[" * 100_000, whole.replace(": 1,", ": NaN,")]:
        path.write_text(text, encoding="utf-8")
        assert results.read(tmp_path, "pooling", "dupont_camille") is None, text[:300]
        assert results.read_all(tmp_path) == []
    path.write_bytes(b"\xff\xfe\xfa")
    assert results.read(tmp_path, "pooling", "dupont_camille") is None
    path.write_text(whole, encoding="utf-8")
    assert results.read(tmp_path, "pooling", "dupont_camille") == a_score()


def test_absent_and_renamed_files_give_nothing(tmp_path):
    assert results.read(tmp_path, "pooling", "nobody") is None
    path = results.write(a_score(), tmp_path)
    path.with_name("leo.json").write_bytes(path.read_bytes())
    assert results.read(tmp_path, "pooling", "leo") is None
    assert len(results.read_all(tmp_path)) == 1
    path.with_name("marie.json").mkdir()
    assert results.read(tmp_path, "pooling", "marie") is None


# ---------------------------------------------------------------- names


ODD_NAMES = [
    "..",
    ".",
    "../../etc/passwd",
    "/etc/passwd",
    "-rf",
    "a b",
    "a%20b",
    "a\\b",
    "a\0b",
    "a\nb",
    "CON",
    "x~y",
    "é",
    "e\u0301",
    "名前",
    "\ud800",
    "",
    "a" * 300,
    "a" * 301,
    "é" * 300,
    "%" * 300,
]


def test_odd_names_stay_inside_and_apart(tmp_path):
    paths = {results.write(a_score(name), tmp_path) for name in ODD_NAMES}
    assert len(paths) == len(ODD_NAMES)
    assert {path.parent for path in paths} == {tmp_path / "pooling"}
    for name in ODD_NAMES:
        assert results.read(tmp_path, "pooling", name) == a_score(name)
    assert len(results.read_all(tmp_path)) == len(ODD_NAMES)


def test_ordinary_names_stay_readable():
    for name in ("dupont_camille", "Zoé", "j.martin-2", "12345"):
        assert results.file_name(name) == name
    assert results.file_name("Léo Martin") == "Léo%20Martin"


@given(st.text(), st.text())
def test_no_two_names_share_a_file(first, second):
    names = {results.file_name(first), results.file_name(second)}
    assert len(names) == len({first, second})
    for name in names:
        assert len(name.encode()) < 200
        assert name.strip(".")
        assert not any(letter in name for letter in "/\\\0\n ")


def test_an_assignment_name_cannot_escape_either(tmp_path):
    path = results.write(a_score(assignment="../.."), tmp_path / "results")
    assert tmp_path / "results" in path.parents
    assert leftovers(tmp_path) == [path]


# ---------------------------------------------------------------- what changed


def test_only_an_equal_digest_of_a_graded_result_counts_as_unchanged(tmp_path):
    def found(digest: str) -> Score | None:
        return results.unchanged(tmp_path, "pooling", "dupont_camille", digest)

    assert found("0" * 64) is None
    results.write(a_score(refused=("socket",)), tmp_path)
    assert found("0" * 64) == a_score(refused=("socket",))
    assert found("1" * 64) is None
    assert found("") is None
    results.write(a_score(status="not_graded", score=None), tmp_path)
    assert found("0" * 64) is None
    results.write(a_score(provenance={}), tmp_path)
    assert found("0" * 64) is None


# ---------------------------------------------------------------- scores.csv


def rows(folder: Path) -> list[list[str]]:
    with results.write_scores_csv(folder).open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def test_the_table_shows_the_whole_folder_sorted(tmp_path):
    results.write(a_score("zoe"), tmp_path)
    results.write(a_score("adam", score=0.1 + 0.2), tmp_path)
    results.write(
        a_score("adam", assignment="convolution", status="rejected", score=None), tmp_path
    )
    assert rows(tmp_path) == [
        list(results.CSV_COLUMNS),
        ["adam", "convolution", "rejected", "", "2.5", "", "S2"],
        ["adam", "pooling", "graded", "0.3", "2.5", "", "S2"],
        ["zoe", "pooling", "graded", "1", "2.5", "", "S2"],
    ]
    text = (tmp_path / "scores.csv").read_text(encoding="utf-8")
    assert all(line.startswith('"') and line.endswith('"') for line in text.splitlines())


@pytest.mark.parametrize(
    "start", ["=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠"]
)
def test_no_name_is_a_formula(tmp_path, start):
    results.write(a_score(f'{start}HYPERLINK("http://x";"y")'), tmp_path)
    name = rows(tmp_path)[1][0]
    assert name.startswith("'")
    assert not any(ord(letter) < 32 for letter in name)


def test_an_empty_folder_gives_a_table_of_headings(tmp_path):
    assert rows(tmp_path / "new") == [list(results.CSV_COLUMNS)]
