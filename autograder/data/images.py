"""What a set of images is, and the checks that every source of one must pass."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from autograder.errors import DataBroken

CLASSES = (
    "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck",
)  # fmt: skip
CATS_AND_DOGS = ("cats", "dogs")


class Images(NamedTuple):
    """Images to train on and images to test on; N and M may differ, the side may not.

    ``train_images`` uint8 (N, side, side, 3), ``train_labels`` int64 (N,), ``test_images`` uint8
    (M, side, side, 3), ``test_labels`` int64 (M,). The arrays may be read-only and lie in a file.
    """

    train_images: NDArray[np.uint8]
    train_labels: NDArray[np.int64]
    test_images: NDArray[np.uint8]
    test_labels: NDArray[np.int64]


def checked(images: Images, source: Path, classes: int) -> Images:
    """``images`` if they are what ``Images`` says, labels from 0 to ``classes`` - 1.

    Raises:
        DataBroken: names ``source`` and what is wrong in it.
    """
    side = images.train_images.shape[1:2]
    for split in ("train", "test"):
        pixels, labels = getattr(images, f"{split}_images"), getattr(images, f"{split}_labels")
        if pixels.dtype != np.uint8 or pixels.ndim != 4 or pixels.shape[1:] != (*side, *side, 3):
            raise DataBroken(
                f"{source}: {split} images are {pixels.dtype} {pixels.shape}, not uint8 "
                "(count, side, side, 3)"
            )
        if labels.dtype != np.int64 or labels.shape != pixels.shape[:1] or not labels.size:
            raise DataBroken(
                f"{source}: {len(pixels)} {split} images with labels {labels.dtype} {labels.shape}"
            )
        if labels.min() < 0 or labels.max() >= classes:
            raise DataBroken(f"{source}: {split} labels are not all from 0 to {classes - 1}")
    return images
