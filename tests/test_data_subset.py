"""A part of the images: as many of each class, always the same for a seed, wherever it is from."""

from __future__ import annotations

import numpy as np
import pytest
from small_images import make_npz, make_zip

from autograder import data
from autograder.errors import DataError


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("AUTOGRADER_DATA", str(tmp_path / "data"))
    (tmp_path / "data").mkdir()
    return tmp_path / "data"


def same(one: data.Images, other: data.Images) -> bool:
    return all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))


def test_a_subset_is_balanced_and_follows_its_seed(folder):
    make_zip(folder / "cifar10.zip", train=5, test=4)
    images = data.cifar10()
    part = data.subset(images, 30, 20, seed=1)
    assert np.bincount(part.train_labels).tolist() == [3] * 10
    assert np.bincount(part.test_labels).tolist() == [2] * 10
    for pixels, label in zip(part.train_images, part.train_labels, strict=True):
        assert pixels[..., 0].mean() == pytest.approx(20 * label + 2, abs=4)
    assert same(part, data.subset(images, 30, 20, seed=1))
    assert not same(part, data.subset(images, 30, 20, seed=2))
    whole = data.subset(images, 50, 40, seed=0)
    assert len(np.unique(whole.train_images, axis=0)) == len(np.unique(images.train_images, axis=0))


def test_a_subset_that_cannot_be_even_differs_by_one(folder):
    make_zip(folder / "cifar10.zip", train=5)
    counts = np.bincount(data.subset(data.cifar10(), 34, 10, seed=0).train_labels)
    assert sorted(counts) == [3] * 6 + [4] * 4


def test_a_subset_of_the_zip_is_the_same_before_and_after_all_is_decoded(folder, tmp_path):
    make_zip(folder / "cifar10.zip", train=5, test=4)
    before = data.cifar10_subset(30, 20, seed=1)
    assert not (tmp_path / "cache").exists()
    images = data.cifar10()
    assert same(before, data.cifar10_subset(30, 20, seed=1))
    assert same(before, data.subset(images, 30, 20, seed=1))


def test_a_subset_of_arrays(folder):
    make_npz(folder / "cifar10.npz")
    assert len(data.cifar10_subset(20, 10, seed=1).train_images) == 20


def test_more_than_there_is(folder):
    make_zip(folder / "cifar10.zip", train=3)
    with pytest.raises(DataError, match=r"4 images of class . are asked for, 3 there"):
        data.cifar10_subset(40, 10, seed=0)
