"""What the comparator says of a difference, and which hint a known mistake gives."""

from __future__ import annotations

import math

import numpy as np
import pytest

from autograder.compare import Mismatch, difference, same
from autograder.wire import Opaque

A = np.array
NAN = math.nan


SENTENCES = [
    (None, A([1]), "le résultat est None : il manque peut-être un `return`"),
    (27.5, 28, "le résultat est un float, pas un int"),
    ((28, 28.0), (28, 28), "l'élément [1] est un float, pas un int"),
    ([1], A([1]), "le résultat est une liste, pas un tableau NumPy : utilise `np.array(...)`"),
    (A([1.0]), 1.0, "le résultat est un tableau NumPy, pas un float : utilise `.item()`"),
    (
        Opaque("torch.Tensor"),
        A([1]),
        "le résultat est un torch.Tensor, pas un tableau NumPy : utilise `.detach().numpy()`",
    ),
    (Opaque("torch.Tensor"), 1.0, "le résultat est un torch.Tensor, pas un float"),
    (A(["1"]), A([1]), "le résultat est un tableau NumPy de textes, pas un tableau de nombres"),
    (A([True]), A([1]), "le résultat est un tableau de booléens, pas de nombres réels"),
    (np.zeros((3, 3)), np.ones((5, 5)), "le résultat a la forme (3, 3), ce n'est pas la bonne"),
    ((1,), (1, 2), "le résultat a 1 élément, ce n'est pas le bon nombre"),
    ([1, 2], [], "le résultat a 2 éléments, ce n'est pas le bon nombre"),
    ({"a": [1, 3]}, {"a": [1, 2]}, "l'élément ['a'][1] est faux"),
    ({"b": 1}, {"a": 1}, "le résultat n'a pas les bonnes clés"),
    (A([NAN, 1.0]), A([1.0, 1.0]), "le résultat contient NaN ou l'infini"),
    (np.zeros(8), np.r_[np.ones(3), np.zeros(5)], "le résultat est faux à 38 % des positions"),
    (np.zeros(2), np.ones(2), "le résultat est faux partout"),
    (A([0.0]), A([1.0]), "le résultat est faux"),
    (np.eye(1, 1000)[0], np.zeros(1000), "le résultat est faux à 1 % des positions"),
    (np.eye(1, 1000)[0], np.ones(1000), "le résultat est faux à 99 % des positions"),
]


@pytest.mark.parametrize(("returned", "expected", "sentence"), SENTENCES)
def test_sentences(returned, expected, sentence):
    assert difference(returned, expected).fr.startswith(sentence)


def test_a_float_where_an_int_is_due_has_no_single_cure():
    """``/``, ``1.0 *``, ``np.floor``, ``sum(…, 0.0)``: each is mended in its own way."""
    for returned in (24.0, 24.5, -0.0):
        found = difference(returned, 24)
        assert found.fr == "le résultat est un float, pas un int"
        assert found.en == "the result is a float, not an int"


def test_no_sentence_tells_the_expected_value():
    secret = 90_210_417
    for returned in (1, 1.5, None, "x", A([1]), A([1.5, NAN]), [1], {"a": 1}, {1}):
        for expected in (secret, A([secret, secret]), [secret], {"a": secret}, float(secret)):
            found = difference(returned, expected)
            assert str(secret) not in found.fr + found.en


def test_mismatch_carries_what_a_message_needs():
    with pytest.raises(Mismatch) as caught:
        same((1, 2), (1, 3))
    mismatch = caught.value
    assert (mismatch.returned, mismatch.expected, mismatch.hint) == ((1, 2), (1, 3), None)
    assert str(mismatch) == mismatch.difference.en == "element [1] is wrong"


@pytest.mark.parametrize(
    ("returned", "hint"),
    [(28, "ceil_for_floor"), (27.5, "division"), (99, None), (None, None), (True, None)],
)
def test_a_known_mistake_gives_its_hint(returned, hint):
    with pytest.raises(Mismatch) as caught:
        same(returned, 27, mistakes={"ceil_for_floor": 28, "division": lambda: 27.5, "one": 1})
    assert caught.value.hint == hint


def test_mistakes_are_not_computed_for_a_right_answer():
    same(27, 27, mistakes={"never": lambda: pytest.fail("computed")})


@pytest.mark.parametrize("expected", [{1, 2}, object(), A(["a"]), [Opaque("set")], {1: 2}, 2**63])
def test_a_test_that_expects_the_impossible_is_at_fault(expected):
    with pytest.raises(TypeError, match="cannot compare"):
        same(expected, expected)
