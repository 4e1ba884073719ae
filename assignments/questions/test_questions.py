"""Tests of the assignment ``questions``: its multiple-choice items. A person marks the rest.

A visible test only shows that there is an answer, so that nobody finds the right one by trying.
"""

import pytest

from assignments.questions.oracle import judge
from autograder.compare.choice import one_of

LETTERS = ("a", "b", "c", "d")


@pytest.mark.points("quiz_output_size", 0)
def test_output_size_is_a_letter(student):
    one_of(student.quiz_output_size(), LETTERS)


@pytest.mark.points("quiz_output_size", 1)
@pytest.mark.hidden(
    fr="Choix 1 : ce n'est pas la taille de la sortie.",
    en="Choice 1: this is not the size of the output.",
)
@pytest.mark.depends("test_output_size_is_a_letter")
def test_output_size(student):
    judge("quiz_output_size", student.quiz_output_size())


@pytest.mark.points("quiz_parameters", 0)
def test_parameters_is_a_letter(student):
    one_of(student.quiz_parameters(), LETTERS)


@pytest.mark.points("quiz_parameters", 1)
@pytest.mark.hidden(
    fr="Choix 2 : ce n'est pas le nombre de paramètres de cette couche.",
    en="Choice 2: this is not the number of parameters of this layer.",
)
@pytest.mark.depends("test_parameters_is_a_letter")
def test_parameters(student):
    judge("quiz_parameters", student.quiz_parameters())


@pytest.mark.points("quiz_max_gradient", 0)
def test_max_gradient_is_a_letter(student):
    one_of(student.quiz_max_gradient(), LETTERS)


@pytest.mark.points("quiz_max_gradient", 1)
@pytest.mark.hidden(
    fr="Choix 3 : ce n'est pas le gradient que reçoit la fenêtre.",
    en="Choice 3: this is not the gradient that the window receives.",
)
@pytest.mark.depends("test_max_gradient_is_a_letter")
def test_max_gradient(student):
    judge("quiz_max_gradient", student.quiz_max_gradient())


@pytest.mark.points("quiz_receptive_field", 0)
def test_receptive_field_is_a_letter(student):
    one_of(student.quiz_receptive_field(), LETTERS)


@pytest.mark.points("quiz_receptive_field", 1)
@pytest.mark.hidden(
    fr="Choix 4 : ce n'est pas la zone dont dépend une valeur.",
    en="Choice 4: this is not the area on which a value depends.",
)
@pytest.mark.depends("test_receptive_field_is_a_letter")
def test_receptive_field(student):
    judge("quiz_receptive_field", student.quiz_receptive_field())


@pytest.mark.points("quiz_skip_gradient", 0)
def test_skip_gradient_is_a_letter(student):
    one_of(student.quiz_skip_gradient(), LETTERS)


@pytest.mark.points("quiz_skip_gradient", 1)
@pytest.mark.hidden(
    fr="Choix 5 : ce n'est pas le gradient qui arrive à l'entrée du bloc.",
    en="Choice 5: this is not the gradient that arrives at the block's input.",
)
@pytest.mark.depends("test_skip_gradient_is_a_letter")
def test_skip_gradient(student):
    judge("quiz_skip_gradient", student.quiz_skip_gradient())


@pytest.mark.points("quiz_frozen_weights", 0)
def test_frozen_weights_is_a_letter(student):
    one_of(student.quiz_frozen_weights(), LETTERS)


@pytest.mark.points("quiz_frozen_weights", 1)
@pytest.mark.hidden(
    fr="Choix 6 : ce n'est pas ce que l'optimiseur change.",
    en="Choice 6: this is not what the optimizer changes.",
)
@pytest.mark.depends("test_frozen_weights_is_a_letter")
def test_frozen_weights(student):
    judge("quiz_frozen_weights", student.quiz_frozen_weights())
