"""Whether a model learnt what it knows: a training that looks odd is repeated on other data.

From labels drawn at random nothing can be learnt, so a model that tells the classes apart all the
same has brought its knowledge along. From images in disguise as much can be learnt as from the
plain ones, but what was learnt elsewhere does not fit them.
"""

from __future__ import annotations

import zlib

import numpy as np
from numpy.typing import NDArray

from autograder.data import Images
from autograder.model import StudentSource
from autograder.training.attempt import Ran
from autograder.training.exam import Marks, Pixels
from autograder.training.pace import Pace

FEW_CLASSES = 5  # below this, any model that sees differences at all tells the classes apart
TELLS_APART = 0.25  # share of the information about the class: see docs

_HASTE = 5  # times as fast as the reference
_BULK = 6_000  # bytes of compressed code in a notebook, twice the reference's: perhaps weights
_SHARE = 5  # such a training takes one in so many images, so that it is short
_ASKED = 1_000
_GAP = 0.04  # of accuracy between plain images and disguised ones: see docs


def is_suspicious(source: StudentSource, ran: Ran, pace: Pace) -> bool:
    """Whether a training was so fast, or its notebook so full of data, that it is looked at."""
    return ran.answered * _HASTE < pace.reference or bulk(source) > _BULK


def bulk(source: StudentSource) -> int:
    """Bytes of the cells, compressed: text shrinks to a quarter, weights hardly, in any form.

    Nothing of a student's is parsed on this side.
    """
    return len(
        zlib.compress("\n".join(cell.source for cell in source.cells).encode(errors="replace"))
    )


def meaningless(images: Images, rng: np.random.Generator) -> Images | None:
    """A part of the images with labels drawn at random; None where that would prove nothing."""
    classes = int(images.train_labels.max()) + 1
    if classes < FEW_CLASSES:
        return None
    count = len(images.train_labels) // _SHARE
    labels = rng.permutation(np.arange(count, dtype=np.int64) % classes)
    return Images(
        images.train_images[:count],
        labels,
        images.test_images[:_ASKED],
        images.test_labels[:_ASKED],
    )


def disguised(images: Images, rng: np.random.Generator) -> tuple[Images, Images]:
    """A part of the images as they are, and the same in disguise.

    Colours exchanged, negative, upside down: a network that starts from nothing does not mind, nor
    does mirroring, moving or recolouring them for training.
    """
    count = len(images.train_labels) // _SHARE
    colours = rng.permutation([[1, 2, 0], [2, 0, 1]])[0]

    def changed(pixels: Pixels) -> Pixels:
        return np.ascontiguousarray(255 - pixels[:, ::-1, :, colours])

    plain = Images(
        images.train_images[:count],
        images.train_labels[:count],
        images.test_images,
        images.test_labels,
    )
    other = plain._replace(
        train_images=changed(plain.train_images), test_images=changed(plain.test_images)
    )
    return plain, other


def fits_plain_images_only(plain: Marks, other: Marks) -> bool:
    """Whether much less was learnt from images in disguise than chance would explain."""
    noise = 3 * float(np.sqrt(0.5 / plain.count))
    return plain.accuracy - other.accuracy > _GAP + noise


def separation(answers: NDArray[np.int64], labels: NDArray[np.int64]) -> float:
    """How much the answers tell about the labels: mutual information / entropy of the labels."""
    table = np.zeros((int(answers.max()) + 1, int(labels.max()) + 1))
    np.add.at(table, (answers, labels), 1)
    joint = table / table.sum()
    given, right = joint.sum(axis=1, keepdims=True), joint.sum(axis=0, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = np.where(joint > 0, joint * np.log(joint / (given * right)), 0.0)
    entropy = -float((right[right > 0] * np.log(right[right > 0])).sum())
    return float(terms.sum()) / entropy
