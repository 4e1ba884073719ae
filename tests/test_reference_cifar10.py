"""The reference of ``cifar10``, its visible and hidden tests, and right and wrong ways to solve it.

Trainings on all the images are benchmarks (``make bench-train``); here there are a few images.
"""

from __future__ import annotations

import importlib
import inspect

import numpy as np
import pytest
import torch
from in_process import ROOT, InProcessChild, course_module, mutant, reference

from autograder import data, runner
from autograder.compare import Mismatch
from autograder.model import Cell, Limits, StudentSource
from autograder.student import Student, StudentFault

SLUG = "cifar10"
cifar10 = course_module("reference/cifar10.py")
with runner.importable(ROOT):
    tests = importlib.import_module("assignments.cifar10.test_cifar10")
    oracle = importlib.import_module("assignments.cifar10.oracle")


def failed(source, seed, task=""):
    """Names of the tests, all or those of ``task``, that ``source`` fails; the timed one apart."""
    student = Student(StudentSource((Cell(1, source),)), InProcessChild, Limits())
    found = set()
    for name, test in vars(tests).items():
        chosen = name.startswith(f"test_{task}")
        asked = inspect.signature(test).parameters if chosen else {}
        if not asked or "training" in asked:
            continue
        given = {"student": student, "rng": np.random.default_rng(seed)}
        try:
            test(**{one: given[one] for one in asked})
        except (Mismatch, StudentFault):
            found.add(name.removeprefix("test_"))
    return found


# ---------------------------------------------------------------- the reference


def test_the_reference_passes(seed):
    assert failed(reference(SLUG), seed) == set()


def test_colours_are_learnt(seed):
    images, labels = oracle.colours(np.random.default_rng(seed), 600)
    model = cifar10.train(images[:500], labels[:500], "cpu", seed)
    assert np.mean(cifar10.predict(model, images[500:]) == labels[500:]) > 0.95


def test_two_thousand_real_images_are_enough_for_something(real_data):
    images = data.cifar10_subset(2000, 500, seed=0)
    model = cifar10.train(images.train_images, images.train_labels, "cpu", 0)
    found = cifar10.predict(model, images.test_images)
    assert np.mean(found == images.test_labels) > 0.3  # 0.1 by chance


def test_muon_s_direction_is_nearly_orthogonal(seed):
    generator = torch.Generator().manual_seed(seed)
    for shape in ((8, 40), (40, 8)):
        matrix = torch.randn(shape, generator=generator)
        values = torch.linalg.svdvals(cifar10.orthogonal(matrix))
        assert values.min() > 0.5
        assert values.max() < 1.3


def test_whitened_patches_are_uncorrelated(seed):
    images = torch.rand(50, 3, 32, 32, generator=torch.Generator().manual_seed(seed)) - 0.5
    layer = cifar10.build_model()[0]
    cifar10._whiten(layer.weight, images)
    with torch.no_grad():
        found = layer(images)[:, :12].transpose(0, 1).flatten(1)
    torch.testing.assert_close(found @ found.T / found.shape[1], torch.eye(12), atol=0.1, rtol=0)


def test_augmented_images_are_mirrored_and_moved(seed):
    rng = np.random.default_rng(seed)
    images = rng.integers(256, size=(200, 32, 32, 3), dtype=np.uint8)
    found = cifar10.augment(images, rng)
    places = set()
    for one, image in zip(found, images, strict=True):
        padded = np.pad(image, ((2, 2), (2, 2), (0, 0)), mode="reflect")
        places |= {
            (down, right, mirrored)
            for down in range(5)
            for right in range(5)
            for mirrored in (False, True)
            if np.array_equal(
                one[:, ::-1] if mirrored else one, padded[down : down + 32, right : right + 32]
            )
        }
    assert len(places) > 40  # of 50, each with a chance of 98 %


# ---------------------------------------------------------------- other right ways, and wrong ones

SGD_AND_PADDED_WITH_ZEROS = """
import numpy as np, torch
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(3, 16, 3, padding=1), nn.BatchNorm2d(16), nn.ReLU(), nn.MaxPool2d(4),
            nn.Conv2d(16, 32, 3, padding=1), nn.ReLU(), nn.Dropout2d(0.1))
        self.scores = nn.Linear(32, 10)
    def forward(self, x):
        return self.scores(self.features(x).mean(dim=(2, 3)))

def build_model():
    return Net()

def augment(images, rng):
    out = np.zeros_like(images)
    for number, image in enumerate(images):
        if rng.random() < 0.5:
            image = image[:, ::-1]
        padded = np.pad(image, ((4, 4), (4, 4), (0, 0)))
        y, x = rng.integers(0, 9, size=2)
        out[number] = padded[y:y + 32, x:x + 32]
    return out

def train(images, labels, device, seed):
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    model = build_model().to(device)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    for epoch in range(8):
        model.train()
        order = torch.from_numpy(rng.permutation(len(images)))
        for batch in order.split(32):
            x = torch.tensor(augment(images[batch.numpy()], rng)).permute(0, 3, 1, 2) / 255.0
            y = torch.as_tensor(labels)[batch]
            optimizer.zero_grad()
            nn.functional.cross_entropy(model(x.to(device)), y.to(device)).backward()
            optimizer.step()
    return model

def predict(model, images):
    model.eval()
    x = torch.tensor(images).permute(0, 3, 1, 2) / 255.0
    with torch.no_grad():
        return model(x).argmax(1).tolist()
"""


def test_another_way_to_solve_it_passes(seed):
    assert failed(SGD_AND_PADDED_WITH_ZEROS, seed) == set()


START = "number, side = images.shape[:2]"
# The function, the old text, the new text, the tests of its task that must fail.
MUTANTS = [
    ("augment", START, "return images.copy()", "is_random each_image_on_its_own"),
    ("augment", START, f"rng = np.random.default_rng(); {START}", "draws_from_rng"),
    ("augment", START, f"rng = np.random.default_rng(0); {START}", "is_random"),
    ("augment", START, "return np.roll(images, rng.integers(1, 9), 2)", "each_image_on_its_own"),
    ("augment", START, f"images[:] = images[:, :, ::-1]; {START}", "keeps_its_input"),
    ("augment", "return moved", "return moved[rng.permutation(number)]", "keeps_images_in_place"),
    (
        *("augment", "return moved", "return moved / 255"),
        "keeps_shape_and_type keeps_its_input is_random draws_from_rng each_image_on_its_own "
        "keeps_images_in_place",
    ),
    ("train", "torch.manual_seed(seed)", "torch.seed()", "follows_its_seed"),
    ("train", "model = build_model()", "labels[:] = 0; model = build_model()", "keeps_its_inputs"),
    ("train", "return model", "return None", "gives_a_network keeps_its_inputs follows_its_seed"),
    ("predict", "model.eval()", "model.train()", "each_image_on_its_own"),
    ("predict", "model.eval()", "model.eval(); images[:] = 0", "keeps_its_images"),
    (
        *("predict", "scores.argmax(1).cpu()", "scores.cpu()"),
        "one_class_an_image any_number_of_images each_image_on_its_own keeps_its_images",
    ),
]


@pytest.mark.parametrize(("function", "old", "new", "names"), MUTANTS)
def test_a_mistake_costs_its_tests(seed, function, old, new, names):
    expected = {f"{function}_{name}" for name in names.split()}
    assert failed(mutant(SLUG, function, old, new), seed, function) == expected
