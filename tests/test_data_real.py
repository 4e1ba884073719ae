"""The real images, where this machine has them: they are what the assignments take them for."""

from __future__ import annotations

import time

import numpy as np
import pytest

from autograder import data


@pytest.mark.slow
def test_real_cifar10(real_data):
    images = data.cifar10()
    assert [len(part) for part in images] == [50_000, 50_000, 10_000, 10_000]
    assert np.bincount(images.train_labels).tolist() == [5000] * 10
    assert np.bincount(images.test_labels).tolist() == [1000] * 10
    start = time.perf_counter()
    data.cifar10()
    assert time.perf_counter() - start < 0.5


def test_a_small_part_of_the_real_cifar10_is_the_same_read_directly(
    real_data, tmp_path, monkeypatch
):
    part = data.subset(data.cifar10(), 100, 50, seed=7)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))  # nothing decoded is there
    directly = data.cifar10_subset(100, 50, seed=7)
    assert all(np.array_equal(a, b) for a, b in zip(part, directly, strict=True))


def test_real_photographs(real_data):
    images = data.cats_vs_dogs(160)
    assert images.train_images.shape == (2000, 160, 160, 3)
    assert np.bincount(images.train_labels).tolist() == [1000, 1000]
    assert np.bincount(images.test_labels).tolist() == [400, 400]
    assert 80 < images.train_images[::10].mean() < 160
