"""The tables of scores: no student and no number is missing, however narrow the screen."""

from __future__ import annotations

from pathlib import Path

import pytest
from screens import NAME, a_score, shown

from autograder.model import Assignment, Course, Outcome, Score, Task, TaskScore, TestResult, Tier

# ---------------------------------------------------------------- the tables


def test_a_table_has_a_row_a_student_and_a_column_a_task():
    lines = shown([a_score("zoe", 5, 0), a_score("adam", 2.5, 7.5)]).splitlines()
    assert lines[0].strip() == "pooling: mean 7.5/12.5"
    words = [line.split() for line in lines]
    assert ["adam", "2.5", "7.5", "10", "graded"] in words
    assert ["zoe", "5", "0", "5", "graded"] in words
    assert words.index(["adam", "2.5", "7.5", "10", "graded"]) + 1 == words.index(
        ["zoe", "5", "0", "5", "graded"]
    )
    assert ["student", "/5", "/7.5", "total", "status"] in words


@pytest.mark.parametrize("outcome", Outcome)
def test_code_that_did_not_end_well_is_named(outcome):
    out = shown([a_score("zoe", 0, 0, outcome)])
    named = outcome not in (Outcome.PASSED, Outcome.FAILED, Outcome.ERROR, Outcome.SKIPPED)
    assert (f"graded, {outcome.value.replace('_', ' ')}" in out) == named


def test_points_that_a_person_gives_are_still_to_come():
    lines = shown([a_score("zoe", 0, 7.5, Outcome.MANUAL)]).splitlines()
    assert "without what a person marks" in lines[0]
    assert any(line.split()[0] == "zoe" and "…" in line for line in lines[1:])
    assert not any("…" in line for line in shown([a_score("zoe", 0, 7.5)]).splitlines())


def test_colours_only_on_a_terminal():
    scores = [a_score("zoe", 5, 0)]
    assert "\x1b[" in shown(scores, color=True)
    assert "\x1b[" not in shown(scores)


def test_results_of_an_assignment_that_is_gone_are_shown_all_the_same():
    old = Score("zoe", "old", "graded", 1.0, 2.0, Tier.S1, 0.1, (TaskScore("f", 1.0, 2.0, ()),))
    assert ["zoe", "1", "1", "graded"] in [line.split() for line in shown([old]).splitlines()]


def test_no_student_is_lost_in_a_large_class_with_long_names():
    scores = [a_score(f"{number:03d}_" + "x" * 60, 5, 7.5) for number in range(200)]
    out = shown(scores)
    assert all(f"\n{number:03d}_xxx" in out for number in range(200))
    assert max(map(len, out.splitlines())) <= 110


# ---------------------------------------------------------------- narrow screens

SIX = {  # the assignment `pooling` as it is
    "max_pooling": 5.0,
    "average_pooling": 3.25,
    "global_average_pooling": 2.0,
    "fully_connected": 3.0,
    "softmax": 3.5,
    "forward": 3.25,
}
WIDE = Course(
    Path(),
    {
        "pooling": Assignment(
            "pooling", NAME, tuple(Task(t, NAME, p) for t, p in SIX.items()), Path()
        )
    },
)


def wide_score(number: int, outcome: Outcome = Outcome.PASSED) -> Score:
    share = (number % 8 + 1) / 8
    test = TestResult("test", "softmax", "hidden", outcome, 0, 0)
    tasks = tuple(TaskScore(task, share * most, most, (test,)) for task, most in SIX.items())
    student = f"{number:02d}_" + "anne_sophie_de_la_rochefoucauld_" * 2
    return Score(student, "pooling", "graded", share * 20, 20.0, Tier.S2, 0.01, tasks)


def points(score: Score) -> list[str]:
    numbers = [*(task.score for task in score.tasks), score.score]
    return [f"{number:.2f}".rstrip("0").rstrip(".") for number in numbers]


@pytest.mark.parametrize("width", [60, 80, 110])
@pytest.mark.parametrize("outcome", [Outcome.PASSED, Outcome.TIMEOUT])
def test_no_number_is_cut_however_narrow_the_screen(width, outcome):
    scores = [
        wide_score(number, outcome if number == 7 else Outcome.PASSED) for number in range(30)
    ]
    lines = shown(scores, width=width, course=WIDE).splitlines()
    assert max(map(len, lines)) <= width
    rows = {line[:2]: line.split() for line in lines if line[:2].isdigit() and line[2] == "_"}
    assert len(rows) == 30
    for score in scores:
        name, *numbers = rows[score.student[:2]]
        assert len(name) >= 12
        expected = points(score) if width > 60 else points(score)[-1:]
        assert numbers[: len(expected)] == expected
        assert numbers[len(expected)].startswith("graded")
    heading = next(line.split() for line in lines if line.startswith("student"))
    most = ["/5", "/3.25", "/2", "/3", "/3.5", "/3.25"] if width > 60 else []
    assert heading == ["student", *most, "total", "status"]
    assert ("totals only: too narrow for 6 tasks" in lines[0]) == (width == 60)


def test_names_give_way_before_headings():
    def headings(width: int) -> str:
        return shown([wide_score(0)], width=width, course=WIDE).partition("student")[0]

    for heading in ("global_", "average_", "pooling", "connected", "softmax", "forward"):
        assert heading in headings(90)
    assert "connec…" in headings(80)


def test_a_very_narrow_screen_still_shows_every_total():
    lines = shown([wide_score(number) for number in range(8)], width=24, course=WIDE).splitlines()
    totals = [line.split()[1] for line in lines if line.endswith("graded") and line[:1] == "0"]
    assert totals == ["2.5", "5", "7.5", "10", "12.5", "15", "17.5", "20"]
