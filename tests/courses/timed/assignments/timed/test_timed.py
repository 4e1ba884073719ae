"""Tests of the timed course."""

import numpy as np
import pytest

from autograder.compare import same

IMAGES = np.zeros((20, 32, 32, 3), np.uint8)
LABELS = np.arange(20) % 10


@pytest.mark.points("predict", 1)
def test_predict_numbers(student):
    model = student.train(IMAGES, LABELS, "cpu", 0)
    same(student.predict(model, IMAGES), np.zeros(20, np.int64), atol=9)


@pytest.mark.points("train", 2)
def test_train_gives_something(student):
    model = student.train(IMAGES, LABELS, "cpu", 0)
    same(len(student.predict(model, IMAGES)), 20)


@pytest.mark.points("train", 8)
@pytest.mark.hidden(fr="L'entraînement échoue.", en="The training fails.")
def test_train_accuracy(training):
    trained = training.run("train")
    trained.earn(part=0.2, full=0.7, bonus={0.99: 0.1})
