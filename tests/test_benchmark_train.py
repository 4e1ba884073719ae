"""The benchmark of trainings: airbench learns, and the figures say what was measured."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from autograder.data import Images
from benchmarks import airbench, train
from benchmarks.train import Recipe, Run

ROOT = Path(__file__).resolve().parent.parent
RED_OR_BLUE = np.arange(64) % 2


@pytest.fixture
def images():
    rng = np.random.default_rng(0)
    pixels = rng.integers(0, 60, size=(64, 32, 32, 3), dtype=np.uint8)
    pixels[RED_OR_BLUE == 0, :, :, 0] += 150
    pixels[RED_OR_BLUE == 1, :, :, 2] += 150
    return Images(pixels, RED_OR_BLUE, pixels[:10], RED_OR_BLUE[:10])


def test_airbench_learns(images, monkeypatch):
    monkeypatch.setattr(airbench, "BATCH", 16)
    model = airbench.train(images.train_images, images.train_labels, "cpu", 0, epochs=5)
    assert airbench.predict(model, images.test_images, "cpu").tolist() == RED_OR_BLUE[:10].tolist()


def test_airbench_has_the_paper_s_size():
    model = airbench.network(torch.rand(10, 3, 32, 32))
    assert sum(weight.numel() for weight in model.parameters()) == 1_972_792


def test_airbench_s_head_learns_as_slowly_as_the_paper_s():
    """Weights made smaller beforehand give the same scores at first, and learn 81 times faster."""
    model = airbench.network(torch.rand(10, 3, 32, 32)).eval()
    *_, features, head, scale = model
    inputs = torch.rand(5, 256)
    scale(head(inputs)).sum().backward()
    assert torch.allclose(head.weight.grad, inputs.sum(dim=0).expand(10, 256) / 9)
    assert isinstance(features, nn.Flatten)


def test_only_the_norms_biases_learn_faster():
    model = airbench.network(torch.rand(10, 3, 32, 32))
    fast, slow = airbench._optimiser(model).param_groups
    assert len(fast["params"]) == 6
    assert fast["lr"] == pytest.approx(64 * slow["lr"])
    assert any(one is model.get_parameter("0.bias") for one in slow["params"])


def test_images_are_moved_with_their_border_reflected():
    image = torch.arange(32 * 32.0).view(1, 1, 32, 32).repeat(60, 1, 1, 1)
    torch.manual_seed(0)
    moved = airbench.translated(image)
    padded = nn.functional.pad(image[:1], (2,) * 4, mode="reflect")[0, 0]
    windows = [padded[y : y + 32, x : x + 32] for y in range(5) for x in range(5)]
    places = {
        next(at for at, window in enumerate(windows) if torch.equal(window, one[0]))
        for one in moved
    }
    assert len(places) > 15


def test_accuracy_is_the_share_of_right_answers(images):
    def predict(model, questions):
        return np.zeros(len(questions), np.int64)

    run = train.measure(Recipe(lambda *given: nn.Identity(), predict), images, "cpu", 3)
    assert (run.seed, run.accuracy) == (3, 0.5)


def test_a_goal_that_is_missed_shows():
    slow = {"cifar": [Run(0, 80.0, 0.76), Run(1, 60.0, 0.74)], "airbench": [Run(0, 140.0, 0.8)]}
    accuracy, seconds, ratio = train.verdicts(slow)
    assert accuracy.startswith("✗")
    assert "74.00%" in accuracy
    assert seconds.startswith("✗")
    assert "80.0 s" in seconds
    assert ratio.startswith("✗")
    assert "2.0 times" in ratio
    longer = {"cifar": [Run(0, 40.0, 0.77)], "airbench": [Run(0, 400.0, 0.8)]}
    assert train.verdicts(longer)[-1].startswith("✗")
    assert train.verdicts(longer)[-1].endswith("give it fewer --epochs")


def test_goals_that_are_reached_show():
    quick = {"cifar": [Run(0, 40.0, 0.77)], "airbench": [Run(0, 400.0, 0.76)]}
    assert [line[0] for line in train.verdicts(quick)] == ["✓"] * 3


@pytest.mark.alone
@pytest.mark.slow
def test_trainings_as_they_are_graded(real_data):
    """On a few images: it still goes through with what the grader gives a training."""
    command = [sys.executable, "-m", "benchmarks.graded", "--only", "transfer", "--short"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert [line.split(":")[0] for line in done.stdout.splitlines()[:2]] == [
        "transfer, train_feature_extraction",
        "transfer, train_fine_tuning",
    ]
    assert len(re.findall(r"\d\d\.\d\d% ± \d\.\d\d%", done.stdout)) == 2
