"""Whether a model learnt what it knows: a training that looks odd is repeated on other data.

From labels drawn at random nothing can be learnt, so a model that tells the classes apart all the
same has brought its knowledge along. From images in disguise as much can be learnt as from the
plain ones, but what was learnt elsewhere does not fit them. Both are as many as the plain ones are:
code that could tell the control by their number would be honest in it.
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
MOST_BULK = 10_000  # beyond this no control can tell what was learnt from what was brought along
_GAP = 0.04  # of accuracy between plain images and disguised ones: see docs


def is_suspicious(source: StudentSource, ran: Ran, pace: Pace) -> bool:
    """Whether a training was so fast, or its notebook so full of data, that it is looked at."""
    return ran.answered * _HASTE < pace.reference or bulk(source) > _BULK


def seconds(ran: Ran) -> float:
    """How long such a training may take: half as long again as the one that is looked at."""
    return 1.5 * ran.seconds + 5.0


def bulk(source: StudentSource) -> int:
    """Bytes of the cells, compressed: text shrinks to a quarter, weights hardly, in any form.

    Nothing of a student's is parsed on this side.
    """
    return len(
        zlib.compress("\n".join(cell.source for cell in source.cells).encode(errors="replace"))
    )


def has_few_classes(images: Images) -> bool:
    """Whether labels in another order would prove nothing."""
    return int(images.train_labels.max()) + 1 < FEW_CLASSES


def exchanged(images: Images) -> Images:
    """What is asked about becomes what is learnt, and the other way round.

    For networks that may bring what they know of images along: a table of the published answers
    knows none of the new questions.
    """
    count = len(images.test_labels)
    chosen = np.linspace(0, len(images.train_labels) - 1, count).astype(int)  # of every class
    return Images(
        images.test_images,
        images.test_labels,
        images.train_images[chosen],
        images.train_labels[chosen],
    )


def meaningless(images: Images, rng: np.random.Generator) -> Images:
    """The images with their labels in another order."""
    return images._replace(train_labels=rng.permutation(images.train_labels))


def disguised(images: Images, rng: np.random.Generator) -> Images:
    """The images in a disguise that is drawn at random.

    They stand upside down, colours are exchanged, some are negative, and each is made darker or
    brighter along a curve. A network that starts from nothing does not mind, nor does mirroring,
    moving or recolouring the images for training.
    """
    colours = rng.permutation([[1, 2, 0], [2, 0, 1], [1, 0, 2], [2, 1, 0], [0, 2, 1]])[0]
    negative = rng.permutation([True, rng.random() < 0.5, False])
    levels = np.arange(256)[:, None] / 255
    curves = np.rint(255 * levels ** rng.uniform(0.7, 1.4, size=3))
    table = np.where(negative, curves[::-1], curves).astype(np.uint8)  # (256 levels, 3 colours)

    def changed(pixels: Pixels) -> Pixels:
        turned = pixels[:, ::-1, :, colours]
        return np.stack([table[turned[..., c], c] for c in range(3)], axis=-1)

    return images._replace(
        train_images=changed(images.train_images), test_images=changed(images.test_images)
    )


def fits_plain_images_only(plain: Marks, other: Marks) -> bool:
    """Whether much less was learnt from other images than chance would explain."""
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
