"""One sentence shape: what was called, what came back, what was expected."""

import numpy as np
import pytest

from autograder import messages
from autograder.compare import Mismatch, same
from autograder.messages import Call
from autograder.model import LANGUAGES, Outcome


def sentence(returned, expected, lang):
    with pytest.raises(Mismatch) as caught:
        same(returned, expected)
    call = Call("f", (28, np.zeros((5, 5))), {"stride": 2})
    return messages.wrong_value(call, returned, expected, caught.value.difference, lang)


def test_the_shape_in_both_languages():
    assert sentence((26, 26), (28, 28), "fr") == (
        "`f(28, un tableau 5×5, stride=2)` renvoie (26, 26) ; attendu : (28, 28)."
    )
    assert sentence((26, 26), (28, 28), "en") == (
        "`f(28, a 5×5 array, stride=2)` returns (26, 26); expected: (28, 28)."
    )


def test_what_looks_alike_is_told_apart():
    returned, expected = np.zeros((9, 9)), np.ones((9, 9))
    assert "partout" in sentence(returned, expected, "fr")
    assert "everywhere" in sentence(returned, expected, "en")


def test_a_wrong_type_says_what_to_do():
    assert "`return`" in sentence(None, 3, "fr")
    assert "`np.array(...)`" in sentence([3], np.array([3]), "en")


def test_student_text_stays_on_one_line_and_short():
    text = messages.raised(Call("f"), "ValueError", "a\nb\x1b[31m\u202e" + "x" * 5000, "fr")
    assert text.isprintable()
    assert len(text) < 400


def test_every_lost_outcome_has_its_sentence():
    for lang in LANGUAGES:
        found = {messages.lost("`f`", outcome, 2.0, lang) for outcome in messages.LOST}
        assert len(found) == len(messages.LOST) == 3
    assert set(messages.LOST) == {Outcome.TIMEOUT, Outcome.MEMORY, Outcome.CRASHED}


def test_a_hidden_test_shows_no_call():
    assert messages.raised_hidden("ValueError", "fr") == "Ton code lève `ValueError`."


def test_another_exception_than_the_expected_one_names_both():
    text = messages.raised(Call("f", ("emboss",)), "KeyError", "'emboss'", "fr", ("ValueError",))
    assert text == "`f('emboss')` lève `KeyError: 'emboss'` ; attendu : ValueError."


def test_a_wrong_type_inside_a_tuple_is_named():
    assert "float" in sentence((28.0, 28.0), (28, 28), "fr").partition("attendu")[2]


def test_the_place_of_an_error_is_in_the_language_of_the_sentence():
    text = messages.raised(Call("f"), "ValueError", "no (cell 3, line 2)", "fr")
    assert text == "`f()` lève `ValueError: no` (cellule de code n° 3, ligne 2)."
    failed = messages.cell_failed(4, "ZeroDivisionError", "division by zero (line 6)")
    assert "(ligne 6)" in failed.fr
    assert "(line 6)" in failed.en


@pytest.mark.parametrize("lang", LANGUAGES)
def test_many_failing_cells_are_counted_not_told(lang):
    """Two thousand of them made a result of twelve megabytes."""
    few = messages.missing("f", ("a1.", "a2.", "a3."), lang)
    assert few.endswith("a1. a2. a3.")
    many = messages.missing("f", tuple(f"a{n}." for n in range(2000)), lang)
    assert "a2. " in many
    assert "a3." not in many
    assert "(1997)" in many
