"""Tasks that a person marks: answered or not, and never a point from us."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder import manual, score
from autograder.model import Assignment, Outcome, Task, TestResult, Text
from autograder.notebook import stub

NAME = Text("Une question", "A question")
ASSIGNMENT = Assignment(
    "talk",
    NAME,
    (
        Task("why", NAME, 2.0, mark_scheme=NAME),
        Task("how", NAME, 3.0, mark_scheme=NAME),
        Task("compute", NAME, 5.0),
    ),
    Path("talk"),
)


def outcomes(*cells):
    return {one.name: one.outcome for one in manual.results(ASSIGNMENT, cells, "en")}


def test_an_answer_waits_for_a_person_and_the_rest_has_none_to_come():
    found = outcomes(("why", "Because."), ("compute", "def compute(): ..."))
    assert found == {"why": Outcome.MANUAL, "how": Outcome.FAILED}


@pytest.mark.parametrize(
    "text",
    [
        *stub.TEXTS.values(),
        "",
        " \n\t\n",
        "# À toi de jouer : écris ta réponse ici.\n",  # as a script comments it
        "  Your turn:\n  write your answer here.  ",
    ],
)
def test_what_was_released_and_blanks_are_no_answer(text):
    assert outcomes(("why", text))["why"] is Outcome.FAILED


@pytest.mark.parametrize("text", ["x", "# Because", "Your turn: write your answer here. Because."])
def test_anything_else_is(text):
    assert outcomes(("why", text))["why"] is Outcome.MANUAL


def test_of_two_cells_with_one_id_either_answers():
    answer, released = ("why", "Because."), ("why", stub.TEXTS["en"])
    assert outcomes(answer, released)["why"] is Outcome.MANUAL
    assert outcomes(released, answer)["why"] is Outcome.MANUAL


def test_no_points_but_the_sentence_and_what_may_come():
    answered, missing = manual.results(ASSIGNMENT, [("why", "Because.")], "fr")
    assert (answered.points, answered.max_points) == (0, 2)
    assert answered.message == manual.PENDING.fr
    assert (missing.points, missing.max_points) == (0, 3)
    assert missing.message == manual.NO_RESPONSE.fr


def test_the_score_counts_machine_points_and_knows_what_is_pending():
    tests = [
        TestResult("test_compute", "compute", "hidden", Outcome.PASSED, 5.0, 5.0),
        *manual.results(ASSIGNMENT, [("why", "Because.")], "en"),
    ]
    tasks = score.task_scores(ASSIGNMENT, tests, {}, "en")
    assert [(task.id, task.score, task.max_score, task.pending) for task in tasks] == [
        ("why", 0, 2, 2),
        ("how", 0, 3, 0),
        ("compute", 5, 5, 0),
    ]
    assert score.total(tasks) == 5
    assert [task.id for task in ASSIGNMENT.machine_tasks] == ["compute"]
