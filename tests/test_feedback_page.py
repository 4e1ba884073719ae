"""What a page says: points, outcomes, sentences, hints, the student's cells, a person's marks."""

from __future__ import annotations

import html as entities
import json
import re
from dataclasses import replace

import pytest
from feedback_pages import HINT, TITLES, a_notebook, a_page, a_score, a_test, code, plot, stream

from autograder.feedback import cells, marks
from autograder.feedback.contents import LeftOut, Picture, Room
from autograder.feedback.marks import Mark
from autograder.feedback.page import Titles, page
from autograder.feedback.words import WORDS, outcome
from autograder.model import LANGUAGES, Outcome, TaskScore


def text(html):
    """What a reader reads, on one line, with plain spaces."""
    body = re.sub(r"<style>.*?</style>", "", html, flags=re.S)
    words = entities.unescape(re.sub(r"<[^>]+>", " ", body))
    return " ".join(words.replace("\u202f", " ").replace("\xa0", " ").split())


def read(*cells_, **more):
    data = json.dumps({"cells": list(cells_)}).encode()
    return cells.read(data, "nb", Room(), **{"ran": True, **more})


# ---------------------------------------------------------------- the verdict


def test_the_score_stands_on_top_and_by_task():
    said = text(a_page())
    assert "Note 0,75 sur 9 " in said
    assert "Fonction d'activation ReLU 0,75 / 2" in said
    assert "forward … / 7" in said  # a part of it is still to be read
    assert "Tests réussis : 1 sur 3" in said


def test_the_bar_has_its_share_in_words():
    assert 'role="img" aria-label="38 %"' in a_page()
    bonus = replace(a_score().tasks[0], score=2.5)
    assert 'aria-label="100 %"' in page(replace(a_score(), tasks=(bonus,)), TITLES)
    empty = TaskScore("relu", 0.0, 0.0, ())
    assert 'aria-label="0 %"' in page(replace(a_score(), tasks=(empty,)), TITLES)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("of", Outcome)
def test_each_outcome_has_a_word_of_its_own(of, lang):
    words = [outcome(one, lang)[2] for one in Outcome]
    assert words.count(outcome(of, lang)[2]) == 1
    assert outcome(of, lang)[1].strip()
    one = a_test("t", "relu", of)
    html = page(replace(a_score(), tasks=(TaskScore("relu", 0, 1, (one,)),)), TITLES, (), lang)
    assert outcome(of, lang)[2] in text(html)


def test_a_test_has_its_sentence_its_points_and_its_mark():
    said = text(a_page())
    assert "✗ échoué test_relu_negative 0 / 0,75 relu([-1]) renvoie [1] ; attendu : [0]." in said
    assert "test_relu_random test caché 0 / 0,5 D'autres valeurs sont fausses." in said
    assert "✓ réussi test_relu_example 0,75 / 0,75" in said


def test_what_stands_in_backticks_is_code():
    assert "<code>relu([-1])</code> renvoie" in a_page()


def test_a_hint_that_tests_share_is_told_once():
    assert text(a_page()).count(HINT) == 1


def test_a_skipped_test_says_after_which_it_is_to_be_seen():
    skipped = a_test("t", "relu", Outcome.SKIPPED, message="À revoir quand `test_a` passera.")
    html = page(replace(a_score(), tasks=(TaskScore("relu", 0, 1, (skipped,)),)), TITLES)
    assert "À revoir quand <code>test_a</code> passera." in html


def test_notices_are_told():
    assert "Remarques La cellule de code n° 3 s'arrête" in text(a_page())


def test_time_is_told_in_tenths():
    assert "Évalué en 1,2 s, isolation S2" in text(a_page())
    assert "en < 0,1 s" in text(a_page(replace(a_score(), seconds=0.0312)))
    assert "0312" not in a_page(replace(a_score(), seconds=0.0312))


def test_a_late_penalty_is_told_apart_and_never_goes_below_zero():
    said = text(a_page(replace(a_score(), late_penalty=0.25)))
    assert "Note 0,75 sur 9 Retard −0,25 Note après retard 0,5" in said
    assert "Note après retard 0 " in text(a_page(replace(a_score(), late_penalty=3.0)))
    assert "Retard" not in text(a_page())


def test_a_file_that_cannot_be_read_has_its_reason_and_no_score():
    score = replace(a_score(), status="rejected", score=None, tasks=(), reason="Pas du JSON : `{`.")
    said = text(page(score, TITLES))
    assert "Fichier illisible Pas du JSON : { ." in said
    assert "Note" not in said
    assert " sur 9" not in said


def test_our_own_fault_is_called_ours_and_its_reason_is_not_for_students():
    reason = "Landlock is missing at /host"
    score = replace(a_score(), status="not_graded", score=None, tasks=(), reason=reason)
    said = text(page(score, TITLES))
    assert "Ce n'est pas ta faute" in said
    assert "Landlock" not in said


def test_a_trial_is_no_grade():
    trial = replace(a_score(), provenance={"track": "short"})
    assert "ce n'est pas une note" in text(page(trial, TITLES))


def test_names_stand_where_the_course_has_no_titles():
    said = text(page(a_score(), Titles()))
    assert said.startswith("léa_martin – convolution")


def test_english_pages_are_english():
    html = a_page(lang="en")
    assert '<html lang="en">' in html
    said = text(html)
    assert "Score 0.75 of 9" in said
    assert not re.search("Note|Tâche|Remarques|réussi|Cellule", said)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_word_of_the_frame_is_there_in_both_languages(lang):
    other = WORDS["en" if lang == "fr" else "fr"]
    for key, word in vars(WORDS[lang]).items():
        assert word.strip()
        assert word.count("{") == getattr(other, key).count("{")


def test_french_has_its_no_break_spaces():
    for word in vars(WORDS["fr"]).values():
        assert not re.search(" [;:!?»]|« |[^ \u202f\xa0][;:!?»]", word), word
    assert "renvoie [1]\u202f; attendu\xa0: [0]." in a_page()


# ---------------------------------------------------------------- a person's marks


def marked(**found):
    return {("forward", "test_manual"): Mark(**found)}


def test_a_task_that_only_a_person_marks_counts_no_tests():
    one = TaskScore("why", 0, 2, (a_test("why", "why", Outcome.MANUAL),))
    assert "Tests réussis" not in text(page(replace(a_score(), tasks=(one,)), Titles()))


def test_points_to_come_are_announced():
    assert "Points encore à donner par une personne : 1." in text(a_page())
    assert "encore à donner" not in text(a_page(marks=marked(points=0.5)))


def test_a_persons_points_and_words_count():
    said = text(a_page(marks=marked(points=0.5, extra=1.0, comment="Bien vu <b>!</b>")))
    assert "Note 2,25 sur 9 Points supplémentaires 1" in said
    assert "forward 0,5 / 7" in said
    assert "noté par une personne test_manual 0,5 / 1" in said
    assert "Commentaire : Bien vu <b>!</b>" in said


def test_points_for_a_whole_task_replace_those_of_its_tests():
    whole = {("relu", ""): Mark(points=2.0, comment="Accepté.")}
    said = text(a_page(marks=whole))
    assert "Note 2 sur 9" in said
    assert "Points donnés par une personne : 2. Commentaire : Accepté." in said


def test_a_mark_for_a_task_stands_for_its_manual_test():
    score = replace(
        a_score(), tasks=(TaskScore("why", 0, 2, (a_test("why", "why", Outcome.MANUAL),)),)
    )
    given = {("why", ""): Mark(points=1.5, comment="Oui.")}
    assert marks.pending(given, score.tasks[0]) == 0
    said = text(page(score, Titles(), (), "fr", given))
    assert "noté par une personne why 1,5" in said
    assert said.count("Oui.") == 1


def test_marks_of_other_tasks_change_nothing():
    other = {("else", "x"): Mark(points=5.0, extra=9.0)}
    assert marks.total(other, a_score()) == 0.75
    assert marks.total({}, replace(a_score(), score=None)) is None


# ---------------------------------------------------------------- the student's cells


def test_only_the_students_own_cells_are_shown():
    said = text(a_page())
    assert "import numpy as np" in said
    assert "return abs(x)" in said
    assert "Parce que…" in said
    assert "assert relu(1)" not in said  # the course's
    assert "seen" not in said
    assert "# Cours" not in said


def test_each_kind_of_output_is_shown():
    html = a_page()
    said = text(html)
    assert "[0, 0, 3]" in said
    assert "careful" in said
    assert "NameError: x" in said
    assert 'alt="Image 1 affichée par la cellule 2 (640 × 480 pixels)"' in html
    assert "<td>1</td>" in html


def test_long_things_are_folded():
    html = a_page()
    assert html.count("<details>") == html.count("</details>") == 2
    assert "<summary>Afficher les 90 lignes</summary>" in html


def test_cells_that_the_course_gave_out_unmarked_are_not_shown():
    known = frozenset({cells.cell_digest("import numpy as np")})
    assert "import numpy" not in a_page(known=known)


def test_outputs_that_come_after_a_hidden_test_are_not_shown():
    kept = "seen = []\ndef f(x):\n    seen.append(x)\n    return x"
    hidden = code("assert f(41) == 41", "t1", solution=False, grade=True)
    leak = code("print(seen)", outputs=[stream("[41]")])
    before = code(kept, "f", [stream("before")])
    found = read(before, hidden, leak, hidden=frozenset({"t1"}))
    assert [answer.pieces != () for answer in found.answers] == [True, False]
    assert found.left_out == (LeftOut("after_hidden"),)
    said = text(page(a_score(), TITLES, [found]))
    assert "41" not in said
    assert "suivent un test caché" in said
    assert read(before, hidden, leak).left_out == ()  # its tests are visible


def test_a_locked_cell_is_the_courses_whatever_else_it_says():
    for flags in ({"solution": False}, {"solution": "true"}, {"solution": 1}, {"locked": True}):
        marked_cell = code("SECRET", "x", **{"solution": None, **flags})
        assert "SECRET" not in repr(read(marked_cell))


def test_outputs_that_were_handed_in_are_not_shown():
    found = read(code("plot()", outputs=[plot(), stream("100/100")]), ran=False)
    assert found.answers[0].pieces == ()
    said = text(page(a_score(), TITLES, [found]))
    assert "plot()" in said
    assert "100/100" not in said
    assert "sorties de tes cellules ne sont pas montrées" in said


def test_a_page_without_the_file_says_so():
    assert "Ton fichier n'était pas disponible" in text(page(a_score(), TITLES))


def test_pictures_of_a_cell_are_counted():
    pieces = read(code("x", outputs=[plot(), stream("a"), plot()])).answers[0].pieces
    assert [one.number for one in pieces if isinstance(one, Picture)] == [1, 2]


def test_more_cells_than_a_page_holds_are_counted():
    found = read(*[code(f"x = {n}") for n in range(310)])
    assert len(found.answers) == 300
    assert "les cellules suivantes (10)" in text(page(a_score(), TITLES, [found]))


def test_the_numbers_are_those_of_the_notebook():
    found = cells.read(a_notebook(), "nb", Room())
    assert [(one.number, one.name) for one in found.answers if one.is_code] == [
        (1, ""), (2, "relu"), (4, "forward"),
    ]  # fmt: skip
