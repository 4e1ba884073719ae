"""The images that assignments train and test on.

They are looked for in the folder named in ``AUTOGRADER_DATA``, else in the user's data folder. What
is slow to decode is decoded once: call a function here before workers start, so that they share it.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from autograder.data import cache
from autograder.data.folders import (
    cache_folder,
    data_folder,
    find_cats_vs_dogs,
    find_cifar10,
    find_weights,
)
from autograder.data.images import CATS_AND_DOGS, CLASSES, Images
from autograder.errors import DataBroken, DataError

__all__ = [
    "CATS_AND_DOGS",
    "CLASSES",
    "Images",
    "cache_folder",
    "cats_vs_dogs",
    "cifar10",
    "cifar10_subset",
    "data_folder",
    "find",
    "find_weights",
    "subset",
]


def find(name: str) -> Path:
    """Where the images called ``name`` (``cifar10``, ``cats_vs_dogs``) lie. Raises DataMissing."""
    return {"cifar10": find_cifar10, "cats_vs_dogs": find_cats_vs_dogs}[name]()


def cifar10() -> Images:
    """CIFAR-10: 50,000 and 10,000 images of 32×32 (a zip of JPEG files may hold fewer).

    Shuffled, always in the same way; label n means ``CLASSES[n]``.

    Raises:
        DataMissing: it is not on this machine; says how to get it.
        DataBroken: names the file that is not as it should be.
        DataError: the decoded copy cannot be written.
    """
    source = find_cifar10()
    return cache.load(source, "cifar10", len(CLASSES), lambda: _read_cifar10(source))


def cats_vs_dogs(size: int = 160) -> Images:
    """Photographs of cats (label 0) and dogs (1), cats first, each sorted by file name.

    Of each the centre square, resized to ``size`` pixels. The test images are ``validate``'s.

    Raises:
        DataMissing, DataBroken, DataError: as for ``cifar10``.
    """
    if size < 1:
        raise ValueError(f"size {size}: at least one pixel")
    from autograder.data.layouts import read_cats_vs_dogs

    folder = find_cats_vs_dogs()
    return cache.load(
        folder, f"cats_vs_dogs-{size}", len(CATS_AND_DOGS), lambda: read_cats_vs_dogs(folder, size)
    )


def subset(data: Images, train: int, test: int, seed: int) -> Images:
    """``train`` and ``test`` random images of ``data``, as many of each class (give or take one).

    Raises:
        DataError: a class has too few.
    """
    rng = np.random.default_rng(seed)
    first, second = _pick(data.train_labels, train, rng), _pick(data.test_labels, test, rng)
    return Images(
        data.train_images[first], data.train_labels[first],
        data.test_images[second], data.test_labels[second],
    )  # fmt: skip


def cifar10_subset(train: int, test: int, seed: int) -> Images:
    """The same as ``subset(cifar10(), …)``; does not decode a whole zip for a few images.

    Raises:
        DataMissing, DataBroken, DataError: as for ``cifar10`` and ``subset``.
    """
    source = find_cifar10()
    if source.suffix != ".zip" or cache.find(source, "cifar10", len(CLASSES)):
        return subset(cifar10(), train, test, seed)
    from autograder.data.layouts import decode_zip, list_zip

    listing = list_zip(source)
    rng = np.random.default_rng(seed)
    first, second = _pick(listing.train_labels, train, rng), _pick(listing.test_labels, test, rng)
    return Images(
        decode_zip(source, [listing.train_names[at] for at in first]),
        listing.train_labels[first],
        decode_zip(source, [listing.test_names[at] for at in second]),
        listing.test_labels[second],
    )


def _read_cifar10(source: Path) -> Images:
    from autograder.data.layouts import read_cifar10

    try:
        return read_cifar10(source)
    except DataBroken as error:
        raise DataBroken(f"{error}: mend it, or run `autograder data fetch cifar10`") from error


def _pick(labels: NDArray[np.int64], count: int, rng: np.random.Generator) -> NDArray[np.intp]:
    """Where ``count`` images lie, shuffled, as many of each class that there is."""
    classes = rng.permutation(np.unique(labels))
    share, extra = divmod(count, len(classes))
    chosen = []
    for at, label in enumerate(classes):
        there, wanted = np.flatnonzero(labels == label), share + (at < extra)
        if len(there) < wanted:
            raise DataError(f"{wanted} images of class {label} are asked for, {len(there)} there")
        chosen.append(rng.choice(there, wanted, replace=False))
    return rng.permutation(np.concatenate(chosen))
