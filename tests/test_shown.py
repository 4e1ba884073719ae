"""Values in messages: short, on one line, and inert."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder import terminal
from autograder.compare.shown import MAX_SHOWN, show
from autograder.wire import OPAQUE_TYPES, Opaque


@pytest.mark.parametrize(
    ("value", "fr", "en"),
    [
        (28, "28", "28"),
        (0.1 + 0.2, "0.30000000000000004", "0.30000000000000004"),
        (np.float32(0.5), "0.5", "0.5"),
        (True, "True", "True"),
        (None, "None", "None"),
        ("é", "'é'", "'é'"),
        (-(2**63), "-9223372036854775808", "-9223372036854775808"),
        (2**64, "un int de plus de 64 bits", "an int beyond 64 bits"),
        (10**5_000, "un int de plus de 64 bits", "an int beyond 64 bits"),
        ((28,), "(28,)", "(28,)"),
        ((28, [1, 2]), "(28, [1, 2])", "(28, [1, 2])"),
        ([], "[]", "[]"),
        ({"a": 1}, "{'a': 1}", "{'a': 1}"),
        (list(range(30)), "une liste de 30 éléments", "a list of 30 items"),
        (("x" * 99, "y" * 99), "un tuple de 2 éléments", "a tuple of 2 items"),
        ((["x" * 96, "y" * 96],), "un tuple de 1 élément", "a tuple of 1 item"),
        ("x" * 300, f"'{'x' * 100}'…", f"'{'x' * 100}'…"),
        (np.array([[6, 8], [3, 4]]), "[[6, 8], [3, 4]]", "[[6, 8], [3, 4]]"),
        (np.array([1 / 3, 1e-9, np.nan]), "[0.333333, 1e-09, nan]", "[0.333333, 1e-09, nan]"),
        (np.array([True, False]), "[True, False]", "[True, False]"),
        (np.array(2.5), "array(2.5)", "array(2.5)"),
        (np.zeros((5, 5)), "un tableau 5×5", "a 5×5 array"),
        (np.zeros(20), "un tableau de 20 valeurs", "an array of 20 values"),
        (np.zeros((0, 3)), "un tableau vide (0×3)", "an empty array (0×3)"),
        ((np.zeros((5, 5)), 1), "(un tableau 5×5, 1)", "(a 5×5 array, 1)"),
        (Opaque("torch.Tensor"), "un torch.Tensor", "a torch.Tensor"),
        (Opaque("keras.Model"), "un modèle Keras", "a Keras model"),
        (Opaque("keras.Layer"), "une couche Keras", "a Keras layer"),
        (Opaque("torch.nn.Module"), "un torch.nn.Module", "a torch.nn.Module"),
        (Opaque("torch.optim.Optimizer"), "un optimiseur PyTorch", "a PyTorch optimizer"),
        (Opaque("enumerate"), "un enumerate", "an enumerate"),
        (Opaque("generator"), "un générateur", "a generator"),
        (Opaque("object"), "un objet Python", "a Python object"),
        (show, "une fonction", "a function"),
        (np.array(["a"]), "un tableau NumPy de textes", "a NumPy array of text"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_shown(value, fr, en):
    assert (show(value, "fr"), show(value, "en")) == (fr, en)


def test_every_foreign_type_has_a_name_in_both_languages():
    for name in OPAQUE_TYPES:
        assert show(Opaque(name), "fr").startswith(("un ", "une "))
        assert show(Opaque(name), "en").startswith(("a ", "an "))


@given(
    st.recursive(
        st.text() | st.binary() | st.floats() | st.integers() | st.complex_numbers(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    ),
    st.sampled_from(["fr", "en"]),
)
def test_any_value_is_short_and_inert(value, lang):
    text = show(value, lang)
    assert 0 < len(text) <= MAX_SHOWN
    assert text.isprintable()  # no control character, line end, surrogate or direction mark


def test_a_terminal_obeys_nothing():
    shown = show("\x1b]0;pwned\x07\u202egpj.exe\r\n\x9b2J", "fr")
    assert shown.isprintable()
    assert "pwned" in shown


def test_ten_megabytes_of_markup_are_one_short_text():
    page = "<script>alert(1)</script>\n" * 400_000
    for value in (page, [page] * 3, {"onload": page}, np.array([page])):
        text = show(value, "en")
        assert len(text) <= MAX_SHOWN
        assert text.isprintable()
    assert len(terminal.one_line(page)) < 500
