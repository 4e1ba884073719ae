"""The images a trained model is asked about, and what its answers are worth.

Labels stay here. The published test images come shuffled, in batches of random size, mixed with
altered copies that have the same labels: a model that has learnt recognises those as well, a table
of the published ones does not. The class numbers of a training are permuted at random, so that
weights which were trained elsewhere name the wrong classes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograder.compare import difference
from autograder.data import Images
from autograder.model import Text

COPIES = 10_000
GAP = 0.05  # of accuracy between images and their copies; honest models show 2 to 4 points

_BATCHES = (200, 1_200)  # the smallest and the largest
_SHIFT = 1 / 16  # of a side
_GAIN, _OFFSET = 0.1, 8.0  # brightness of a channel

Integers = NDArray[np.int64]
Pixels = NDArray[np.uint8]


class BadPredictions(Exception):
    """What ``predict`` returned is no prediction; ``text`` is a clause about it."""

    def __init__(self, text: Text, count: int) -> None:
        self.text = text
        self.count = count  # images that were asked about
        super().__init__(text.en)


@dataclass(frozen=True)
class Marks:
    """What the answers are worth."""

    accuracy: float  # on the published images
    count: int  # of those
    originals: float  # on those of them that were copied
    copies: float  # on the copies
    copied: int  # how many

    @property
    def gap(self) -> bool:
        """Whether the published images are known better than honest models know them."""
        return self.originals - self.copies > self._honest

    @property
    def counted(self) -> float:
        """The accuracy that counts: not more above that on the copies than honest models are."""
        return min(self.accuracy, self.copies + self._honest) if self.gap else self.accuracy

    @property
    def _honest(self) -> float:
        # Three standard errors: of a pair, at most a quarter has one right and the other wrong.
        return GAP + 3 * float(np.sqrt(0.25 / max(self.copied, 1)))


class Exam:
    """One training's data as the student's code gets them, and the key to its answers."""

    def __init__(self, images: Images, rng: np.random.Generator) -> None:
        self.classes = int(images.train_labels.max()) + 1
        names = rng.permutation(self.classes)
        self.train_images: Pixels = images.train_images
        self.train_labels: Integers = names[images.train_labels]
        self._published = images.test_images
        self._labels: Integers = names[images.test_labels]
        count = len(self._published)
        self._copied = rng.choice(count, min(COPIES, count), replace=False)
        self._copies = altered(self._published[self._copied], rng)
        self._order = rng.permutation(count + len(self._copied))
        self._rng = rng

    @property
    def test_labels(self) -> Integers:
        """Labels of the published test images, in their own order."""
        return self._labels

    def batches(self) -> Iterator[Pixels]:
        """The questions."""
        count, start = len(self._published), 0
        while start < len(self._order):
            size = int(self._rng.integers(*_BATCHES))
            places = self._order[start : start + size]
            batch = np.empty((len(places), *self._published.shape[1:]), np.uint8)
            batch[places < count] = self._published[places[places < count]]
            batch[places >= count] = self._copies[places[places >= count] - count]
            yield batch
            start += size

    def answer(self, returned: object, batch: Pixels) -> Integers:
        """``returned`` as class numbers, one an image. Raises BadPredictions."""
        if isinstance(returned, list | tuple) and all(type(entry) is int for entry in returned):
            returned = np.array(returned)
        found = difference(returned, np.zeros(len(batch), np.int64), 0.0, np.inf)
        if found is not None:
            raise BadPredictions(found, len(batch))
        answers: NDArray[Any] = np.asarray(returned)
        if answers.dtype.kind == "f":
            raise BadPredictions(_FLOATS, len(batch))
        if ((answers < 0) | (answers >= self.classes)).any():
            raise BadPredictions(_out_of_range(self.classes), len(batch))
        return answers.astype(np.int64)

    def published(self, answers: list[Integers]) -> Integers:
        """The answers about the published images, in their own order."""
        return self._sorted(answers)[: len(self._published)]

    def _sorted(self, answers: list[Integers]) -> Integers:
        given = np.empty(len(self._order), np.int64)
        given[self._order] = np.concatenate(answers)
        return given

    def mark(self, answers: list[Integers]) -> Marks:
        """What all the answers, batch by batch, are worth."""
        given = self._sorted(answers)
        count = len(self._published)
        key = np.concatenate([self._labels, self._labels[self._copied]])
        right = np.equal(given, key)
        return Marks(
            accuracy=float(right[:count].mean()),
            count=count,
            originals=float(right[:count][self._copied].mean()),
            copies=float(right[count:].mean()),
            copied=len(self._copied),
        )


_FLOATS = Text(
    "le résultat est un tableau de nombres à virgule, pas d'entiers",
    "the result is an array of floats, not of integers",
)


def _out_of_range(classes: int) -> Text:
    return Text(
        f"le résultat contient des numéros hors de 0 à {classes - 1}",
        f"the result holds numbers outside 0 to {classes - 1}",
    )


def altered(images: Pixels, rng: np.random.Generator) -> Pixels:
    """Copies (n, h, w, 3) that show the same things: mirrored or not, shifted, recoloured a bit."""
    count, height, width, _ = images.shape
    reach = max(1, round(min(height, width) * _SHIFT))
    padded = np.pad(images, ((0, 0), (reach, reach), (reach, reach), (0, 0)), mode="edge")
    down, right = rng.integers(0, 2 * reach + 1, size=(2, count))
    mirrored = np.less(rng.random(count), 0.5)
    gains = rng.uniform(1 - _GAIN, 1 + _GAIN, size=(count, 3))
    offsets = rng.uniform(-_OFFSET, _OFFSET, size=(count, 3))
    copies = np.empty_like(images)
    for at in range(count):
        one = padded[at, down[at] : down[at] + height, right[at] : right[at] + width]
        one = one[:, ::-1] if mirrored[at] else one
        copies[at] = np.clip(one * gains[at] + offsets[at], 0, 255)
    return copies
