"""Points: nothing is given without a passed test, and one mistake costs one message."""

from pathlib import Path

import pytest

from autograder.model import Assignment, Outcome, Task, TestResult, Text
from autograder.score import task_scores, total

TITLE = Text("titre", "title")
ASSIGNMENT = Assignment(
    "demo",
    TITLE,
    (Task("first", TITLE, 3.0), Task("second", TITLE, 2.0, depends=("first",))),
    Path("assignments/demo"),
)


def result(name, task="first", outcome=Outcome.PASSED, worth=1.0):
    points = worth if outcome is Outcome.PASSED else 0.0
    return TestResult(name, task, "visible", outcome, points, worth, message=f"{name} says")


def scores(*results, depends=None):
    return task_scores(ASSIGNMENT, results, depends or {}, "en")


def test_no_result_no_points():
    assert [task.score for task in scores()] == [0.0, 0.0]
    assert total(scores()) == 0.0


@pytest.mark.parametrize("outcome", [o for o in Outcome if o is not Outcome.PASSED])
def test_only_a_passed_test_gives_points(outcome):
    assert total(scores(result("a", outcome=outcome), result("b"))) == 1.0


def test_points_of_binary_fractions_add_up():
    first, _ = scores(*(result(str(n), worth=0.1) for n in range(3)))
    assert first.score == 0.3


def test_a_task_never_gives_more_than_it_is_worth():
    first, _ = scores(*(result(str(n)) for n in range(5)))
    assert first.score == first.max_score == 3.0


def test_a_failure_with_a_failed_dependency_is_skipped_and_names_it():
    first, _ = scores(
        result("basic", outcome=Outcome.FAILED),
        result("hard", outcome=Outcome.FAILED),
        depends={"hard": ("basic",)},
    )
    basic, hard = first.tests
    assert basic.outcome is Outcome.FAILED
    assert basic.message == "basic says"
    assert hard.outcome is Outcome.SKIPPED
    assert "`basic`" in hard.message


def test_a_dependent_test_that_passes_keeps_its_points():
    first, _ = scores(
        result("basic", outcome=Outcome.FAILED), result("hard"), depends={"hard": ("basic",)}
    )
    assert first.score == 1.0
    assert first.tests[1].outcome is Outcome.PASSED


@pytest.mark.parametrize("outcome", [Outcome.TIMEOUT, Outcome.MEMORY, Outcome.CRASHED])
def test_what_speaks_for_itself_is_not_hidden_behind_a_dependency(outcome):
    first, _ = scores(
        result("basic", outcome=Outcome.FAILED),
        result("hard", outcome=outcome),
        depends={"hard": ("basic",)},
    )
    assert first.tests[1].outcome is outcome


def test_a_task_is_skipped_only_while_the_one_it_builds_on_has_no_points():
    _, second = scores(
        result("a", outcome=Outcome.FAILED), result("b", "second", outcome=Outcome.FAILED)
    )
    assert second.tests[0].outcome is Outcome.SKIPPED
    assert "`first`" in second.tests[0].message
    _, second = scores(
        result("a", outcome=Outcome.FAILED),
        result("c"),
        result("b", "second", outcome=Outcome.FAILED),
    )
    assert second.tests[0].outcome is Outcome.FAILED
