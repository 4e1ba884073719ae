"""Tests of the mini assignment: plain pytest against ``student``."""

import numpy as np
import pytest

from autograder.compare import same

NUMBERS = [3, 9, -4]
SIGNAL = np.array([2.0, -4.0, 1.0])
HALVED = np.array([0.5, -1.0, 0.25])
SECRET_LENGTHS = (1, 5, 17)  # used by hidden tests only


@pytest.mark.points("largest", 0.5)
def test_largest_example(student):
    same(student.largest(NUMBERS), 9)


@pytest.mark.points("largest", 0.5)
def test_largest_refuses_empty_list(student):
    with student.raises(ValueError):
        student.largest([])


@pytest.mark.points("largest", 1)
@pytest.mark.hidden(
    fr="`largest` ne donne pas le bon résultat sur des listes de nombres négatifs.",
    en="`largest` does not give the right result on lists of negative numbers.",
)
@pytest.mark.depends("test_largest_example")
def test_largest_negative_numbers(student, rng):
    for length in SECRET_LENGTHS:
        numbers = [int(n) for n in rng.integers(-1000, -1, size=length)]
        same(student.largest(numbers), max(numbers))


@pytest.mark.points("normalize", 1)
def test_normalize_example(student):
    # -4 is the farthest from zero, so everything is divided by 4.
    same(
        student.normalize(SIGNAL),
        HALVED,
        mistakes={"forgot_abs": SIGNAL / 2.0},
    )


@pytest.mark.points("normalize", 1)
@pytest.mark.hidden(
    fr="Sur des tableaux aléatoires, `normalize` ne donne pas les bonnes valeurs.",
    en="On random arrays, `normalize` does not give the right values.",
)
@pytest.mark.depends("test_normalize_example")
def test_normalize_random_arrays(student, rng):
    for length in SECRET_LENGTHS:
        values = rng.normal(size=length) - 1.0
        same(
            student.normalize(values),
            values / np.abs(values).max(),
            mistakes={"forgot_abs": lambda values=values: values / values.max()},
        )


@pytest.mark.points("normalize", 1)
@pytest.mark.hidden(
    fr="`normalize` modifie le tableau qu'on lui donne.",
    en="`normalize` modifies the array it is given.",
)
@pytest.mark.depends("test_normalize_example")
def test_normalize_keeps_its_input(student, rng):
    values = rng.normal(size=6)
    kept = student.keep(values)
    same(student.normalize(kept), values / np.abs(values).max())
    same(kept.fetch(), values)
