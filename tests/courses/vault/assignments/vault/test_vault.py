"""Tests of the assignment ``vault``; what the hidden ones hold must never come out."""

import numpy as np
import pytest

from autograder.compare import same

IMAGE = np.array([[1.0, 2.0], [3.0, 4.0]])
QUARTERS = np.array([[0.25, 0.5], [0.75, 1.0]])

# Looked for by tests/attacks: the first never enters a student's process, the others do.
WORD = "quokka-5e0c7a91d348"
TEXT = "wombat-93b1f6d20e57"
NUMBER = 716041129358


@pytest.mark.points("total", 1)
def test_total_example(student):
    same(student.total([3, 4, 5]), 12)


@pytest.mark.points("total", 3)
@pytest.mark.hidden(
    fr="`total` ne donne pas la bonne somme.", en="`total` does not give the right sum."
)
def test_total_of_other_lists(student, rng):
    same(student.total([NUMBER, 0]), NUMBER)
    numbers = [int(n) for n in rng.integers(-1000, 1000, size=7)]
    same(student.total(numbers), sum(numbers))


@pytest.mark.points("scale", 1)
def test_scale_example(student):
    same(student.scale(IMAGE), QUARTERS)


@pytest.mark.points("scale", 2)
@pytest.mark.hidden(
    fr="`scale` ne donne pas les bonnes valeurs.", en="`scale` does not give the right values."
)
def test_scale_of_random_images(student, rng):
    image = rng.uniform(1, 9, size=(5, 4))
    same(student.scale(image), image / image.max())


@pytest.mark.points("scale", 1)
@pytest.mark.hidden(
    fr="`scale` modifie l'image qu'on lui donne.", en="`scale` modifies the image it is given."
)
def test_scale_keeps_its_image(student, rng):
    image = rng.uniform(1, 9, size=(3, 3))
    kept = student.keep(image)
    same(student.scale(kept), image / image.max())
    same(kept.fetch(), image)


@pytest.mark.points("shout", 1)
def test_shout_example(student):
    same(student.shout("hello"), "HELLO")


@pytest.mark.points("shout", 1)
@pytest.mark.hidden(
    fr="`shout` ne met pas tout en majuscules.", en="`shout` does not put all into capitals."
)
def test_shout_of_another_text(student):
    same(student.shout(TEXT), TEXT.upper())


@pytest.mark.points("word", 1)
def test_word_the_first(student):
    same(student.word(1), "abacus")


@pytest.mark.points("word", 1)
@pytest.mark.hidden(fr="Le second mot est un autre.", en="The second word is another one.")
def test_word_the_second(student):
    same(student.word(2), WORD)
