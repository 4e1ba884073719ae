"""The names of TensorFlow in a process that has not imported Keras yet: ``autograder check``."""

from __future__ import annotations

import pytest

from autograder.local import LocalChild
from autograder.model import Cell, Raised, Returned

SECONDS = 120.0  # Keras from a cold disk


@pytest.fixture
def child():
    child = LocalChild()
    yield child
    child.close()


def run(child, source):
    assert child.run(Cell(1, source), SECONDS) == Returned([])


def test_the_name_alone_imports_nothing_heavy(child):
    run(child, "import sys\nimport tensorflow as tf\nassert tf.__version__")
    run(child, "assert not {'keras', 'torch'} & set(sys.modules)")
    reply = child.run(Cell(2, "tf.constant(1)"), SECONDS)
    assert isinstance(reply, Raised)
    assert "only Keras (on PyTorch) is available" in reply.text


@pytest.mark.slow
@pytest.mark.parametrize("first", ["import tensorflow as tf", "import keras"])
def test_a_model_is_saved_whatever_is_imported_first(child, first, tmp_path):
    source = f"""
{first}
import numpy as np, tensorflow as tf
import keras
assert keras.backend.backend() == "torch"
model = tf.keras.Sequential([keras.Input((4, 4, 1)), tf.keras.layers.RandomFlip(),
                             tf.keras.layers.Conv2D(2, 3)])
model(np.ones((1, 4, 4, 1)))
model.save({str(tmp_path / "model.keras")!r})
assert len(tf.keras.models.load_model({str(tmp_path / "model.keras")!r}).layers) == 2
"""
    run(child, source)


def test_a_real_tensorflow_is_left_alone(tmp_path, monkeypatch):
    (tmp_path / "tensorflow.py").write_text("constant = float\n")
    monkeypatch.chdir(tmp_path)
    child = LocalChild()
    run(child, "import tensorflow as tf\nassert tf.constant(1) == 1.0")
    child.close()
