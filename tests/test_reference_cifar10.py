"""The reference of ``cifar10``, its visible and hidden tests, and right and wrong ways to solve it.

Trainings on all the images are benchmarks (``make bench-train``); here there are a few images.
"""

from __future__ import annotations

import ast
from functools import cache

import numpy as np
import pytest
import torch
from in_process import ROOT, InProcessChild, course_module, mutant, reference

from autograder import course, data, runner
from autograder.model import Cell, Limits, Outcome, StudentSource, Text
from autograder.pytest_plugin import Seat
from autograder.student import Student
from autograder.verdict import Judged

SLUG = "cifar10"
LIMITS = Limits(total_seconds=1000)  # the machine may be busy
cifar10 = course_module("reference/cifar10.py")
oracle = course_module("assignments/cifar10/oracle.py")


class Nowhere:
    """In place of the timed training, which needs a sandbox and all the images."""

    def run(self, name):
        raise Judged(Outcome.FAILED, 0.0, Text("Pas ici.", "Not here."))


def failed(sources, seed):
    """By source, the names of the tests that it fails, the timed one apart."""
    seats = [
        Seat(key, Student(StudentSource((Cell(1, text),)), InProcessChild, LIMITS), Nowhere())
        for key, text in sources.items()
    ]
    runner.run(course.load(ROOT).assignments[SLUG], ROOT, seats, lang="en", seed=seed)
    assert [seat.fault for seat in seats] == [""] * len(seats)
    return {
        seat.key: {
            result.name.removeprefix("test_")
            for result in seat.results
            if result.outcome is not Outcome.PASSED and result.name != "test_train_accuracy"
        }
        for seat in seats
    }


# ---------------------------------------------------------------- the reference


def test_the_reference_passes(seed):
    quick = reference(SLUG).replace("max(100,", "max(30,")
    assert failed({"reference": quick}, seed) == {"reference": set()}


def test_colours_are_learnt(seed):
    images, labels = oracle.colours(np.random.default_rng(seed), 150)
    model = cifar10.train(images[:50], labels[:50], "cpu", seed)
    assert np.mean(cifar10.predict(model, images[50:]) == labels[50:]) > 0.95


@pytest.mark.slow
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


def test_half_of_the_images_are_mirrored(seed):
    rng = np.random.default_rng(seed)
    images = rng.integers(256, size=(400, 32, 32, 3), dtype=np.uint8)
    found = cifar10.augment(images, rng)
    kept = (found == images).all(axis=(1, 2, 3))
    mirrored = (found == images[:, :, ::-1]).all(axis=(1, 2, 3))
    assert (kept ^ mirrored).all()
    assert 120 < mirrored.sum() < 280  # eight standard deviations


def test_the_notebook_gives_what_the_reference_has():
    """The same code, so that what the reference reaches can be reached."""

    def parts(text):
        names = ("normalise", "Muon", "orthogonal")
        found = {getattr(node, "name", ""): ast.unparse(node) for node in ast.parse(text).body}
        return [found[name] for name in names]

    notebook = (ROOT / "assignments" / SLUG / "notebook.py").read_text(encoding="utf-8")
    assert parts(notebook) == parts(reference(SLUG))


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
    assert failed({"other": SGD_AND_PADDED_WITH_ZEROS}, seed) == {"other": set()}


START = "mirrored = rng.random(len(images)) < 0.5"
# The function, the old text, the new text, the tests of its task that must fail.
MUTANTS = [
    ("augment", START, "return images.copy()", "is_random each_image_on_its_own"),
    ("augment", START, f"rng = np.random.default_rng(); {START}", "draws_from_rng"),
    ("augment", START, f"rng = np.random.default_rng(0); {START}", "is_random"),
    ("augment", START, "return np.roll(images, rng.integers(1, 9), 2)", "each_image_on_its_own"),
    ("augment", START, f"images[:] = images[:, :, ::-1]; {START}", "keeps_its_input"),
    (
        "augment",
        "return flipped",
        "return flipped[rng.permutation(len(images))]",
        "keeps_images_in_place",
    ),
    (
        *("augment", "return flipped", "return flipped / 255"),
        "keeps_shape_and_type keeps_its_input is_random draws_from_rng each_image_on_its_own "
        "keeps_images_in_place",
    ),
    ("train", "torch.manual_seed(seed)", "torch.seed()", "follows_its_seed"),
    ("train", "rng = np", "labels[:] = 0; rng = np", "keeps_its_inputs"),
    ("train", "return model", "return None", "gives_a_network keeps_its_inputs follows_its_seed"),
    ("predict", "model.eval()", "model.train()", "each_image_on_its_own"),
    ("predict", "model.eval()", "model.eval(); images[:] = 0", "keeps_its_images"),
    (
        *("predict", "scores.argmax(1).cpu()", "scores.cpu()"),
        "one_class_an_image any_number_of_images each_image_on_its_own keeps_its_images",
    ),
]


@cache
def failed_by_mutants(seed):
    """Of each mutant; only batch norm in the wrong mode needs a network that has learnt."""
    sources = {}
    for number, (function, old, new, _) in enumerate(MUTANTS):
        steps = 60 if new == "model.train()" else 1
        text = mutant(SLUG, function, old, new)
        sources[str(number)] = text.replace("max(100,", f"max({steps},")
    return failed(sources, seed)


@pytest.mark.parametrize("number", range(len(MUTANTS)))
def test_a_mistake_costs_its_tests(seed, number):
    function, _, _, names = MUTANTS[number]
    found = {name for name in failed_by_mutants(seed)[str(number)] if name.startswith(function)}
    assert found == {f"{function}_{name}" for name in names.split()}
