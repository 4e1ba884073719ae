"""The reference of ``cnn`` against the course's figures, and right solutions in other styles."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from in_process import course_module, failed, grade_styles
from torch import nn

SLUG = "cnn"
cnn = course_module("reference/cnn.py")


# ---------------------------------------------------------------- the reference


def layer_counts(model):
    """Parameters of each layer that has some."""
    layers = [layer for layer in model.modules() if isinstance(layer, nn.Conv2d | nn.Linear)]
    return [sum(weight.numel() for weight in layer.parameters()) for layer in layers]


@pytest.mark.filterwarnings("ignore")  # importing Keras warns of what its libraries will change
def test_the_sheet_s_counts():
    model = cnn.build_keras_cnn()
    counts = [layer.count_params() for layer in model.layers if layer.weights]
    assert counts == [160, 4_640, 51_264, 2_080, 330]
    shapes = [layer.output.shape[1:3] for layer in model.layers if "pooling" in layer.name]
    assert shapes == [(13, 13), (5, 5)]  # not 14 and 6, as the sheet's comments have it


@pytest.mark.parametrize(
    ("build", "shape", "counts"),
    [
        (cnn.build_torch_cnn, (1, 28, 28), [320, 18_496, 401_536, 1_290]),
        (cnn.build_lenet5, (1, 32, 32), [156, 2_416, 48_120, 10_164, 850]),
        (
            cnn.build_tiny_vgg,
            (3, 32, 32),
            [1_792, 36_928, 73_856, 147_584, 295_168, 590_080, 590_080, 2_097_664, 5_130],
        ),
    ],
)
def test_the_course_s_counts(build, shape, counts):
    model = build()
    assert layer_counts(model) == counts
    assert model(torch.zeros(2, *shape)).shape == (2, 10)
    assert sum(counts) in (421_642, 61_706, 3_838_282)


def test_the_outputs_are_logits():
    with torch.no_grad():
        for build, shape in ((cnn.build_torch_cnn, (1, 28, 28)), (cnn.build_lenet5, (1, 32, 32))):
            logits = build().eval()(torch.randn(4, *shape))
            assert (logits < 0).any()
            assert (logits.logsumexp(dim=1).abs() > 0.1).all()


def test_tiny_vgg_takes_its_number_of_classes():
    assert cnn.build_tiny_vgg(3)(torch.zeros(1, 3, 32, 32)).shape == (1, 3)


def test_the_text_s_epoch():
    model = nn.Linear(1, 1, bias=False)
    nn.init.zeros_(model.weight)
    batches = [(torch.tensor([[x]]), torch.tensor([[2.0]])) for x in (1.0, 2.0)]
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    loss = cnn.train_one_epoch(model.eval(), iter(batches), optimizer, nn.MSELoss())
    assert loss == pytest.approx(2.72)
    assert model.weight.item() == pytest.approx(0.88)
    assert model.training


def test_the_text_s_accuracy():
    logits = torch.tensor([[2.0, 1.0], [0.0, 3.0], [4.0, 1.0], [1.0, 2.0]])
    batches = zip(logits.split(3), torch.tensor([0, 1, 1, 0]).split(3), strict=True)
    assert cnn.evaluate(nn.Identity(), batches) == 0.5


@pytest.mark.parametrize("training", [True, False])
def test_evaluation_leaves_the_network_as_it_was(training):
    model = nn.Sequential(nn.BatchNorm1d(3), nn.Dropout(0.5)).train(training)
    cnn.evaluate(model, [(torch.randn(8, 3) + 5, torch.zeros(8, dtype=torch.long))])
    assert [part.training for part in model.modules()] == [training] * 3
    assert model[0].running_mean.tolist() == [0, 0, 0]
    assert torch.is_grad_enabled()


def test_it_learns(seed):
    """Bright or dark upper halves: a few epochs are enough to tell them apart."""
    rng = np.random.default_rng(seed)
    labels = torch.from_numpy(rng.integers(0, 2, 40))
    images = torch.from_numpy(rng.normal(size=(40, 1, 32, 32)).astype(np.float32))
    images[:, :, :16] += 2.0 * labels[:, None, None, None]
    torch.manual_seed(seed)
    model = cnn.build_lenet5()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    batches = list(zip(images.split(10), labels.split(10), strict=True))
    losses = [
        cnn.train_one_epoch(model, batches, optimizer, nn.CrossEntropyLoss()) for _ in range(15)
    ]
    assert losses[-1] < losses[0] / 3
    assert cnn.evaluate(model, batches) > 0.9


# ---------------------------------------------------------------- right in other styles

CLASSES = """
import keras
import torch.nn.functional as F

class Sheet(keras.Model):
    def __init__(self):
        super().__init__()
        self.dense = [keras.layers.Dense(n, "relu") for n in (64, 32)]
        self.last = keras.layers.Dense(10, "softmax")
        self.convolutions = [keras.layers.Conv2D(n, 3, activation="relu") for n in (16, 32)]
        self.pool = keras.layers.MaxPooling2D()
        self.flatten = keras.layers.Flatten()

    def call(self, x):
        for layer in self.convolutions:
            x = self.pool(layer(x))
        x = self.flatten(x)
        for layer in self.dense:
            x = layer(x)
        return self.last(x)

def build_keras_cnn():
    model = Sheet()
    model.build((None, 28, 28, 1))
    return model

class Half(nn.Module):
    def __init__(self, before, after):
        super().__init__()
        self.convolution = nn.Conv2d(before, after, (3, 3), padding=(1, 1))

    def forward(self, x):
        return F.max_pool2d(self.convolution(x), 2).clamp(min=0)

class Simple(nn.Module):
    def __init__(self):
        super().__init__()
        self.last = nn.Linear(128, 10)
        self.hidden = nn.Linear(64 * 49, 128)
        self.second = Half(32, 64)
        self.first = Half(1, 32)

    def forward(self, x):
        x = self.second(self.first(x)).reshape(len(x), -1)
        return self.last(F.relu(F.dropout(self.hidden(x), training=self.training)))

def build_torch_cnn():
    return Simple()

def build_lenet5():
    return nn.Sequential(
        nn.Conv2d(1, 6, 5), nn.Tanh(), nn.AdaptiveAvgPool2d(14),
        nn.Conv2d(6, 16, 5), nn.Tanh(), nn.AdaptiveAvgPool2d(5),
        nn.Flatten(), nn.Linear(400, 120), nn.Tanh(),
        nn.Linear(120, 84), nn.Tanh(), nn.Linear(84, 10))

def train_one_epoch(model, batches, optimizer, criterion):
    def step(images, labels):
        model.zero_grad()
        loss = criterion(model(images), labels)
        loss.backward()
        optimizer.step()
        return loss.detach()

    model.train()
    return float(torch.stack([step(*batch) for batch in batches]).mean())

def evaluate(model, batches):
    was = model.training
    model.eval()
    logits, labels = predicted(model, batches)
    model.train(was)
    return (logits.topk(1).indices[:, 0] == labels).double().mean().item()

@torch.no_grad()
def predicted(model, batches):
    pairs = [(model(images), labels) for images, labels in batches]
    return [torch.cat(each) for each in zip(*pairs)]
"""
NESTED = """
from keras import Sequential, layers

def build_keras_cnn():
    body = Sequential([layers.Input((28, 28, 1))])
    for filters in (16, 32):
        body.add(layers.Conv2D(filters, 3))
        body.add(layers.MaxPooling2D())
        body.add(layers.Activation("relu"))
    head = Sequential([layers.Input((5, 5, 32)), layers.Reshape((800,))])
    for units, activation in ((64, "relu"), (32, "relu"), (10, None)):
        head.add(layers.Dense(units, activation=activation))
    return Sequential([body, head, layers.Softmax()])

def train_one_epoch(model, batches, optimizer, criterion):
    model.train()
    total, count = 0.0, 0
    for images, labels in batches:
        def closure():
            optimizer.zero_grad()
            loss = criterion(model(images), labels)
            loss.backward()
            return loss
        total += optimizer.step(closure).item()
        count += 1
    return total / count
"""
STYLES = {"classes": CLASSES, "nested": NESTED}


def test_right_solutions_in_other_styles_get_full_marks(seed):
    for name, results in grade_styles(SLUG, STYLES, seed).items():
        assert failed(results) == set(), name
        assert sum(result.points for result in results.values()) == 20, name
