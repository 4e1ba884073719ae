"""Multiple choice: only a text that is on offer passes, and nobody learns which is right."""

import numpy as np
import pytest

from autograder.compare import Mismatch
from autograder.compare.choice import one_of
from autograder.release import tools

LETTERS = ("a", "b", "c", "d")


class Equal(str):
    """A string that says it is equal to all."""

    def __eq__(self, other):
        return True

    __hash__ = str.__hash__


WRONG = ["A", "", "ab", " a", None, 1, ["a"], ("a", "b", "c", "d"), True, b"a", np.array("a")]


@pytest.mark.parametrize("letter", LETTERS)
def test_a_letter_on_offer_passes(letter):
    one_of(letter, LETTERS)
    tools.one_of(letter, LETTERS)


@pytest.mark.parametrize("value", WRONG, ids=repr)
def test_nothing_else_does(value):
    with pytest.raises(Mismatch) as caught:
        one_of(value, LETTERS)
    assert caught.value.expected == list(LETTERS)
    with pytest.raises(AssertionError, match="one of these answers, and only one: 'a', 'b'"):
        tools.one_of(value, LETTERS)


def test_a_string_with_its_own_equality_does_not():
    with pytest.raises(Mismatch):
        one_of(Equal("e"), LETTERS)
