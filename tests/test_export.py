"""Scores for any program and for nbgrader; what is no final score; the command itself."""

import stat
import subprocess
import sys

import pytest
from exported import a_score, a_test, by_hand, exported, lines, rejected, written

from autograder import cli, results
from autograder.errors import ResultsError, UsageError
from autograder.export import Exported, Options, save
from autograder.export import exported as export
from autograder.model import Outcome

CLASS = (
    a_score("anna", 20.0),
    a_score("anna", 7.5, "pooling"),
    a_score("béla, the 2nd", 0.0),
    rejected("carl", assignment="pooling"),
    a_score("carl", 3.0),
)


def run(*arguments, **options):
    command = [sys.executable, "-m", "autograder", "export", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, check=False, timeout=60, **options)


# ---------------------------------------------------------------- a table


def test_one_line_a_student_one_column_an_assignment_and_the_total(tmp_path):
    made = exported(tmp_path, *CLASS, format="csv")
    assert lines(made.data) == [
        ["student", "convolution", "pooling", "total"],
        ["anna", "20", "7.5", "27.5"],
        ["béla, the 2nd", "0", "", "0"],
        ["carl", "3", "", ""],
    ]
    assert made.notes == ("carl, pooling: no score: rejected: The file is cut off.",)
    assert not made.data.startswith(b"\xef\xbb\xbf")


def test_a_column_for_each_task(tmp_path):
    made = exported(tmp_path, *CLASS, format="csv", tasks=True)
    header, anna, *_ = lines(made.data)
    assert header == [
        "student",
        "convolution",
        "convolution.convolve2d",
        "pooling",
        "pooling.convolve2d",
        "total",
    ]
    assert anna == ["anna", "20", "20", "7.5", "7.5", "27.5"]


def test_only_the_assignments_that_are_asked_for(tmp_path):
    made = exported(tmp_path, *CLASS, format="csv", assignments=("convolution",))
    assert [line[0] for line in lines(made.data)] == ["student", "anna", "béla, the 2nd", "carl"]
    assert lines(made.data)[3] == ["carl", "3", "3"]
    assert made.notes == ()


def test_points_have_no_dust_and_lose_nothing(tmp_path):
    scores = [a_score("a", 0.1 + 0.2), a_score("b", 6.666667), a_score("c", 12.0)]
    made = exported(tmp_path, *scores, format="csv", assignments=())
    assert [line[1] for line in lines(made.data)[1:]] == ["0.3", "6.666667", "12"]


# ---------------------------------------------------------------- no final score


@pytest.mark.parametrize("kind", ["csv", "canvas", "moodle", "nbgrader"])
@pytest.mark.parametrize(
    ("score", "reason"),
    [
        (rejected("eva"), "rejected: The file is cut off."),
        (rejected("eva", status="not_graded", reason="It died."), "not graded: It died."),
        (by_hand("eva"), "to be marked by hand: convolve2d"),
        (a_score("eva", provenance={"track": "short"}), "a trial with --short is no grade"),
    ],
)
def test_what_is_no_final_score_is_empty_never_zero_and_named(tmp_path, kind, score, reason):
    made = exported(tmp_path, score, a_score("zoe", 4.0), format=kind)
    eva = next(line for line in lines(made.data) if "eva" in line)
    assert not {"0", "0.0", "12.5"} & set(eva)
    assert made.notes == (f"eva, convolution: no score: {reason}",)


@pytest.mark.parametrize("kind", ["csv", "canvas", "moodle", "nbgrader"])
def test_the_late_penalty_is_taken_off_and_nothing_falls_below_zero(tmp_path, kind):
    scores = [a_score("late", 10.0, late_penalty=2.5), a_score("later", 2.0, late_penalty=9.0)]
    made = exported(tmp_path, *scores, format=kind, lang="en")
    late, later = (line for line in lines(made.data) if {"late", "later"} & set(line))
    assert "7.5" in late
    assert {"0", "0.0"} & set(later)


def test_a_damaged_result_is_told(tmp_path):
    folder = written(tmp_path / "results", a_score("anna"), a_score("bob"))
    results.result_path(folder, "convolution", "bob").write_text("{")
    made = export(Options("csv", results=folder, source="results"))
    assert [line[0] for line in lines(made.data)] == ["student", "anna"]
    assert made.notes == (f"{folder}: result files that cannot be read: 1; grade again",)


# ---------------------------------------------------------------- nbgrader's table


def test_the_columns_of_nbgrader_export(tmp_path):
    made = exported(tmp_path, a_score("anna", 10.0, late_penalty=2.5), format="nbgrader")
    assert made.data.decode().splitlines() == [
        "assignment,duedate,timestamp,student_id,last_name,first_name,email,raw_score,"
        "late_submission_penalty,score,max_score",
        "convolution,,,anna,,,,10.0,2.5,7.5,20.0",
    ]


# ---------------------------------------------------------------- wrong usage


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"assignments": ("painting",)}, "no assignment 'painting'; there are convolution"),
        ({"tasks": True, "format": "canvas"}, "--tasks does nothing with --format canvas"),
        ({"roster": "a;b\n1;2\n"}, "--roster does nothing"),
        ({"columns": {"convolution": "TP"}, "format": "canvas"}, "--column does nothing"),
        ({"feedback": True, "format": "moodle"}, "--feedback does nothing"),
    ],
)
def test_wrong_usage(tmp_path, options, words):
    with pytest.raises(UsageError, match=words):
        exported(tmp_path, a_score("anna"), **{"format": "csv", **options})


def test_nothing_to_export(tmp_path):
    with pytest.raises(UsageError, match="no such folder"):
        export(Options("csv", results=tmp_path / "nowhere", source="results"))
    with pytest.raises(UsageError, match="nothing to export"):
        export(Options("csv", results=tmp_path, source="results"))
    with pytest.raises(UsageError, match="no gradebook"):
        export(Options("csv", results=tmp_path, course=tmp_path, source="gradebook"))


# ---------------------------------------------------------------- the command


def test_the_command_writes_to_standard_output_and_sets_the_exit_code(tmp_path):
    folder = written(tmp_path / "results", a_score("anna\u202e", 20.0))
    done = run("--format", "csv", "--results", folder, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout == b"student,convolution,total\nanna\xef\xbf\xbd,20,20\n"
    assert done.stderr.decode().splitlines() == [f"scores taken from the results in {folder}"]
    written(folder, rejected("carl\u202e\x1b[31m"))
    done = run("--format", "csv", "--results", "results", "--out", "scores.csv", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (1, b"")
    assert "\x1b" not in done.stderr.decode()
    assert "\u202e" not in done.stderr.decode()
    assert len(lines((tmp_path / "scores.csv").read_bytes())) == 3


@pytest.mark.parametrize("column", ["convolution", "=TP", "convolution="])
def test_a_column_without_a_name_or_heading_is_wrong_usage(column):
    from click.testing import CliRunner

    done = CliRunner().invoke(cli.cli, ["export", "--format", "canvas", "--column", column])
    assert done.exit_code == 2
    assert "NAME=HEADING" in done.output


def test_the_file_is_written_whole_or_not_at_all(tmp_path):
    old = tmp_path / "out" / "scores.csv"
    old.parent.mkdir()
    old.write_text("old")
    (tmp_path / "file").write_text("")
    with pytest.raises(ResultsError, match=r"file is in the way.*choose another with --out"):
        save(Exported(b"new", "", ()), tmp_path / "file" / "scores.csv")
    save(Exported(b"new", "", ()), old)
    assert old.read_bytes() == b"new"
    assert list(old.parent.iterdir()) == [old]
    assert stat.S_ISREG(old.lstat().st_mode)


def test_outcomes_that_are_the_students_own_are_final(tmp_path):
    own = set(Outcome) - {Outcome.MANUAL, Outcome.NOT_GRADED}
    scores = [a_score(outcome.value, 1.0, tests=(a_test(outcome),)) for outcome in own]
    made = exported(tmp_path, *scores, format="csv")
    assert made.notes == ()
    assert {line[1] for line in lines(made.data)[1:]} == {"1"}
