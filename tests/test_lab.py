"""End to end: a class is graded, a person marks by hand in the form grader, it is graded again.

Real Jupyter, real nbgrader, a real browser. Nothing but the loopback is asked for anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from browser import chromium as chromium  # a fixture
from lab import Lab

pytestmark = [pytest.mark.slow, pytest.mark.alone]

QUIZ = 'def {}():\n    return "{}"'
RIGHT = {"quiz_output_size": "b", "quiz_parameters": "d", "quiz_max_gradient": "c"}
WRONG = {"quiz_receptive_field": "b"}
_LONG = 60_000  # milliseconds: the machine may be busy


def letters(**more):
    return {name: QUIZ.format(name, letter) for name, letter in (RIGHT | WRONG | more).items()}


@pytest.fixture(scope="module")
def lab(chromium, tmp_path_factory):
    """Three students, graded and in the gradebook; the server runs.

    It asks for the browser first: without one there is nothing to start.
    """
    lab = Lab(tmp_path_factory.mktemp("lab"))
    answers = {"why_pooling": "Moins de **valeurs**.", "why_3x3": "Deux 3×3 voient 5×5."}
    lab.hand_in("camille", **letters(), **answers)
    lab.hand_in("lucas")
    lab.hand_in_example("lefebvre_manon", "output_size")
    lab.grade()
    with lab.served():
        yield lab


@contextmanager
def page_of(chromium, lab, path) -> Iterator:
    """A page of the server in a fresh profile; what lies elsewhere (MathJax) is not fetched."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(_LONG)
    context.route(
        re.compile(".*"),
        lambda route: (
            route.continue_() if route.request.url.startswith(f"{lab.url}/") else route.abort()
        ),
    )
    try:
        page = context.new_page()
        page.goto(f"{lab.url}/tree?token={lab.token}")  # as the address that Jupyter prints
        page.goto(f"{lab.url}/{path}")
        yield page
    finally:
        context.close()


def table(chromium, lab, path):
    """The texts in a table of the form grader, row by row."""
    with page_of(chromium, lab, path) as page:
        filled = page.locator("#main-table tr[role=row]")
        filled.first.wait_for()
        rows = [row.locator("td").all_inner_texts() for row in filled.all()]
    return [[cell.strip() for cell in row] for row in rows]


def submitted(chromium, lab, slug):
    """Status and score of each student, as "Manage submissions" shows them."""
    rows = table(chromium, lab, f"formgrader/manage_submissions/{slug}")
    return {row[1]: (row[3], row[4]) for row in rows}


@contextmanager
def marking(chromium, lab, student) -> Iterator:
    """The page on which a person marks what ``student`` wrote."""
    with page_of(chromium, lab, "formgrader/gradebook/questions/questions") as page:
        link = page.locator("#main-table a.name-shown", has_text=student)
        link.wait_for(state="attached")
        page.goto(lab.url + link.get_attribute("href"))
        page.locator("#why_pooling").wait_for()
        page.wait_for_load_state("networkidle")
        yield page


def score_box(page, cell):
    """What stands in a box, and what would count if nothing did."""
    box = page.locator(f'[id="{cell}"]')
    return box.input_value(), box.get_attribute("placeholder")


# ---------------------------------------------------------------- what an instructor sees


def test_the_class_is_there_with_its_scores(chromium, lab):
    assert submitted(chromium, lab, "questions") == {
        "camille": ("needs manual grading", "3 / 20"),
        "lucas": ("graded", "0 / 20"),
    }
    assert submitted(chromium, lab, "output_size") == {"lefebvre_manon": ("graded", "13 / 20")}


def test_assignments_have_their_sources(chromium, lab):
    rows = table(chromium, lab, "formgrader/manage_assignments")
    assert {(row[0], row[8]) for row in rows} == {("questions", "2"), ("output_size", "1")}


def test_jupyterlab_has_nbgraders_menu(chromium, lab):
    with page_of(chromium, lab, "lab") as page:
        page.get_by_role("menuitem", name="Nbgrader").click()
        shown = page.locator(".lm-Menu-itemLabel").all_inner_texts()
        assert {"Assignment List", "Course List", "Formgrader"} <= set(shown)
        page.get_by_text("Formgrader", exact=True).click()
        formgrader = page.frame_locator("iframe").locator("#main-table")
        formgrader.get_by_text("questions").first.wait_for()


def test_answer_scheme_and_verdict_stand_on_the_page(chromium, lab):
    with marking(chromium, lab, "camille") as page:
        text = page.locator("body").inner_text()
        assert page.locator("strong", has_text="valeurs").count() == 1  # rendered, not as source
    assert text.index("Barème") < text.index("Deux 3×3 voient 5×5.")
    assert "=== BEGIN MARK SCHEME ===" in text
    assert "Correcteur · 1/1" in text
    assert "Correcteur · 0/1" in text
    assert "5×5 serait juste avec des strides de 1." in text  # the hint of a wrong letter


# ---------------------------------------------------------------- and what they do


def test_a_score_given_by_hand_outlives_a_regrade(chromium, lab):
    with marking(chromium, lab, "camille") as page:
        assert score_box(page, "why_pooling")[0] == ""
        assert score_box(page, "quiz_receptive_field-check") == ("", "0")
        give(page, "why_pooling", "1.5")
    assert submitted(chromium, lab, "questions")["camille"] == ("needs manual grading", "4.5 / 20")

    lab.hand_in("camille", **letters(quiz_receptive_field="a"), why_pooling="Moins de valeurs.")
    lab.grade()

    status, score = submitted(chromium, lab, "questions")["camille"]
    assert score == "5.5 / 20"
    assert status == "needs manual grading"  # a changed answer is to be looked at, as in nbgrader
    with marking(chromium, lab, "camille") as page:
        assert score_box(page, "why_pooling")[0] == "1.5"
        assert score_box(page, "quiz_receptive_field-check") == ("", "1")
        assert score_box(page, "why_3x3") == ("", "0")  # no longer answered
        assert "Correcteur · 0/1" in page.locator("body").inner_text()  # two are still missing
        give(page, "why_pooling", "2")
    assert submitted(chromium, lab, "questions")["camille"][1] == "6 / 20"


def give(page, cell, points):
    """Type a score as an instructor does, and wait until it is kept."""
    box = page.locator(f'[id="{cell}"]')
    box.click()
    with page.expect_response(
        lambda answer: "/api/grade/" in answer.url and answer.request.method == "PUT"
    ) as kept:
        box.fill(points)
        box.press("Tab")
    assert kept.value.ok
