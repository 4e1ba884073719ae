"""Keras on PyTorch inside, as the course uses it, also under the names of TensorFlow."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from conftest import value_of

from autograder.errors import SandboxUnavailable
from autograder.model import Cell, Limits, Raised, Returned, Tier
from autograder.sandbox.child import Child
from autograder.sandbox.launcher import Nursery
from autograder.sandbox.selftest import selftest
from autograder.sandbox.slot import Sandbox
from autograder.wire import Opaque

SECONDS = 60.0  # Keras on a busy machine
COURSE_MODEL = """
from tensorflow import keras
from tensorflow.keras import layers

def build():
    return keras.Sequential([
        keras.Input((28, 28, 1)),
        layers.Conv2D(16, 3, activation="relu"), layers.MaxPooling2D(),
        layers.Conv2D(32, 3, activation="relu"), layers.MaxPooling2D(),
        layers.Flatten(),
        layers.Dense(64, activation="relu"), layers.Dense(32, activation="relu"),
        layers.Dense(10, activation="softmax"),
    ])
"""


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    with Nursery(("numpy", "torch", "keras"), tier=Tier.S2, slots=1) as nursery:
        yield nursery


@pytest.fixture(scope="module")
def sandbox(nursery: Nursery) -> Iterator[Sandbox]:
    try:
        sandbox = nursery.sandbox(0)
    except SandboxUnavailable as error:
        pytest.skip(str(error))
    yield sandbox
    sandbox.close()


@pytest.fixture
def open_child(sandbox: Sandbox) -> Iterator[Callable[[], Child]]:
    children = []

    def open_child() -> Child:
        children.append(sandbox.child(Limits()))  # what every submission gets
        return children[-1]

    yield open_child
    for child in children:
        child.close()


@pytest.fixture
def child(open_child) -> Child:
    return open_child()


def run(child: Child, source: str) -> None:
    assert child.run(Cell(1, source), SECONDS) == Returned([]), child.printed


def test_the_protections_hold_with_keras_loaded(sandbox):
    selftest(sandbox)


def test_a_model_is_built_trained_used_and_saved(child):
    source = f"""{COURSE_MODEL}
import numpy as np
from tensorflow.keras.callbacks import EarlyStopping
from tensorflow.keras.utils import to_categorical

model = build()
assert [layer.name for layer in model.layers][:2] == ["conv2d", "max_pooling2d"]  # not conv2d_1
model.summary()
images = np.random.rand(64, 28, 28, 1).astype("float32")
labels = to_categorical(np.arange(64) % 10, 10)
model.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"])
history = model.fit(images, labels, epochs=1, batch_size=32, validation_split=0.25,
                    callbacks=[EarlyStopping(patience=2)])
assert set(history.history) == {{"accuracy", "loss", "val_accuracy", "val_loss"}}
assert len(model.evaluate(images, labels)) == 2
predicted = model.predict(images)
assert predicted.shape == (64, 10)
for name in ("model.keras", "model.h5"):
    model.save(name)
    again = keras.models.load_model(name)
    np.testing.assert_allclose(again.predict(images, verbose=0), predicted, rtol=1e-5)
model.save_weights("model.weights.h5")
build().load_weights("model.weights.h5")
"""
    run(child, source)
    assert "58,474" in child.printed


def test_models_by_functions_and_by_classes(child):
    source = """
import keras, numpy as np
from keras import layers

inputs = keras.Input((8, 8, 3))
x = layers.Conv2D(4, 3, padding="same", kernel_regularizer=keras.regularizers.l2(1e-4))(inputs)
x = layers.BatchNormalization()(x)
x = layers.Add()([x, layers.Conv2D(4, 1)(inputs)])
x = layers.Dropout(0.5)(layers.GlobalAveragePooling2D()(layers.ReLU()(x)))
functional = keras.Model(inputs, layers.Dense(2)(x))

class Mine(keras.Model):
    def __init__(self):
        super().__init__()
        self.convolution = layers.Conv2D(4, 3, activation="relu")
        self.dense = layers.Dense(2)

    def call(self, images, training=False):
        return self.dense(layers.Flatten()(self.convolution(images)))

images, labels = np.random.rand(8, 8, 8, 3).astype("float32"), np.arange(8) % 2
for model in (functional, Mine()):
    model.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    model.fit(images, labels, verbose=0)
    assert model.predict(images, verbose=0).shape == (8, 2)
augment = keras.Sequential([layers.RandomFlip("horizontal"), layers.RandomRotation(0.1)])
assert augment(images, training=True).shape == images.shape
"""
    run(child, source)


def test_the_names_of_tensorflow_are_those_of_keras(child):
    source = """
import tensorflow as tf
assert "." in tf.__version__
import keras
from tensorflow.keras import applications, callbacks, datasets, initializers, layers, losses
from tensorflow.keras import models, optimizers, regularizers, utils
from tensorflow.keras.models import Sequential
from tensorflow.keras.preprocessing.image import ImageDataGenerator
from tensorflow.keras.utils import to_categorical
import tensorflow.keras.layers as also
import numpy as np

assert Sequential is models.Sequential is tf.keras.Sequential is keras.Sequential
assert also.Dense is layers.Dense is tf.keras.layers.Dense is keras.layers.Dense
assert optimizers.Adam is keras.optimizers.Adam
drawn = []
for _ in range(2):
    tf.random.set_seed(42)
    drawn.append(np.array(layers.Dense(3)(np.ones((1, 4), "float32")).detach()))
np.testing.assert_array_equal(*drawn)
flow = ImageDataGenerator(rotation_range=10, horizontal_flip=True).flow(
    np.random.rand(8, 8, 8, 3), np.arange(8), batch_size=4
)
assert next(flow)[0].shape == (4, 8, 8, 3)
"""
    run(child, source)


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("import tensorflow as tf\ntf.constant(1)", "AttributeError"),
        ("import tensorflow as tf\ntf.random.normal((2, 2))", "AttributeError"),
        ("from tensorflow import data", "ModuleNotFoundError"),
        ("from tensorflow.random import normal", "ModuleNotFoundError"),
        ("import tensorflow.compat.v1 as tf", "ModuleNotFoundError"),
        ("from tensorflow.keras.layers.experimental import preprocessing", "ModuleNotFoundError"),
    ],
)
def test_what_only_tensorflow_has_is_refused_with_the_reason(child, source, kind):
    reply = child.run(Cell(1, source), SECONDS)
    assert isinstance(reply, Raised), reply
    assert reply.kind == kind
    assert "only Keras (on PyTorch) is available" in reply.text


def test_models_and_layers_are_named_as_those_of_keras(child):
    run(child, COURSE_MODEL + "\nlayer = lambda: layers.Dense(3)")
    assert child.call("build", (), {}, SECONDS) == Returned(Opaque("keras.Model"))
    assert child.call("layer", (), {}, SECONDS) == Returned(Opaque("keras.Layer"))


def test_every_child_draws_other_weights(open_child):
    source = "import keras, numpy as np\nlayer = keras.layers.Dense(4)\nlayer.build((2, 3))"
    drawn = []
    for child in (open_child(), open_child()):
        run(child, source)
        drawn.append(value_of(child, "return np.array(layer.kernel.numpy())"))
    assert not np.array_equal(*drawn)


def test_the_warm_process_keeps_nothing_of_the_import(nursery, child):
    home = Path(nursery._home)
    assert not home.exists() or not list(home.iterdir())
    assert value_of(child, "import tempfile; return tempfile.gettempdir()") == value_of(
        child, "import os; return os.environ['TMPDIR']"
    )
    assert value_of(child, "import os; return os.listdir('.')") == []
